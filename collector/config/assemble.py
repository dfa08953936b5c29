"""Shaped files to the inventory's nouns, with defaults applied and names of all files brought together.

It reports what cannot be said of one entry alone: names taken twice, names that nobody has, settings that no
level gives. Whether the network makes sense as a graph is `graph.py`'s.
"""

from dataclasses import dataclass, field
from types import MappingProxyType

from collector.config.defaults import Level, Resolved, built_in, overlay, with_level
from collector.config.document import Document, Steps
from collector.config.draft import Draft
from collector.config.files import Files, Part
from collector.config.names import Complaints, Guesser, Register
from collector.config.problems import Problem, Severity, closest
from collector.config.schema_city import CityFile
from collector.config.schema_network import COMMUNE, CoreFile, DeviceShape, DistrictFile, SiteShape
from collector.model import (
    CityService,
    DeviceName,
    District,
    DistrictCode,
    Role,
    Site,
    SiteCode,
    SiteKind,
)

NetworkPart = Part[CoreFile] | Part[DistrictFile]


@dataclass(slots=True)
class Assembly:
    """What the files say together, and what is wrong with it."""

    files: Files
    complaints: Complaints = field(default_factory=Complaints)
    guesser: Guesser = field(default_factory=Guesser)
    districts: dict[DistrictCode, District] = field(default_factory=dict)
    sites: dict[SiteCode, Site] = field(default_factory=dict)
    drafts: dict[DeviceName, Draft] = field(default_factory=dict)
    services: dict[str, CityService] = field(default_factory=dict)
    cables: dict[str, str] = field(default_factory=dict)
    district_names: Register = field(default_factory=lambda: Register("district"))
    site_codes: Register = field(default_factory=lambda: Register("site"))
    device_names: Register = field(default_factory=lambda: Register("device"))
    addresses: Register = field(default_factory=lambda: Register("address"))
    cable_names: Register = field(default_factory=lambda: Register("cable"))
    site_places: dict[str, tuple[Document, Steps]] = field(default_factory=dict)


def assemble(files: Files) -> Assembly:
    """Every sound entry of every file, with problems in `.complaints`."""
    assembly = Assembly(files)
    for part in files.networks:
        _remember_spoilt(assembly, part)
        if part.model is not None:
            _add_network(assembly, part, part.model)
    if files.core.model is not None:
        _add_services(assembly, files.core.document, files.core.model)
    return assembly


def _remember_spoilt(assembly: Assembly, part: NetworkPart) -> None:
    """Names in entries that were left out exist all the same: one mistake must not become ten."""
    registers = (assembly.site_codes, assembly.device_names, assembly.cable_names)
    if part.model is None:
        for register in registers:
            register.open_ended = True
        return
    assembly.site_codes.spoilt.update(part.spoilt_names("sites"))
    assembly.cable_names.spoilt.update(part.spoilt_names("cables"))
    sites = part.document.value.get("sites", {})
    for code in part.spoilt_names("sites"):
        entry = sites.get(code)
        devices = entry.get("devices") if isinstance(entry, dict) else None
        if isinstance(devices, dict):
            assembly.device_names.spoilt.update(devices)


def _add_network(assembly: Assembly, part: NetworkPart, model: DistrictFile) -> None:
    document, complaints = part.document, assembly.complaints
    taken = assembly.district_names.add(model.district, document, ("district",))
    complaints.add(taken)
    if taken is None:
        latitude, longitude = model.location or (None, None)
        district = DistrictCode(model.district)
        assembly.districts[district] = District(district, model.name, latitude, longitude)
    stem = document.file.rpartition("/")[2].removesuffix(".yml")
    if "districts/" in document.file and stem.partition("-")[0] != model.district:
        complaints.add(
            document.problem(
                ("district",),
                f"the file's name does not begin with the district's code {model.district}",
                f"call it {model.district}-….yml",
                Severity.WARNING,
            )
        )
    for name, cable in model.cables.items():
        steps = ("cables", name)
        complaints.add(assembly.cable_names.add(name, document, steps))
        assembly.cables.setdefault(name, cable.carrier)
        complaints.add(_carrier_problem(assembly, cable.carrier, document, steps))
    levels = _Levels(assembly.files.city, part)
    for code, site in model.sites.items():
        steps = ("sites", code)
        taken = assembly.site_codes.add(code, document, steps)
        complaints.add(taken)
        if taken is None:
            _add_site(assembly, document, model, code, site)
        for name, device in site.devices.items():
            _add_device(assembly, levels, name, device, code=code, site=site)


def _carrier_problem(assembly: Assembly, carrier: str, document: Document, steps: Steps) -> Problem | None:
    city = assembly.files.city.model
    if city is None or carrier in city.carriers:
        return None
    hint = assembly.guesser.hint(carrier, city.carriers) or "carriers are listed in city.yml"
    return document.problem(steps, f"no carrier is called '{carrier}'", hint)


def _add_site(
    assembly: Assembly, document: Document, model: DistrictFile, code: str, site: SiteShape
) -> None:
    steps = ("sites", code)
    is_commune = COMMUNE.fullmatch(code) is not None
    kind = site.kind or (SiteKind.COMMUNE if is_commune else None)
    if kind is None:
        kinds = "district, data-centre or agency"
        assembly.complaints.add(document.problem(steps, f"site '{code}' has no 'kind'", kinds, key=True))
        kind = SiteKind.AGENCY
    elif kind is SiteKind.COMMUNE and not is_commune:
        message = f"a commune's code has five digits, '{code}' has not"
        assembly.complaints.add(document.problem((*steps, "kind"), message))
    latitude, longitude = site.location or (None, None)
    units = dict(site.units)
    if kind is SiteKind.COMMUNE:
        units.setdefault("579", code)
    assembly.site_places[code] = (document, steps)
    assembly.sites[SiteCode(code)] = Site(
        SiteCode(code),
        site.name,
        kind,
        DistrictCode(model.district),
        latitude,
        longitude,
        MappingProxyType(units),
        frozenset(site.tags),
        document.place(steps, key=True),
    )


class _Levels:
    """Defaults of city and district by role, reckoned once a file."""

    def __init__(self, city: Part[CityFile], part: NetworkPart) -> None:
        self.document = part.document
        self.district = part.model.district if part.model is not None else ""
        self.names = city.model.name_roles if city.model is not None else {}
        self.levels: list[Level] = []
        if city.model is not None:
            self.levels.append(Level("city", city.document, city.model.defaults))
        if part.model is not None and part.model.defaults is not None:
            self.levels.append(Level("district", part.document, part.model.defaults))
        self.by_role: dict[Role, Resolved] = {}

    def of(self, role: Role) -> Resolved:
        settings = self.by_role.get(role)
        if settings is None:
            settings = built_in(role)
            for level in self.levels:
                settings = with_level(settings, role, level)
            self.by_role[role] = settings
        return settings


def _role_hint(assembly: Assembly, levels: _Levels, name: str) -> str:
    """How a device gets a role; where a beginning of a name is much like its own, that line may be the wrong one."""
    prefixes = ", ".join(f"{prefix}-" for prefix in levels.names)
    hint = f"write `role:`, or begin its name with one of {prefixes}" if prefixes else "write `role:`"
    near = closest(name.partition("-")[0], levels.names)
    if near is None:
        return hint
    place = assembly.files.city.document.place(("name_roles", near), key=True)
    return f"{hint}; {near}- stands in {place.file}, line {place.line}"


def _add_device(
    assembly: Assembly, levels: _Levels, name: str, shape: DeviceShape, *, code: str, site: SiteShape
) -> None:
    document, steps = levels.document, ("sites", code, "devices", name)
    complaints = assembly.complaints
    taken = assembly.device_names.add(name, document, steps)
    if taken is not None:
        complaints.add(taken)
        return
    address = str(shape.address)
    complaints.add(
        assembly.addresses.add(
            shape.address, document, (*steps, "address"), said=f"address {address} of device '{name}'"
        )
    )
    role = shape.role or levels.names.get(name.partition("-")[0])
    if role is None:
        assembly.device_names.spoilt.add(name)
        if assembly.files.city.whole:
            hint = _role_hint(assembly, levels, name)
            complaints.add(document.problem(steps, f"device '{name}' has no 'role'", hint, key=True))
        return
    settings = dict(levels.of(role))
    if site.defaults is not None:
        level = Level("site", document, site.defaults, ("sites", code, "defaults"))
        settings = dict(with_level(settings, role, level))
    overlay(settings, shape, "device", document, steps)
    assembly.drafts[DeviceName(name)] = Draft(
        name, role, shape, settings, code, levels.district, document, steps
    )


def _add_services(assembly: Assembly, document: Document, model: CoreFile) -> None:
    for name, service in model.services.items():
        site = assembly.sites.get(SiteCode(service.site))
        if site is None:
            if not assembly.site_codes.knows(service.site):
                steps = ("services", name, "site")
                hint = assembly.guesser.hint(service.site, assembly.sites)
                assembly.complaints.add(
                    document.problem(steps, f"no site has the code '{service.site}'", hint)
                )
            continue
        assembly.services[name] = CityService(
            name, service.title, service.url, site.code, site.district, service.module
        )
