"""A device's entry: a new one with no more than defaults leave open, or what of an old one is other in the source. Pure."""

from collections.abc import Mapping
from typing import Any

from citynoc.editing.yaml_text import Whole
from citynoc.importer.wanted import WantedDevice
from collector.config import Problem
from collector.config.schema_settings import ALL
from collector.model import Device, Role

Uplinks = tuple[tuple[str, str | None], ...]
"""Parents in order, each with its cable if that is known."""

_PLAIN = ("profile", "vendor", "model", "watch", "tags")
_SNMP = ("port", "credential")
WORDS = ("address", "role", "profile", "vendor", "model", "watch", "needs", "uplinks", "tags", "snmp")


def new_device(
    wanted: WantedDevice, defaults: Mapping[str, Any], role: Role | None, place: tuple[str, str]
) -> dict[str, Any]:
    """The entry: address first, then what the defaults do not say. `role` only if the name does not say it."""
    facts = wanted.facts
    entry: dict[str, Any] = {"address": facts["address"].value}
    if role is not None:
        entry["role"] = role.value
    for name in _PLAIN:
        if name in facts and not _same(facts[name].value, defaults.get(name)):
            entry[name] = _shown(facts[name].value)
    parents = _parents(defaults.get("uplinks") or {}, *place)
    if "uplinks" in facts and facts["uplinks"].value != parents:
        entry["uplinks"] = Whole(_uplinks(facts["uplinks"].value))
        parents = facts["uplinks"].value
    if "needs" in facts and not _needs_alike(facts["needs"].value, defaults.get("needs"), len(parents)):
        entry["needs"] = _needs(facts["needs"].value)
    snmp = {
        name: str(facts[name].value)
        for name in _SNMP
        if name in facts and facts[name].value != defaults.get(f"snmp.{name}")
    }
    if snmp:
        entry["snmp"] = snmp
    return {name: entry[name] for name in WORDS if name in entry}


def changed_device(
    device: Device, wanted: WantedDevice, written: Any, notes: list[Problem]
) -> dict[str, Any]:
    """What to write into the entry, by key; empty if the configuration says all of this already.

    `written` is the entry as it stands in the file.
    """
    facts = wanted.facts
    patch: dict[str, Any] = {}
    if "address" in facts and facts["address"].value != str(device.address):
        patch["address"] = facts["address"].value
    if "role" in facts and facts["role"].value is not device.role:
        patch["role"] = facts["role"].value.value
    _snmp_part(device, wanted, patch, notes)
    for name in ("vendor", "model", "watch", "tags"):
        if name in facts and not _same(facts[name].value, getattr(device, name)):
            patch[name] = _shown(facts[name].value)
    count = len(device.uplinks)
    if "uplinks" in facts:
        there = tuple((link.parent, link.cable) for link in device.uplinks)
        asked: Uplinks = facts["uplinks"].value
        count = len(asked)
        if not _uplinks_alike(asked, there):
            own = written.get("uplinks") if isinstance(written, dict) else None
            patch["uplinks"] = _changed_uplinks(asked, there, own)
    if "needs" in facts and not _needs_alike(facts["needs"].value, device.needs, count):
        patch["needs"] = _needs(facts["needs"].value)
    return patch


def _snmp_part(device: Device, wanted: WantedDevice, patch: dict[str, Any], notes: list[Problem]) -> None:
    facts = wanted.facts
    for name in ("profile", *_SNMP):
        if name not in facts:
            continue
        if device.snmp is None:
            message = f"'{device.name}' is not asked over SNMP: its '{name}' was left alone"
            notes.append(facts[name].complain(message, None))
        elif facts[name].value != getattr(device.snmp, name):
            if name == "profile":
                patch["profile"] = facts[name].value
            else:
                patch.setdefault("snmp", {})[name] = str(facts[name].value)


def _same(new: Any, old: Any) -> bool:
    if isinstance(new, tuple):
        return frozenset(new) == frozenset(old or ())
    return bool(new == old)


def _shown(value: Any) -> Any:
    return Whole([*value]) if isinstance(value, tuple) else str(value)


def _parents(shapes: Mapping[str, Any], site: str, district: str) -> Uplinks:
    return tuple(
        (name.replace("{site}", site).replace("{district}", district), shape.cable)
        for name, shape in shapes.items()
    )


def _uplinks_alike(asked: Uplinks, there: Uplinks) -> bool:
    """The same parents in the same order; a cable that the source does not name may be any."""
    return [parent for parent, _ in asked] == [parent for parent, _ in there] and all(
        cable is None or cable == old for (_, cable), (_, old) in zip(asked, there, strict=True)
    )


def _changed_uplinks(asked: Uplinks, there: Uplinks, own: Any) -> Any:
    """Only cables that are other, if the parents stay and are written one by one; else the whole."""
    if isinstance(own, dict) and [*own] == [parent for parent, _ in asked]:
        other = {}
        for (parent, cable), (_, old) in zip(asked, there, strict=True):
            if cable is not None and cable != old:
                other[parent] = {"cable": cable} if isinstance(own[parent], dict) else cable
        return other
    cables = dict(there)
    return Whole(_uplinks(tuple((parent, cable or cables.get(parent)) for parent, cable in asked)))


def _uplinks(asked: Uplinks) -> Any:
    """A list of parents, or parents with their cables; `{}` for one whose cable nobody knows."""
    if all(cable is None for _, cable in asked):
        return [parent for parent, _ in asked]
    return {parent: cable if cable is not None else {} for parent, cable in asked}


def _needs_alike(asked: str, there: Any, uplinks: int) -> bool:
    number = {"any": 1, "all": max(uplinks, 1)}.get(asked) or int(asked)
    return bool(number == (max(uplinks, 1) if there == ALL else there))


def _needs(asked: str) -> Any:
    return asked if asked in {"any", "all"} else {"at_least": asked}
