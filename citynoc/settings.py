"""What the command line may override of the configuration: addresses and ports, for a demo beside the real thing.

Overrides hold over a reload; they never reach the files.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from collector.config import Configuration
from collector.model import Device, Inventory


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host and a TCP or UDP port."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Endpoint":
        """`HOST:PORT`, with an IPv6 host in brackets. Raises ValueError in words for a person."""
        host, separator, port = text.rpartition(":")
        if not separator or not host or not port.isdigit() or int(port) > 65535:  # noqa: PLR2004  # RFC 768
            raise ValueError(f"'{text}' is not HOST:PORT, as in 127.0.0.1:9579")
        return cls(host.removeprefix("[").removesuffix("]"), int(port))


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the service reads and writes, and what it takes from the command line instead of the files."""

    config: Path
    data: Path
    listen: Endpoint | None = None
    broker: Endpoint | None = None
    snmp_port: int | None = None
    traps: Endpoint | None = None
    alertmanager: str | None = None

    def applied_to(self, configuration: Configuration) -> Configuration:
        """The configuration with the overrides in it."""
        return replace(configuration, inventory=self._inventory(configuration.inventory))

    def _inventory(self, inventory: Inventory) -> Inventory:
        city = inventory.city
        if self.listen is not None:
            city = replace(city, listen_host=self.listen.host, listen_port=self.listen.port)
        if self.broker is not None and city.broker is not None:
            city = replace(city, broker=replace(city.broker, host=self.broker.host, port=self.broker.port))
        if self.traps is not None and city.traps is not None:
            city = replace(city, traps=replace(city.traps, host=self.traps.host, port=self.traps.port))
        if self.alertmanager is not None:
            city = replace(city, alertmanager=self.alertmanager)
        devices = {name: self._device(device) for name, device in inventory.devices.items()}
        return replace(inventory, city=city, devices=devices)

    def _device(self, device: Device) -> Device:
        if self.snmp_port is None or device.snmp is None:
            return device
        return replace(device, snmp=replace(device.snmp, port=self.snmp_port))
