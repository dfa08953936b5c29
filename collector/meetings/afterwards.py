"""How a meeting stood when it ended, where only the journal knows any more: after a restart. Pure.

The journal keeps verdict, reason and call of everybody, and no sentences: a reason is told in its short words. Whoever was
not written down is UNKNOWN.
"""

from collections.abc import Iterable

from collector.meetings.minutes import OVER
from collector.meetings.model import Occurrence
from collector.meetings.readiness import OF_WEIGHT, Participant, Phase, Readiness, Verdict, in_order
from collector.meetings.reasons import SHORT, Code, Reason, Words
from collector.model import Inventory, SiteCode
from collector.outages.sittings import AttendanceRow

WEIGHT = {verdict: weight for weight, verdict in OF_WEIGHT.items()}
NOBODY_LOOKED = Words("lúc đó không ai giám sát", "nobody watched then")


def at_end(occurrence: Occurrence, rows: Iterable[AttendanceRow], inventory: Inventory) -> Readiness:
    """The sitting as its last rows have it; `rows` in the order they were written."""
    last: dict[str, AttendanceRow] = {}
    seen = 0.0
    for row in rows:
        seen = max(seen, row.at)
        if row.verdict != OVER:
            last[row.site] = row
    found = [_participant(SiteCode(site), last.get(site)) for site in occurrence.sites]
    at = min(seen, occurrence.end) if seen else occurrence.end
    return Readiness(occurrence, at, Phase.ENDED, tuple(in_order(found, inventory)))


def _participant(site: SiteCode, row: AttendanceRow | None) -> Participant:
    if row is None or row.verdict not in tuple(Verdict):
        return Participant(
            site, "", Verdict.UNKNOWN, (_reason(Code.NO_EVIDENCE, NOBODY_LOOKED, Verdict.UNKNOWN),)
        )
    verdict = Verdict(row.verdict)
    reasons: tuple[Reason, ...] = ()
    if row.reason in tuple(Code):
        code = Code(row.reason)
        reasons = (_reason(code, SHORT[code], verdict, row.cause),)
    connected = None if row.connected is None else bool(row.connected)
    return Participant(site, row.endpoint, verdict, reasons, connected)


def _reason(code: Code, words: Words, verdict: Verdict, cause: str = "") -> Reason:
    return Reason(code, {"vi": words.vi, "en": words.en}, WEIGHT[verdict], None, cause)
