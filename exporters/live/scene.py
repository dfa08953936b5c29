"""One moment of the city in one language: what every page says about states, times and outages. Pure.

Texts that devices or files gave are passed on as they are; the templates escape them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from collector.meetings.model import Occurrence
from collector.meetings.risk import at_risk
from collector.model import Device, DeviceName, Inventory, Site, SiteCode, SiteKind
from collector.outages.state import CauseKind, CityState, Outage, State
from collector.zones import zone_of
from exporters.live.texts import Speech
from exporters.state import shown

MARKS = {
    State.UP: "✓",
    State.MAINTENANCE: "≡",
    State.UNKNOWN: "?",
    State.AGENT_DOWN: "!",
    State.UNREACHABLE: "⊘",
    State.DOWN: "✕",
}
"""A sign for each state, because colour alone tells nothing to many."""

WORST_FIRST = tuple(sorted(State, reverse=True))
NAMES_SAID = 4
NIGHT = (22, 6)  # hours from and to which the wall is dim; wall.js has the same


@dataclass(frozen=True, slots=True)
class Chip:
    """A state as it is shown: the class that colours it, its sign and its word."""

    key: str
    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment: for programs, for people, and how long ago it was or how long until it comes."""

    seconds: float
    iso: str
    clock: str
    age: str
    age_until: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A site in a list."""

    code: str
    name: str
    chip: Chip


@dataclass(frozen=True, slots=True)
class MeetingAtRisk:
    """A meeting that loses participants to an outage: `sites` of them."""

    name: str
    title: str
    begins: str
    sites: int


@dataclass(frozen=True, slots=True)
class OutageRow:
    """One outage in words. `communes` counts commune offices, `places` are all affected sites by code.

    `page` is that of its place, empty where it has none; `counted` is `communes` in words, empty in a city without any.
    """

    id: str
    title: str
    where: str
    page: str
    kind: str
    severity: str
    severity_text: str
    carrier: str
    acknowledged: bool
    started: Instant
    ended: Instant | None
    lasted: str
    communes: int
    counted: str
    sites: int
    devices: int
    places: tuple[Place, ...]
    meetings: tuple[MeetingAtRisk, ...] = ()


class Scene:
    """What can be said now. A device or site without a verdict counts as unknown."""

    def __init__(
        self,
        inventory: Inventory,
        state: CityState,
        say: Speech,
        number: str = "",
        sittings: Sequence[Occurrence] = (),
    ) -> None:
        self.inventory = inventory
        self.state = state
        self.say = say
        self.number = number
        self.zone = zone_of(inventory.city.timezone)
        self.now = state.at
        self._sittings = sittings
        kinds = {site.kind for site in inventory.sites.values()}
        self._office = SiteKind.COMMUNE if SiteKind.COMMUNE in kinds else SiteKind.AGENCY

    @property
    def night(self) -> bool:
        """Whether the wall should be dim, by the city's own clock."""
        hour = datetime.fromtimestamp(self.now, self.zone).hour
        return hour >= NIGHT[0] or hour < NIGHT[1]

    def state_of(self, device: DeviceName) -> State:
        """The device's state."""
        verdict = self.state.devices.get(device)
        return verdict.state if verdict else State.UNKNOWN

    def site_state(self, site: SiteCode) -> State:
        """The site's state."""
        return self.state.sites.get(site, State.UNKNOWN)

    def chip(self, state: State) -> Chip:
        """How a state looks and reads."""
        key = state.name.lower()
        return Chip(key, MARKS[state], self.say(f"state.{key}"))

    def link_chip(self, link: str) -> Chip:
        """How a link looks and reads."""
        up = self.state.links.get(link)
        if up is None:
            return Chip("unknown", "?", self.say("link.unknown"))
        return Chip("up", "✓", self.say("link.up")) if up else Chip("down", "✕", self.say("link.down.short"))

    def instant(self, seconds: float) -> Instant:
        """A moment in the city's own time."""
        at = datetime.fromtimestamp(seconds, self.zone)
        today = datetime.fromtimestamp(self.now, self.zone).date()
        clock = at.strftime("%H:%M:%S") if at.date() == today else at.strftime("%d/%m %H:%M")
        age, until = self.say.age(self.now - seconds), self.say.age(seconds - self.now)
        return Instant(seconds, at.isoformat(timespec="seconds"), clock, age, until)

    def hour(self, seconds: float) -> str:
        """A time of day in the city."""
        return datetime.fromtimestamp(seconds, self.zone).strftime("%H:%M")

    def day(self, seconds: float) -> str:
        """The day in words: today, tomorrow, or a weekday with its date."""
        day = datetime.fromtimestamp(seconds, self.zone).date()
        away = (day - datetime.fromtimestamp(self.now, self.zone).date()).days
        if away in {0, 1}:
            return self.say("today" if away == 0 else "tomorrow")
        return self.say("day", weekday=self.say(f"weekday.{day.weekday()}"), date=day.strftime("%d/%m/%Y"))

    def site_name(self, site: SiteCode) -> str:
        """The site's name, or its code if it has left the configuration."""
        known = self.inventory.sites.get(site)
        return known.name if known else site

    def district_name(self, code: str) -> str:
        """The district's name, or its code."""
        known = next((one for key, one in self.inventory.districts.items() if key == code), None)
        return known.name if known else code

    def place(self, site: SiteCode) -> Place:
        """A site for a list."""
        return Place(site, self.site_name(site), self.chip(self.site_state(site)))

    def outages(self, order: str = "size") -> list[OutageRow]:
        """Open outages, by the communes they cut off (`size`) or the longest first (`age`); ended ones after them."""
        return self.rows(shown(self.state), order)

    def rows(self, outages: Iterable[Outage], order: str = "size") -> list[OutageRow]:
        """These outages in the same order."""
        rows = [self.outage(one) for one in outages]

        def key(row: OutageRow) -> tuple[object, ...]:
            size = (-row.communes, -row.sites, -row.devices)
            lasting = row.ended is None
            if not lasting:
                return (1, -(row.ended.seconds if row.ended else 0))
            return (0, row.started.seconds, size) if order == "age" else (0, size, row.started.seconds)

        return sorted(rows, key=key)

    def outage(self, outage: Outage) -> OutageRow:
        """One outage in words."""
        sites = self.inventory.sites
        communes = [
            code for code in outage.affected_sites if code in sites and sites[code].kind is self._office
        ]
        severity = outage.severity.name.lower()
        return OutageRow(
            id=outage.id,
            title=self.title(outage),
            where=self._where(outage),
            page=self._page(outage),
            kind=str(outage.kind),
            severity=severity,
            severity_text=self.say(f"severity.{severity}"),
            carrier=outage.carrier,
            acknowledged=outage.acknowledged,
            started=self.instant(outage.started),
            ended=self.instant(outage.ended) if outage.ended is not None else None,
            lasted=self.say.age((outage.ended or self.now) - outage.started),
            communes=len(communes),
            counted=self.say("communes", n=len(communes)) if self._office is SiteKind.COMMUNE else "",
            sites=len(outage.affected_sites),
            devices=len(outage.affected_devices),
            places=tuple(self.place(code) for code in sorted(outage.affected_sites)),
            meetings=tuple(
                MeetingAtRisk(
                    one.meeting,
                    one.title.get(str(self.say.language)) or one.meeting,
                    self.hour(one.start),
                    len(one.sites & outage.affected_sites),
                )
                for one in at_risk(outage, self._sittings, self.now)
            ),
        )

    def title(self, outage: Outage) -> str:
        """The cause in words, and whether the power failed."""
        if not outage.on_battery:
            return self._cause(outage)
        if outage.kind is CauseKind.SITE:
            return self.say("cause.site.battery", site=self._dark(outage))
        return self.say("cause.battery", cause=self._cause(outage))

    def _dark(self, outage: Outage) -> str:
        return self.site_name(outage.site or SiteCode(outage.id.partition(":")[2]))

    def _cause(self, outage: Outage) -> str:
        name = said(outage.causes)
        match outage.kind:
            case CauseKind.DEVICE:
                device = self.inventory.devices.get(DeviceName(outage.causes[0])) if outage.causes else None
                role = self.say(f"role.{device.role}") if device else self.say("device")
                return self.say("cause.device", role=role, device=name)
            case CauseKind.SITE:
                return self.say("cause.site", site=self._dark(outage))
            case CauseKind.GROUP:
                role = self._whole_role(outage.causes)
                if role:
                    return self.say("cause.group.role", role=_inside(self.say(f"role.{role}")), names=name)
                return self.say("cause.group", names=name)
            case _:
                return self.say(f"cause.{outage.kind}", name=name)

    def _whole_role(self, causes: Iterable[str]) -> str:
        """The role whose every device at one site is among the causes, if they are of one role and site."""
        devices = self.inventory.devices
        failed = [devices[DeviceName(name)] for name in causes if name in devices]
        kinds = {(one.site, one.role) for one in failed}
        if len(kinds) != 1 or len(failed) != len(tuple(causes)):
            return ""
        [(site, role)] = kinds
        there = sum(1 for one in devices.values() if one.site == site and one.role is role)
        return str(role) if there == len(failed) > 1 else ""

    def _where(self, outage: Outage) -> str:
        district = self.district_name(outage.district) if outage.district else ""
        site = self.inventory.sites.get(outage.site) if outage.site else None
        if site is None or site.kind is not self._office:
            return district or (site.name if site else "")
        return f"{site.name}, {district}" if district else site.name

    def _page(self, outage: Outage) -> str:
        if outage.site in self.inventory.sites:
            return f"/site/{outage.site}"
        return f"/district/{outage.district}" if outage.district in self.inventory.districts else ""

    def explained(self, cause: str | None) -> OutageRow | None:
        """The outage of this id, if it is shown."""
        found = next((one for one in shown(self.state) if one.id == cause), None) if cause else None
        return self.outage(found) if found else None

    def at_site(self, site: SiteCode) -> list[Device]:
        """The site's devices in the configuration's order."""
        return [one for one in self.inventory.devices.values() if one.site == site]

    def communes(self) -> Iterable[Site]:
        """Every commune office; the agencies of a city that has none."""
        return (one for one in self.inventory.sites.values() if one.kind is self._office)

    def offices(self, number: int) -> str:
        """What is counted: communes, or sites where there are none."""
        if self._office is SiteKind.COMMUNE:
            return self.say("communes.word", n=number)
        return self.say("sites.word", n=number)

    def cut_off(self, number: int) -> str:
        """So many of them are cut off."""
        if self._office is SiteKind.COMMUNE:
            return self.say("cut.off", n=number)
        return self.say("cut.off.sites", n=number)


def said(names: Iterable[str]) -> str:
    """The names, or the first of them and how many more there are."""
    names = list(names)
    more = len(names) - NAMES_SAID
    return ", ".join(names[:NAMES_SAID]) + (f" (+{more})" if more > 0 else "")


def _inside(role: str) -> str:
    """A role's word in the middle of a sentence; an abbreviation keeps its capitals."""
    return role if role[1:2].isupper() else role[:1].lower() + role[1:]
