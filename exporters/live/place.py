"""What the pages of a site and a device show: the way to the core, what was read, what failed and why. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from collector.model import Device, DeviceName, Link, SiteCode
from collector.outages.state import Outage, State
from exporters.live.city import DeviceRow, device_row
from exporters.live.maps import UNIT_MAP
from exporters.live.readings import Interface, Reading, read
from exporters.live.scene import Instant, OutageRow, Place, Scene
from exporters.state import shown
from exporters.views import Remembered

LEVELS = 8
"""Hops that are drawn; a network that is deeper is shown up to there."""
BEHIND_LISTED = 60
OUTAGES_TOLD = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A device of a site."""

    device: DeviceRow
    since: Instant | None
    heard: Instant | None
    answering: bool
    about: str


@dataclass(frozen=True, slots=True)
class SitePage:
    """All about a site."""

    place: Place
    kind: str
    district: str
    district_code: str
    unit: str
    location: str
    tags: str
    written: str
    redundancy: str
    redundancy_bad: bool
    levels: Sequence[Sequence[DeviceRow]]
    rows: Sequence[Row]
    outages: Sequence[OutageRow]
    behind: Sequence[Place]
    behind_more: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A finished question."""

    at: Instant
    question: str
    ok: bool
    result: str
    detail: str
    log: Sequence[str]


@dataclass(frozen=True, slots=True)
class DevicePage:
    """All about a device."""

    row: DeviceRow
    site: Place
    district: str
    district_code: str
    since: Instant | None
    heard: Instant | None
    answering: bool
    cause: OutageRow | None
    about: str
    profile: str
    written: str
    tags: str
    levels: Sequence[Sequence[DeviceRow]]
    behind: Sequence[DeviceRow]
    behind_more: int
    facts: Sequence[tuple[str, str]]
    interfaces: Sequence[Interface]
    readings: Sequence[Reading]
    history: Sequence[Asked]
    outages: Sequence[OutageRow]


def site(
    scene: Scene, code: SiteCode, facts: Mapping[DeviceName, Mapping[str, str]], past: Iterable[Outage] = ()
) -> SitePage:
    """The page of a site; KeyError if there is none of this code. `past` is what the journal remembers."""
    one = scene.inventory.sites[code]
    here = scene.at_site(code)
    lost = scene.state.redundancy_lost.get(code)
    behind = _sites_behind(scene, here)
    if scene.site_state(code) in {State.UNREACHABLE, State.DOWN}:
        redundancy = "cut"
    else:
        redundancy = "none" if lost is None else "lost" if lost else "kept"
    located = one.latitude is not None and one.longitude is not None
    return SitePage(
        place=scene.place(code),
        kind=scene.say(f"kind.{one.kind}"),
        district=scene.district_name(one.district),
        district_code=one.district,
        unit=one.units.get(UNIT_MAP, ""),
        location=f"{one.latitude}, {one.longitude}" if located else "",
        tags=", ".join(sorted(one.tags)),
        written=str(one.place) if one.place else "",
        redundancy=scene.say(f"redundancy.{redundancy}"),
        redundancy_bad=bool(lost),
        levels=_levels(
            scene, [device for device in here if any(_leaves(scene, link) for link in device.uplinks)]
        ),
        rows=[_row(scene, device, facts.get(device.name, {})) for device in here],
        outages=_told(scene, past, lambda one: code == one.site or code in one.affected_sites),
        behind=behind[:BEHIND_LISTED],
        behind_more=max(0, len(behind) - BEHIND_LISTED),
    )


def _leaves(scene: Scene, link: Link) -> bool:
    """Whether the link goes to another site."""
    devices = scene.inventory.devices
    return link.parent in devices and devices[link.parent].site != devices[link.child].site


def _levels(scene: Scene, start: Iterable[Device]) -> list[list[DeviceRow]]:
    """The devices themselves, then what they hang on, and so on up to the monitor's first hop."""
    devices = scene.inventory.devices
    level = list(start)
    seen = {one.name for one in level}
    found: list[list[DeviceRow]] = []
    while level and len(found) < LEVELS:
        found.append([device_row(scene, one) for one in level])
        above = dict.fromkeys(link.parent for one in level for link in one.uplinks if link.parent not in seen)
        seen |= above.keys()
        level = [devices[name] for name in above if name in devices]
    return found


def _sites_behind(scene: Scene, here: Iterable[Device]) -> list[Place]:
    own = {device.name for device in here}
    codes = dict.fromkeys(
        device.site
        for device in scene.inventory.devices.values()
        if device.name not in own and any(link.parent in own for link in device.uplinks)
    )
    sites = scene.inventory.sites
    found = [scene.place(code) for code in codes if code in sites]
    return sorted(found, key=lambda place: (-scene.site_state(SiteCode(place.code)), place.code))


def _row(scene: Scene, device: Device, facts: Mapping[str, str]) -> Row:
    since, heard, answering = _verdict(scene, device)
    return Row(device_row(scene, device), since, heard, answering, _about(device, facts))


def _verdict(scene: Scene, device: Device) -> tuple[Instant | None, Instant | None, bool]:
    verdict = scene.state.devices.get(device.name)
    if verdict is None:
        return None, None, False
    heard = scene.instant(verdict.last_heard) if verdict.last_heard is not None else None
    return scene.instant(verdict.since), heard, bool(verdict.answered)


def _about(device: Device, facts: Mapping[str, str]) -> str:
    vendor = device.vendor or facts.get("vendor", "")
    model = device.model or facts.get("model", "")
    return model if model.startswith(vendor) else f"{vendor} {model}".strip()


def device(
    scene: Scene,
    name: DeviceName,
    facts: Mapping[str, str],
    history: Sequence[Remembered],
    samples: bytes,
    *,
    past: Iterable[Outage] = (),
) -> DevicePage:
    """The page of a device; KeyError if there is none of this name. `samples` is its Prometheus text."""
    one = scene.inventory.devices[name]
    since, heard, answering = _verdict(scene, one)
    verdict = scene.state.devices.get(name)
    behind = [
        device_row(scene, other)
        for other in scene.inventory.devices.values()
        if any(link.parent == name for link in other.uplinks)
    ]
    interfaces, readings = read(scene.say, one, samples)
    access = one.snmp or one.mqtt
    return DevicePage(
        row=device_row(scene, one),
        site=scene.place(one.site),
        district=scene.district_name(one.district),
        district_code=one.district,
        since=since,
        heard=heard,
        answering=answering,
        cause=scene.explained(verdict.cause if verdict else None),
        about=_about(one, facts),
        profile=access.profile if access else "",
        written=str(one.place) if one.place else "",
        tags=", ".join(sorted(one.tags)),
        levels=_levels(scene, [one]),
        behind=behind[:BEHIND_LISTED],
        behind_more=max(0, len(behind) - BEHIND_LISTED),
        facts=sorted(facts.items()),
        interfaces=interfaces,
        readings=readings,
        history=[_asked(scene, entry) for entry in reversed(history)],
        outages=_told(scene, past, lambda outage: name in outage.affected_devices or name in outage.causes),
    )


def _told(scene: Scene, past: Iterable[Outage], concerned: Callable[[Outage], bool]) -> list[OutageRow]:
    """The outages that concern something, those that last first; what is shown now beats what the journal has."""
    found = {(one.id, one.started): one for one in (*past, *shown(scene.state)) if concerned(one)}
    return scene.rows(found.values(), "age")[:OUTAGES_TOLD]


def _asked(scene: Scene, entry: Remembered) -> Asked:
    say = scene.say
    result = say("history.ok") if entry.ok or entry.kind is None else say(f"failure.{entry.kind}")
    return Asked(
        scene.instant(entry.at),
        say(f"question.{entry.question}"),
        entry.ok,
        result,
        entry.detail,
        entry.log,
    )
