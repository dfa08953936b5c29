"""Shared failures that could be behind several silences: cables, pairs of cables, sites. Pure.

Such an explanation holds only while nobody answers whom it would have silenced; who has neither answered nor been
silent long enough yet is to be asked, and until then nothing that it could explain is told.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from collector.model import SiteCode
from collector.outages.cover import Key
from collector.outages.evidence import NEVER
from collector.outages.situation import Situation
from collector.outages.state import CauseKind

ASK_AT_ONCE = 64
MANY = 3
"""Two cables failing in the same moment are believed when they explain this many devices."""


class Explanations:
    """What could explain the silences of one situation. `ask` and `unready` gather who is to be asked and held."""

    def __init__(self, situation: Situation) -> None:
        self._facts = situation
        self._net = situation.net
        self._given = situation.given
        self.ask: set[int] = set()
        self.unready: set[int] = set()

    def links_of(self, key: Key) -> set[int]:
        """Links that are dead if this failed."""
        if key.kind is not CauseKind.CABLE:
            return set()
        return {link for name in key.names for link in self._net.cables.get(name, ())}

    def explains(self, key: Key, device: int) -> bool:
        """Would the failure alone have silenced the device, all else as it is?"""
        if key.kind is CauseKind.SITE:
            return device in self._net.independents(self._net.devices[device].site) and key.names == (
                self._net.devices[device].site,
            )
        left = self._net.working(device, self._facts.gone, self._facts.down, self.links_of(key))
        return len(left) < self._net.needs[device]

    def join(self, fresh: AbstractSet[int]) -> dict[int, Key]:
        """Devices that the cable or site of an open outage explains."""
        return {
            device: key
            for device in sorted(fresh)
            for key in sorted(self._given.open_keys, reverse=True)
            if self.explains(key, device)
        }

    def keys_for(self, device: int) -> list[Key]:
        """Shared failures that could have silenced the device."""
        working = [
            link
            for link, parent in self._net.uplinks[device]
            if link not in self._facts.down and parent not in self._facts.gone
        ]
        names = sorted({self._net.links[link].cable or "" for link in working} - {""})
        single = [key for name in names if self.explains(key := Key(CauseKind.CABLE, (name,)), device)]
        keys = list(single)
        alone = {key.names[0] for key in single}
        rest = [name for name in names if name not in alone]
        for number, name in enumerate(rest):
            for other in rest[number + 1 :]:
                key = Key(CauseKind.CABLE, (name, other))
                if self.explains(key, device):
                    keys.append(key)
        site = self._net.devices[device].site
        if device in self._net.independents(site):
            keys.append(Key(CauseKind.SITE, (site,)))
        return keys

    def _mates_of(self, key: Key) -> list[int]:
        """Devices that the failure would silence by itself; those already cut off from above say nothing."""
        if key.kind is CauseKind.SITE:
            found: Sequence[int] = self._net.independents(SiteCode(key.names[0]))
        else:
            found = sorted({i for name in key.names for i in self._net.riders.get(name, ())})
        return [
            i
            for i in found
            if (i in self._facts.frontier or i not in self._facts.gone) and self.explains(key, i)
        ]

    def _contradicting(self, key: Key, mates: list[int]) -> list[int]:
        """These devices and what the failure would cut off behind them: an answer from any would deny it."""
        links = self.links_of(key)
        found, queue = set(mates), list(mates)
        while queue:
            for child in self._net.children[queue.pop()]:
                if child in self._facts.gone or child in found:
                    continue
                if (
                    len(self._net.working(child, self._facts.gone | found, self._facts.down, links))
                    < self._net.needs[child]
                ):
                    found.add(child)
                    queue.append(child)
        return sorted(found)

    def options(self, fresh: set[int]) -> dict[Key, frozenset[int]]:
        """Shared failures by the devices they explain; nobody whom they would have silenced may have answered."""
        wanted: dict[Key, set[int]] = {}
        for device in sorted(fresh):
            for key in self.keys_for(device):
                wanted.setdefault(key, set()).add(device)
        options: dict[Key, frozenset[int]] = {}
        for key, wanting in wanted.items():
            mates = self._mates_of(key)
            # Of two cables, those that one would have silenced alone count as well.
            devices = wanting | fresh.intersection(mates) if len(key.names) > 1 else wanting
            talking = self._contradicting(key, [i for i in mates if i not in self._facts.silent])
            latest = max((self._facts.life(i) for i in talking), default=NEVER)
            left = {i for i in devices if self._given.silent[i] > latest}
            if not left:
                continue
            open_questions = [i for i in talking if self._net.askable[i]]
            if open_questions:  # not excluded, not proven: whether they are silent too decides
                if len({*mates, *talking}) > len(key.names):
                    self.unready |= left
                    self.ask.update(open_questions[:ASK_AT_ONCE])
            elif len(left) >= (MANY if len(key.names) > 1 else 2):
                options[key] = frozenset(left)
        return options

    def fits(self, keys: Sequence[Key]) -> bool:
        """Would these together have cut off nobody who answered since?"""
        links = {link for key in keys for link in self.links_of(key)}
        if len(keys) == 1 or not links:
            return True
        first = min(self._given.silent.values())
        also = self._net.cut(self._facts.silent, self._facts.down | links) - self._facts.gone
        return all(self._facts.life(i) < first for i in also)
