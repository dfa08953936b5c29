"""Links that are down while both their ends answer: redundancy lost, seen by the child's ifOperStatus. Pure.

One report proves little: it may be as old as a poll interval, and a link is also down while its parent is. So a link
counts as failed after two reports in a row during which its parent was not silent. Links of one cable are judged
together, once each of them was read anew.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from collector.outages.cover import Key
from collector.outages.state import CauseKind
from collector.outages.topology import Topology

REPORTS = 2


@dataclass(slots=True)
class Report:
    """What a link's child says: `bad` counts reports of failure in a row, `first` is the first of them."""

    up: bool
    at: float
    first: float
    bad: int


class LinkWatch:
    """The reported states of all links that are reported at all."""

    def __init__(self, topology: Topology, patience: float) -> None:
        self._net = topology
        self._patience = patience
        self._reports: dict[int, Report] = {}

    def report(self, link: int, *, up: bool, at: float, gone: AbstractSet[int]) -> bool:
        """Take a report; True if it may change a judgement."""
        old = self._reports.get(link)
        if old is not None and at <= old.at:
            return False
        if up:
            self._reports[link] = Report(up, at, at, 0)
            return old is not None and not old.up
        blind = self._net.link_parent[link] in gone
        bad = 0 if blind else (old.bad if old is not None else 0) + 1
        first = old.first if old is not None and old.bad else at
        self._reports[link] = Report(up, at, first, bad)
        return old is None or old.up or bad == REPORTS

    def rewind(self, at: float) -> None:
        """The clock was set back: nothing was reported in the future."""
        for report in self._reports.values():
            report.at, report.first = min(report.at, at), min(report.first, at)

    def down(self) -> dict[int, float]:
        """Links whose last report was failure, and since when."""
        return {link: report.first for link, report in self._reports.items() if not report.up}

    def up_since(self, link: int, start: float) -> bool:
        """Was the link reported to work after `start`?"""
        report = self._reports.get(link)
        return report is not None and report.up and report.at > start

    def failed(self, link: int) -> bool:
        """Is the link down beyond doubt?"""
        report = self._reports.get(link)
        return report is not None and report.bad >= REPORTS

    def since(self, links: Iterable[int]) -> float:
        """When the first of these was reported down."""
        return min(self._reports[link].first for link in links)

    def causes(
        self, now: float, gone: AbstractSet[int], ignored: AbstractSet[int], told: AbstractSet[int]
    ) -> Mapping[Key, frozenset[int]]:
        """Failed links that nothing else explains, by the link or the cable that failed."""
        net = self._net
        failed = {
            link
            for link, report in self._reports.items()
            if report.bad >= REPORTS
            and link not in told
            and not {net.link_child[link], net.link_parent[link]} & (gone | ignored)
        }
        found: dict[Key, frozenset[int]] = {}
        for link in sorted(failed):
            cable = net.links[link].cable
            mates = set(net.cables[cable]) if cable else {link}
            report = self._reports[link]
            if len(mates) > 1 and now - report.at < self._patience and self._undecided(mates, report.first):
                continue
            works = any(self.up_since(mate, report.first) for mate in mates)
            if cable and not works and len(mates & failed) > 1:
                found[Key(CauseKind.CABLE, (cable,))] = frozenset(mates & failed)
            else:
                found[Key(CauseKind.LINK, (net.links[link].name,))] = frozenset({link})
        return found

    def due(self, now: float) -> float:
        """When a link that waits for its cable's others is judged without them."""
        ends = (report.at + self._patience for report in self._reports.values() if report.bad >= REPORTS)
        return min((end for end in ends if end > now), default=float("inf"))

    def _undecided(self, mates: AbstractSet[int], first: float) -> bool:
        return any(
            report is not None and not report.bad >= REPORTS and not (report.up and report.at > first)
            for report in map(self._reports.get, mates)
        )

    def moved(self, topology: Topology, numbers: Mapping[int, int]) -> "LinkWatch":
        """The same reports under other numbers."""
        new = LinkWatch(topology, self._patience)
        new._reports = {numbers[i]: report for i, report in self._reports.items() if i in numbers}
        return new
