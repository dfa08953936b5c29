"""The outages that are open, held or lately ended: opened from findings, followed until they are over. Pure.

An outage's id, kind and district are fixed when it opens; what it affects follows the evidence while it fails and
is kept as it last was from its repair on; its severity only rises.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace

from collector.model import SiteCode
from collector.outages.cover import Key
from collector.outages.evidence import NEVER, Hearing
from collector.outages.flap import Case, Patience
from collector.outages.linkwatch import LinkWatch
from collector.outages.power import Power
from collector.outages.restoring import decide, restored_case
from collector.outages.rootcause import Cause, Finding, joint_shadow
from collector.outages.shadow import blame, cut_off_sites, severity_of
from collector.outages.state import CauseKind, Outage, Severity
from collector.outages.topology import Topology

FOREVER = float("inf")


class Docket:
    """All cases by outage id."""

    def __init__(
        self, topology: Topology, patience: Patience, restored: Iterable[Outage], now: float
    ) -> None:
        self._net = topology
        self._patience = patience
        self._read_by = now + patience.link
        """When every link that is reported at all was reported since the start."""
        self.cases: dict[str, Case] = {}
        self.blamed: dict[int, str] = {}
        """The outage under which each cut-off device is reported."""
        self.power = Power()
        self._floor: dict[int, float] = {}
        self._opened: list[str] = []
        self._updated: dict[str, None] = {}
        self._closed: list[str] = []
        self.revision = 0
        for outage in restored:
            self._enter(restored_case(outage, topology), now)

    def _enter(self, case: Case, now: float) -> None:
        if not case.members and not case.links and not case.ended:  # its cause left the configuration
            case.end(now)
            self._closed.append(case.outage.id)
        self.cases[case.outage.id] = case

    def update(self, topology: Topology, now: float) -> None:
        """Go on under another configuration's numbers."""
        old, self._net = self._net, topology
        self.power.keep(topology.index)
        for case in list(self.cases.values()):
            case.members = frozenset(
                topology.index[old.names[i]] for i in case.members if old.names[i] in topology.index
            )
            case.links = frozenset(
                topology.link_index[old.links[i].name]
                for i in case.links
                if old.links[i].name in topology.link_index
            )
            self._enter(case, now)
        floor = {old.names[i]: at for i, at in self._floor.items()}
        self._floor = {topology.index[name]: at for name, at in floor.items() if name in topology.index}
        self.blamed = {}
        self.revision += 1

    # -- what the judge needs before a finding -------------------------------------------------------------

    def claimed(self) -> set[int]:
        """Devices whose silence is told already."""
        found: set[int] = set()
        for case in self.cases.values():
            if case.failing or (not case.ended and (not case.released or len(case.members) == 1)):
                found |= case.members
        return found

    def open_keys(self) -> set[Key]:
        """Cables and sites that go on explaining what falls silent."""
        return {
            key
            for case in self.cases.values()
            if case.failing
            for key in case.keys
            if key.kind in {CauseKind.CABLE, CauseKind.SITE}
        }

    def blamed_from(self, device: int, at: float) -> None:
        """The device's silence counts only from now on: it is watched again, or its maintenance is over."""
        self._floor[device] = at

    # -- following -----------------------------------------------------------------------------------------

    def repairs(
        self, now: float, finding: Finding, hearing: Hearing, links: LinkWatch, ignored: AbstractSet[int]
    ) -> set[int]:
        """Notice repairs and relapses; the devices whose shadow is over, to be asked anew."""
        released: set[int] = set()
        self._join(finding)
        for case in [case for case in self.cases.values() if not case.ended]:
            if case.links and case.members:
                silent = bool(case.members & hearing.confirmed & finding.gone)
                alive = all(self._alive(case, i, finding, hearing) for i in case.members)
                decide(case, links, silent=silent, unreported=alive and now > self._read_by)
            if case.links and all(self._ends(link) & ignored for link in case.links):
                case.recover(now)
                self._end(case, now)
            elif case.links:
                self._follow_links(case, links, now)
            elif case.members and case.members <= ignored:
                case.recover(now)
                self._end(case, now)
                released |= self._behind(case, hearing)
            elif self._repaired(case, finding, hearing):
                if case.recovered is None:
                    case.recover(now)
                    released |= self._behind(case, hearing)
            elif case.recovered is not None and self._relapsed(case, finding, hearing):
                case.relapse()
                case.proof = max(hearing.silent.get(i, NEVER) for i in case.members)
        return released

    def follow(self, now: float, finding: Finding, hearing: Hearing, meetings: AbstractSet[SiteCode]) -> None:
        """Open what was found, end what stayed repaired, measure what goes on."""
        for cause in finding.causes:
            self._open(cause, hearing, now)
        self._pass_time(now)
        self._attribute(finding, meetings)

    def _join(self, finding: Finding) -> None:
        for device, key in finding.joined.items():
            for case in self.cases.values():
                if case.failing and key in case.keys:
                    case.members |= {device}

    def _blamable(self, link: int) -> float:
        """Since when the link's failure is somebody's business."""
        return max(self._floor.get(device, NEVER) for device in self._ends(link))

    def _ends(self, link: int) -> set[int]:
        return {self._net.link_child[link], self._net.link_parent[link]}

    def _follow_links(self, case: Case, links: LinkWatch, now: float) -> None:
        if any(links.up_since(link, case.proof) for link in case.links):
            if case.recovered is None:
                case.recover(now)
        elif case.recovered is not None and all(map(links.failed, case.links)):
            case.relapse()
            case.proof = now

    def open_links(self, now: float, finding: Finding, links: LinkWatch, ignored: AbstractSet[int]) -> None:
        """Open outages for links that failed between living ends: a loss of redundancy, so a warning."""
        net = self._net
        told = {link for case in self.cases.values() if not case.ended for link in case.links}
        for key, failed in links.causes(now, finding.gone, ignored, told).items():
            name = f"{key.kind}:{key.names[0]}"
            previous = self.cases.get(name)
            if previous is not None and not previous.ended:
                continue
            children = frozenset(net.link_child[link] for link in failed)
            sites = {net.devices[i].site for i in children}
            outage = Outage(
                id=name,
                kind=key.kind,
                district=net.district_of(children),
                started=max(links.since(failed), min(map(self._blamable, failed))),
                causes=key.names,
                affected_devices=frozenset(net.names[i] for i in children),
                affected_sites=frozenset(),
                severity=Severity.WARNING,
                site=sites.pop() if len(sites) == 1 else None,
                carrier=net.carrier_of(failed),
            )
            self._add(Case(outage, (key,), frozenset(), failed, proof=now), now)

    def _add(self, case: Case, now: float) -> None:
        previous = self.cases.get(case.outage.id)
        if previous is not None and now - (previous.outage.ended or NEVER) < self._patience.memory:
            case.flaps = previous.flaps + 1
        self.cases[case.outage.id] = case
        self._opened.append(case.outage.id)
        self.revision += 1

    def _alive(self, case: Case, device: int, finding: Finding, hearing: Hearing) -> bool:
        if device in finding.agents:
            return device in hearing.confirmed
        return (
            device not in hearing.silent
            and hearing.alive_at(device) > case.proof
            and hearing.life[device] >= hearing.void[device]
        )

    def _repaired(self, case: Case, finding: Finding, hearing: Hearing) -> bool:
        alive = {i for i in case.members if self._alive(case, i, finding, hearing)}
        if not alive:
            return False
        if case.outage.kind is CauseKind.SITE:
            return alive == case.members
        if case.outage.kind is not CauseKind.GROUP:
            return True
        dead = []
        for key in case.keys:
            devices, links = self._element(key, case)
            if not devices & alive:
                dead.append((set() if links else devices, links))
        return not joint_shadow(self._net, dead, finding.links_down)

    def _element(self, key: Key, case: Case) -> tuple[set[int], set[int]]:
        net = self._net
        if key.kind is CauseKind.CABLE:
            riders = {i for name in key.names for i in net.riders.get(name, ())}
            return riders & case.members, {link for name in key.names for link in net.cables.get(name, ())}
        if key.kind is CauseKind.SITE:
            return {i for i in case.members if net.devices[i].site in key.names}, set()
        return {i for i in case.members if net.names[i] in key.names}, set()

    def _relapsed(self, case: Case, finding: Finding, hearing: Hearing) -> bool:
        """Not repaired any more, and the silence is confirmed and not another's shadow."""
        again = case.members & finding.frontier & hearing.confirmed
        return bool(again) and not any(
            self._alive(case, i, finding, hearing) for i in (case.members if not case.released else again)
        )

    def _behind(self, case: Case, hearing: Hearing) -> set[int]:
        """Devices of the case that have not answered lately."""
        net = self._net
        devices = {net.index[name] for name in case.outage.affected_devices if name in net.index}
        devices |= case.members
        return {i for i in devices if i in hearing.misses or hearing.alive_at(i) < case.proof}

    def _open(self, cause: Cause, hearing: Hearing, now: float) -> None:
        net = self._net
        previous = self.cases.get(cause.id)
        if previous is not None and not previous.ended:
            if previous.recovered is not None:
                previous.relapse()
            previous.members |= cause.devices
            return
        tops = [i for i in sorted(cause.devices) if i in hearing.misses]
        started = min(max(hearing.first_miss(i), self._floor.get(i, NEVER)) for i in tops)
        links = {
            link for key in cause.keys if key.kind is CauseKind.CABLE
            for name in key.names for link in net.cables[name]
        }  # fmt: skip
        own_links = links or {link for i in cause.devices for link, _ in net.uplinks[i]}
        sites = {net.devices[i].site for i in cause.devices}
        names = sorted(
            {name for key in cause.keys for name in key.names}
            if cause.kind is not CauseKind.SITE
            else {net.names[i] for i in cause.devices}
        )
        outage = Outage(
            id=cause.id,
            kind=cause.kind,
            district=net.district_of(cause.devices),
            started=started,
            causes=tuple(names),
            affected_devices=frozenset(),
            affected_sites=frozenset(),
            severity=severity_of(
                net, cause.devices, cause.shadow, cause.devices | cause.shadow, meeting=False
            ),
            site=sites.pop() if len(sites) == 1 else None,
            carrier=net.carrier_of(own_links),
        )
        proof = max(hearing.silent.get(i, NEVER) for i in cause.devices)
        self._add(Case(outage, cause.keys, cause.devices, frozenset(), proof), now)

    def _pass_time(self, now: float) -> None:
        for name, case in list(self.cases.items()):
            if case.ended:
                if now - (case.outage.ended or NEVER) > self._patience.keep:
                    del self.cases[name]
                    self.revision += 1
            elif case.recovered is not None:
                lived = now - case.recovered - case.unseen
                if lived >= self._patience.settle:
                    case.released = True
                if lived >= case.hold(self._patience):
                    self._end(case, case.recovered)

    def _end(self, case: Case, at: float) -> None:
        case.end(at)
        self._closed.append(case.outage.id)
        self.revision += 1

    def _attribute(self, finding: Finding, meetings: AbstractSet[SiteCode]) -> None:
        """Who is reported under which outage, and how much each outage matters now."""
        net = self._net
        failing = {name: case for name, case in self.cases.items() if case.failing}
        order = {name: (case.outage.started, name) for name, case in failing.items()}
        tops: dict[int, str] = {}
        for name in sorted(failing, key=order.__getitem__):
            for device in failing[name].members & finding.gone:
                tops.setdefault(device, name)
        links = {link: name for name, case in failing.items() for link in case.links}
        self.blamed = blame(net, finding, tops, links, order.__getitem__)
        shadows: dict[str, set[int]] = {name: set() for name in failing}
        for device, name in self.blamed.items():
            shadows[name].add(device)
        for name, case in failing.items():
            self._measure(case, shadows[name], finding, meetings)

    def _measure(
        self, case: Case, devices: set[int], finding: Finding, meetings: AbstractSet[SiteCode]
    ) -> None:
        net, old = self._net, case.outage
        if not devices or case.links:  # restored and nothing seen yet, or a link between living ends
            return
        tops = case.members & devices
        sites = cut_off_sites(net, devices, finding.gone)
        shadow = devices - tops
        meeting = bool(meetings & (sites | {net.devices[i].site for i in tops}))
        severity = severity_of(net, tops, shadow, set(finding.gone), meeting=meeting)
        if severity > Severity.WARNING:
            sites |= {net.devices[i].site for i in tops}
        new = replace(
            old,
            affected_devices=frozenset(net.names[i] for i in devices),
            affected_sites=sites,
            severity=max(old.severity, severity),
            on_battery=old.on_battery or self.power.failed(old.site, old.started),
        )
        if new != old:
            case.outage = new
            self._updated[old.id] = None
            self.revision += 1

    # -- the rest ------------------------------------------------------------------------------------------

    def blind(self, now: float) -> None:
        """Nothing can be judged: open outages stay, nobody is blamed."""
        self.blamed = {}
        self._pass_time_blind(now)

    def _pass_time_blind(self, now: float) -> None:
        for case in self.cases.values():
            if case.recovered is not None and not case.ended:
                case.recover(now)  # a hold proves nothing while nobody looks

    def paused(self, seconds: float) -> None:
        """Nobody looked for so long."""
        for case in self.cases.values():
            if case.recovered is not None and not case.ended:
                case.unseen += seconds

    def rewind(self, at: float) -> None:
        """The clock was set back: nothing is dated in the future, but for what was told."""
        for case in self.cases.values():
            case.rewind(at)
        self._floor = {device: min(since, at) for device, since in self._floor.items()}
        self._read_by = min(self._read_by, at + self._patience.link)
        self.power.rewind(at)

    def acknowledge(self, names: AbstractSet[str]) -> None:
        """Mark the outages that somebody has taken."""
        for case in self.cases.values():
            taken = case.outage.id in names
            if not case.ended and case.outage.acknowledged != taken:
                case.outage = replace(case.outage, acknowledged=taken)
                self._updated[case.outage.id] = None
                self.revision += 1

    def broke(self, device: int, name: str) -> bool:
        """Is the device itself what broke, or stands it in the shadow of what did?"""
        case = self.cases[name]
        return device in case.members and not any(
            key.kind is CauseKind.CABLE and device in self._element(key, case)[0] for key in case.keys
        )

    def due(self, now: float) -> float:
        """When something changes by itself."""
        read = [self._read_by + 0.1] if now <= self._read_by else []
        found = [case.due(self._patience) for case in self.cases.values()]
        ends = [
            case.outage.ended + self._patience.keep + 1.0
            for case in self.cases.values()
            if case.outage.ended is not None
        ]
        return min([at for at in found if at is not None] + ends + read, default=FOREVER)

    def news(self) -> tuple[tuple[Outage, ...], tuple[Outage, ...], tuple[Outage, ...]]:
        """(opened, updated, closed) since the last call."""
        opened = tuple(self.cases[name].outage for name in self._opened)
        closed = tuple(self.cases[name].outage for name in self._closed if name in self.cases)
        told = {*self._opened, *self._closed}
        updated = tuple(
            self.cases[name].outage for name in self._updated if name not in told and name in self.cases
        )
        self._opened, self._updated, self._closed = [], {}, []
        return opened, updated, closed
