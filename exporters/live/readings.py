"""A device's samples for people: the interface table and every other number that is true now. Pure.

Reads the Prometheus text that `/metrics/devices` shows, so that the page and Prometheus cannot disagree.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from collector.metrics import IDENTITY
from collector.model import Device
from exporters.live.scene import Chip
from exporters.live.texts import Speech

READINGS_LISTED = 200
OPER_STATUS = {
    1: "up",
    2: "down",
    3: "testing",
    4: "unknown",
    5: "dormant",
    6: "notPresent",
    7: "lowerLayerDown",
}
"""ifOperStatus, RFC 2863."""
UP, ADMIN_DOWN = 1.0, 2.0


@dataclass(frozen=True, slots=True)
class Interface:
    """A row of the interface table. Numbers that were not read are empty."""

    name: str
    alias: str
    chip: Chip
    speed: str
    errors: str
    discards: str
    carries: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A number that is true now; `labels` tells it from others of its name."""

    name: str
    meaning: str
    labels: str
    value: str


def read(say: Speech, device: Device, text: bytes) -> tuple[list[Interface], list[Reading]]:
    """The interface table, and every other number. A per-interface number that the table has is not repeated."""
    rows: dict[str, tuple[Mapping[str, str], dict[str, float]]] = {}
    readings = []
    for family in text_string_to_metric_families(text.decode()):
        for sample in family.samples:
            index = sample.labels.get("ifIndex")
            if index is not None and sample.name.startswith("if"):
                rows.setdefault(index, (sample.labels, {}))[1][sample.name] = sample.value
            else:
                labels = ", ".join(f"{k}={v}" for k, v in sorted(sample.labels.items()) if k not in IDENTITY)
                readings.append(Reading(sample.name, family.documentation, labels, number(sample.value)))
    carried = {link.interface: link.name for link in device.uplinks if link.interface}
    ordered = sorted(rows.items(), key=lambda row: (len(row[0]), row[0]))
    return [_interface(say, *row, carried) for _, row in ordered], readings[:READINGS_LISTED]


def _interface(
    say: Speech, labels: Mapping[str, str], values: Mapping[str, float], carried: Mapping[str, str]
) -> Interface:
    name = labels.get("ifName") or labels.get("ifDescr") or labels.get("ifIndex", "")
    status = values.get("ifOperStatus")
    text = OPER_STATUS.get(int(status), str(int(status))) if status is not None else "?"
    if values.get("ifAdminStatus") == ADMIN_DOWN:
        chip = Chip("maintenance", "≡", say("interface.off"))
    elif status == UP:
        chip = Chip("up", "✓", text)
    else:
        chip = Chip("unknown", "?", text) if status is None else Chip("down", "✕", text)
    return Interface(
        name,
        labels.get("ifAlias", ""),
        chip,
        _speed(values.get("ifHighSpeed"), values.get("ifSpeed")),
        _both(values, "ifInErrors", "ifOutErrors"),
        _both(values, "ifInDiscards", "ifOutDiscards"),
        carried.get(name, ""),
    )


def _both(values: Mapping[str, float], first: str, second: str) -> str:
    if first not in values and second not in values:
        return ""
    return " / ".join(number(values[one]) if one in values else "?" for one in (first, second))


def _speed(mega: float | None, bits: float | None) -> str:
    if mega is None or mega == 0:
        mega = bits / 1e6 if bits else None
    if mega is None:
        return ""
    return f"{number(mega / 1000)} Gbit/s" if mega >= 1000 else f"{number(mega)} Mbit/s"  # noqa: PLR2004


def number(value: float) -> str:
    """A number as a person reads it: thousands apart, no false precision."""
    if not math.isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < 1e15:  # noqa: PLR2004  # beyond it floats skip integers
        return f"{int(value):,}".replace(",", "\u202f")
    return f"{value:.4g}"
