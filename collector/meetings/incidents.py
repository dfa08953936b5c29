"""What went wrong in a meeting, each thing once and with its cause. Pure.

An outage explains everybody that it cut off. Who left or never came otherwise is told with the reason of that moment.
Poor calls of one district at once are one incident: they share a cause.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from collector.meetings.presence import Attendance, Span, Stay, drops
from collector.meetings.reasons import Code
from collector.outages.history import Past

POOR = 2
SHARED = frozenset({Code.BRIDGE_SHORT, Code.BRIDGE_DOWN})
"""Of the meeting as a whole: whom they kept out were kept out by one thing."""
A_CROWD = 3
"""So many communes of a district in poor calls at once are no coincidence."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that kept participants out: an outage, or one that left and why. `end` is None if it lasted."""

    begin: float
    end: float | None
    kind: str
    """`outage`, `left` (was in the call, and then not), `absent` (never came) or `poor` (a district's calls)."""
    cause: str
    """Id of the outage, or the code of the reason; empty if no fault was seen."""
    carrier: str
    sites: tuple[str, ...]


def incidents(found: Sequence[Attendance], outages: Sequence[Past], span: Span) -> tuple[Incident, ...]:
    """In the order they began.

    Outages that touched participants, those who left and those who never came; what an outage explains is its own.
    """
    ours = {one.site for one in found}
    told: list[Incident] = [*_poor(found)]
    explained: set[str] = set()
    absent: dict[str, list[str]] = {}
    for past in outages:
        outage = past.outage
        if outage.started >= span[1] or (outage.ended is not None and outage.ended <= span[0]):
            continue
        hit = {one.site for one in found if any(stay.cause == outage.id for stay in one.stays)}
        sites = (hit | set(outage.affected_sites)) & ours
        if sites:
            explained.add(outage.id)
            told.append(
                Incident(
                    outage.started, outage.ended, "outage", outage.id, outage.carrier, tuple(sorted(sites))
                )
            )
    for one in found:
        for stay, back in drops(one.stays, span[1]):
            if stay.cause not in explained:
                told.append(Incident(stay.begin, back, "left", _fault(stay), "", (one.site,)))
        if one.joined is None and one.stays:
            worst = max(one.stays, key=lambda stay: (bool(stay.reason), stay.seconds))
            if worst.cause not in explained:
                absent.setdefault(_fault(worst), []).append(one.site)
    for fault, some in absent.items():
        groups = [tuple(sorted(some))] if fault in SHARED else [(site,) for site in some]
        told.extend(Incident(span[0], None, "absent", fault, "", group) for group in groups)
    return tuple(sorted(told, key=lambda one: (one.begin, one.kind, one.cause, one.sites)))


def _fault(stay: Stay) -> str:
    return "" if stay.reason == Code.NOT_IN_CALL else stay.reason


def _poor(found: Sequence[Attendance]) -> Iterator[Incident]:
    """Each stretch in which a crowd of a district was in poor calls, with everybody who was in one then."""
    districts: dict[str, list[Attendance]] = {}
    for one in found:
        districts.setdefault(one.district, []).append(one)
    for some in districts.values():
        yield from _crowds(some)


def _crowds(some: Sequence[Attendance]) -> Iterator[Incident]:
    poor = [(stay, one.site) for one in some for stay in one.stays if stay.connected and stay.grade == POOR]
    turns: Counter[float] = Counter()  # summed by moment: whose stay only changes its reason goes on
    for stay, _ in poor:
        turns[stay.begin] += 1
        turns[stay.end] -= 1
    number, begin = 0, 0.0
    for at, step in sorted(turns.items()):
        before, number = number, number + step
        if before < A_CROWD <= number:
            begin = at
        elif number < A_CROWD <= before:
            inside = [(stay, site) for stay, site in poor if stay.begin < at and stay.end > begin]
            reasons = Counter(stay.reason for stay, _ in inside if stay.reason)
            cause = min(reasons, key=lambda code: (-reasons[code], code)) if reasons else ""
            yield Incident(begin, at, "poor", cause, "", tuple(sorted({site for _, site in inside})))
