"""A device on its way from its entry to the inventory: settings with their origins, then the device. Pure."""

from dataclasses import dataclass
from typing import Any

from collector.config.defaults import Resolved
from collector.config.document import Document, Steps
from collector.config.problems import Problem
from collector.config.schema_network import DeviceShape
from collector.model import (
    CredentialName,
    Device,
    DeviceName,
    DistrictCode,
    Link,
    MqttAccess,
    ProfileName,
    Role,
    SiteCode,
    SnmpAccess,
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A device's entry, its settings with their origins, and where it stands."""

    name: str
    role: Role
    shape: DeviceShape
    settings: Resolved
    site: str
    district: str
    document: Document
    steps: Steps

    def get(self, setting: str) -> Any:
        """The value of a setting, or None if no level gives it."""
        found = self.settings.get(setting)
        return None if found is None else found.value

    def cause(self, setting: str) -> tuple[Any, ...]:
        """What devices share that have the setting from the same line."""
        found = self.settings.get(setting)
        if found is None or found.origin.document is None:
            return (setting, self.role)
        return (setting, found.origin.document.file, found.origin.steps)

    def problem(self, message: str, hint: str | None = None) -> Problem:
        """A problem at the device's name."""
        return self.document.problem(self.steps, message, hint, key=True)

    def problem_at(
        self, setting: str, message: str, hint: str | None = None, *steps: str, key: bool = False
    ) -> Problem:
        """A problem where the setting (with `key`, its name) is written, or at the device's name if no file gives it."""
        found = self.settings.get(setting)
        if found is None or found.origin.document is None:
            return self.problem(message, hint)
        return found.origin.document.problem((*found.origin.steps, *steps), message, hint, key=key)

    def is_own(self, setting: str) -> bool:
        """Whether the device's own entry says it."""
        found = self.settings.get(setting)
        return found is not None and found.origin.level == "device"

    @property
    def profile(self) -> str | None:
        """What kind of device it is."""
        name: str | None = self.get("profile")
        return name

    def device(self, uplinks: tuple[Link, ...]) -> Device:
        """The device. Contract: every setting that it needs was checked."""
        snmp = mqtt = None
        if self.get("snmp.enabled"):
            snmp = SnmpAccess(
                self.get("snmp.port"),
                ProfileName(self.profile or ""),
                CredentialName(self.get("snmp.credential") or ""),
                self.get("snmp.liveness"),
                self.get("snmp.poll"),
                self.get("snmp.timeout"),
            )
        if self.get("mqtt.enabled"):
            mqtt = MqttAccess(ProfileName(self.get("mqtt.profile")), self.get("mqtt.heartbeat"))
        return Device(
            DeviceName(self.name),
            SiteCode(self.site),
            DistrictCode(self.district),
            self.role,
            self.shape.address,
            snmp,
            mqtt,
            uplinks,
            self.get("needs") or len(uplinks) or 1,  # ALL is 0: as many as there are
            self.get("watch"),
            self.get("vendor") or "",
            self.get("model") or "",
            frozenset(self.get("tags") or ()),
            self.document.place(self.steps, key=True),
        )
