"""Why a device is as it is: every setting with its value and the line that gives it.

It works on a configuration with mistakes elsewhere: that is when it is needed.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.config.assemble import Assembly, assemble
from collector.config.draft import Draft
from collector.config.files import read_files, shown_root
from collector.config.links import connect
from collector.config.problems import did_you_mean
from collector.config.schema_settings import ALL
from collector.model import DeviceName, Link, Place

_DURATIONS = {"snmp.liveness", "snmp.poll", "snmp.timeout", "mqtt.heartbeat"}


@dataclass(frozen=True, slots=True)
class Explained:
    """One setting as a file would write it; `level` is device, site, district, city or built in."""

    setting: str
    value: str
    level: str
    place: Place | None


class UnknownDeviceError(LookupError):
    """No device has this name; `hint` may know what was meant."""

    def __init__(self, name: str, hint: str | None) -> None:
        self.hint = hint
        super().__init__(f"no device is called '{name}'")


def explain(directory: Path, name: str) -> tuple[Explained, ...]:
    """The settings of a device. Raises UnknownDeviceError."""
    assembly = assemble(read_files(directory, shown_root(directory)))
    draft = assembly.drafts.get(DeviceName(name))
    if draft is None:
        raise UnknownDeviceError(name, did_you_mean(name, assembly.drafts))
    own = draft.document.place(draft.steps, key=True)
    lines = [
        Explained(
            "address", str(draft.shape.address), "device", draft.document.place((*draft.steps, "address"))
        ),
        _role(assembly, draft),
        Explained("site", draft.site, "device", own),
        Explained("district", draft.district, "district", draft.document.place(("district",))),
    ]
    links = connect(assembly)[DeviceName(name)].uplinks
    for setting, (value, origin) in sorted(draft.settings.items()):
        if _silent(draft, setting):
            continue
        if setting == "uplinks":
            lines += [_uplink(draft, number, link) for number, link in enumerate(links)]
        elif setting != "uplink_interfaces":
            lines.append(Explained(setting, written(setting, value), origin.level, origin.place()))
    return tuple(lines)


def _silent(draft: Draft, setting: str) -> bool:
    """Settings of a protocol that the device does not speak are of no consequence."""
    block, dot, key = setting.partition(".")
    return bool(dot) and key != "enabled" and not draft.get(f"{block}.enabled")


def _role(assembly: Assembly, draft: Draft) -> Explained:
    if draft.shape.role is not None:
        place = draft.document.place((*draft.steps, "role"))
        return Explained("role", draft.role.value, "device", place)
    steps = ("name_roles", draft.name.partition("-")[0])
    return Explained("role", draft.role.value, "city", assembly.files.city.document.place(steps))


def _uplink(draft: Draft, number: int, link: Link) -> Explained:
    origin = draft.settings["uplinks"].origin
    words = [f"{link.carrier}'s"] if link.carrier else []
    words += [f"cable {link.cable}"] if link.cable else ["line"] if link.carrier else []
    words += [f"on {link.interface}"] if link.interface else []
    text = " ".join(words)
    names = list(draft.get("uplinks"))
    place = None
    if origin.document is not None:
        place = origin.document.place((*origin.steps, names[number]))
    value = f"{link.parent} ({text})" if text else str(link.parent)
    return Explained(f"uplink {number + 1}", value, origin.level, place)


def written(setting: str, value: Any) -> str:
    """The value as a file would have it."""
    if setting in _DURATIONS:
        return f"{value:g}s" if value >= 1 else f"{value * 1000:g}ms"
    if setting == "needs":
        return {ALL: "all", 1: "any"}.get(value, f"at_least: {value}")
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    return str(value)
