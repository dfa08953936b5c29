"""What the configuration says now, looked up by name: which file an entry stands in, and what defaults would give. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from citynoc.importer.layout import slug_of
from collector.config import Configuration
from collector.config.defaults import Level, built_in, with_level
from collector.config.files import CORE, DISTRICTS, Files, Part
from collector.config.schema_network import CoreFile, DistrictFile
from collector.model import DeviceName, Inventory, Role

Network = Part[CoreFile] | Part[DistrictFile]


@dataclass(frozen=True)
class Present:
    """The configuration beside the files that it was read from."""

    configuration: Configuration
    files: Files

    @property
    def inventory(self) -> Inventory:
        """The checked inventory."""
        return self.configuration.inventory

    @cached_property
    def parts(self) -> Mapping[str, Network]:
        """Network files by their name in the directory."""
        return {self._name(part): part for part in self.files.networks if part.model is not None}

    def _name(self, part: Network) -> str:
        last = part.document.file.rpartition("/")[2]
        return CORE if part is self.files.core else f"{DISTRICTS}/{last}"

    @cached_property
    def file_of_site(self) -> Mapping[str, str]:
        """Site code to the file that has it."""
        return {code: name for name, part in self.parts.items() if part.model for code in part.model.sites}

    @cached_property
    def holders(self) -> Mapping[str, DeviceName]:
        """Who has an address, by the address as text."""
        return {str(device.address): device.name for device in self.inventory.devices.values()}

    @cached_property
    def prefixes(self) -> Mapping[Role, str]:
        """The word before the first `-` that names of a role's devices begin with."""
        city = self.files.city.model
        found: dict[Role, str] = {}
        for prefix, role in (city.name_roles if city is not None else {}).items():
            found.setdefault(role, prefix)
        return found

    def role_by_name(self, device: str) -> Role | None:
        """The role that the device's name gives."""
        city = self.files.city.model
        return city.name_roles.get(device.partition("-")[0]) if city is not None else None

    def file_of_district(self, wanted: str) -> str | None:
        """The file of a district by its code, the file's name, or the district's name in letters and hyphens."""
        slug = slug_of(wanted)
        named = []
        for name, part in self.parts.items():
            if part.model is None:
                continue
            code, stem = part.model.district, name.rpartition("/")[2].removesuffix(".yml")
            if wanted in {code, stem} or stem == f"{code}-{wanted}":
                return name
            if wanted and slug_of(part.model.name) == slug:
                named.append(name)
        return named[0] if len(named) == 1 else None

    def written(self, name: str, *steps: str) -> Any:
        """The plain value at `steps` of a file, or None."""
        part = self.parts.get(name)
        value = part.document.value if part is not None else None
        for step in steps:
            value = value.get(step) if isinstance(value, dict) else None
        return value

    def defaults(self, name: str | None, site: str, role: Role) -> Mapping[str, Any]:
        """Settings that a device of the role would have at the site of the file without a word of its own."""
        settings = built_in(role)
        city = self.files.city
        if city.model is not None:
            settings = with_level(settings, role, Level("city", city.document, city.model.defaults))
        part = self.parts.get(name) if name is not None else None
        if part is not None and part.model is not None:
            if part.model.defaults is not None:
                settings = with_level(settings, role, Level("district", part.document, part.model.defaults))
            shape = part.model.sites.get(site)
            if shape is not None and shape.defaults is not None:
                settings = with_level(settings, role, Level("site", part.document, shape.defaults))
        return {key: setting.value for key, setting in settings.items()}
