"""Who can join a meeting and who cannot, and why: one pure function over what is known now.

A participant is a site; of several endpoints there the one that can do most speaks for it. A verdict needs evidence:
what has not been heard of is UNKNOWN, never GO. The judge says what can be reached (docs/adr/0002-verdicts.md), the
readings say whether what is reached can confer; how they are weighed stands in docs/adr/0006-readiness.md.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from collector.meetings.hall import CONNECTED_KEY, Hall, hall
from collector.meetings.limits import LIMITS, Limits
from collector.meetings.lines import Line
from collector.meetings.lobby import Lobby, at_once
from collector.meetings.model import PREPARATION, Occurrence
from collector.meetings.readings import Heard, Reading, Silence
from collector.meetings.reasons import RANK, Code, Reason, Teller, Weight
from collector.meetings.room import Room
from collector.model import Device, DeviceName, Inventory, SiteCode
from collector.outages.state import CityState
from collector.zones import zone_of


class Verdict(StrEnum):
    """Can it join?"""

    GO = "GO"
    NO_GO = "NO-GO"
    UNKNOWN = "UNKNOWN"


ORDER: Mapping[Verdict, int] = {Verdict.NO_GO: 0, Verdict.UNKNOWN: 1, Verdict.GO: 2}
OF_WEIGHT: Mapping[Weight, Verdict] = {
    Weight.NOTE: Verdict.GO,
    Weight.DOUBT: Verdict.UNKNOWN,
    Weight.STOP: Verdict.NO_GO,
}


class Phase(IntEnum):
    """Where a sitting is in its life; the value of `citynoc_meeting_state`."""

    PLANNED = 0
    PREPARING = 1
    RUNNING = 2
    ENDED = 3


def phase(occurrence: Occurrence, now: float) -> Phase:
    """Planned until an hour before, preparing, running, ended."""
    if now >= occurrence.end:
        return Phase.ENDED
    if now >= occurrence.start:
        return Phase.RUNNING
    return Phase.PREPARING if now >= occurrence.start - PREPARATION else Phase.PLANNED


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known now: the judge's states, what devices said and is still true, why telemetry is missing."""

    inventory: Inventory
    state: CityState
    reading: Callable[[DeviceName], Reading]
    silence: Callable[[DeviceName], Silence | None]
    line: Callable[[DeviceName], Line | None]


@dataclass(frozen=True, slots=True)
class Participant:
    """One site's verdict. `endpoint` speaks for it, empty if there is none; reasons worst first.

    `connected` is whether its endpoint is in a call, None if that is not known.
    """

    site: SiteCode
    endpoint: str
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    connected: bool | None = None

    @property
    def worst(self) -> Reason | None:
        """What decided the verdict; None if nothing speaks against GO."""
        return self.reasons[0] if self.reasons else None


@dataclass(frozen=True, slots=True)
class Readiness:
    """A whole meeting at one moment. Participants are ordered worst first, then by district and site.

    `hall` are reasons about the meeting as a whole: bridges that are down or short of ports.
    """

    occurrence: Occurrence
    at: float
    phase: Phase
    participants: tuple[Participant, ...]
    hall: tuple[Reason, ...] = ()
    short: int = 0
    """Ports that are missing on the bridges."""

    def count(self, verdict: Verdict) -> int:
        """Participants with this verdict."""
        return sum(1 for one in self.participants if one.verdict is verdict)

    @property
    def connected(self) -> int:
        """Participants in a call."""
        return sum(1 for one in self.participants if one.connected)

    @property
    def ready(self) -> bool:
        """Whether nobody is known to be unable to join."""
        return not self.short and all(one.verdict is not Verdict.NO_GO for one in self.participants)

    def by_reason(self) -> dict[Code, int]:
        """How many cannot join, by their worst reason, in order of badness; of missing ports how many are missing."""
        counts = Counter(
            one.worst.code for one in self.participants if one.verdict is Verdict.NO_GO and one.worst
        )
        if self.short:
            counts[Code.BRIDGE_SHORT] += self.short
        return {code: counts[code] for code in Code if counts[code]}


def readiness(
    occurrence: Occurrence,
    evidence: Evidence,
    now: float,
    limits: Limits = LIMITS,
    others: Iterable[Occurrence] = (),
) -> Readiness:
    """The meeting's readiness at `now` (Unix seconds). The same evidence gives the same answer, in the same order.

    `others` are sittings that are prepared or held as well: those at the same time want ports and people too, those that
    are over when this one begins leave theirs.
    """
    inventory, state = evidence.inventory, evidence.state
    tell = Teller(now, zone_of(inventory.city.timezone))
    running = occurrence.running(now)
    room = Room(evidence.inventory, state, tell, limits, occurrence.end, running=running)
    endpoints: dict[str, list[Device]] = {site: [] for site in occurrence.sites}
    for name in occurrence.endpoints:
        device = inventory.devices.get(DeviceName(name))
        if device is not None:
            endpoints.setdefault(device.site, []).append(device)
    found = [_best(SiteCode(site), there, evidence, room, now) for site, there in endpoints.items()]
    waiting = sum(1 for one in found if one.endpoint and not one.connected)
    known = [one for one in others if one.meeting != occurrence.meeting]
    rivals = [one for one in known if at_once(occurrence, one)]
    before = [one for one in known if one.end <= occurrence.start]
    lobby = Lobby(inventory, state, evidence.reading)
    more = lobby.wanting(occurrence, rivals)
    leaving = lobby.leaving(occurrence, before, rivals)
    stage = hall(occurrence.bridges, waiting, evidence.reading, state, tell, others=more, leaving=leaving)
    clock = room.common_clock()
    found = [_forgiven(one, evidence) for one in found] if clock is not None else found
    elsewhere = [
        (other, tell.say(Code.ELSEWHERE, weight=Weight.NOTE, title=other.title, when=other.end))
        for other in rivals
    ]
    found = [_wanted_twice(one, elsewhere) for one in found] if rivals else found
    if stage.nobody is not None:
        found = [_stopped(one, stage) for one in found]
    ordered = tuple(in_order(found, inventory))
    about = stage.reasons if clock is None else (*stage.reasons, clock)
    return Readiness(occurrence, now, phase(occurrence, now), ordered, about, stage.short)


def _wanted_twice(one: Participant, elsewhere: Iterable[tuple[Occurrence, Reason]]) -> Participant:
    """A note of every other sitting at the same time that wants the participant too: a call does not say which it is."""
    notes = [note for other, note in elsewhere if one.site in other.sites]
    if not notes:
        return one
    reasons = sorted((*one.reasons, *notes), key=lambda reason: (-reason.weight, RANK[reason.code]))
    return replace(one, reasons=tuple(reasons))


def _forgiven(one: Participant, evidence: Evidence) -> Participant:
    """Most clocks are wrong alike: no endpoint is blamed for its own. Of one whose messages are refused too little is known."""
    refused = evidence.silence(DeviceName(one.endpoint)) is not None
    weight = Weight.DOUBT if refused else Weight.NOTE
    reasons = [
        replace(reason, weight=min(reason.weight, weight)) if reason.code is Code.CLOCK else reason
        for reason in one.reasons
    ]
    reasons.sort(key=lambda reason: (-reason.weight, RANK[reason.code]))
    verdict = OF_WEIGHT[reasons[0].weight] if reasons else Verdict.GO
    return replace(one, reasons=tuple(reasons), verdict=verdict)


def in_order(found: Iterable[Participant], inventory: Inventory) -> list[Participant]:
    """Worst first, then by district and site."""
    districts = {code: site.district for code, site in inventory.sites.items()}
    return sorted(found, key=lambda one: (*_badness(one), districts.get(one.site, ""), one.site))


def _best(
    site: SiteCode, endpoints: Iterable[Device], evidence: Evidence, room: Room, now: float
) -> Participant:
    """The site's participant: the endpoint there that can do most, the first by name of equals."""
    best: Participant | None = None
    for device in endpoints:
        one = _participant(device, evidence, room, now)
        if best is None or _ability(one) > _ability(best):
            best = one
    if best is not None:
        return best
    reasons = (room.tell.say(Code.NO_ENDPOINT),)
    return Participant(site, "", Verdict.NO_GO, reasons)


def _participant(device: Device, evidence: Evidence, room: Room, now: float) -> Participant:
    router = room.router(device)
    line = evidence.line(router.name) if router is not None else None
    heard = Heard(evidence.reading(device.name), evidence.silence(device.name), line)
    cut = room.way(device, heard)
    if cut is not None:
        return Participant(device.site, device.name, OF_WEIGHT[cut.weight], (cut,))
    reasons = room.inside(device, heard, now)
    reasons.sort(key=lambda reason: (-reason.weight, RANK[reason.code]))
    verdict = OF_WEIGHT[reasons[0].weight] if reasons else Verdict.GO
    in_call = heard.reading.get(CONNECTED_KEY)
    connected = None if in_call is None else in_call > 0
    return Participant(device.site, device.name, verdict, tuple(reasons), connected)


def _stopped(one: Participant, stage: Hall) -> Participant:
    """With no bridge that answers nobody can join, whatever else is true of them; who is in a call stays in it."""
    if stage.nobody is None or one.connected:
        return one
    reasons = sorted((*one.reasons, stage.nobody), key=lambda reason: (-reason.weight, RANK[reason.code]))
    return Participant(one.site, one.endpoint, Verdict.NO_GO, tuple(reasons), one.connected)


def _badness(one: Participant) -> tuple[int, int, int]:
    worst = one.worst
    weight = 0 if worst is None else -int(worst.weight)
    return ORDER[one.verdict], weight, len(Code) if worst is None else RANK[worst.code]


def _ability(one: Participant) -> tuple[bool, int]:
    return bool(one.connected), ORDER[one.verdict]
