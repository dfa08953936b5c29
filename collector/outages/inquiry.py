"""Who is drawn into the inquiry when somebody misses: ancestors at once, then all whose evidence will decide. Pure.

Both are bounded by the device's own neighbourhood. Who has answered a question sent since the first miss need not be
asked, and what an open outage explains starts no inquiry.
"""

from collections.abc import Set as AbstractSet

from collector.model import Role
from collector.outages.asking import Asking
from collector.outages.evidence import NEVER, Hearing
from collector.outages.topology import Topology

COHORT = 64
"""Neighbours of one kind that are asked at once; whoever else matters is asked when the verdict is near."""


class Inquiry:
    """The re-ask schedule, and who belongs on it."""

    def __init__(self, topology: Topology, hearing: Hearing, asking: Asking) -> None:
        self._net = topology
        self._hearing = hearing
        self.asking = asking
        self._cohorts: set[int] = set()
        self._neighbours: dict[int, tuple[int, ...]] = {}
        self._next = 0

    def prepare(self, some: int) -> None:
        """Look up the neighbours of so many devices ahead of the need, until all are known: a core fails at once."""
        end = min(self._next + some, len(self._net))
        while self._next < end:
            self._neighbours_of(self._next)
            self._next += 1

    def begin(self, device: int, since: float, now: float) -> None:
        """The device missed for the first time."""
        self.asking.draw(device, since, now)
        for ancestor in self._net.ancestors(device):
            self.draw(ancestor, since, now)

    def end(self, device: int) -> None:
        """The device answered; its next silence is another inquiry."""
        self._cohorts.discard(device)

    def renew(self, device: int, since: float, now: float) -> None:
        """Ask anew until it answers: what it missed before `since` is void."""
        self.asking.drop(device)
        self._cohorts.discard(device)
        self.draw(device, since, now)

    def draw(self, device: int, since: float, now: float) -> None:
        """Ask the device, unless it has answered since."""
        if self._hearing.life[device] < since:
            self.asking.draw(device, since, now)

    def widen(self, device: int, ignored: AbstractSet[int], now: float) -> None:
        """The device stays silent: ask all whose evidence will decide what that means."""
        if device in self._cohorts:
            return
        net = self._net
        since = self._hearing.first_miss(device)
        if since == NEVER:
            return
        self._cohorts.add(device)
        for other in self._neighbours_of(device):
            if other not in ignored or net.devices[other].role is not Role.ENDPOINT:
                self.draw(other, since, now)

    def _neighbours_of(self, device: int) -> tuple[int, ...]:
        """Who decides by answering or not what the device's silence means."""
        known = self._neighbours.get(device)
        if known is None:
            net = self._net
            others = net.co_parents(device) | set(net.independents(net.devices[device].site))
            for link, _ in net.uplinks[device]:
                cable = net.links[link].cable
                if cable:
                    others.update(net.riders[cable][:COHORT])
            others.update(sorted(net.children[device], key=lambda i: (net.spare[i], i))[:COHORT])
            known = self._neighbours[device] = tuple(sorted(others - {device}))
        return known
