"""What another system says, against the configuration: the smallest changes that make it say the same. Pure.

It adds sites and devices and changes single values. It never takes anything away and never moves a device: what the
other system no longer has is listed for a person.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from citynoc.editing.yaml_text import Patch
from citynoc.importer.device_entry import changed_device, new_device
from citynoc.importer.layout import slug_of
from citynoc.importer.present import Present
from citynoc.importer.site_entry import changed_site, new_site
from citynoc.importer.wanted import Fact, Wanted, WantedDevice, WantedSite
from collector.config import ConfigurationError, Problem
from collector.config.files import DISTRICTS
from collector.config.problems import did_you_mean
from collector.model import DeviceName, Role, SiteCode


@dataclass(slots=True)
class Merged:
    """Patches by file, files that are new (with their heads), and what a person is told."""

    patches: dict[str, dict[str, Any]] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)
    added_sites: list[str] = field(default_factory=list)
    added_devices: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)
    """Site or device to what changes of it."""
    notes: list[Problem] = field(default_factory=list)
    """What was left alone, and why."""
    vanished: list[str] = field(default_factory=list)
    """Devices that the source does not have, at sites and of roles that it speaks of."""
    unnamed: int = 0
    """Devices at sites or of roles that the source does not speak of."""


def merge(wanted: Wanted, present: Present, into: str | None) -> Merged:
    """What to change. `into` names the file of new sites. Raises ConfigurationError with everything that cannot be."""
    return _Merger(wanted, present, into).merge()


class _Merger:
    def __init__(self, wanted: Wanted, present: Present, into: str | None) -> None:
        self._wanted = wanted
        self._present = present
        self._into = into
        self._problems: list[Problem] = []
        self._result = Merged()
        self._seen: set[DeviceName] = set()
        self._new: dict[str, str] = {}

    def merge(self) -> Merged:
        for site in self._wanted.sites.values():
            self._site(site)
        named = [(device, self._name_of(device)) for device in self._wanted.devices]
        self._check_addresses(named)
        for device, name in named:
            if name is not None:
                self._device(device, name)
        if self._problems:
            raise ConfigurationError(self._problems)
        self._missing()
        return self._result

    def _site(self, wanted: WantedSite) -> None:
        file = self._present.file_of_site.get(wanted.code)
        if file is not None:
            site = self._present.inventory.sites[SiteCode(wanted.code)]
            patch = changed_site(site, wanted)
            self._note_other_district(wanted, file)
            if patch:
                self._patch(file, ("sites", wanted.code), patch)
                self._result.changed[wanted.code] = sorted(patch)
            return
        file = self._file_for(wanted)
        entry = new_site(wanted, self._problems)
        if file is None or entry is None:
            return
        self._new[wanted.code] = file
        self._patch(file, ("sites", wanted.code), entry)
        self._result.added_sites.append(wanted.code)

    def _note_other_district(self, wanted: WantedSite, file: str) -> None:
        district = wanted.facts.get("district")
        other = self._present.file_of_district(district.value) if district is not None else None
        if district is not None and other not in {None, file}:
            message = f"site {wanted.code} stands in {file}, not in {other}: left there"
            self._result.notes.append(district.complain(message, "moving a site is done by hand"))

    def _file_for(self, wanted: WantedSite) -> str | None:
        """The file of a new site: the one that was named, or its district's; a new district gets a new file."""
        district = wanted.facts.get("district")
        if self._into is not None:
            if self._into not in self._present.parts:
                self._start(self._into, wanted, district)
            return self._into
        if district is None:
            names = ", ".join(part.model.district for part in self._present.parts.values() if part.model)
            hint = f"map a column to 'district', or name the file with --into; districts are {names[:200]}"
            self._problems.append(
                wanted.complain(f"site {wanted.code} is new: in which district is it?", hint)
            )
            return None
        file = self._present.file_of_district(district.value)
        if file is not None:
            return file
        if "district_name" not in wanted.facts:
            codes = [part.model.district for part in self._present.parts.values() if part.model]
            hint = (
                did_you_mean(district.value, codes) or "map a column to 'district_name' to begin a new file"
            )
            self._problems.append(district.complain(f"no district is called '{district.value}'", hint))
            return None
        file = f"{DISTRICTS}/{district.value}-{slug_of(wanted.facts['district_name'].value)}.yml"
        self._start(file, wanted, district)
        return file

    def _start(self, file: str, wanted: WantedSite, district: Fact | None) -> None:
        if file in self._result.heads:
            return
        name = wanted.facts.get("district_name")
        if district is None or name is None:
            message = f"{file} is new: it needs the code and the name of its district"
            hint = "--set district=999 --set district_name='Quận Mới'"
            self._problems.append(wanted.complain(message, hint))
            return
        self._result.heads[file] = f"# {name.value}\n"
        self._patch(file, (), {"district": district.value, "name": name.value})

    # -- devices ------------------------------------------------------------------------------------------------

    def _name_of(self, wanted: WantedDevice) -> DeviceName | None:
        """The device that is meant: by name, by its role at its site, or by its address."""
        if wanted.name is not None:
            return DeviceName(wanted.name)
        address = wanted.facts["address"]
        role = wanted.facts.get("role")
        devices = self._present.inventory.devices
        if wanted.site is not None and role is not None:
            there = [
                one.name for one in devices.values() if one.site == wanted.site and one.role is role.value
            ]
            if len(there) == 1:
                return there[0]
            holder = self._present.holders.get(address.value)
            if holder in there:
                return holder
            if len(there) > 1:
                message = (
                    f"site {wanted.site} has {len(there)} devices of role {role.value}: which one is it?"
                )
                self._problems.append(address.complain(message, "map a column to 'device'"))
                return None
            prefix = self._present.prefixes.get(role.value)
            if prefix is not None:
                return DeviceName(f"{prefix}-{wanted.site}")
        holder = self._present.holders.get(address.value)
        if holder is None:
            hint = "map a column to 'device', or columns to 'site' and 'role'"
            message = f"no device has the address {address.value}, and this row names none"
            self._problems.append(address.complain(message, hint))
        return holder

    def _check_addresses(self, named: Iterable[tuple[WantedDevice, DeviceName | None]]) -> None:
        """No address goes to a second device while the first keeps it."""
        moving = {name for wanted, name in named if name is not None and "address" in wanted.facts}
        taken: dict[str, DeviceName] = {}
        for wanted, name in named:
            address = wanted.facts.get("address")
            if name is None or address is None:
                continue
            other = taken.setdefault(address.value, name)
            holder = self._present.holders.get(address.value)
            if other != name:
                message = f"address {address.value} goes to both '{other}' and '{name}'"
                self._problems.append(address.complain(message, None))
            elif holder not in {None, name} and holder not in moving:
                message = f"address {address.value} is that of '{holder}', which is not in the source"
                hint = "the same device under two names? rename it in the configuration first"
                self._problems.append(address.complain(message, hint))

    def _device(self, wanted: WantedDevice, name: DeviceName) -> None:
        if name in self._seen:
            self._problems.append(wanted.complain(f"device '{name}' is in the source twice", None))
            return
        self._seen.add(name)
        self._check_names(wanted)
        known = self._present.inventory.devices.get(name)
        if known is None:
            self._add_device(wanted, name)
            return
        if wanted.site is not None and wanted.site != known.site:
            message = (
                f"'{name}' is at {wanted.site} here and at {known.site} in the configuration: left there"
            )
            self._result.notes.append(wanted.complain(message, "moving a device is done by hand"))
        file = self._present.file_of_site[known.site]
        steps = ("sites", known.site, "devices", name)
        written = self._present.written(file, *steps)
        patch = changed_device(known, wanted, written, self._result.notes)
        if patch:
            self._patch(file, steps, patch)
            self._result.changed[name] = sorted(patch)

    def _check_names(self, wanted: WantedDevice) -> None:
        """What a source calls a profile or a credential has to be one here, before a file says so."""
        configuration = self._present.configuration
        known: Mapping[str, Iterable[str]] = {
            "profile": configuration.profiles,
            "credential": configuration.inventory.credentials,
        }
        for kind, names in known.items():
            fact = wanted.facts.get(kind)
            if fact is not None and fact.value not in names:
                hint = (
                    did_you_mean(fact.value, names)
                    or f"--word {kind}:{fact.value}=OURS says which it is here"
                )
                self._problems.append(fact.complain(f"there is no {kind} '{fact.value}'", hint))

    def _add_device(self, wanted: WantedDevice, name: DeviceName) -> None:
        if wanted.site is None:
            message = f"device '{name}' is new, and its site is not named"
            self._problems.append(wanted.complain(message, "map a column to 'site'"))
            return
        file = self._new.get(wanted.site) or self._present.file_of_site.get(wanted.site)
        if file is None:  # its site was refused, and that was said
            return
        by_name = self._present.role_by_name(name)
        role: Role | None = wanted.facts["role"].value if "role" in wanted.facts else by_name
        if role is None:
            hint = "map a column to 'role', or --set role=router"
            self._problems.append(wanted.complain(f"device '{name}' is new, and its role is not said", hint))
            return
        if "address" not in wanted.facts:
            message = f"device '{name}' is new, and its address is not said"
            self._problems.append(wanted.complain(message, "map a column to 'address'"))
            return
        defaults = self._present.defaults(file, wanted.site, role)
        district = self._district(file)
        entry = new_device(wanted, defaults, role if role is not by_name else None, (wanted.site, district))
        self._patch(file, ("sites", wanted.site, "devices", name), entry)
        self._result.added_devices.append(name)

    def _district(self, file: str) -> str:
        part = self._present.parts.get(file)
        if part is not None and part.model is not None:
            return part.model.district
        return str(self._result.patches[file]["district"])

    # -- the whole ----------------------------------------------------------------------------------------------

    def _missing(self) -> None:
        devices = self._present.inventory.devices
        roles = {devices[name].role for name in self._seen if name in devices}
        roles |= {role for name in self._seen if (role := self._present.role_by_name(name)) is not None}
        sites = {*self._wanted.sites, *(devices[name].site for name in self._seen if name in devices)}
        for name, device in devices.items():
            if name in self._seen:
                continue
            if device.site in sites and device.role in roles:
                self._result.vanished.append(name)
            else:
                self._result.unnamed += 1

    def _patch(self, file: str, steps: tuple[str, ...], patch: Patch) -> None:
        target = self._result.patches.setdefault(file, {})
        for step in steps:
            target = target.setdefault(step, {})
        target.update(patch)
