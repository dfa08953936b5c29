"""PromQL of the dashboards, written around families of the catalogue.

A misspelt metric is a type error (or, for what the catalogue holds without a name of its own, a KeyError on import), a
label that the family does not have is a ValueError while building. What this
module never does: talk to a server, or name a metric that is in no `Family`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from collector.metrics import CATALOG, Family, Kind
from collector.metrics.state import SITE_INFO

SCRAPED = ("job", "instance")
"""Labels that Prometheus adds to what it scrapes."""

PROBED = ("service", "title", "site", "district")
LINKED = ("carrier",)

DISTRICT_STATE = Family(
    "district:citynoc_site_state:max", Kind.GAUGE, "Worst state of a district's sites.", ("district",)
)
DISTRICT_CONNECTED = Family(
    "district:citynoc_site_state:connected",
    Kind.GAUGE,
    "Communes of a district with a live path.",
    ("district",),
)
CARRIER_WORKING = Family(
    "carrier:citynoc_link_up:avg", Kind.GAUGE, "Share of a carrier's uplinks that work.", LINKED, "ratio"
)
IN_USE = Family(
    "interface:ifHCInOctets:utilisation",
    Kind.GAUGE,
    "Received traffic as a share of ifHighSpeed.",
    CATALOG["ifHCInOctets"].labels,
    "ratio",
)
OUT_USE = Family(
    "interface:ifHCOutOctets:utilisation",
    Kind.GAUGE,
    "Sent traffic as a share of ifHighSpeed.",
    CATALOG["ifHCOutOctets"].labels,
    "ratio",
)
SITE_WORKED_ON = Family(
    "site:citynoc_device_maintenance:max",
    Kind.GAUGE,
    "1 while a maintenance window covers a device of the site.",
    ("site", "district"),
)
REPAIR = Family(
    "outage:citynoc_outage_active:repair_seconds",
    Kind.GAUGE,
    "How long an outage had lasted, once, at the moment that it ended.",
    ("outage", "kind", "district", "carrier"),
    "seconds",
)
QUALITY_SHARE = Family(
    "district:citynoc_conference_quality:count",
    Kind.GAUGE,
    "Endpoints in a call, by district and the worse of what they send and receive.",
    ("district", "quality"),
)
IN_CALLS = Family(
    "district:citynoc_conference_in_call:sum", Kind.GAUGE, "Endpoints of a district in a call.", ("district",)
)
TARGET_SHARE = Family(
    "target:citynoc_coverage_ratio:max",
    Kind.GAUGE,
    "Share of a target that is covered, by basis.",
    ("target", "basis"),
    "ratio",
)
TARGET_PROMISED = Family(
    "target:citynoc_coverage_target_ratio:max", Kind.GAUGE, "Share that was promised.", ("target",), "ratio"
)
PROBE_SUCCESS = Family("probe_success", Kind.GAUGE, "1 if blackbox_exporter's probe succeeded.", PROBED)
PROBE_DURATION = Family("probe_duration_seconds", Kind.GAUGE, "How long the probe took.", PROBED, "seconds")
PROBE_STATUS = Family("probe_http_status_code", Kind.GAUGE, "HTTP status of the probe's answer.", PROBED)
PROBE_EXPIRY = Family(
    "probe_ssl_earliest_cert_expiry",
    Kind.GAUGE,
    "Unix time at which the service's certificate runs out.",
    PROBED,
    "timestamp_seconds",
)
ALERTS = Family(
    "ALERTS",
    Kind.GAUGE,
    "1 while an alert of Prometheus is pending or firing.",
    ("alertname", "alertstate", "severity", "outage", "kind", "district", "site", "device"),
)
UP = Family("up", Kind.GAUGE, "1 if Prometheus' last scrape succeeded.")

RECORDED = (
    DISTRICT_STATE,
    DISTRICT_CONNECTED,
    CARRIER_WORKING,
    SITE_WORKED_ON,
    REPAIR,
    QUALITY_SHARE,
    IN_CALLS,
    TARGET_SHARE,
    TARGET_PROMISED,
    IN_USE,
    OUT_USE,
)
"""Series of config/rules/dashboards.yml: what a panel over a day would otherwise read at the finest resolution."""

FOREIGN = (PROBE_SUCCESS, PROBE_DURATION, PROBE_STATUS, PROBE_EXPIRY, ALERTS, UP)
"""Series of other programs."""

IN_OCTETS = CATALOG["ifHCInOctets"]
OUT_OCTETS = CATALOG["ifHCOutOctets"]
IN_ERRORS = CATALOG["ifInErrors"]
OUT_ERRORS = CATALOG["ifOutErrors"]
IN_DISCARDS = CATALOG["ifInDiscards"]
OUT_DISCARDS = CATALOG["ifOutDiscards"]
CPU = CATALOG["citynoc_device_cpu_ratio"]
MEMORY = CATALOG["citynoc_device_memory_used_ratio"]
TEMPERATURE = CATALOG["citynoc_device_temperature_celsius"]
UPTIME = CATALOG["citynoc_device_uptime_seconds"]
UPS_CHARGE = CATALOG["citynoc_ups_battery_charge_ratio"]

DISTRICT = "~$district"
"""The chosen districts, as a matcher for `select`."""
CARRIER = "~$carrier"
"""The chosen carriers."""


@dataclass(frozen=True, slots=True)
class Query:
    """One question of a panel. `legend` names its series; `table` asks for the last value of each, as rows."""

    expr: str
    legend: str = ""
    table: bool = False
    instant: bool = False


def select(family: Family, /, **matchers: str) -> str:
    """`name{label="value"}`; a value that begins with `~` is a regular expression, with `!` a negation.

    Raises ValueError for a label that the family's series do not carry.
    """
    known = (*family.labels, *SCRAPED)
    for label in matchers:
        if label not in known:
            raise ValueError(f"{family.name} has no label {label}; it has {', '.join(known)}")
    parts = []
    for label, value in matchers.items():
        operator = {"~": "=~", "!": "!="}.get(value[:1], "=")
        parts.append(f'{label}{operator}"{value if operator == "=" else value[1:]}"')
    return f"{family.name}{{{','.join(parts)}}}" if parts else family.name


def rate(family: Family, /, **matchers: str) -> str:
    """Growth per second over the panel's own step; ValueError for a gauge."""
    if family.kind is not Kind.COUNTER:
        raise ValueError(f"{family.name} is no counter")
    return f"rate({select(family, **matchers)}[$__rate_interval])"


def worst(by: Sequence[str], expr: str) -> str:
    """The highest value by the labels: two collectors that watch the same city count once."""
    return f"max by ({', '.join(by)}) ({expr})"


def number_of(expr: str, *, among: str) -> str:
    """How many series: 0 if there are none while `among` has some, and nothing if that is gone too.

    So a tile says "no data" when nobody watches, instead of a green 0.
    """
    return f"count({expr}) or 0 * count({among})"


def communes(**matchers: str) -> str:
    """One series per commune, with its name and district."""
    return worst(
        ("site", "name", "district", "district_name", "latitude", "longitude"),
        select(SITE_INFO, kind="commune", **matchers),
    )
