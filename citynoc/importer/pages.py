"""The text of each file, as an operator would like to find it: short entries, and comments that say why. Pure."""

import json
import re
from collections.abc import Mapping

from citynoc.importer.layout import Area, Layout, Placed
from citynoc.importer.meetings import calendar_of, meetings_of
from citynoc.importer.texts import CITY, CORE, CREDENTIALS, ON_CALL, QUALITY, SERVICES

_ROUTERS = (
    ("mikrotik-routeros", ("ether1", "ether2")),
    ("huawei-vrp", ("GigabitEthernet0/0/1", "GigabitEthernet0/0/2")),
    ("cisco-ios", ("Gi0/0", "Gi0/1")),
)
_AGGREGATION = (
    ("cisco-ios", ("Te0/0/0", "Te0/0/1")),
    ("huawei-vrp", ("XGigabitEthernet0/0/1", "XGigabitEthernet0/0/2")),
    ("juniper-junos", ("xe-0/0/0", "xe-0/0/1")),
)
_PLAIN = re.compile(r"[^\W\d_][\w .,'()/-]*(?<! )")
_SURPRISES = {"true", "false", "yes", "no", "on", "off", "null"}


def scalar(text: str) -> str:
    """The text as a YAML value: plain where every YAML reader takes it for a string, else in double quotes."""
    if _PLAIN.fullmatch(text) and text.lower() not in _SURPRISES:
        return text
    return json.dumps(text, ensure_ascii=False)


def files_of(layout: Layout, city: str) -> Mapping[str, str]:
    """Relative name to text, for the whole example."""
    east = _east(layout)
    pages = {
        "city.yml": CITY.format(city=scalar(city)) + _modeline("city"),
        "core.yml": _core(layout) + _modeline("core"),
        "credentials.yml": CREDENTIALS + _modeline("credentials"),
        "meetings.yml": meetings_of(east, scalar) + _modeline("meetings"),
        "calendars/office.ics": calendar_of(east, layout.areas),
        "oncall.yml": ON_CALL.format(district=scalar(east.code), name=east.name) + _modeline("oncall"),
        "quality.yml": QUALITY + _modeline("quality"),
    }
    for area in layout.areas:
        pages[f"districts/{area.code}-{area.slug}.yml"] = _district(area)
    return pages


def _core(layout: Layout) -> str:
    ring = ""
    if layout.ring is not None:
        hung = [
            area for area in layout.areas if any(layout.ring in placed.cables for placed in area.communes)
        ]
        count = sum(layout.ring in placed.cables for area in hung for placed in area.communes)
        names = ", ".join(area.name for area in hung)
        ring = f"  {layout.ring}: carrier-c # {count} communes of {names}, and no second way to any of them\n"
    services = "".join(
        f"  {name}:\n    title: {scalar(title)}\n    url: http://127.10.1.{number}:1180/{path}\n    site: {site}\n"
        for number, (name, title, path, site) in enumerate(SERVICES, start=1)
    )
    return CORE.format(ring=ring, services=services)


def _east(layout: Layout) -> Area:
    """The district with a team of its own by day and a meeting of its own: the easternmost of those in town."""
    in_town = [area for area in layout.areas if area.name.startswith("Quận ")] or list(layout.areas)
    return max(in_town, key=lambda area: area.longitude)


def _district(area: Area) -> str:
    router, ports = _ROUTERS[area.number % len(_ROUTERS)]
    aggregation, trunks = _AGGREGATION[area.number % len(_AGGREGATION)]
    node = [f"ag-{area.code}-{number}" for number in (1, 2)]
    uplinks = f"{{core-1: {area.slug}-core-1, core-2: {area.slug}-core-2}}"
    lines = [
        f"# {area.name}: its cables, its node with two aggregation routers, and its communes.",
        "# A new commune is one more entry at the end; what its devices have in common comes from `defaults`",
        "# here and in city.yml. `citynoc check --show rt-CODE` prints what a device ends up with, and why.",
        f"district: {area.code}",
        f"name: {scalar(area.name)}",
        f"location: [{area.latitude:.5f}, {area.longitude:.5f}]",
        "",
        "# Cable and its carrier. Links in one cable fail together.",
        "cables:",
        *(f"  {cable}: {carrier}" for cable, carrier in area.cables.items()),
        "",
        "defaults:",
        f"  router: {{profile: {router}, uplink_interfaces: [{', '.join(ports)}]}}",
        f"  aggregation: {{profile: {aggregation}, uplink_interfaces: [{', '.join(trunks)}]}}",
        "",
        "sites:",
        f"  d-{area.code}:",
        f"    name: {scalar(f'Nút mạng {area.name}')}",
        "    kind: district",
        f"    location: [{area.latitude:.5f}, {area.longitude:.5f}]",
        "    devices:",
        f"      {node[0]}: {{address: {area.net}.0.1, uplinks: {uplinks}}}",
        f"      {node[1]}: {{address: {area.net}.0.2, uplinks: {uplinks}}}",
    ]
    for placed in area.communes:
        lines += ["", *_commune(area, node, placed)]
    return "\n".join(lines) + "\n" + _modeline("district", "../")


def _modeline(kind: str, way: str = "") -> str:
    """Where an editor finds what the file may hold; `citynoc schema` writes it."""
    return f"\n# yaml-language-server: $schema={way}schema/{kind}.json\n"


def _commune(area: Area, node: list[str], placed: Placed) -> list[str]:
    commune = placed.commune
    uplinks = ", ".join(f"{parent}: {cable}" for parent, cable in zip(node, placed.cables, strict=False))
    tags = [f"    tags: [{', '.join(placed.tags)}]"] if placed.tags else []
    return [
        f"  {commune.code}:",
        f"    name: {scalar(commune.name)}",
        f"    location: [{commune.latitude}, {commune.longitude}]",
        f"    units: {{526: {commune.unit_526}, 126: {commune.unit_126}}}",
        *tags,
        "    devices:",
        f"      rt-{commune.code}: {{address: {area.net}.1.{placed.number}, uplinks: {{{uplinks}}}}}",
        f"      vc-{commune.code}: {{address: {area.net}.2.{placed.number}}}",
    ]
