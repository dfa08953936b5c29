"""From who is silent and who answered when, to what broke: pure, and blind to the order of polls.

A device at the top of a silence failed, or its cable or its site; whatever is below it is its shadow. A cause is named
when nobody whose evidence could still change it is left to ask; who that is comes back as `ask`.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from collector.outages.cover import Key, cover
from collector.outages.explain import ASK_AT_ONCE, Explanations
from collector.outages.situation import Evidence, Situation
from collector.outages.state import CauseKind
from collector.outages.topology import Topology

__all__ = ["Cause", "Evidence", "Finding", "joint_shadow", "judge"]

SAMPLE = 4
"""How many devices behind a suspect must be silent too before it counts as dead and not as deaf."""

Part = tuple[tuple[Key, ...], frozenset[int]]
"""What failed, and the devices at the top of the silence that it explains."""


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
    return _Case(Situation(topology, evidence)).finding()


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

    def __init__(self, situation: Situation) -> None:
        self._facts = situation
        self._net = situation.net
        self._given = situation.given
        self._explain = Explanations(situation)
        self._ask = self._explain.ask
        self._unready = self._explain.unready
        self._base: set[int] = set()
        """Dead already, and told."""

    def finding(self) -> Finding:
        """The judgement of the whole situation."""
        facts, given = self._facts, self._given
        first_hop = self._net.first_hop
        blind = False
        causes: tuple[Cause, ...] = ()
        joined: dict[int, Key] = {}
        if first_hop and first_hop <= facts.silent:
            blind = first_hop <= given.confirmed and self._deaf_is_excluded(
                first_hop, self._net.cut(first_hop)
            )
        else:
            fresh = facts.frontier - given.claimed - given.ignored
            joined = self._explain.join(fresh)
            fresh -= joined.keys()
            self._base = facts.silent & (given.claimed | given.ignored | joined.keys())
            causes = self._causes(fresh)
        return Finding(
            agents=frozenset(facts.agents),
            gone=frozenset(facts.gone),
            frontier=frozenset(facts.frontier),
            causes=causes,
            joined=joined,
            ask=frozenset(i for i in self._ask if self._net.askable[i]),
            blind=blind,
            links_down=frozenset(facts.down),
        )

    def _causes(self, fresh: set[int]) -> tuple[Cause, ...]:
        if not fresh:
            return ()
        options = self._explain.options(fresh)
        unproven = {i for i in sorted(fresh) if not self._witnessed(i)}
        self._unready |= unproven
        # A neighbour on the cable whose other uplinks are in doubt may yet turn out to be cut off by it.
        doubtful = unproven - self._given.waiting
        if doubtful:
            self._unready |= {i for i in fresh - unproven if self._shares_cable(i, doubtful)}
        if not self._given.confirmed:
            return ()
        chosen = cover(fresh, options, self._explain.fits)
        parts: list[Part] = []
        for key, devices in chosen.items():
            name = Key(CauseKind.DEVICE, (self._net.names[key],)) if isinstance(key, int) else key
            parts.append(((name,), devices))
        found = []
        for keys, devices in self._together(parts):
            cause = self._cause(keys, devices)
            if cause is not None:
                found.append(cause)
        return tuple(sorted(found, key=lambda cause: cause.id))

    def _witnessed(self, device: int) -> bool:
        """Did enough parents, and all who live on without the device, prove themselves after its misses?"""
        witness = self._given.silent[device]
        working = self._net.working(device, self._facts.gone, self._facts.down)
        if not working:  # hangs on the vantage itself: another such device must have answered
            working = [i for i in sorted(self._net.first_hop) if i not in self._facts.gone and i != device]
        late = [i for i in working if self._net.askable[i] and self._facts.life(i) < witness]
        enough = max(1, self._net.needs[device])
        ready = len(working) - len(late) >= enough
        if not ready:
            self._ask.update(late)
        unsure = [i for i in self._beside(device) if self._net.askable[i] and self._facts.life(i) < witness]
        self._ask.update(unsure[:ASK_AT_ONCE])
        ready = ready and not unsure
        return ready and device not in self._given.waiting

    def _shares_cable(self, device: int, others: set[int]) -> bool:
        return any(
            not others.isdisjoint(self._net.riders[name])
            for key in self._explain.keys_for(device)
            if key.kind is CauseKind.CABLE
            for name in key.names
        )

    def _beside(self, device: int) -> list[int]:
        """Devices that lost an uplink with this one and live by another: while they do, it failed alone.

        For a gateway, which nothing stands behind, the other gateways.
        """
        if device in self._net.gateways:
            return sorted(self._net.gateways - self._facts.gone)
        below = {device} | self._net.cut({device})
        return sorted({child for i in below for child in self._net.children[i]} - self._facts.gone)

    def _broken(self, keys: Sequence[Key], devices: AbstractSet[int]) -> tuple[set[int], set[int]]:
        """(devices, links) that are dead if this is what happened."""
        cables = {link for key in keys for link in self._explain.links_of(key)}
        return (set() if cables else set(devices)), cables

    def _together(self, parts: list[Part]) -> list[Part]:
        """Parts that only together cut something off become one cause."""
        base, base_down = self._base, self._facts.down
        broken = [self._broken(keys, devices) for keys, devices in parts]
        groups = list(range(len(parts)))
        every = self._net.cut(
            base.union(*(devices for devices, _ in broken)), base_down.union(*(links for _, links in broken))
        )
        apart: set[int] = set().union(*(devices for _, devices in parts))
        for devices, links in broken:
            apart |= self._net.cut(base | devices, base_down | links)
        joint = every - apart
        if joint:
            heavy = [i for i, (devices, links) in enumerate(broken) if links or self._has_children(devices)]
            without = {
                i: self._net.cut(
                    base.union(*(devices for j, (devices, _) in enumerate(broken) if j != i)),
                    base_down.union(*(links for j, (_, links) in enumerate(broken) if j != i)),
                )
                for i in heavy
            }
            for critical in {frozenset(i for i in heavy if device not in without[i]) for device in joint}:
                _unite(groups, critical)
        gates = [i for i, (_, tops) in enumerate(parts) if tops <= self._net.gateways]
        if len(self._net.gateways) > 1 and self._net.gateways <= self._facts.silent:
            _unite(groups, frozenset(gates))
        merged: dict[int, Part] = {}
        for number, (keys, tops) in enumerate(parts):
            root = groups[number]
            before, others = merged.get(root, ((), frozenset[int]()))
            merged[root] = ((*before, *keys), others | tops)
        return list(merged.values())

    def _has_children(self, devices: AbstractSet[int]) -> bool:
        return any(self._net.children[i] for i in devices)

    def _cause(self, keys: tuple[Key, ...], devices: frozenset[int]) -> Cause | None:
        dead: set[int] = set()
        links: set[int] = set()
        for key in keys:
            own = self._broken((key,), {i for i in devices if self._is_of(i, key)})
            dead |= own[0]
            links |= own[1]
        before = self._net.cut(self._base, self._facts.down)
        shadow = self._net.cut(self._base | dead, self._facts.down | links) - before - devices
        if not self._deaf_is_excluded(devices, shadow) or devices & self._unready:
            return None
        if not (devices | (shadow & self._facts.silent)) & self._given.confirmed:
            return None
        names = sorted(name for key in keys for name in key.names)
        kind = keys[0].kind if len(names) == 1 else CauseKind.GROUP
        return Cause(f"{kind}:{'+'.join(names)}", kind, tuple(sorted(keys)), devices, frozenset(shadow))

    def _is_of(self, device: int, key: Key) -> bool:
        own = self._net.devices[device]
        return (own.name if key.kind is CauseKind.DEVICE else own.site) in key.names

    def _deaf_is_excluded(self, tops: AbstractSet[int], shadow: set[int]) -> bool:
        """Are enough of the devices right behind these silent too? Else they may be alive with dead agents."""
        near = sorted({child for i in tops for child in self._net.children[i]} & shadow)
        quiet = sum(1 for i in near if i in self._facts.silent)
        unheard = [i for i in near if i not in self._given.silent and self._net.askable[i]]
        lacking = min(SAMPLE, quiet + len(unheard)) - quiet
        if lacking <= 0:
            return True
        self._ask.update(unheard[:lacking])
        return False


def _unite(groups: list[int], members: frozenset[int]) -> None:
    if len(members) > 1:
        roots = {groups[i] for i in members}
        target = min(roots)
        for i, root in enumerate(groups):
            if root in roots:
                groups[i] = target
