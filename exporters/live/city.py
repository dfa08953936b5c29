"""What the city, district, unit and wall pages show, counted and put in order. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from collector.model import Device, DistrictCode, Role, Site, SiteKind
from collector.outages.state import State
from exporters.live.maps import UNIT_MAP, short
from exporters.live.scene import WORST_FIRST, Chip, OutageRow, Place, Scene

OUTAGES_LISTED = 50
SERVED = frozenset({State.UP, State.AGENT_DOWN})
CORE_ROLES = (Role.SWITCH, Role.CORE, Role.GATEWAY)


@dataclass(frozen=True, slots=True)
class Tile:
    """A state with how many communes and devices are in it."""

    chip: Chip
    meaning: str
    communes: int
    devices: int


@dataclass(frozen=True, slots=True)
class Share:
    """A piece of a district's bar: `width` of its communes from `x` on."""

    key: str
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """A district in the list. `in_words` says what the bar shows."""

    code: str
    name: str
    short: str
    total: int
    served: int
    worst: str
    bar: Sequence[Share]
    in_words: str


@dataclass(frozen=True, slots=True)
class Uplink:
    """A way up from a device."""

    name: str
    parent: str
    parent_chip: Chip
    chip: Chip
    carrier: str
    cable: str
    interface: str


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device in a list."""

    name: str
    role: str
    address: str
    chip: Chip
    uplinks: Sequence[Uplink]


@dataclass(frozen=True, slots=True)
class City:
    """All that changes on the city's page, the map's areas excepted."""

    tiles: Sequence[Tile]
    communes: int
    devices: int
    open: Sequence[OutageRow]
    past: Sequence[OutageRow]
    more: int
    districts: Sequence[DistrictRow]
    core: Sequence[DeviceRow]
    without_redundancy: int


def city(scene: Scene, order: str) -> City:
    """The whole city now."""
    rows = scene.outages(order)
    lasting = [row for row in rows if row.ended is None]
    communes = list(scene.communes())
    return City(
        tiles=tiles(scene, communes),
        communes=len(communes),
        devices=len(scene.inventory.devices),
        open=lasting[:OUTAGES_LISTED],
        past=[row for row in rows if row.ended is not None][:OUTAGES_LISTED],
        more=max(0, len(lasting) - OUTAGES_LISTED),
        districts=districts(scene, communes),
        core=[device_row(scene, one) for one in _core(scene)],
        without_redundancy=sum(scene.state.redundancy_lost.values()),
    )


def tiles(scene: Scene, communes: Iterable[Site]) -> list[Tile]:
    """A tile a state, the good one first and then the worst."""
    sites = Counter(scene.site_state(one.code) for one in communes)
    devices = Counter(scene.state_of(name) for name in scene.inventory.devices)
    order = (State.UP, *(one for one in WORST_FIRST if one is not State.UP))
    return [
        Tile(scene.chip(one), scene.say(f"means.{one.name.lower()}"), sites[one], devices[one])
        for one in order
    ]


def districts(scene: Scene, communes: Iterable[Site]) -> list[DistrictRow]:
    """Districts that have communes, those in trouble first."""
    members: dict[DistrictCode, list[State]] = {}
    for site in communes:
        members.setdefault(site.district, []).append(scene.site_state(site.code))
    rows = [_district(scene, code, states) for code, states in members.items()]
    return sorted(rows, key=lambda row: (row.served - row.total, row.code))


def _district(scene: Scene, code: DistrictCode, states: Sequence[State]) -> DistrictRow:
    counts = Counter(states)
    bar, x = [], 0
    for state in sorted(counts):
        bar.append(Share(state.name.lower(), x, counts[state]))
        x += counts[state]
    name = scene.district_name(code)
    words = ", ".join(f"{scene.chip(one).text} {counts[one]}" for one in WORST_FIRST if counts[one])
    served = sum(counts[one] for one in SERVED)
    return DistrictRow(code, name, short(name), len(states), served, max(states).name.lower(), bar, words)


def _core(scene: Scene) -> list[Device]:
    sites = scene.inventory.sites
    found = [
        one
        for one in scene.inventory.devices.values()
        if one.role in CORE_ROLES and sites[one.site].kind is SiteKind.DATA_CENTRE
    ]
    return sorted(found, key=lambda one: (CORE_ROLES.index(one.role), one.name))


def device_row(scene: Scene, device: Device) -> DeviceRow:
    """A device in a list, with its ways up."""
    return DeviceRow(
        device.name,
        scene.say(f"role.{device.role}"),
        str(device.address),
        scene.chip(scene.state_of(device.name)),
        [
            Uplink(
                link.name,
                link.parent,
                scene.chip(scene.state_of(link.parent)),
                scene.link_chip(link.name),
                link.carrier or "",
                link.cable or "",
                link.interface or "",
            )
            for link in device.uplinks
        ],
    )


def headline(scene: Scene, *, ready: bool = True) -> str:
    """The city in one line: what a screen reader is told when something changes.

    A monitor that is blind or not `ready` does not say that there is no outage: it cannot know.
    """
    rows = [row for row in scene.outages() if row.ended is None]
    if not rows:
        return scene.say("outages.none") if ready and not scene.state.blind else scene.say("outages.unseen")
    cut_off = sum(
        1 for one in scene.communes() if scene.site_state(one.code) in {State.UNREACHABLE, State.DOWN}
    )
    counted = scene.say("outages.count", n=len(rows))
    return f"{counted}, {scene.cut_off(cut_off)}: {rows[0].title}"


def in_district(scene: Scene, code: str) -> list[Place]:
    """The district's sites, the worst first."""
    return _places(scene, (one for one in scene.inventory.sites.values() if one.district == code))


def in_unit(scene: Scene, code: str) -> list[Place]:
    """The communes that went into a unit of July 2025, the worst first."""
    return _places(scene, (one for one in scene.communes() if one.units.get(UNIT_MAP) == code))


def _places(scene: Scene, sites: Iterable[Site]) -> list[Place]:
    found = sorted(sites, key=lambda one: (-scene.site_state(one.code), one.code))
    return [scene.place(one.code) for one in found]
