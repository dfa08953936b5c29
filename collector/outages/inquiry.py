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
        net = self._net
        since = self._hearing.first_miss(device)
        if since == NEVER or device in self._cohorts:
            return
        self._cohorts.add(device)
        others = net.co_parents(device) | set(net.independents(net.devices[device].site))
        for link, _ in net.uplinks[device]:
            cable = net.links[link].cable
            if cable:
                others.update(net.riders[cable][:COHORT])
        others.update(sorted(net.children[device], key=lambda i: (net.spare[i], i))[:COHORT])
        for other in sorted(others - {device}):
            if net.devices[other].role is not Role.ENDPOINT or other not in ignored:
                self.draw(other, since, now)
