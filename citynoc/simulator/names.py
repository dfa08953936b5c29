"""Which names in an action stand for something in the inventory, and which do not. Pure."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from citynoc.simulator.actions import Action, Break, SetClock
from citynoc.simulator.arguments import Who
from collector.config.problems import did_you_mean
from collector.model import Inventory, Role


class Unknown(NamedTuple):
    """A name that stands for nothing in the inventory, and the key it was written under."""

    key: str
    message: str
    hint: str | None


class Names:
    """What exists, by the key that names it."""

    def __init__(self, inventory: Inventory) -> None:
        devices = inventory.devices.values()
        links = [link for device in devices for link in device.uplinks]
        endpoints = [device for device in devices if device.role is Role.ENDPOINT]
        self._known: Mapping[str, frozenset[str]] = {
            "device": frozenset(inventory.devices),
            "link": frozenset(link.name for link in links),
            "cable": frozenset(link.cable for link in links if link.cable is not None),
            "site": frozenset(inventory.sites),
            "service": frozenset(inventory.services),
            "district": frozenset(inventory.districts),
            "endpoint": frozenset(device.name for device in endpoints)
            | {device.site for device in endpoints},
            "bridge": frozenset(device.name for device in devices if device.role is Role.BRIDGE),
        }

    def unknown(self, action: Action) -> Iterator[Unknown]:
        """Every name in the action that the inventory does not have."""
        for key in type(action).model_fields:
            value = getattr(action, key)
            if isinstance(value, Who):
                if value.district is not None:
                    yield from self._check(key, "district", value.district)
                for name in value.names or ():
                    yield from self._check(key, "endpoint", name)
            elif isinstance(value, str) and key in self._known:
                yield from self._check(key, key, value)
        if isinstance(action, Break | SetClock):
            yield from self._check("device", "endpoint", action.device)

    def _check(self, key: str, kind: str, name: str) -> Iterator[Unknown]:
        known = self._known[kind]
        if name not in known:
            yield Unknown(key, f"there is no {kind} '{name}'", did_you_mean(name, known))
