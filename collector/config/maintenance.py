"""`config/maintenance.yml` to windows of planned work, or a problem with its place for every mistake.

The file may be absent. `addition` writes one more entry, for the command that adds one.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

from collector.config.document import Document, Steps
from collector.config.fields import Name, Text, Truth, as_json
from collector.config.problems import Problem, did_you_mean
from collector.config.shape import Shape, validate_parts
from collector.config.words import WrittenWrongError, shown, text_of
from collector.config.yaml import read
from collector.model import DeviceName, DistrictCode, Inventory, Place, SiteCode
from collector.outages.maintenance import Window

FILE = "maintenance.yml"
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?([+-]\d{2}:\d{2}|Z)?", re.ASCII)


def read_moment(value: Any) -> datetime:
    """A moment as written, with its offset if one is written."""
    text = text_of(value)
    hint = "write 2026-08-01 22:00 in the city's time, or with an offset as 2026-08-01T22:00+07:00"
    if not _MOMENT.fullmatch(text):
        raise WrittenWrongError(f"{shown(text)} is not a moment", hint)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise WrittenWrongError(f"{shown(text)} is not in the calendar", hint) from None


_Moment = Annotated[
    datetime, BeforeValidator(read_moment), as_json(type="string", pattern=f"^{_MOMENT.pattern}$")
]


class WindowShape(Shape):
    """Planned work: what it names may be silent without an outage."""

    noun: ClassVar[str] = "window"
    start: _Moment
    """When it begins: in the city's time, or with an offset. Example: 2026-08-01 22:00"""
    end: _Moment
    """When it ends. Example: 2026-08-02 04:00"""
    devices: tuple[Text, ...] = ()
    """Names of devices. Example: [rt-00118]"""
    sites: tuple[Text, ...] = ()
    """Codes of sites: all their devices. Example: ["00118"]"""
    districts: tuple[Text, ...] = ()
    """Codes of districts: all their devices. Example: ["004"]"""
    reason: Text = ""
    """What is done, for people. Example: new fibre"""
    force: Truth = False
    """Whether it holds for a site with a meeting going on, too. Example: true"""


class MaintenanceFile(Shape):
    """`maintenance.yml`: planned work. `citynoc maintenance` writes it, too."""

    noun: ClassVar[str] = "maintenance"
    windows: Mapping[Name, WindowShape] = {}
    """Planned work by name.

    Example: {fibre-1: {start: 2026-08-01 22:00, end: 2026-08-02 04:00, districts: ["004"]}}
    """


def read_maintenance(
    path: Path, root: Path, inventory: Inventory
) -> tuple[tuple[Window, ...], list[Problem]]:
    """Every sound window, and what is wrong with the others. Never raises."""
    if not path.exists():
        return (), []
    document = read(path, root)
    found, problems, _ = validate_parts(MaintenanceFile, document)
    if found is None:
        return (), problems
    zone = ZoneInfo(inventory.city.timezone)
    windows = []
    for name, written in found.windows.items():
        wrong = list(_mistakes(document, name, written, inventory, zone))
        problems.extend(wrong)
        if not wrong:
            windows.append(_window(name, written, zone, document.place(("windows", name), key=True)))
    return tuple(windows), problems


def _window(name: str, written: WindowShape, zone: tzinfo, place: Place) -> Window:
    return Window(
        name,
        unix(written.start, zone),
        unix(written.end, zone),
        frozenset(map(DeviceName, written.devices)),
        frozenset(map(SiteCode, written.sites)),
        frozenset(map(DistrictCode, written.districts)),
        written.reason,
        written.force,
        place,
    )


def unix(moment: datetime, zone: tzinfo) -> float:
    """Unix seconds; a moment without an offset is the city's."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp()


def _mistakes(
    document: Document, name: str, written: WindowShape, inventory: Inventory, zone: tzinfo
) -> Iterable[Problem]:
    steps: Steps = ("windows", name)
    if unix(written.end, zone) <= unix(written.start, zone):
        yield document.problem((*steps, "end"), f"the window '{name}' ends before it starts")
    if not (written.devices or written.sites or written.districts):
        message = f"the window '{name}' names nothing"
        yield document.problem(steps, message, "name devices, sites or districts", key=True)
    known: tuple[tuple[str, tuple[str, ...], Collection[str]], ...] = (
        ("devices", written.devices, inventory.devices.keys()),
        ("sites", written.sites, inventory.sites.keys()),
        ("districts", written.districts, inventory.districts.keys()),
    )
    for kind, names, there in known:
        for number, one in enumerate(names):
            if one not in there:
                message = f"there is no {kind[:-1]} '{one}'"
                yield document.problem((*steps, kind, number), message, did_you_mean(one, there))


def addition(window: Window, zone: tzinfo) -> str:
    """The window as an entry under `windows:`, with its times as the city's clock shows them."""

    def codes(names: Iterable[str]) -> str:
        return "[" + ", ".join(f'"{name}"' for name in sorted(names)) + "]"

    def clock(at: float) -> str:
        return datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M:%S")

    lines = [f"  {window.name}:", f"    start: {clock(window.start)}", f"    end: {clock(window.end)}"]
    for kind, names in (
        ("devices", window.devices),
        ("sites", window.sites),
        ("districts", window.districts),
    ):
        if names:
            lines.append(f"    {kind}: {codes(names)}")
    if window.reason:
        quoted = window.reason.replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'    reason: "{quoted}"')
    if window.force:
        lines.append("    force: true")
    return "\n".join(lines) + "\n"
