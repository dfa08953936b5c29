"""What publishing would do, and what stands against it: decided from what was looked at, before anything is changed. Pure.

A dashboard is ours if its latest version bears our mark. What is not ours is never changed without `--force`, and what
we did not make is never taken away at all.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from citynoc.publishing.boards import FOLDERS, MARK, Board, bare, digest
from citynoc.publishing.difference import difference
from citynoc.publishing.grafana import Folder, Saved, Version

OLDEST = (12, 0)
"""The Grafana whose types the dashboards are checked against; an older one does not know all that is in them."""


class Deed(StrEnum):
    """What is done with one dashboard."""

    MAKE = "make"
    CHANGE = "change"
    KEEP = "keep"
    TAKE_AWAY = "take away"


@dataclass(frozen=True, slots=True)
class Objection:
    """Why nothing is changed. `final`: not even `--force` would help."""

    text: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One dashboard: what is done, and the lines that tell the difference. `version` is the one that is replaced."""

    deed: Deed
    uid: str
    title: str
    version: int | None = None
    board: Board | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen of one folder and of the dashboards that concern us."""

    language: str
    folder: Folder | None
    inside: Mapping[str, str]
    """Uid and title of everything in the folder."""
    saved: Mapping[str, Saved]
    latest: Mapping[str, Version | None]


@dataclass(slots=True)
class Plan:
    """One language's folder: whether it is made, every step, every objection, and whose dashboards stay as they are."""

    language: str
    make_folder: bool = False
    steps: list[Step] = field(default_factory=list)
    objections: list[Objection] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        """Whether anything would be other than it is."""
        return self.make_folder or any(step.deed is not Deed.KEEP for step in self.steps)


def too_old(version: str) -> Objection | None:
    """What to say of the server's version."""
    found = re.match(r"(\d+)\.(\d+)", version)
    wanted = ".".join(map(str, OLDEST))
    if found is None:
        return Objection(
            f"this Grafana does not tell its version; the dashboards are made for {wanted} or newer"
        )
    if (int(found[1]), int(found[2])) < OLDEST:
        return Objection(
            f"this is Grafana {version}; the dashboards are made for {wanted} or newer, and parts would be missing"
        )
    return None


def leftovers(boards: Iterable[Board], inside: Mapping[str, str], language: str) -> list[str]:
    """Uids in the folder that look like ours and are built no longer; whether they are is known by their mark."""
    built = {board.uid for board in boards}
    pattern = re.compile(rf"citynoc-[a-z0-9-]+-{language}")
    return [uid for uid in inside if uid not in built and pattern.fullmatch(uid)]


def plan(boards: Sequence[Board], sight: Sight, *, prune: bool) -> Plan:
    """What to do with a language's dashboards; `prune` takes away ours that are built no longer."""
    made = Plan(sight.language, make_folder=sight.folder is None)
    _judge_folder(made, boards, sight)
    for board in boards:
        _judge_board(made, board, sight)
    ours = {board.uid for board in boards}
    for uid in leftovers(boards, sight.inside, sight.language):
        ours.add(uid)
        _judge_leftover(made, uid, sight, prune=prune)
    made.others = [title for uid, title in sight.inside.items() if uid not in ours]
    return made


def _judge_folder(made: Plan, boards: Sequence[Board], sight: Sight) -> None:
    uid, title = FOLDERS[sight.language]
    folder = sight.folder
    if folder is None:
        return
    if folder.managed:
        made.objections.append(
            Objection(
                f"folder {uid} ('{folder.title}') is managed by {folder.managed}: change it there", final=True
            )
        )
    if not folder.writable:
        made.objections.append(
            Objection(f"the token may not write to folder {uid} ('{folder.title}')", final=True)
        )
    ours = any(board.uid in sight.inside for board in boards)
    if not ours and (sight.inside or folder.title != title):
        holds = f"with {len(sight.inside)} dashboards of others" if sight.inside else "and empty"
        made.objections.append(
            Objection(f"folder {uid} is somebody else's: it is called '{folder.title}' {holds}")
        )


def _judge_board(made: Plan, board: Board, sight: Sight) -> None:
    saved, latest = sight.saved.get(board.uid), sight.latest.get(board.uid)
    if saved is None:
        made.steps.append(Step(Deed.MAKE, board.uid, board.title, board=board))
        return
    own_folder = FOLDERS[board.language][0]
    moved = saved.folder != own_folder
    if moved:
        where = saved.folder_title or saved.folder or "the root"
        made.objections.append(Objection(f"{board.uid} ('{board.title}') stands in another folder: {where}"))
    equal = bare(saved.content) == bare(board.content) or _digest_of(latest) == digest(board.content)
    if equal and not moved:
        made.steps.append(Step(Deed.KEEP, board.uid, board.title))
        return
    if saved.provisioned:
        made.objections.append(
            Objection(
                f"{board.uid} ('{board.title}') is provisioned from files: change them there", final=True
            )
        )
    elif not _is_ours(latest):
        made.objections.append(Objection(f"{board.uid} ('{board.title}') {_story(latest)}"))
    lines = tuple(difference(saved.content, board.content))
    made.steps.append(Step(Deed.CHANGE, board.uid, board.title, saved.version, board, lines))


def _judge_leftover(made: Plan, uid: str, sight: Sight, *, prune: bool) -> None:
    title = sight.inside[uid]
    if not _is_ours(sight.latest.get(uid)):
        made.others.append(title)
    elif prune:
        made.steps.append(Step(Deed.TAKE_AWAY, uid, title))
    else:
        made.steps.append(Step(Deed.KEEP, uid, title, lines=("built no longer; --prune takes it away",)))


def _is_ours(latest: Version | None) -> bool:
    return _digest_of(latest) is not None


def _digest_of(latest: Version | None) -> str | None:
    """Digest of what we published, if nobody has saved the dashboard since."""
    found = MARK.fullmatch(latest.message) if latest is not None else None
    return found[1] if found is not None else None


def _story(latest: Version | None) -> str:
    if latest is None:
        return "was not published by citynoc, or Grafana does not tell who saved it"
    said = f", saying '{latest.message[:80]}'" if latest.message else ""
    return f"was changed by hand: version {latest.number} was saved by {latest.by} at {latest.at}{said}; publishing would undo that"
