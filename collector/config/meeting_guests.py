"""Who takes part, as `meetings.yml` names them: choices and lists to sites, bridges to devices, strangers to problems."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, cast

from collector.config.document import Document, Findings, Steps
from collector.config.names import Guesser
from collector.config.problems import Problem, Severity
from collector.config.schema_meetings import ChoiceShape, ParticipantsShape
from collector.meetings.participants import NOBODY, Choice, Register
from collector.model import DeviceName, Inventory, Role, SiteCode, SiteKind

MOST_NAMED = 5


class GuestList:
    """Names to the inventory's own. `spoilt` lists have mistakes of their own, said already."""

    def __init__(
        self,
        document: Document,
        lists: Mapping[str, ChoiceShape],
        spoilt: AbstractSet[str],
        inventory: Inventory,
    ) -> None:
        self.register = Register(inventory)
        self._findings = Findings(document)
        self.inventory = inventory
        self._guesser = Guesser()
        self._communes = {code for code, site in inventory.sites.items() if site.kind is SiteKind.COMMUNE}
        self._lists = {name: self._choice(("lists", name), shape) for name, shape in lists.items()}
        self._lists.update(dict.fromkeys(spoilt - lists.keys(), NOBODY))
        self._spoilt = spoilt

    @property
    def problems(self) -> list[Problem]:
        """Everything that was wrong so far."""
        return self._findings.problems

    def choices(self, steps: Steps, shape: ParticipantsShape) -> tuple[Choice, Choice]:
        """Who is named and who is left out."""
        named = self._choice(steps, shape)
        sites = set(named.sites)
        districts, tags, everybody = set(named.districts), set(named.tags), named.everybody
        for number, name in enumerate(shape.lists):
            found = self._lists.get(name)
            if found is None:
                self._stranger((*steps, "lists", number), "list", name, self._lists.keys())
                continue
            sites |= found.sites
            districts |= found.districts
            tags |= found.tags
            everybody = everybody or found.everybody
        but = NOBODY if shape.but is None else self._choice((*steps, "except"), shape.but)
        return Choice(everybody, frozenset(districts), frozenset(sites), frozenset(tags)), but

    def sites(self, steps: Steps, shape: ParticipantsShape, *, whose: str) -> frozenset[str]:
        """The sites that take part; nobody at all is a mistake, one without an endpoint is odd."""
        before = len(self.problems)
        named, but = self.choices(steps, shape)
        found = self.register.sites([named]) - self.register.sites([but])
        if len(self.problems) == before and not (found or self._spoilt):
            self._findings.add(steps, f"nobody takes part in {whose}", key=True)
        without = self.register.without_endpoint(found)
        if without:
            some = ", ".join(without[:MOST_NAMED]) + (", …" if len(without) > MOST_NAMED else "")
            message = f"{len(without)} of {len(found)} participants of {whose} have no endpoint: {some}"
            self._findings.add(steps, message, severity=Severity.WARNING, key=True)
        return found

    def bridges(self, steps: Steps, names: tuple[str, ...]) -> tuple[str, ...]:
        """The bridges, each a device that is one."""
        for number, name in enumerate(names):
            device = self.inventory.devices.get(DeviceName(name))
            if device is None:
                self._stranger((*steps, number), "bridge", name, self.register.bridges)
            elif device.role is not Role.BRIDGE:
                message = f"'{name}' is no bridge but a device with the role {device.role}"
                self._findings.add((*steps, number), message)
        return names

    def _choice(self, steps: Steps, shape: ChoiceShape) -> Choice:
        found: dict[str, frozenset[str]] = {}
        for key, noun, names, known in (
            ("districts", "district", shape.districts, self.inventory.districts.keys()),
            ("communes", "commune", shape.communes, self._communes),
            ("sites", "site", shape.sites, self.inventory.sites.keys()),
            ("tags", "tag", shape.tags, self.register.tags),
        ):
            for number, name in enumerate(names):
                if name not in known:
                    self._stranger(self._step(steps, key, number), noun, name, known)
            found[key] = frozenset(names) & known
        return Choice(shape.all, found["districts"], found["communes"] | found["sites"], found["tags"])

    def _step(self, steps: Steps, key: str, number: int) -> Steps:
        """Where the name stands: communes may be written as a list alone."""
        value: Any = self._findings.document.value
        for step in steps:
            value = cast("Any", value)[step] if isinstance(value, (dict, list)) else None
        return (*steps, number) if isinstance(value, list) else (*steps, key, number)

    def _stranger(
        self, steps: Steps, noun: str, name: str, known: AbstractSet[str] | tuple[str, ...]
    ) -> None:
        if noun == "commune" and SiteCode(name) in self.inventory.sites:
            kind = self.inventory.sites[SiteCode(name)].kind
            message, hint = f"'{name}' is no commune but a {kind}", f"write it under sites: [{name}]"
        else:
            message = f"there is no {noun} '{name}'"
            hint = self._guesser.hint(name, known) or ""
            if noun == "tag":
                message = f"no site and no device has the tag '{name}'"
        self._findings.add(steps, message, hint or None)
