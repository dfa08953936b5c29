"""From evidence, finding and docket to the state that is exposed. Recomputes only what was touched. Pure.

A device that is suspected, or waits to be asked anew, keeps the state it had. One that is switched off outside
meetings is `unknown` with `answered` False: it was asked and did not answer, and that says nothing.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import MappingProxyType

from collector.model import DeviceName, SiteCode
from collector.outages.docket import Docket
from collector.outages.evidence import NEVER, Hearing
from collector.outages.rootcause import Finding
from collector.outages.state import CauseKind, CityState, DeviceVerdict, Outage, State
from collector.outages.topology import Topology

NOT_SERVED = frozenset({State.UNREACHABLE, State.DOWN})


@dataclass(frozen=True, slots=True)
class Bench:
    """What a verdict is made of. `covered` is in maintenance, `ignored` must not be blamed now."""

    hearing: Hearing
    docket: Docket
    covered: AbstractSet[int]
    ignored: AbstractSet[int]


class View:
    """The exposed state, kept up to date."""

    def __init__(self, topology: Topology, now: float) -> None:
        self._reported: dict[int, bool] = {}
        self._revision = -1
        self._told: tuple[Outage, ...] = ()
        self._begin(topology, [DeviceVerdict(State.UNKNOWN, now, None) for _ in topology.devices])

    def _begin(self, topology: Topology, verdicts: list[DeviceVerdict]) -> None:
        self._net = topology
        self.finding = Finding()
        self._verdicts = verdicts
        self._devices: dict[DeviceName, DeviceVerdict] = dict(zip(topology.names, verdicts, strict=True))
        self._sites: dict[SiteCode, State] = {}
        self._redundancy: dict[SiteCode, bool] = {}
        self._links: dict[str, bool] = {}
        self._blamed: dict[int, str] = {}
        self._lost: list[int] = []
        self._around(range(len(topology)), set())
        self._frozen = self._freeze()

    def update(
        self, topology: Topology, now: float, devices: Mapping[int, int], links: Mapping[int, int]
    ) -> None:
        """Go on under another configuration's numbers; who is new is unknown."""
        verdicts = [DeviceVerdict(State.UNKNOWN, now, None) for _ in topology.devices]
        for old, new in devices.items():
            verdicts[new] = self._verdicts[old]
        self._reported = {links[i]: up for i, up in self._reported.items() if i in links}
        self._begin(topology, verdicts)

    def explained(self, device: int) -> bool:
        """Does an open outage already say why the device is silent?"""
        return device in self._blamed

    def report(self, link: int, *, up: bool) -> bool:
        """Take the link's own state as read from its child; True if it is news."""
        if self._reported.get(link) is up:
            return False
        self._reported[link] = up
        return True

    def lost(self, devices: Iterable[int], now: float) -> None:
        """There is no way to hear of these any more; the next `refresh` tells of them."""
        for device in devices:
            old = self._verdicts[device]
            if old.state is not State.UNKNOWN:
                self._set(device, DeviceVerdict(State.UNKNOWN, now, None, old.last_heard))
                self._lost.append(device)

    def refresh(
        self, now: float, touched: AbstractSet[int], relinked: AbstractSet[int], bench: Bench
    ) -> tuple[int, ...]:
        """Bring the touched devices and relinked devices' uplinks up to date; those whose verdict changed."""
        if not touched and not relinked and not self._lost:
            return ()
        self._blamed = bench.docket.blamed
        changed, self._lost = self._lost, []
        lost = frozenset(changed)
        for device in sorted(touched):
            old = self._verdicts[device]
            state, answered, cause = self._judge(device, old, bench)
            if (state, answered, cause) != (old.state, old.answered, old.cause):
                since = now if state is not old.state else old.since
                at = bench.hearing.heard_at[device]
                heard = None if at == NEVER or answered else at
                self._set(device, DeviceVerdict(state, since, answered, heard, cause))
                if device not in lost:
                    changed.append(device)
        if changed or relinked:
            self._around(changed, relinked)
            self._frozen = self._freeze()
        return tuple(changed)

    def _judge(self, device: int, old: DeviceVerdict, bench: Bench) -> tuple[State, bool | None, str | None]:
        finding, hearing = self.finding, bench.hearing
        confirmed = device in hearing.confirmed
        same = old.state, old.answered, old.cause
        if finding.blind:
            found: tuple[State, bool | None, str | None] = State.UNKNOWN, None, None
        elif device in finding.agents:
            found = (State.AGENT_DOWN, False, None) if confirmed else same
        elif device in finding.gone:
            found = self._gone(device, bench) or same
        elif device in hearing.misses or hearing.alive_at(device) < hearing.void[device]:
            found = same
        elif hearing.alive_at(device) == NEVER:
            found = State.UNKNOWN, None, None
        else:
            found = State.UP, True, None
        return found

    def _gone(self, device: int, bench: Bench) -> tuple[State, bool | None, str | None] | None:
        """State of a silent or cut-off device; None while it is only suspected."""
        confirmed = device in bench.hearing.confirmed
        answered = False if confirmed else None
        cause = bench.docket.blamed.get(device)
        if device in bench.covered and (confirmed or cause is not None):
            return State.MAINTENANCE, answered, cause
        if cause is not None:
            own = bench.docket.broke(device, cause)
            return (State.DOWN if own else State.UNREACHABLE), answered, cause
        if not confirmed:
            return None
        if device not in self.finding.frontier:  # in the shadow of what needs no outage
            return State.UNREACHABLE, False, None
        return (State.UNKNOWN, False, None) if device in bench.ignored else None

    def _set(self, device: int, verdict: DeviceVerdict) -> None:
        self._verdicts[device] = verdict
        self._devices[self._net.names[device]] = verdict

    # -- sites, links, redundancy --------------------------------------------------------------------------

    def _around(self, changed: Iterable[int], also: AbstractSet[int]) -> None:
        net = self._net
        near = set(changed) | {child for i in changed for child in net.children[i]} | also
        for device in near:
            for link, parent in net.uplinks[device]:
                self._link(link, device, parent)
        for site in {net.devices[i].site for i in near}:
            self._site(site)

    def _link(self, link: int, child: int, parent: int) -> None:
        name = self._net.links[link].name
        below, above = self._verdicts[child].state, self._verdicts[parent].state
        up = self._reported.get(link)
        if below is not State.UP:
            up = False if below in NOT_SERVED and self._cable_cut(link, child) else None
        elif up is None and len(self._net.uplinks[child]) == self._net.needs[child]:
            up = True
        elif above in NOT_SERVED:
            up = False
        if up is None:
            self._links.pop(name, None)
        else:
            self._links[name] = up

    def _cable_cut(self, link: int, child: int) -> bool:
        cause = self._blamed.get(child, "")
        cable = self._net.links[link].cable
        return (
            bool(cable)
            and cause.startswith((CauseKind.CABLE, CauseKind.GROUP))
            and (cable in cause.partition(":")[2].split("+"))
        )

    def _site(self, site: SiteCode) -> None:
        net = self._net
        path = net.path[site]
        state = min(self._verdicts[i].state for i in path)
        self._sites[site] = state
        redundant = len(path) > 1 or any(net.spare[i] > 0 and net.uplinks[i] for i in path)
        if not redundant or state not in {State.UP, State.AGENT_DOWN}:
            self._redundancy.pop(site, None)
            return
        self._redundancy[site] = any(self._verdicts[i].state in NOT_SERVED for i in path) or any(
            self._links.get(net.links[link].name) is False or self._verdicts[parent].state in NOT_SERVED
            for i in path
            for link, parent in net.uplinks[i]
        )

    def _freeze(self) -> tuple[MappingProxyType[DeviceName, DeviceVerdict], MappingProxyType[SiteCode, State],
                               MappingProxyType[str, bool], MappingProxyType[SiteCode, bool]]:  # fmt: skip
        return (
            MappingProxyType(self._devices.copy()),
            MappingProxyType(self._sites.copy()),
            MappingProxyType(self._links.copy()),
            MappingProxyType(self._redundancy.copy()),
        )

    def state(self, now: float, docket: Docket, covered: AbstractSet[DeviceName]) -> CityState:
        """The state as of now; shares what did not change with the one before."""
        devices, sites, links, redundancy = self._frozen
        if docket.revision != self._revision:
            self._revision = docket.revision
            self._told = tuple(case.outage for _, case in sorted(docket.cases.items()))
        return CityState(now, devices, sites, links, redundancy, self._told, self.finding.blind, covered)
