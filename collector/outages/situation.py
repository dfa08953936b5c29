"""Who is silent, who lives all the same, and who is therefore gone: the facts that causes are sought in. Pure.

An answer from a device that could only be reached through a silent one proves the silent one alive: only its agent
is dead. The top of a silence, its frontier, are the silent devices with enough uplinks to parents that are not gone.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from collector.outages.cover import Key
from collector.outages.evidence import NEVER
from collector.outages.topology import Topology


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


class Situation:
    """The facts of one evaluation. `down` are the reported link failures that nothing contradicts."""

    def __init__(self, topology: Topology, evidence: Evidence) -> None:
        self.net = topology
        self.given = evidence
        self.down = self._links_down()
        self._alive: dict[int, float] = {}
        spoken = {i for i, witness in evidence.silent.items() if evidence.telemetry[i] >= witness}
        cut = topology.cut(evidence.silent.keys() - spoken, self.down)
        if self.down and self._drop_old_reports(cut):
            cut = topology.cut(evidence.silent.keys() - spoken, self.down)
        self.agents = self._agents(spoken, cut)
        self.silent = set(evidence.silent) - self.agents
        if self.agents != spoken:
            cut = topology.cut(self.silent, self.down)
        self.gone = self.silent | cut
        self.frontier = {
            i for i in self.silent if len(topology.working(i, self.gone, self.down)) >= topology.needs[i]
        }

    def life(self, device: int) -> float:
        """The latest moment at which the device is known to have been reachable."""
        return max(self.given.life[device], self.given.telemetry[device], self._alive.get(device, NEVER))

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
        answering = {i for i in cut if self.life(i) >= first}
        old = {link for link in self.down if self.net.link_child[link] in answering}
        self.down -= old
        return bool(old)

    def _agents(self, spoken: set[int], cut: set[int]) -> set[int]:
        """Silent devices that are alive: they spoke by themselves, or something only they lead to answered."""
        silent, net = self.given.silent, self.net
        agents = set(spoken)
        for i in agents:
            self._alive[i] = self.given.telemetry[i]
        first = min(silent.values(), default=NEVER)
        for device in sorted(cut | silent.keys(), reverse=True):
            if device in silent and device not in agents:
                continue
            seen = self.life(device)
            if seen < first:  # too old to say anything of anybody's silence
                continue
            uplinks = [parent for link, parent in net.uplinks[device] if link not in self.down]
            # A parent whose silence began after the answer may have carried it.
            doubtful = [
                parent
                for parent in uplinks
                if (parent not in agents and silent.get(parent, seen + 1) <= seen)
                or (parent in cut and self.life(parent) < seen)
            ]
            lacking = net.needs[device] - (len(uplinks) - len(doubtful))
            if lacking > 0:
                for parent in self._carriers(doubtful, lacking):
                    self._alive[parent] = max(self._alive.get(parent, NEVER), seen)
                    if parent in silent:
                        agents.add(parent)
        return agents

    def _carriers(self, doubtful: list[int], lacking: int) -> list[int]:
        """Which of these parents carried the answer: all, unless older outages say which ones did not."""
        rest = [parent for parent in doubtful if parent not in self.given.claimed]
        return rest if len(rest) >= lacking else doubtful
