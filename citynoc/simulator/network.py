"""What is broken, and therefore what still answers: faults on the inventory's graph. Pure.

The vantage's first hop is reached directly. Any other device is reached if it works and at least `needs` of its
uplinks lead, over a link that works, to a parent that is reached. Never decides what is a root cause: that is the
judge's work, and the simulator must not agree with it by construction.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from collector.model import Device, DeviceName, Inventory, Link, Role, SiteCode

_WAY_OUT = (Role.SWITCH, Role.ROUTER, Role.GATEWAY, Role.AGGREGATION, Role.CORE)


class FaultKind(StrEnum):
    """Ways to be broken."""

    LINK = "link"  # one link is cut
    CABLE = "cable"  # every link on the cable is cut
    ISOLATED = "isolated"  # every uplink of a device is cut; the device itself runs
    DEVICE = "device"  # the device is dead
    POWER = "power"  # the whole site is without power
    REBOOT = "reboot"  # the device is starting
    OFF = "off"  # an endpoint that somebody switched off
    AGENT = "agent"  # the SNMP agent is dead, the device lives
    VANTAGE = "vantage"  # the collector's own line


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is broken. `name` is a link, cable, device or site; empty for the vantage."""

    kind: FaultKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else str(self.kind)


_STOPS_A_DEVICE = frozenset({FaultKind.DEVICE, FaultKind.REBOOT, FaultKind.OFF})


class Network:
    """The inventory's graph with its faults. `faults` maps each to the time it began."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.links: dict[str, Link] = {}
        self.faults: dict[Fault, float] = {}
        self.cables: dict[str, list[str]] = defaultdict(list)
        self.at_site: dict[SiteCode, list[Device]] = defaultdict(list)
        self._below: dict[DeviceName, list[Link]] = defaultdict(list)
        self._roots = frozenset(inventory.city.vantage.first_hop)
        for device in inventory.devices.values():
            self.at_site[device.site].append(device)
            for link in device.uplinks:
                self.links[link.name] = link
                self._below[link.parent].append(link)
                if link.cable is not None:
                    self.cables[link.cable].append(link.name)
        self.served: frozenset[DeviceName] = frozenset()
        """Devices on the city's network, whether or not the collector can see it."""
        self.reached: frozenset[DeviceName] = frozenset()
        """Devices that the collector can reach."""
        self.changes = 0
        self._stopped: frozenset[DeviceName] = frozenset()
        self._cut: frozenset[str] = frozenset()
        self._settle()

    def change(self, now: float, *, broken: Iterable[Fault] = (), mended: Iterable[Fault] = ()) -> None:
        """Faults begin and end; what is broken already keeps its time."""
        for fault in mended:
            self.faults.pop(fault, None)
        for fault in broken:
            self.faults.setdefault(fault, now)
        self._settle()

    def works(self, device: DeviceName) -> bool:
        """Whether it runs at all, reached or not."""
        return device not in self._stopped

    def link_up(self, link: Link) -> bool:
        """Whether a link carries anything: not cut, and both ends run."""
        return (
            link.name not in self._cut
            and link.child not in self._stopped
            and link.parent not in self._stopped
        )

    def agent_answers(self, device: DeviceName) -> bool:
        """Whether a question over SNMP reaches a living agent."""
        return device in self.reached and Fault(FaultKind.AGENT, device) not in self.faults

    def site_reached(self, site: SiteCode) -> bool:
        """Whether what stands behind the site's own switch, else router, and so on, can be reached."""
        here = self.at_site.get(site, [])
        for role in _WAY_OUT:
            ways = [device.name for device in here if device.role is role]
            if ways:
                return any(name in self.reached for name in ways)
        return any(device.name in self.reached for device in here)

    def downlinks(self, device: DeviceName) -> list[Link]:
        """Links whose parent it is."""
        return self._below[device]

    def path(self, device: DeviceName) -> list[str]:
        """Devices and links that its traffic takes to the vantage now, nearest first; empty if cut off.

        Of several uplinks that work the first written is taken.
        """
        steps: list[str] = []
        here = device
        while here in self.reached:
            steps.append(here)
            if here in self._roots:
                return steps
            uplinks = self.inventory.devices[here].uplinks
            onward = next(
                (link for link in uplinks if self.link_up(link) and link.parent in self.reached), None
            )
            if onward is None:
                return steps
            steps.append(onward.name)
            here = onward.parent
        return []

    def _settle(self) -> None:
        """Reckon again what is stopped, cut and reached."""
        stopped: set[DeviceName] = set()
        cut: set[str] = set()
        for fault in self.faults:
            if fault.kind in _STOPS_A_DEVICE:
                stopped.add(DeviceName(fault.name))
            elif fault.kind is FaultKind.POWER:
                stopped.update(device.name for device in self.at_site.get(SiteCode(fault.name), ()))
            elif fault.kind is FaultKind.LINK:
                cut.add(fault.name)
            elif fault.kind is FaultKind.CABLE:
                cut.update(self.cables.get(fault.name, ()))
            elif fault.kind is FaultKind.ISOLATED:
                cut.update(link.name for link in self.inventory.devices[DeviceName(fault.name)].uplinks)
        self._stopped, self._cut = frozenset(stopped), frozenset(cut)
        self.served = self._spread()
        self.reached = frozenset() if Fault(FaultKind.VANTAGE) in self.faults else self.served
        self.changes += 1

    def _spread(self) -> frozenset[DeviceName]:
        """Down from the roots, a device as soon as enough of its uplinks are served: a loop serves nobody."""
        devices: Mapping[DeviceName, Device] = self.inventory.devices
        served: dict[DeviceName, int] = defaultdict(int)
        reached: set[DeviceName] = set()
        waiting = deque(
            device.name
            for device in devices.values()
            if (device.name in self._roots or not device.uplinks) and device.name not in self._stopped
        )
        while waiting:
            here = waiting.popleft()
            if here in reached:
                continue
            reached.add(here)
            for link in self._below[here]:
                if link.name in self._cut or link.child in self._stopped:
                    continue
                served[link.child] += 1
                if served[link.child] >= devices[link.child].needs and link.child not in reached:
                    waiting.append(link.child)
        return frozenset(reached)
