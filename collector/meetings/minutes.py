"""What is written down of one sitting: every change of a participant, and how good the calls were. Pure.

Bounded: a row a participant and change, at most `MOST` a participant; after that only coming and going counts, and
after twice as many nothing. Quality is added up, and handed over every `QUALITY_EVERY` seconds.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from collector.meetings.alarm import Alarm
from collector.meetings.model import Occurrence
from collector.meetings.readiness import Participant, Phase, Readiness, Verdict
from collector.meetings.readings import NOTHING, Reading
from collector.meetings.reasons import Code, Reason
from collector.meetings.room import JITTER, LATENCY, LOSS, QUALITY
from collector.outages.sittings import AttendanceRow, Key, Notes, QualityRow, SittingRow

MOST = 500
QUALITY_EVERY = 60.0
OVER = "ended"
"""Verdict of the last row of everybody: the sitting is over."""
OUT = "taken out"
"""Verdict of whoever takes part no longer, by a change of the configuration; the sitting goes on."""
_FULL = Reason(Code.BRIDGE_SHORT, {})
Standing = tuple[str, str, str, str, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Kept:
    """What the journal held of a sitting when the service started."""

    row: SittingRow
    attendance: Mapping[str, AttendanceRow]
    rows: Mapping[str, int]
    quality: Mapping[str, QualityRow]


@dataclass(slots=True)
class _Page:
    """One participant's side of the minutes."""

    standing: Standing | None = None
    rows: int = 0
    quality: QualityRow | None = None
    fresh: bool = field(default=False)


class Minutes:
    """Takes each look at a sitting and says what of it is news. `kept` goes on where another process stopped."""

    def __init__(self, occurrence: Occurrence, kept: Kept | None = None) -> None:
        self.occurrence = occurrence
        self.key: Key = (occurrence.meeting, occurrence.start if kept is None else kept.row.key)
        self.alarm = Alarm("" if kept is None else kept.row.alarms)
        self.closed = False
        self._row: SittingRow | None = None if kept is None else kept.row
        self._handed = 0.0
        self._pages: dict[str, _Page] = {}
        if kept is not None:
            for site, row in kept.attendance.items():
                standing = _standing(row)
                self._pages[site] = _Page(standing, kept.rows.get(site, 1), kept.quality.get(site))

    def moved(self, occurrence: Occurrence) -> None:
        """The sitting goes on under other times or with other participants."""
        if occurrence.start != self.occurrence.start:
            self.alarm.moved()
        self.occurrence = occurrence

    def take(self, look: Readiness, readings: Mapping[str, Reading]) -> Notes:
        """What is to be written of this look. `readings` are those of the endpoints, by name."""
        notes = Notes()
        self.alarm.update(self.occurrence, _missing(look), look.at)
        for one in look.participants:
            page = self._pages.setdefault(one.site, _Page())
            reading = readings.get(one.endpoint, NOTHING)
            self._attend(notes, page, _waiting(one, look), _grade(reading), look.at)
            if look.phase is Phase.RUNNING and one.connected:
                self._add(page, one.site, reading)
        for site in self._pages.keys() - {one.site for one in look.participants}:
            self._end(notes, site, look.at, OUT)
        if look.at - self._handed >= QUALITY_EVERY:
            self._hand_over(notes, look.at)
        self._head(notes, cancelled=False)
        return notes

    def close(self, now: float, *, cancelled: bool = False) -> Notes:
        """The sitting is over, or does not take place: the last page."""
        notes = Notes()
        if self.closed:
            return notes
        self.closed = True
        end = min(now, self.occurrence.end)
        self.alarm.update(self.occurrence, 0, self.occurrence.end)
        for site in self._pages:
            self._end(notes, site, end, OVER)
        self._hand_over(notes, now)
        if cancelled:
            self.occurrence = replace(self.occurrence, end=max(end, self.occurrence.start))
        self._head(notes, cancelled=cancelled)
        return notes

    def _attend(self, notes: Notes, page: _Page, one: Participant, grade: int | None, at: float) -> None:
        worst = one.worst
        connected = None if one.connected is None else int(one.connected)
        standing: Standing = (
            one.endpoint,
            str(one.verdict),
            "" if worst is None else str(worst.code),
            "" if worst is None else worst.cause,
            connected,
            grade if connected else None,
        )
        before = page.standing
        if standing == before:
            return
        if page.rows >= MOST and (page.rows >= 2 * MOST or (before is not None and before[4] == connected)):
            return
        page.standing = standing
        page.rows += 1
        notes.attendance.append(
            AttendanceRow(*self.key, at, one.site, standing[0], standing[1], standing[2], standing[3],
                          standing[4], standing[5])
        )  # fmt: skip

    def _end(self, notes: Notes, site: str, at: float, verdict: str) -> None:
        """The participant's last row, unless it has one."""
        page = self._pages[site]
        if page.standing is not None and page.standing[1] not in (OVER, verdict):
            endpoint = page.standing[0]
            notes.attendance.append(AttendanceRow(*self.key, at, site, endpoint, verdict, "", "", None, None))
            page.standing = (endpoint, verdict, "", "", None, None)

    def _add(self, page: _Page, site: str, reading: Reading) -> None:
        """Count a reading of a call; one that measured no loss is none."""
        losses = [value for key, value in reading.items() if key[0] == LOSS]
        if not losses:
            return
        before = page.quality or QualityRow(*self.key, site, 0, 0.0, 0.0, 0.0, 0.0)
        loss = max(losses)
        page.quality = before._replace(
            looks=before.looks + 1,
            loss_sum=before.loss_sum + loss,
            loss_max=max(before.loss_max, loss),
            jitter_max=max(before.jitter_max, _worst(reading, JITTER)),
            latency_max=max(before.latency_max, _worst(reading, LATENCY)),
        )
        page.fresh = True

    def _hand_over(self, notes: Notes, now: float) -> None:
        self._handed = now
        for site, page in self._pages.items():
            if page.fresh and page.quality is not None:
                notes.quality[*self.key, site] = page.quality
                page.fresh = False

    def _head(self, notes: Notes, *, cancelled: bool) -> None:
        one = self.occurrence
        row = SittingRow(
            *self.key,
            one.start,
            one.end,
            cancelled,
            one.title.get("vi", one.meeting),
            one.title.get("en", one.meeting),
            json.dumps(sorted(one.sites)),
            json.dumps(one.bridges),
            self.alarm.as_text(),
        )
        if row != self._row:
            self._row = row
            notes.sittings[self.key] = row


def _waiting(one: Participant, look: Readiness) -> Participant:
    """Who is kept out by nothing but a bridge that is full is written down with that."""
    outside = look.phase is Phase.RUNNING and one.connected is False and one.verdict is Verdict.GO
    if not outside or not look.short:
        return one
    return replace(one, reasons=(_FULL, *one.reasons))


def _missing(look: Readiness) -> int:
    return sum(look.by_reason().values())


def _worst(reading: Reading, name: str) -> float:
    return max((value for key, value in reading.items() if key[0] == name), default=0.0)


def _grade(reading: Reading) -> int | None:
    """The worst direction's grade."""
    return max((int(value) for key, value in reading.items() if key[0] == QUALITY), default=None)


def _standing(row: AttendanceRow) -> Standing:
    return row.endpoint, row.verdict, row.reason, row.cause, row.connected, row.grade
