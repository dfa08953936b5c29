"""What the live page says of meetings: tiles of those that come, and one with everybody who takes part. Pure."""

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from collector.meetings.model import PREPARATION, Occurrence
from collector.meetings.readiness import Participant, Phase, Readiness, Verdict
from collector.meetings.reasons import SHORT, Reason
from collector.meetings.standing import Sitting
from collector.model import DistrictCode, SiteCode
from exporters.live.scene import Chip, Instant, Place, Scene
from exporters.live.search import LONGEST, Entry, folded
from exporters.state import shown

LISTED = 6
KEYS = {Verdict.GO: ("up", "✓"), Verdict.NO_GO: ("down", "✕"), Verdict.UNKNOWN: ("unknown", "?")}
"""How a verdict is coloured, as the state of the same weight, and its sign."""
WORST_FIRST = (Verdict.NO_GO, Verdict.UNKNOWN, Verdict.GO)
SHOWS = ("", *(str(one) for one in WORST_FIRST))


@dataclass(frozen=True, slots=True)
class Share:
    """A piece of a bar: `width` participants from `x` on."""

    key: str
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Count:
    """A verdict with how many have it."""

    chip: Chip
    verdict: str
    number: int


@dataclass(frozen=True, slots=True)
class Tile:
    """A meeting in a list. Without `counts` nobody has looked yet; `until` is what is waited for, if anything."""

    name: str
    title: str
    day: str
    begins: str
    ends: str
    phase: str
    phase_text: str
    until: Instant | None
    until_text: str
    participants: int
    counts: Sequence[Count]
    bar: Sequence[Share]
    connected: int
    in_words: str
    bad: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A participant. `connected` is None where nobody knows."""

    place: Place
    chip: Chip
    endpoint: str
    connected: bool | None
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class District:
    """A district's participants, the worst first. `folded` are those who are GO, `noted` of them with something to be said."""

    code: str
    name: str
    rows: Sequence[Row]
    folded: Sequence[Row]
    noted: int
    counts: Sequence[Count]


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting's page. `early` says that it is looked at before it counts.

    `over` is when it ended, empty until then: the list is of its end. `report` says that there is something to report.
    """

    tile: Tile
    early: bool
    from_when: str
    over: str
    seen: str
    report: bool
    hall: Sequence[str]
    bridges: str
    reasons: Sequence[tuple[str, int]]
    districts: Sequence[District]
    shown: int
    written: str


def tiles(scene: Scene, sittings: Iterable[Sitting]) -> list[Tile]:
    """The meetings that are shown, by start."""
    ordered = sorted(sittings, key=lambda one: (one.occurrence.start, one.occurrence.meeting))
    return [tile(scene, one, one.look) for one in ordered[:LISTED]]


def tile(scene: Scene, sitting: Sitting, look: Readiness | None) -> Tile:
    """One meeting in short."""
    one, phase = sitting.occurrence, sitting.phase
    counts = [] if look is None else _counts(scene, Counter(each.verdict for each in look.participants))
    waited = {Phase.PLANNED: one.start, Phase.PREPARING: one.start, Phase.RUNNING: one.end}.get(phase)
    text = {Phase.RUNNING: "meeting.ends.in"}.get(phase, "meeting.in")
    began, ended = scene.instant(one.start), scene.instant(one.end)
    return Tile(
        one.meeting,
        title(scene, one),
        scene.day(one.start),
        scene.hour(one.start),
        scene.hour(one.end),
        phase.name.lower(),
        scene.say(f"phase.{phase.name.lower()}"),
        None if waited is None else began if waited == one.start else ended,
        scene.say(text),
        len(one.sites),
        counts,
        _bar(counts),
        0 if look is None else look.connected,
        ", ".join(f"{each.chip.text} {each.number}" for each in counts if each.number),
        look is not None and not look.ready,
    )


def title(scene: Scene, one: Occurrence) -> str:
    """What people call the meeting in the reader's language."""
    return one.title.get(str(scene.say.language)) or one.meeting


def meeting(scene: Scene, sitting: Sitting, look: Readiness, show: str = "", question: str = "") -> Meeting:
    """The whole meeting; `show` is a verdict to be shown alone, `question` words that a participant must have."""
    one = sitting.occurrence
    by_district: dict[DistrictCode, list[Participant]] = {}
    for each in look.participants:
        site = scene.inventory.sites.get(each.site)
        by_district.setdefault(site.district if site else DistrictCode(""), []).append(each)
    titles = {outage.id: scene.title(outage) for outage in shown(scene.state)}
    wanted = _Wanted(show, folded(question[:LONGEST]).split(), titles)
    districts = [
        found
        for code, members in by_district.items()
        if (found := _district(scene, code, members, wanted)) is not None
    ]
    districts.sort(key=lambda found: (*(-each.number for each in found.counts[:2]), found.code))
    return Meeting(
        tile(scene, sitting, look),
        sitting.look is None and sitting.phase is Phase.PLANNED,
        scene.hour(one.start - PREPARATION),
        scene.hour(one.end) if sitting.phase is Phase.ENDED else "",
        scene.hour(look.at),
        sitting.phase in (Phase.RUNNING, Phase.ENDED),
        [reason.text[str(scene.say.language)] for reason in look.hall],
        ", ".join(one.bridges),
        [
            (SHORT[code].vi if scene.say.language == "vi" else SHORT[code].en, number)
            for code, number in look.by_reason().items()
        ],
        districts,
        sum(len(found.rows) + len(found.folded) for found in districts),
        str(one.place) if one.place else "",
    )


def near(scene: Scene, wanted: str, sittings: Iterable[Sitting]) -> list[Entry]:
    """The meetings in sight, those first that resemble a mistyped name."""
    found = [one.occurrence for one in sittings]
    close = difflib.get_close_matches(wanted, [one.meeting for one in found], n=LISTED, cutoff=0.0)
    ordered = sorted(found, key=lambda one: close.index(one.meeting) if one.meeting in close else len(close))
    return [
        Entry(f"/meeting/{one.meeting}", title(scene, one), scene.day(one.start), (), "")
        for one in ordered[:LISTED]
    ]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be shown, and the outages' titles by their ids."""

    show: str
    words: Sequence[str]
    titles: Mapping[str, str]


def _district(
    scene: Scene, code: DistrictCode, members: Sequence[Participant], wanted: _Wanted
) -> District | None:
    name = scene.district_name(code)
    rows: list[Row] = []
    fine: list[Row] = []
    unasked = not wanted.show and not wanted.words
    for one in members:
        if wanted.show and one.verdict != wanted.show:
            continue
        row = _row(scene, one, wanted.titles)
        told = folded(f"{one.site} {row.place.name} {code} {name} {one.endpoint} {' '.join(row.reasons)}")
        if all(word in told for word in wanted.words):
            (fine if unasked and one.verdict is Verdict.GO else rows).append(row)
    if not rows and not fine:
        return None
    noted = sum(bool(row.reasons) for row in fine)
    return District(code, name, rows, fine, noted, _counts(scene, Counter(one.verdict for one in members)))


def _row(scene: Scene, one: Participant, titles: Mapping[str, str]) -> Row:
    reasons = [_said(scene, reason, titles) for reason in one.reasons]
    site = SiteCode(one.site)
    return Row(
        Place(one.site, scene.site_name(site), scene.chip(scene.site_state(site))),
        chip(scene, one.verdict),
        one.endpoint,
        one.connected,
        reasons,
    )


def _said(scene: Scene, reason: Reason, titles: Mapping[str, str]) -> str:
    """The reason, with the outage behind it in words instead of by its id."""
    text = reason.text[str(scene.say.language)]
    return text.replace(reason.cause, f"“{titles[reason.cause]}”") if reason.cause in titles else text


def chip(scene: Scene, verdict: Verdict) -> Chip:
    """How a verdict looks and reads."""
    key, mark = KEYS[verdict]
    return Chip(key, mark, scene.say(f"verdict.{verdict.name.lower()}"))


def _counts(scene: Scene, verdicts: Counter[Verdict]) -> list[Count]:
    return [Count(chip(scene, one), str(one), verdicts[one]) for one in WORST_FIRST]


def _bar(counts: Sequence[Count]) -> list[Share]:
    bar, x = [], 0
    for one in counts:
        if one.number:
            bar.append(Share(one.chip.key, x, one.number))
            x += one.number
    return bar
