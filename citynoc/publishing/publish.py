"""Looks at a Grafana and carries out a plan: everything is looked at first, and nothing changed while something objects."""

from collections.abc import Callable, Iterable, Sequence

from citynoc.publishing.boards import FOLDERS, Board
from citynoc.publishing.grafana import ChangedMeanwhileError, Grafana, RefusedError, Saved, Version
from citynoc.publishing.plan import Deed, Plan, Sight, Step, leftovers


def look(server: Grafana, boards: Sequence[Board], language: str) -> Sight:
    """What there is of one language. Raises RefusedError."""
    uid, _ = FOLDERS[language]
    folder = server.folder(uid)
    inside = server.dashboards_in(uid) if folder is not None else {}
    saved: dict[str, Saved] = {}
    latest: dict[str, Version | None] = {}
    for board in boards:
        found = server.dashboard(board.uid)
        if found is not None:
            saved[board.uid] = found
            latest[board.uid] = server.latest(board.uid)
    for leftover in leftovers(boards, inside, language):
        latest[leftover] = server.latest(leftover)
    return Sight(language, folder, inside, saved, latest)


def carry_out(
    server: Grafana, plans: Iterable[Plan], *, force: bool, done: Callable[[Step], None]
) -> RefusedError | None:
    """Do every step that changes something and tell each; the refusal at which it ended, or None.

    Each dashboard replaces the version that was looked at: if somebody saves it in between, Grafana refuses and
    this ends there. With `force` it is replaced whatever it is by then.
    """
    try:
        for plan in plans:
            uid, title = FOLDERS[plan.language]
            if plan.make_folder:
                server.make_folder(uid, title)
            for step in plan.steps:
                if step.deed is not Deed.KEEP:
                    _carry_out(server, step, uid, force=force)
                    done(step)
    except ChangedMeanwhileError as changed:
        return RefusedError(
            f"{changed}. Somebody saved while we published: publish again to see the difference"
        )
    except RefusedError as refused:
        return refused
    return None


def _carry_out(server: Grafana, step: Step, folder: str, *, force: bool) -> None:
    if step.deed is Deed.TAKE_AWAY:
        server.delete(step.uid)
    elif step.board is not None:
        server.save(
            step.board.content,
            folder=folder,
            message=step.board.mark,
            version=step.version,
            overwrite=force and step.version is not None,
        )
