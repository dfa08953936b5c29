"""An hour of a city, as OpenMetrics with timestamps: quiet, then broken in every way the dashboards show, then unwatched.

579 communes in 30 districts with their devices, generated; every series has the labels of its catalogue family.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from collector.metrics import Family
from collector.metrics import state as m
from dashboards import queries

START = 1_760_000_000
STEP = 30
STORM = START + 20 * 60
END = START + 40 * 60  # nothing is scraped any more
QUIET_AT = START + 15 * 60
STORM_AT = START + 35 * 60
UNWATCHED_AT = END + 15 * 60

COMMUNES = 579
DISTRICTS = 30
SERVICES = ("documents", "reports", "procedures")


@dataclass(frozen=True, slots=True)
class Series:
    """One series and its value before and in the storm; None is no sample."""

    family: Family
    labels: Mapping[str, str]
    quiet: float | None
    storm: float | None

    def text(self) -> str:
        """`name{labels}`, ValueError if the labels are not the family's."""
        if not set(self.labels) <= {*self.family.labels, "instance"}:
            raise ValueError(f"{self.family.name} has no labels {set(self.labels) - {*self.family.labels}}")
        pairs = ",".join(f'{name}="{value}"' for name, value in self.labels.items() if value)
        return f"{self.family.name}{{{pairs}}}"


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
            "unit_126": code,
        },
        1,
        1,
    )


def _device(name: str, site: str, district: str, role: str, state: float) -> Iterator[Series]:
    labels = {"device": name, "site": site, "district": district, "role": role, "instance": name}
    yield Series(m.DEVICE_STATE, labels, 0, state)


def _outage(
    name: str, kind: str, severity: int, sites: int, *, district: str, info: Mapping[str, str] | None
) -> Iterator[Series]:
    key = {"outage": name}
    yield Series(m.OUTAGE_ACTIVE, {**key, "kind": kind, "district": district}, None, 1)
    yield Series(m.OUTAGE_SEVERITY, key, None, severity)
    yield Series(m.OUTAGE_AFFECTED_SITES, key, None, sites)
    yield Series(m.OUTAGE_AFFECTED_DEVICES, key, None, 2 * sites)
    yield Series(m.OUTAGE_STARTED, key, None, STORM)
    yield Series(m.OUTAGE_ACKNOWLEDGED, key, None, 0)
    if info is not None:
        yield Series(m.OUTAGE_INFO, {**key, **info}, None, 1)


def series() -> Iterator[Series]:
    """Every series of the city. In the storm: district 001's first commune down, the next cut off behind it, one
    unknown, one in maintenance, one agent silent, a core router and a cable lost without harm, and a service that fails."""
    storm_states = {0: 5, 1: 4, 2: 2, 3: 1, 4: 3}
    for number in range(COMMUNES):
        code, district = f"{number + 1:05d}", f"{number % DISTRICTS + 1:03d}"
        place = number // DISTRICTS if number % DISTRICTS == 0 else -1  # only district 001 suffers
        state = storm_states.get(place, 0)
        yield from _site(code, district, "commune", number, state)
        yield from _device(f"rt-{code}", code, district, "router", state)
        yield from _device(f"vc-{code}", code, district, "endpoint", 4 if state >= 4 else 0)
        yield Series(m.REDUNDANCY_LOST, {"site": code, "district": district}, 0, 1 if place == 5 else 0)
    for number in range(DISTRICTS):
        district = f"{number + 1:03d}"
        yield from _site(f"d-{district}", district, "district", number, 0)
        yield from _device(f"ag-{district}-1", f"d-{district}", district, "aggregation", 0)
    yield from _site("dc-1", "000", "data-centre", 0, 0)
    yield from _device("core-1", "dc-1", "000", "core", 5)
    yield from _outage(
        "device:rt-00001",
        "device",
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
    yield from _outage("device:core-1", "device", 1, 0, district="", info=None)
    yield from _outage("cable:cb-7", "cable", 1, 0, district="002", info=None)
    yield Series(m.BLIND, {"instance": "citynoc:9579"}, 0, 0)
    for service in SERVICES:
        labels = {
            "service": service,
            "site": "dc-1",
            "district": "001",
            "instance": f"http://127.0.0.1/{service}",
        }
        yield Series(queries.PROBE_SUCCESS, labels, 1, 0 if service == "reports" else 1)
        yield Series(queries.PROBE_DURATION, labels, 0.05, 0.2)


def openmetrics() -> Iterator[str]:
    """The hour, line by line, ending as OpenMetrics must."""
    moments = range(START, END, STEP)
    for one in series():
        name = one.text()
        for moment in moments:
            value = one.quiet if moment < STORM else one.storm
            if value is not None:
                yield f"{name} {value!r} {moment}\n"
    yield "# EOF\n"
