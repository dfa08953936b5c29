"""What other meetings do to the ports of one: those at the same time want some, those before it leave theirs. Pure.

Nobody tells which bridge somebody is on or will dial: as many as other bridges have room for are taken to be there.
"""

from collections.abc import Callable, Iterable

from collector.meetings.hall import CAPACITY_KEY, CONNECTED_KEY, GONE, USED_KEY
from collector.meetings.model import Occurrence
from collector.meetings.readings import NOTHING, Reading
from collector.model import DeviceName, Inventory
from collector.outages.state import CityState


def at_once(one: Occurrence, other: Occurrence) -> bool:
    """Whether two sittings are at the same time for a while."""
    return one.start < other.end and other.start < one.end


class Lobby:
    """Who stands before the doors of other meetings, at one moment."""

    def __init__(
        self, inventory: Inventory, state: CityState | None, reading: Callable[[DeviceName], Reading]
    ) -> None:
        """Without `state` every bridge counts as alive."""
        self._devices = inventory.devices
        self._state = state
        self._reading = reading

    def wanting(self, occurrence: Occurrence, rivals: Iterable[Occurrence]) -> int:
        """Sites of sittings at the same time that wait for a port of this one's bridges, and take part in it not themselves.

        Whoever finds a port on a bridge that is not this sitting's takes that.
        """
        ours = set(occurrence.bridges)
        sharing = [one for one in rivals if not ours.isdisjoint(one.bridges)]
        seen = set(occurrence.sites).union(*(self._inside(one) for one in sharing))
        room: dict[str, int | None] = {}
        found = 0
        for one in sharing:
            waiting = self._dialling(one) - seen
            seen |= waiting
            found += self._turned_away(len(waiting), [name for name in one.bridges if name not in ours], room)
        return found

    def booked(self, occurrence: Occurrence, rivals: Iterable[Occurrence]) -> int:
        """Ports of its bridges that are wanted at the time of a sitting, by itself and by `rivals`."""
        return len(self._dialling(occurrence)) + self.wanting(occurrence, rivals)

    def leaving(
        self, occurrence: Occurrence, before: Iterable[Occurrence], rivals: Iterable[Occurrence]
    ) -> int:
        """Ports of this sitting's bridges that others hold now, whose meeting is over by the time that it begins."""
        staying = occurrence.sites.union(*(one.sites for one in rivals))
        found = 0
        for one in before:
            gone = len(self._inside(one) - staying)
            for name in set(one.bridges) - set(occurrence.bridges):
                gone -= int(self._reading(DeviceName(name)).get(USED_KEY, gone))
            found += max(0, gone)
        return found

    def _turned_away(self, waiting: int, bridges: Iterable[str], room: dict[str, int | None]) -> int:
        """Of so many those for whom these bridges have no port; `room` is what the others before have left there."""
        for name in bridges:
            if name not in room:
                room[name] = self._free(DeviceName(name))
            free = room[name]
            if free is None:
                return 0
            room[name] = free - min(free, waiting)
            waiting -= min(free, waiting)
        return waiting

    def _free(self, name: DeviceName) -> int | None:
        """Free ports of a bridge, None if it does not say."""
        verdict = self._state.devices.get(name) if self._state is not None else None
        if verdict is not None and verdict.state in GONE:
            return 0
        said = self._reading(name)
        capacity = said.get(CAPACITY_KEY)
        return None if capacity is None else max(0, int(capacity) - int(said.get(USED_KEY, 0)))

    def _dialling(self, one: Occurrence) -> set[str]:
        """The sites of a sitting that have an endpoint."""
        devices = (self._devices.get(DeviceName(name)) for name in one.endpoints)
        return {device.site for device in devices if device is not None}

    def _inside(self, one: Occurrence) -> set[str]:
        """The sites of a sitting that are in a call."""
        devices = (self._devices.get(DeviceName(name)) for name in one.endpoints)
        return {
            device.site
            for device in devices
            if device is not None and self._reading(device.name).get(CONNECTED_KEY, 0) > 0
        }


def at_its_time(inventory: Inventory, reading: Callable[[DeviceName], Reading]) -> Lobby:
    """As it will be: every bridge is there, all its ports are free, and nobody is in a call."""

    def empty(name: DeviceName) -> Reading:
        capacity = reading(name).get(CAPACITY_KEY)
        return NOTHING if capacity is None else {CAPACITY_KEY: capacity}

    return Lobby(inventory, None, empty)
