"""What another system knows of sites and devices: rows of texts become typed wishes, or every mistake with its place.

It knows no format: a row is a mapping of the other system's names to texts. It knows nothing of our files either.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from collector.config import ConfigurationError, Problem
from collector.config.fields import (
    between,
    matching,
    one_of,
    read_address,
    read_integer,
    read_number,
    read_text,
)
from collector.config.problems import did_you_mean
from collector.config.schema_network import CODE_HINT
from collector.config.words import WrittenWrongError, shown
from collector.model import Place, Role, SiteKind, Watch

MOST_PROBLEMS = 1_000
_UNIT = re.compile(r"unit_\d{1,4}")
_NAME = matching(
    r"[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?", "a name", "small letters, digits, '-', '.' and '_', at most 63"
)
_SITE = matching(r"\d{5}|[a-z][a-z0-9-]{0,30}", "the code of a site", CODE_HINT)


def _names(value: str) -> tuple[str, ...]:
    return tuple(_NAME(word) for word in value.split())


def _uplinks(value: str) -> tuple[tuple[str, str | None], ...]:
    """`ag-004-1:long-bien-a3 ag-004-2`: parents in order, each with the cable to it if that is known."""
    found: dict[str, str | None] = {}
    for word in value.split():
        parent, colon, cable = word.partition(":")
        if parent in found:
            raise WrittenWrongError(f"{shown(parent)} is listed twice")
        found[_NAME(parent)] = _NAME(cable) if colon else None
    return tuple(found.items())


def _needs(value: str) -> str:
    if value in {"any", "all"}:
        return value
    try:
        return str(between(1, 64, read_integer)(value))
    except WrittenWrongError:
        raise WrittenWrongError(f"{shown(value)} is neither any, all nor a number of uplinks") from None


def _address(value: str) -> str:
    """An address, also as address managers have it: with the length of its network's prefix."""
    bare, slash, length = value.partition("/")
    return str(read_address(bare if slash and length.isdecimal() else value))


def _coordinate(limit: float) -> Callable[[str], str]:
    read = between(-limit, limit, read_number, "°")

    def coordinate(value: str) -> str:
        read(value)
        return value

    return coordinate


SITE_FIELDS: Mapping[str, Callable[[str], Any]] = {
    "name": read_text,
    "kind": one_of(SiteKind, "a kind of site"),
    "district": read_text,
    "district_name": read_text,
    "latitude": _coordinate(90),
    "longitude": _coordinate(180),
    "site_tags": _names,
}
"""What is said of a site, each with its reader; beside them `unit_126` and the like."""

DEVICE_FIELDS: Mapping[str, Callable[[str], Any]] = {
    "address": _address,
    "role": one_of(Role, "a role"),
    "port": between(1, 65535, read_integer),
    "profile": _NAME,
    "credential": _NAME,
    "vendor": read_text,
    "model": read_text,
    "watch": one_of(Watch, "a way to watch"),
    "needs": _needs,
    "uplinks": _uplinks,
    "tags": _names,
}
"""What is said of a device. A field with a role's name is the address of the site's only device of that role."""

ROLES = tuple(role.value for role in Role)
FIELDS = ("site", *SITE_FIELDS, "device", *DEVICE_FIELDS, *ROLES)


def is_field(name: str) -> bool:
    """Whether a row can have a field of this name."""
    return name in FIELDS or _UNIT.fullmatch(name) is not None


class Fact(NamedTuple):
    """A value as our files have it, and what complains where it stands."""

    value: Any
    complain: Callable[[str, str | None], Problem]


@dataclass(frozen=True, slots=True)
class Row:
    """One record of the other system: texts by field of ours, what complains about one, and about the whole."""

    values: Mapping[str, str]
    complain: Callable[[str, str, str | None], Problem]
    """Field (`` for the whole row), message and hint to a problem with its place."""


@dataclass(slots=True)
class WantedSite:
    """A site as the other system has it; what it does not say is not here."""

    code: str
    complain: Callable[[str, str | None], Problem]
    facts: dict[str, Fact] = field(default_factory=dict)


@dataclass(slots=True)
class WantedDevice:
    """A device as the other system has it. Without a name it is known by its address, or by role and site."""

    name: str | None
    site: str | None
    complain: Callable[[str, str | None], Problem]
    facts: dict[str, Fact] = field(default_factory=dict)


@dataclass(slots=True)
class Wanted:
    """Everything that the other system says."""

    sites: dict[str, WantedSite] = field(default_factory=dict)
    devices: list[WantedDevice] = field(default_factory=list)


def wanted_of(rows: Iterable[Row], constants: Mapping[str, str]) -> Wanted:
    """The wishes of all rows; `constants` fill what a row leaves empty. Raises ConfigurationError with every mistake."""
    reader = _Reader(constants)
    for row in rows:
        reader.take(row)
        if len(reader.problems) >= MOST_PROBLEMS:
            break
    if reader.problems:
        raise ConfigurationError(reader.problems)
    return reader.wanted


class _Reader:
    def __init__(self, constants: Mapping[str, str]) -> None:
        self._constants = constants
        self._named: dict[str, WantedDevice] = {}
        self.problems: list[Problem] = []
        self.wanted = Wanted()

    def take(self, row: Row) -> None:
        texts = {name: text for name, text in row.values.items() if text.strip()}
        if not texts:
            return
        texts = {**self._constants, **texts}
        before = len(self.problems)
        facts = {
            name: fact for name, text in texts.items() if (fact := self._fact(row, name, text)) is not None
        }
        if len(self.problems) > before:
            return
        code = facts["site"].value if "site" in facts else None
        if code is not None:
            self._site(row, code, facts)
        elif any(name in SITE_FIELDS and name not in self._constants for name in facts):
            self.problems.append(row.complain("", "no site is named in this row", "map a column to 'site'"))
        self._devices(row, code, facts)

    def _fact(self, row: Row, name: str, text: str) -> Fact | None:
        read: Callable[[str], Any]
        if name == "site":
            read = _SITE
        elif name == "device":
            read = _NAME
        elif name in ROLES:
            read = _address
        else:
            read = SITE_FIELDS.get(name) or DEVICE_FIELDS.get(name) or _unit
        try:
            value = read(text.strip())
        except WrittenWrongError as wrong:
            self.problems.append(row.complain(name, f"'{name}': {wrong}", wrong.hint))
            return None
        return Fact(value, partial(row.complain, name))

    def _site(self, row: Row, code: str, facts: Mapping[str, Fact]) -> None:
        site = self.wanted.sites.get(code)
        if site is None:
            site = WantedSite(code, partial(row.complain, "site"))
            self.wanted.sites[code] = site
        for name, fact in facts.items():
            if name not in SITE_FIELDS and _UNIT.fullmatch(name) is None:
                continue
            other = site.facts.setdefault(name, fact)
            if other.value != fact.value:
                message = (
                    f"'{name}' of site {code} is {_said(fact.value)} here and {_said(other.value)} above"
                )
                self.problems.append(fact.complain(message, None))

    def _devices(self, row: Row, code: str | None, facts: Mapping[str, Fact]) -> None:
        wide = [name for name in facts if name in ROLES]
        own = {name: fact for name, fact in facts.items() if name in DEVICE_FIELDS}
        stated = any(name not in self._constants for name in own)
        if "device" in facts or (stated and "address" in own):
            name = facts["device"].value if "device" in facts else None
            self._device(row, name, code, own)
        elif stated and not wide:
            message = "a device's settings, and neither its name nor its address"
            self.problems.append(row.complain("", message, "map a column to 'device' or to 'address'"))
        for role in wide:
            if code is None:
                self.problems.append(facts[role].complain(f"the site of this {role} is not named", None))
                continue
            place = facts[role].complain
            said = {"address": facts[role], "role": Fact(Role(role), place)}
            self.wanted.devices.append(WantedDevice(None, code, place, said))

    def _device(self, row: Row, name: str | None, code: str | None, facts: dict[str, Fact]) -> None:
        complain = partial(row.complain, "device" if name else "address")
        device = WantedDevice(name, code, complain, facts)
        if name is not None and name in self._named:
            self.problems.append(complain(f"device '{name}' is in the list twice", None))
            return
        if name is not None:
            self._named[name] = device
        self.wanted.devices.append(device)


def _unit(value: str) -> str:
    return matching(r"\d{5}", "the code of a unit", "five digits, as 00115")(value)


def _said(value: object) -> str:
    return shown(" ".join(value) if isinstance(value, tuple) else str(value))


def field_problem(name: str) -> str | None:
    """What is wrong with a field's name that somebody typed, or None."""
    if is_field(name):
        return None
    hint = did_you_mean(name, FIELDS)
    return f"there is no field '{name}'" + (
        f"; {hint}" if hint else f"; there are {', '.join(FIELDS)}, unit_126"
    )


def nowhere(source: str) -> Callable[[str, str, str | None], Problem]:
    """Complains about a record that has no line: it is named by `source`."""
    place = Place(source, 0, 0)
    return lambda _, message, hint: Problem(place, printable(message), hint and printable(hint))


def printable(text: str) -> str:
    """The text without what could steer a terminal: what other systems say is shown to people."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
