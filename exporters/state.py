"""The judged city as Prometheus text: states, links, outages, and the info metrics that name them.

Whatever is fixed by the inventory is rendered once; a scrape fills in values. What is not known is left out,
never guessed. Pure: reads no clock, `CityState.at` is the time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain

from collector.metrics import Family
from collector.metrics import state as families
from collector.model import Device, DeviceName, Inventory, Link, SiteCode
from collector.outages.state import CityState, Outage
from collector.outcome import Number, escape_label
from collector.zones import zone_of
from exporters.exposition import Form, header

ENDED_FOR = 3600.0
"""Seconds for which an outage that is over is still shown, with `citynoc_outage_active` 0."""

CAUSES_NAMED = 3
FACT_LENGTH = 128

FactsOf = Callable[[DeviceName], Mapping[str, str]]


def label_text(names: Sequence[str], values: Sequence[str]) -> str:
    """`{a="1",b="2"}`; labels with an empty value are left out, and without any label nothing is written."""
    pairs = ",".join(
        f'{name}="{escape_label(value)}"' for name, value in zip(names, values, strict=True) if value
    )
    return f"{{{pairs}}}" if pairs else ""


def shown(state: CityState) -> list[Outage]:
    """The outages to expose, one an id: an id is used again when the same thing breaks again, and the latest counts."""
    latest: dict[str, Outage] = {}
    for outage in state.outages:
        if outage.ended is not None and state.at - outage.ended > ENDED_FOR:
            continue
        before = latest.get(outage.id)
        if before is None or _recency(outage) > _recency(before):
            latest[outage.id] = outage
    return [latest[key] for key in sorted(latest)]


def _recency(outage: Outage) -> tuple[bool, float]:
    return outage.ended is None, outage.started


class StateExposition:
    """`/metrics/state` of one inventory; a reload makes a new one.

    Verdicts about what the inventory does not hold (a reload in between) are left out until they agree again.
    """

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._devices = tuple(inventory.devices)
        self._device_labels = [
            label_text(families.DEVICE_STATE.labels, _identity(device))
            for device in inventory.devices.values()
        ]
        self._sites = tuple(inventory.sites)
        self._site_labels = [
            label_text(families.SITE_STATE.labels, (site.code, site.district))
            for site in inventory.sites.values()
        ]
        links = [(device, link) for device in inventory.devices.values() for link in device.uplinks]
        self._links = tuple(link.name for _, link in links)
        self._link_labels = [
            label_text(families.LINK_UP.labels, (link.name, device.site, device.district, link.carrier or ""))
            for device, link in links
        ]
        self._zone = zone_of(inventory.city.timezone)
        self._written: dict[str, tuple[list[int | None], bytes]] = {}
        self._judged: tuple[CityState, tuple[tuple[Family, bytes], ...]] | None = None
        self._site_info = self._static(families.SITE_INFO, map(self._site_row, inventory.sites))
        self._link_info = self._static(families.LINK_INFO, (_link_row(*pair) for pair in links))
        self._facts: dict[DeviceName, Mapping[str, str]] = {}
        self._device_rows: dict[DeviceName, str] = {}
        self._device_info: bytes | None = None

    @property
    def inventory(self) -> Inventory:
        """Whose text this is."""
        return self._inventory

    def render(
        self, state: CityState, facts: FactsOf, form: Form, more: Iterable[tuple[Family, bytes]] = ()
    ) -> Iterator[bytes]:
        """The text, one slice a family, `more` families last; in OpenMetrics it ends with `# EOF`."""
        for family, body in chain(self._bodies(state, facts), more):
            if body:
                yield header(family, form) + body
        if form is Form.OPENMETRICS:
            yield b"# EOF\n"

    def _bodies(self, state: CityState, facts: FactsOf) -> Iterator[tuple[Family, bytes]]:
        yield families.SITE_INFO, self._site_info
        yield families.LINK_INFO, self._link_info
        yield families.DEVICE_INFO, self._device_info_text(facts)
        if self._judged is None or _news(self._judged[0], state):
            self._judged = state, tuple(self._verdicts(state))
        yield from self._judged[1]
        yield from self._outages(shown(state))
        if state.duty is not None:
            yield _body(families.WAKE_SITES, (("", state.duty.wake_sites),))
            delay = state.duty.escalation_delay
            yield _body(families.ESCALATION_DELAY, () if delay is None else (("", delay),))
        yield _body(families.BLIND, (("", int(state.blind)),))
        local = datetime.fromtimestamp(state.at, self._zone)
        ahead = local.utcoffset() or timedelta()
        zone = label_text(families.UTC_OFFSET.labels, (local.strftime("%Z"),))
        yield _body(families.UTC_OFFSET, ((zone, ahead.total_seconds()),))

    def _verdicts(self, state: CityState) -> Iterator[tuple[Family, bytes]]:
        verdicts = [state.devices.get(name) for name in self._devices]
        labels = self._device_labels
        yield self._kept(
            families.DEVICE_STATE, labels, [None if one is None else one.state for one in verdicts]
        )
        yield self._kept(
            families.DEVICE_UP, labels, [None if one is None else one.answered for one in verdicts]
        )
        yield self._kept(
            families.DEVICE_MAINTENANCE,
            labels,
            [int(name in state.maintenance) if name in state.devices else None for name in self._devices],
        )
        labels = self._site_labels
        yield self._kept(families.SITE_STATE, labels, [state.sites.get(code) for code in self._sites])
        yield self._kept(families.LINK_UP, self._link_labels, [state.links.get(name) for name in self._links])
        yield self._kept(
            families.REDUNDANCY_LOST, labels, [state.redundancy_lost.get(code) for code in self._sites]
        )

    def _kept(self, family: Family, labels: Sequence[str], values: list[int | None]) -> tuple[Family, bytes]:
        """The lines of those that have a value; written again only if a value has changed since the last scrape."""
        before = self._written.get(family.name)
        if before is None or before[0] != values:
            rows = (
                (label, int(value)) for label, value in zip(labels, values, strict=True) if value is not None
            )
            before = self._written[family.name] = (values, _body(family, rows)[1])
        return family, before[1]

    def _outages(self, outages: Sequence[Outage]) -> Iterator[tuple[Family, bytes]]:
        active = families.OUTAGE_ACTIVE
        yield _body(
            active,
            (
                (label_text(active.labels, (one.id, one.kind, one.district)), int(one.ended is None))
                for one in outages
            ),
        )
        named = [(label_text(("outage",), (one.id,)), one) for one in outages]
        for family, value in _OUTAGE_VALUES:
            yield _body(family, ((labels, value(one)) for labels, one in named))
        info = families.OUTAGE_INFO
        yield _body(info, ((label_text(info.labels, self._outage_row(one)), 1) for one in outages))

    def _device_info_text(self, facts: FactsOf) -> bytes:
        for device in self._inventory.devices.values():
            told = facts(device.name)
            before = self._facts.get(device.name)
            if before is None or (told is not before and told != before):
                row = label_text(families.DEVICE_INFO.labels, _device_row(device, told))
                if self._device_rows.get(device.name) != row:
                    self._device_rows[device.name] = row
                    self._device_info = None
            self._facts[device.name] = told
        if self._device_info is None:
            name = families.DEVICE_INFO.name
            rows = (self._device_rows[device] for device in self._inventory.devices)
            self._device_info = "".join(f"{name}{row} 1\n" for row in rows).encode()
        return self._device_info

    def _site_row(self, code: SiteCode) -> tuple[str, ...]:
        site = self._inventory.sites[code]
        district = self._inventory.districts.get(site.district)
        return (
            site.code,
            site.district,
            site.name,
            district.name if district else "",
            site.kind,
            _coordinate(site.latitude),
            _coordinate(site.longitude),
            site.units.get("526", ""),
            site.units.get("126", ""),
            ",".join(sorted(site.tags)),
        )

    def _outage_row(self, outage: Outage) -> tuple[str, ...]:
        site = self._inventory.sites.get(outage.site) if outage.site else None
        district = self._inventory.districts.get(outage.district)
        more = len(outage.causes) - CAUSES_NAMED
        return (
            outage.id,
            ", ".join(outage.causes[:CAUSES_NAMED]) + (f" (+{more})" if more > 0 else ""),
            outage.carrier,
            outage.site or "",
            site.name if site else "",
            district.name if district else "",
        )

    @staticmethod
    def _static(family: Family, rows: Iterable[tuple[str, ...]]) -> bytes:
        return "".join(f"{family.name}{label_text(family.labels, row)} 1\n" for row in rows).encode()


def _news(before: CityState, now: CityState) -> bool:
    """Whether verdicts may differ: states share what has not changed with the one before."""
    return (
        now.devices is not before.devices
        or now.sites is not before.sites
        or now.links is not before.links
        or now.redundancy_lost is not before.redundancy_lost
        or now.maintenance != before.maintenance
    )


_OUTAGE_VALUES: tuple[tuple[Family, Callable[[Outage], Number]], ...] = (
    (families.OUTAGE_AFFECTED_DEVICES, lambda one: len(one.affected_devices)),
    (families.OUTAGE_AFFECTED_SITES, lambda one: len(one.affected_sites)),
    (families.OUTAGE_STARTED, lambda one: one.started),
    (families.OUTAGE_SEVERITY, lambda one: int(one.severity)),
    (families.OUTAGE_ACKNOWLEDGED, lambda one: int(one.acknowledged)),
    (families.OUTAGE_ON_BATTERY, lambda one: int(one.on_battery)),
)


def _body(family: Family, rows: Iterable[tuple[str, Number]]) -> tuple[Family, bytes]:
    name = family.name
    return family, "".join([f"{name}{labels} {value!r}\n" for labels, value in rows]).encode()


def _identity(device: Device) -> tuple[str, ...]:
    return device.name, device.site, device.district, device.role


def _device_row(device: Device, facts: Mapping[str, str]) -> tuple[str, ...]:
    access = device.snmp or device.mqtt
    return (
        *_identity(device),
        str(device.address),
        device.vendor or facts.get("vendor", "")[:FACT_LENGTH],
        device.model or facts.get("model", "")[:FACT_LENGTH],
        facts.get("software", "")[:FACT_LENGTH],
        access.profile if access else "",
    )


def _link_row(device: Device, link: Link) -> tuple[str, ...]:
    return (
        link.name,
        device.site,
        device.district,
        device.name,
        link.parent,
        link.carrier or "",
        link.cable or "",
        link.interface or "",
    )


def _coordinate(value: float | None) -> str:
    return "" if value is None else repr(value)
