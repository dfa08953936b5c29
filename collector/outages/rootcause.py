"""From who is silent and who answered when, to what broke: pure, and blind to the order of polls.

The top of every silence is a device that is silent although enough of its uplinks lead to parents that work: it,
its cable or its site failed. Whatever is below it is its shadow. An answer from a device that could only be
reached through a silent one proves the silent one alive: only its agent is dead. A cause is named when nobody
whose evidence could still change it is left to ask; who that is comes back as `ask`.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from collector.model import SiteCode
from collector.outages.cover import Key, cover
from collector.outages.evidence import NEVER
from collector.outages.state import CauseKind
from collector.outages.topology import Topology

SAMPLE = 4
"""How many devices behind a suspect must be silent too before it counts as dead and not as deaf."""
ASK_AT_ONCE = 64
MANY = 3
"""Two cables failing in the same moment are believed when they explain this many devices."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known at one moment. Devices and links are the topology's numbers."""

    silent: Mapping[int, float]
    """Silent devices, each with its witness time: an answer to a question sent at or after it is proof that
    the other was reachable while this one was not."""
    confirmed: AbstractSet[int]
    life: Sequence[float]
    """When the latest answered question was sent, by device."""
    telemetry: Sequence[float]
    """When the device last spoke by itself."""
    links_down: Mapping[int, float] = field(default_factory=dict)
    waiting: AbstractSet[int] = frozenset()
    """Silent devices that must not be blamed yet."""
    claimed: AbstractSet[int] = frozenset()
    """Silent devices that an open outage already explains."""
    ignored: AbstractSet[int] = frozenset()
    """Devices whose silence is nobody's business now: switched off, or in maintenance."""
    open_keys: AbstractSet[Key] = frozenset()
    """Cables and sites of open outages: they go on explaining."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One root cause: `keys` holds more than one element when a redundant set must have failed together."""

    id: str
    kind: CauseKind
    keys: tuple[Key, ...]
    devices: frozenset[int]
    """Silent devices at the top of the silence, explained by this cause."""
    shadow: frozenset[int]
    """Everything else that is cut off by it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The judgement. Equal evidence gives equal findings."""

    agents: frozenset[int] = frozenset()
    """Silent over SNMP, and alive."""
    gone: frozenset[int] = frozenset()
    """Silent devices without the agents, and all that is cut off by them."""
    frontier: frozenset[int] = frozenset()
    causes: tuple[Cause, ...] = ()
    joined: Mapping[int, Key] = field(default_factory=dict)
    """Newly silent devices that the cable or site of an open outage explains."""
    ask: frozenset[int] = frozenset()
    blind: bool = False
    links_down: frozenset[int] = frozenset()
    """Links whose reported failure is not contradicted by what answers."""


def judge(topology: Topology, evidence: Evidence) -> Finding:
    """Causes, proven; what must be asked to prove more."""
    return _Case(topology, evidence).finding()


def joint_shadow(
    topology: Topology, parts: Sequence[tuple[set[int], set[int]]], down: AbstractSet[int]
) -> set[int]:
    """Devices that the (devices, links) of all parts cut off together and no part alone."""
    every = topology.cut(
        {i for devices, _ in parts for i in devices}, set(down).union(*(links for _, links in parts))
    )
    for devices, links in parts:
        every -= topology.cut(devices, down | links)
        every -= devices
    return every


class _Case:
    """One evaluation; lives as long as one call."""

    def __init__(self, topology: Topology, evidence: Evidence) -> None:
        self.net = topology
        self.given = evidence
        self.ask: set[int] = set()
        self.down = self._links_down()
        self.alive: dict[int, float] = {}
        self._spoken = {i for i, witness in evidence.silent.items() if evidence.telemetry[i] >= witness}
        cut = topology.cut(evidence.silent.keys() - self._spoken, self.down)
        if self.down and self._drop_old_reports(cut):
            cut = topology.cut(evidence.silent.keys() - self._spoken, self.down)
        self.agents = self._agents(cut)
        self.silent = set(evidence.silent) - self.agents
        if self.agents != self._spoken:
            cut = topology.cut(self.silent, self.down)
        self.gone = self.silent | cut
        self.frontier = {
            i for i in self.silent if len(topology.working(i, self.gone, self.down)) >= topology.needs[i]
        }
        self.base: set[int] = set()  # dead already, and told
        self.unready: set[int] = set()

    def finding(self) -> Finding:
        first_hop = self.net.first_hop
        blind = False
        causes: tuple[Cause, ...] = ()
        joined: dict[int, Key] = {}
        if first_hop and first_hop <= self.silent:
            blind = first_hop <= self.given.confirmed and self._deaf_is_excluded(
                first_hop, self.net.cut(first_hop)
            )
        else:
            fresh = self.frontier - self.given.claimed - self.given.ignored
            joined = self._join(fresh)
            fresh -= joined.keys()
            self.base = self.silent & (self.given.claimed | self.given.ignored | joined.keys())
            causes = self._causes(fresh)
        return Finding(
            agents=frozenset(self.agents),
            gone=frozenset(self.gone),
            frontier=frozenset(self.frontier),
            causes=causes,
            joined=joined,
            ask=frozenset(i for i in self.ask if self.net.askable[i]),
            blind=blind,
            links_down=frozenset(self.down),
        )

    # -- who lives ------------------------------------------------------------------------------------------

    def _life(self, device: int) -> float:
        return max(self.given.life[device], self.given.telemetry[device], self.alive.get(device, NEVER))

    def _links_down(self) -> set[int]:
        """Reported failures, without those that would isolate a device which answers: such a report is old."""
        down = set(self.given.links_down)
        for child in {self.net.link_child[link] for link in down}:
            own = {link for link, _ in self.net.uplinks[child]} & down
            if child not in self.given.silent and len(own) > self.net.spare[child]:
                down -= own
        return down

    def _drop_old_reports(self, cut: set[int]) -> bool:
        """A device that answers although a reported link failure would cut it off: the report is what is wrong."""
        first = min(self.given.silent.values(), default=NEVER)
        answering = {i for i in cut if self._life(i) >= first}
        old = {link for link in self.down if self.net.link_child[link] in answering}
        self.down -= old
        return bool(old)

    def _agents(self, cut: set[int]) -> set[int]:
        """Silent devices that are alive: they spoke by themselves, or something only they lead to answered."""
        silent, net = self.given.silent, self.net
        agents = set(self._spoken)
        for i in agents:
            self.alive[i] = self.given.telemetry[i]
        first = min(silent.values(), default=NEVER)
        for device in sorted(cut | silent.keys(), reverse=True):
            if device in silent and device not in agents:
                continue
            seen = self._life(device)
            if seen < first:  # too old to say anything of anybody's silence
                continue
            uplinks = [parent for link, parent in net.uplinks[device] if link not in self.down]
            # A parent whose silence began after the answer may have carried it.
            doubtful = [
                parent
                for parent in uplinks
                if (parent not in agents and silent.get(parent, seen + 1) <= seen)
                or (parent in cut and self._life(parent) < seen)
            ]
            lacking = net.needs[device] - (len(uplinks) - len(doubtful))
            if lacking > 0:
                for parent in self._carriers(doubtful, lacking):
                    self.alive[parent] = max(self.alive.get(parent, NEVER), seen)
                    if parent in silent:
                        agents.add(parent)
        return agents

    def _carriers(self, doubtful: list[int], lacking: int) -> list[int]:
        """Which of these parents carried the answer: all, unless older outages say which ones did not."""
        rest = [parent for parent in doubtful if parent not in self.given.claimed]
        return rest if len(rest) >= lacking else doubtful

    # -- what would explain it ------------------------------------------------------------------------------

    def _links_of(self, key: Key) -> set[int]:
        if key.kind is not CauseKind.CABLE:
            return set()
        return {link for name in key.names for link in self.net.cables.get(name, ())}

    def _explains(self, key: Key, device: int) -> bool:
        """Would the failure alone have silenced the device, all else as it is?"""
        if key.kind is CauseKind.SITE:
            return device in self.net.independents(self.net.devices[device].site) and key.names == (
                self.net.devices[device].site,
            )
        left = self.net.working(device, self.gone, self.down, self._links_of(key))
        return len(left) < self.net.needs[device]

    def _join(self, fresh: AbstractSet[int]) -> dict[int, Key]:
        return {
            device: key
            for device in sorted(fresh)
            for key in sorted(self.given.open_keys, reverse=True)
            if self._explains(key, device)
        }

    def _keys_for(self, device: int) -> list[Key]:
        """Shared failures that could have silenced the device."""
        working = [
            link
            for link, parent in self.net.uplinks[device]
            if link not in self.down and parent not in self.gone
        ]
        names = sorted({self.net.links[link].cable or "" for link in working} - {""})
        single = [key for name in names if self._explains(key := Key(CauseKind.CABLE, (name,)), device)]
        keys = list(single)
        alone = {key.names[0] for key in single}
        rest = [name for name in names if name not in alone]
        for number, name in enumerate(rest):
            for other in rest[number + 1 :]:
                key = Key(CauseKind.CABLE, (name, other))
                if self._explains(key, device):
                    keys.append(key)
        site = self.net.devices[device].site
        if device in self.net.independents(site):
            keys.append(Key(CauseKind.SITE, (site,)))
        return keys

    def _mates_of(self, key: Key) -> list[int]:
        """Devices that the failure would silence by itself; those already cut off from above say nothing."""
        if key.kind is CauseKind.SITE:
            found: Sequence[int] = self.net.independents(SiteCode(key.names[0]))
        else:
            found = sorted({i for name in key.names for i in self.net.riders.get(name, ())})
        return [i for i in found if (i in self.frontier or i not in self.gone) and self._explains(key, i)]

    def _contradicting(self, key: Key, mates: list[int]) -> list[int]:
        """These devices and what the failure would cut off behind them: an answer from any would deny it."""
        links = self._links_of(key)
        found, queue = set(mates), list(mates)
        while queue:
            for child in self.net.children[queue.pop()]:
                if child in self.gone or child in found:
                    continue
                if len(self.net.working(child, self.gone | found, self.down, links)) < self.net.needs[child]:
                    found.add(child)
                    queue.append(child)
        return sorted(found)

    def _options(self, fresh: set[int]) -> dict[Key, frozenset[int]]:
        """Shared failures by the devices they explain; nobody whom they would have silenced may have answered."""
        wanted: dict[Key, set[int]] = {}
        for device in sorted(fresh):
            for key in self._keys_for(device):
                wanted.setdefault(key, set()).add(device)
        options: dict[Key, frozenset[int]] = {}
        for key, wanting in wanted.items():
            mates = self._mates_of(key)
            # Of two cables, those that one would have silenced alone count as well.
            devices = wanting | fresh.intersection(mates) if len(key.names) > 1 else wanting
            talking = self._contradicting(key, [i for i in mates if i not in self.silent])
            latest = max((self._life(i) for i in talking), default=NEVER)
            left = {i for i in devices if self.given.silent[i] > latest}
            if not left:
                continue
            open_questions = [i for i in talking if self.net.askable[i]]
            if open_questions:  # not excluded, not proven: whether they are silent too decides
                if len({*mates, *talking}) > len(key.names):
                    self.unready |= left
                    self.ask.update(open_questions[:ASK_AT_ONCE])
            elif len(left) >= (MANY if len(key.names) > 1 else 2):
                options[key] = frozenset(left)
        return options

    def _fits(self, keys: Sequence[Key]) -> bool:
        """Would these together have cut off nobody who answered since?"""
        links = {link for key in keys for link in self._links_of(key)}
        if len(keys) == 1 or not links:
            return True
        first = min(self.given.silent.values())
        also = self.net.cut(self.silent, self.down | links) - self.gone
        return all(self._life(i) < first for i in also)

    # -- what broke -----------------------------------------------------------------------------------------

    def _causes(self, fresh: set[int]) -> tuple[Cause, ...]:
        if not fresh:
            return ()
        options = self._options(fresh)
        unproven = {i for i in sorted(fresh) if not self._witnessed(i)}
        self.unready |= unproven
        # A neighbour on the cable whose other uplinks are in doubt may yet turn out to be cut off by it.
        doubtful = unproven - self.given.waiting
        if doubtful:
            self.unready |= {i for i in fresh - unproven if self._shares_cable(i, doubtful)}
        if not self.given.confirmed:
            return ()
        chosen = cover(fresh, options, self._fits)
        parts: list[tuple[tuple[Key, ...], frozenset[int]]] = []
        for key, devices in chosen.items():
            name = Key(CauseKind.DEVICE, (self.net.names[key],)) if isinstance(key, int) else key
            parts.append(((name,), devices))
        found = []
        for keys, devices in self._together(parts):
            cause = self._cause(keys, devices)
            if cause is not None:
                found.append(cause)
        return tuple(sorted(found, key=lambda cause: cause.id))

    def _witnessed(self, device: int) -> bool:
        """Did enough parents, and all who live on without the device, prove themselves after its misses?"""
        witness = self.given.silent[device]
        working = self.net.working(device, self.gone, self.down)
        if not working:  # hangs on the vantage itself: another such device must have answered
            working = [i for i in sorted(self.net.first_hop) if i not in self.gone and i != device]
        late = [i for i in working if self.net.askable[i] and self._life(i) < witness]
        enough = max(1, self.net.needs[device])
        ready = len(working) - len(late) >= enough
        if not ready:
            self.ask.update(late)
        unsure = [i for i in self._beside(device) if self.net.askable[i] and self._life(i) < witness]
        self.ask.update(unsure[:ASK_AT_ONCE])
        ready = ready and not unsure
        return ready and device not in self.given.waiting

    def _shares_cable(self, device: int, others: set[int]) -> bool:
        return any(
            not others.isdisjoint(self.net.riders[name])
            for key in self._keys_for(device)
            if key.kind is CauseKind.CABLE
            for name in key.names
        )

    def _beside(self, device: int) -> list[int]:
        """Devices that lost an uplink with this one and live by another: while they do, it failed alone.

        For a gateway, which nothing stands behind, the other gateways.
        """
        if device in self.net.gateways:
            return sorted(self.net.gateways - self.gone)
        below = {device} | self.net.cut({device})
        return sorted({child for i in below for child in self.net.children[i]} - self.gone)

    def _broken(self, keys: Sequence[Key], devices: AbstractSet[int]) -> tuple[set[int], set[int]]:
        """(devices, links) that are dead if this is what happened."""
        cables = {link for key in keys for link in self._links_of(key)}
        return (set() if cables else set(devices)), cables

    def _together(
        self, parts: list[tuple[tuple[Key, ...], frozenset[int]]]
    ) -> list[tuple[tuple[Key, ...], frozenset[int]]]:
        """Parts that only together cut something off become one cause."""
        base, base_down = self.base, self.down
        broken = [self._broken(keys, devices) for keys, devices in parts]
        groups = list(range(len(parts)))
        every = self.net.cut(
            base.union(*(devices for devices, _ in broken)), base_down.union(*(links for _, links in broken))
        )
        apart: set[int] = set().union(*(devices for _, devices in parts))
        for devices, links in broken:
            apart |= self.net.cut(base | devices, base_down | links)
        joint = every - apart
        if joint:
            heavy = [i for i, (devices, links) in enumerate(broken) if links or self._has_children(devices)]
            without = {
                i: self.net.cut(
                    base.union(*(devices for j, (devices, _) in enumerate(broken) if j != i)),
                    base_down.union(*(links for j, (_, links) in enumerate(broken) if j != i)),
                )
                for i in heavy
            }
            for critical in {frozenset(i for i in heavy if device not in without[i]) for device in joint}:
                _unite(groups, critical)
        gates = [i for i, (_, tops) in enumerate(parts) if tops <= self.net.gateways]
        if len(self.net.gateways) > 1 and self.net.gateways <= self.silent:
            _unite(groups, frozenset(gates))
        merged: dict[int, tuple[tuple[Key, ...], frozenset[int]]] = {}
        for number, (keys, tops) in enumerate(parts):
            root = groups[number]
            before, others = merged.get(root, ((), frozenset[int]()))
            merged[root] = ((*before, *keys), others | tops)
        return list(merged.values())

    def _has_children(self, devices: AbstractSet[int]) -> bool:
        return any(self.net.children[i] for i in devices)

    def _cause(self, keys: tuple[Key, ...], devices: frozenset[int]) -> Cause | None:
        dead: set[int] = set()
        links: set[int] = set()
        for key in keys:
            own = self._broken((key,), {i for i in devices if self._is_of(i, key)})
            dead |= own[0]
            links |= own[1]
        before = self.net.cut(self.base, self.down)
        shadow = self.net.cut(self.base | dead, self.down | links) - before - devices
        if not self._deaf_is_excluded(devices, shadow) or devices & self.unready:
            return None
        if not (devices | (shadow & self.silent)) & self.given.confirmed:
            return None
        names = sorted(name for key in keys for name in key.names)
        kind = keys[0].kind if len(names) == 1 else CauseKind.GROUP
        return Cause(f"{kind}:{'+'.join(names)}", kind, tuple(sorted(keys)), devices, frozenset(shadow))

    def _is_of(self, device: int, key: Key) -> bool:
        own = self.net.devices[device]
        return (own.name if key.kind is CauseKind.DEVICE else own.site) in key.names

    def _deaf_is_excluded(self, tops: AbstractSet[int], shadow: set[int]) -> bool:
        """Are enough of the devices right behind these silent too? Else they may be alive with dead agents."""
        near = sorted({child for i in tops for child in self.net.children[i]} & shadow)
        quiet = sum(1 for i in near if i in self.silent)
        unheard = [i for i in near if i not in self.given.silent and self.net.askable[i]]
        lacking = min(SAMPLE, quiet + len(unheard)) - quiet
        if lacking <= 0:
            return True
        self.ask.update(unheard[:lacking])
        return False


def _unite(groups: list[int], members: frozenset[int]) -> None:
    if len(members) > 1:
        roots = {groups[i] for i in members}
        target = min(roots)
        for i, root in enumerate(groups):
            if root in roots:
                groups[i] = target
