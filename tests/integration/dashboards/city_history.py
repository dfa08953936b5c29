"""An hour of a city, as OpenMetrics with timestamps: quiet, then broken in every way the dashboards show, then unwatched.

579 communes in 30 districts with their devices, generated; every series has the labels of its catalogue family.
"""

from collections.abc import Iterator, Mapping

from collector.metrics import CATALOG, conference, service
from collector.metrics import state as m
from dashboards import queries
from tests.integration.dashboards import city_promises
from tests.integration.dashboards.history import END, START, STEP, STORM, Series

COMMUNES = 579
DISTRICTS = 30
SERVICES = ("documents", "reports", "procedures")


def _site(code: str, district: str, kind: str, number: int, state: float) -> Iterator[Series]:
    yield Series(m.SITE_STATE, {"site": code, "district": district}, 0, state)
    yield Series(
        m.SITE_INFO,
        {
            "site": code,
            "district": district,
            "name": f"Phường {number}",
            "district_name": f"Quận {district}",
            "kind": kind,
            "latitude": f"{20.9 + number % 25 / 100:.5f}",
            "longitude": f"{105.6 + number // 25 / 100:.5f}",
            "unit_526": code,
            "unit_126": code,
        },
        1,
        1,
    )


def _device(name: str, site: str, district: str, role: str, state: float) -> Iterator[Series]:
    labels = {"device": name, "site": site, "district": district, "role": role, "instance": name}
    yield Series(m.DEVICE_STATE, labels, 0, state)
    yield Series(m.DEVICE_MAINTENANCE, labels, 0, int(state == 1))


def _ports(name: str, site: str, district: str, role: str, bytes_per_second: float) -> Iterator[Series]:
    for port in ("ge-0", "ge-1"):
        labels = {
            "device": name,
            "site": site,
            "district": district,
            "role": role,
            "ifIndex": port[-1],
            "ifName": port,
            "instance": name,
        }
        yield Series(CATALOG["ifHighSpeed"], labels, 1000, 1000)
        for counter in ("ifHCInOctets", "ifHCOutOctets"):
            yield Series(CATALOG[counter], labels, bytes_per_second, None)
        for counter in ("ifInErrors", "ifOutErrors", "ifInDiscards", "ifOutDiscards"):
            yield Series(CATALOG[counter], labels, 0.5, None)


def _link(code: str, district: str, number: int, works: float) -> Iterator[Series]:
    name, carrier = f"rt-{code}--ag-{district}-1", f"carrier-{'abc'[number % 3]}"
    own = {"link": name, "site": code, "district": district, "carrier": carrier}
    ends = {
        "device": f"rt-{code}",
        "parent": f"ag-{district}-1",
        "cable": f"cb-{number}",
        "interface": "ge-0",
    }
    yield Series(m.LINK_UP, own, 1, works)
    yield Series(m.LINK_INFO, {**own, **ends}, 1, 1)


def _details(name: str, site: str, district: str, role: str) -> Iterator[Series]:
    labels = {"device": name, "site": site, "district": district, "role": role, "instance": name}
    info = {
        "address": "127.11.1.1",
        "vendor": "maker",
        "model": "model",
        "software": "7.1",
        "profile": "if-mib",
    }
    yield Series(m.DEVICE_INFO, {**labels, **info}, 1, 1)
    yield Series(CATALOG["citynoc_device_uptime_seconds"], labels, 5000, 60)
    yield Series(CATALOG["citynoc_device_cpu_ratio"], {**labels, "cpu": "0"}, 0.2, 0.9)
    yield Series(CATALOG["citynoc_device_memory_used_ratio"], {**labels, "memory": "ram"}, 0.2, 0.9)
    yield Series(CATALOG["citynoc_device_temperature_celsius"], {**labels, "sensor": "cpu"}, 40, 60)
    if role == "endpoint":
        call = {**labels, "direction": "rx"}
        yield Series(conference.REGISTERED, {**labels, "protocol": "sip"}, 1, 1)
        yield Series(conference.IN_CALL, labels, 0, 1)
        row = int(site) // DISTRICTS
        yield Series(conference.QUALITY, call, None, row % 3)
        yield Series(conference.QUALITY, {**labels, "direction": "tx"}, None, row % 3 if row % 2 else 0)
        yield Series(conference.PACKET_LOSS, {**call, "media": "video"}, None, 0.02)
        yield Series(conference.JITTER, {**call, "media": "video"}, None, 0.01)
        yield Series(conference.LATENCY, {**call, "media": "video"}, None, 0.04)
        yield Series(conference.BITRATE, {**call, "media": "video"}, None, 2e6)


def _itself() -> Iterator[Series]:
    """Every family of `/metrics`, one series or one a value of its first label."""
    values = {"question": ("liveness", "poll"), "endpoint": ("/metrics", "/metrics/state")}
    where = {"instance": "citynoc:9579", "job": "citynoc"}
    for family in service.FAMILIES:
        first = family.labels[0] if family.labels else ""
        for value in values.get(first, ("x",)):
            labels = {**where, **dict.fromkeys(family.labels, "x"), **({first: value} if first else {})}
            yield Series(family, labels, 1, 1)
    yield Series(queries.UP, where, 1, 1)


def _alert(name: str, outage: str, severity: str) -> Iterator[Series]:
    labels = {"alertname": name, "alertstate": "firing", "severity": severity, "outage": outage}
    yield Series(queries.ALERTS, labels, None, 1)


def _outage(
    name: str,
    severity: int,
    sites: int,
    *,
    district: str,
    info: Mapping[str, str] | None,
    lasts: bool = True,
) -> Iterator[Series]:
    key = {"outage": name}
    kind = name.partition(":")[0]
    ended = None if lasts else 0
    yield Series(m.OUTAGE_ACTIVE, {**key, "kind": kind, "district": district}, None, 1, ended)
    yield Series(m.OUTAGE_SEVERITY, key, None, severity)
    yield Series(m.OUTAGE_AFFECTED_SITES, key, None, sites)
    yield Series(m.OUTAGE_AFFECTED_DEVICES, key, None, 2 * sites)
    yield Series(m.OUTAGE_STARTED, key, None, STORM)
    yield Series(m.OUTAGE_ACKNOWLEDGED, key, None, 0)
    if info is not None:
        yield Series(m.OUTAGE_INFO, {**key, **info}, None, 1)


def series(*, everywhere: bool = False) -> Iterator[Series]:
    """Every series of the city; counters and details of two districts only, unless `everywhere`.

    In the storm: district 001's first commune is down, the next cut off behind it, one unknown, one in maintenance, one
    with a silent agent; a core router and a cable are lost without harm, and a service fails.
    """
    storm_states = {0: 5, 1: 4, 2: 2, 3: 1, 4: 3}
    for number in range(COMMUNES):
        code, district = f"{number + 1:05d}", f"{number % DISTRICTS + 1:03d}"
        place = number // DISTRICTS if number % DISTRICTS == 0 else -1  # only district 001 suffers
        state = storm_states.get(place, 0)
        yield from _site(code, district, "commune", number, state)
        yield from _device(f"rt-{code}", code, district, "router", state)
        yield from _device(f"vc-{code}", code, district, "endpoint", 4 if state >= 4 else 0)
        yield from _link(code, district, number, 0 if state >= 4 else 1)
        if everywhere or district in {"001", "002"}:
            yield from _ports(f"rt-{code}", code, district, "router", 1e6)
            yield from _details(f"rt-{code}", code, district, "router")
            yield from _details(f"vc-{code}", code, district, "endpoint")
        yield Series(m.REDUNDANCY_LOST, {"site": code, "district": district}, 0, 1 if place == 5 else 0)
    for number in range(DISTRICTS):
        district = f"{number + 1:03d}"
        yield from _site(f"d-{district}", district, "district", number, 0)
        yield from _device(f"ag-{district}-1", f"d-{district}", district, "aggregation", 0)
        yield from _ports(f"ag-{district}-1", f"d-{district}", district, "aggregation", 2e7)
    yield from _site("dc-1", "000", "data-centre", 0, 0)
    yield from _device("core-1", "dc-1", "000", "core", 5)
    yield from _ports("core-1", "dc-1", "000", "core", 1e8)
    yield from _ports("gov-1", "dc-1", "000", "gateway", 1e7)
    yield from _itself()
    yield from _alert("CitynocOutage", "device:rt-00001", "page")
    yield from _alert("CitynocDegraded", "device:core-1", "warning")
    yield from _outage(
        "device:rt-00001",
        2,
        2,
        district="001",
        info={
            "cause": "rt-00001",
            "carrier": "carrier-a",
            "site": "00001",
            "site_name": "Phường 0",
            "district_name": "Quận 001",
        },
    )
    yield from _outage("device:core-1", 1, 0, district="", info=None)
    yield from _outage("cable:cb-7", 1, 0, district="002", info=None)
    ended = {
        "cause": "rt-00002",
        "carrier": "carrier-b",
        "site": "00002",
        "site_name": "Phường 1",
        "district_name": "Quận 002",
    }
    yield from _outage("device:rt-00002", 2, 1, district="002", info=ended, lasts=False)
    ended |= {"cause": "cb-8", "site": "", "site_name": ""}
    yield from _outage("cable:cb-8", 1, 0, district="002", info=ended, lasts=False)
    yield from city_promises.series()
    yield Series(m.BLIND, {"instance": "citynoc:9579"}, 0, 0)
    for service_name in SERVICES:
        labels = {
            "service": service_name,
            "title": f"Dịch vụ {service_name}",
            "site": "dc-1",
            "district": "001",
            "instance": f"http://127.0.0.1/{service_name}",
        }
        yield Series(queries.PROBE_SUCCESS, labels, 1, 0 if service_name == "reports" else 1)
        yield Series(queries.PROBE_DURATION, labels, 0.05, 0.2)
        yield Series(queries.PROBE_STATUS, labels, 200, 200)
        yield Series(queries.PROBE_EXPIRY, labels, END + 864000, END + 864000)


def openmetrics() -> Iterator[str]:
    """The hour, line by line, ending as OpenMetrics must."""
    moments = range(START, END, STEP)
    for one in series():
        name = one.text()
        for moment in moments:
            value = one.at(moment)
            if value is not None:
                yield f"{name} {value!r} {moment}\n"
    yield "# EOF\n"
