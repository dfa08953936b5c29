"""Families of `/metrics/state`: what is up, what is broken, and why (DESIGN §6)."""

from collector.metrics.family import IDENTITY, Family, Kind

SEVERITY_CODES = (
    (0, "up"),
    (1, "maintenance"),
    (2, "unknown"),
    (3, "agent_down"),
    (4, "unreachable"),
    (5, "down"),
)

DEVICE_STATE = Family(
    "citynoc_device_state",
    Kind.GAUGE,
    "State by severity: 0 up, 1 maintenance, 2 unknown, 3 agent_down, 4 unreachable, 5 down.",
    IDENTITY,
    states=SEVERITY_CODES,
)
DEVICE_UP = Family(
    "citynoc_device_up",
    Kind.GAUGE,
    "1 if the device answered (confirmed), 0 if not; absent while there is no evidence either way.",
    IDENTITY,
)
DEVICE_MAINTENANCE = Family(
    "citynoc_device_maintenance", Kind.GAUGE, "1 while a maintenance window covers the device.", IDENTITY
)
SITE_STATE = Family(
    "citynoc_site_state",
    Kind.GAUGE,
    "Worst state on the site's own router path, by the same codes as citynoc_device_state.",
    ("site", "district"),
    states=SEVERITY_CODES,
)
SITE_INFO = Family(
    "citynoc_site_info",
    Kind.GAUGE,
    "Name, place and dated administrative units of a site; always 1.",
    (
        "site",
        "district",
        "name",
        "district_name",
        "kind",
        "latitude",
        "longitude",
        "unit_526",
        "unit_126",
        "tags",
    ),
)
DEVICE_INFO = Family(
    "citynoc_device_info",
    Kind.GAUGE,
    "Address, maker and profile of a device; always 1.",
    (*IDENTITY, "address", "vendor", "model", "software", "profile"),
)
LINK_INFO = Family(
    "citynoc_link_info",
    Kind.GAUGE,
    "Ends, carrier and cable of an uplink; always 1.",
    ("link", "site", "district", "device", "parent", "carrier", "cable", "interface"),
)
LINK_UP = Family(
    "citynoc_link_up",
    Kind.GAUGE,
    "1 if the uplink works, 0 if it does not; absent while unknown.",
    ("link", "site", "district", "carrier"),
)
REDUNDANCY_LOST = Family(
    "citynoc_redundancy_lost",
    Kind.GAUGE,
    "1 while a site is served but some of its redundant uplinks or parents are not.",
    ("site", "district"),
)
OUTAGE_ACTIVE = Family(
    "citynoc_outage_active",
    Kind.GAUGE,
    "1 while the outage lasts, 0 for an hour after, then absent.",
    ("outage", "kind", "district"),
)
OUTAGE_AFFECTED_DEVICES = Family(
    "citynoc_outage_affected_devices",
    Kind.GAUGE,
    "Devices in the outage's shadow, its cause included.",
    ("outage",),
)
OUTAGE_AFFECTED_SITES = Family(
    "citynoc_outage_affected_sites", Kind.GAUGE, "Sites that the outage cuts off.", ("outage",)
)
OUTAGE_STARTED = Family(
    "citynoc_outage_started_timestamp_seconds",
    Kind.GAUGE,
    "Unix time of the first missed answer of the outage.",
    ("outage",),
    unit="timestamp_seconds",
)
OUTAGE_SEVERITY = Family(
    "citynoc_outage_severity",
    Kind.GAUGE,
    "0 notice (an endpoint of a meeting, by itself), 1 warning, 2 major, 3 critical.",
    ("outage",),
    states=((0, "notice"), (1, "warning"), (2, "major"), (3, "critical")),
)
OUTAGE_ACKNOWLEDGED = Family(
    "citynoc_outage_acknowledged",
    Kind.GAUGE,
    "1 while a silence in Alertmanager covers the outage.",
    ("outage",),
)
OUTAGE_ON_BATTERY = Family(
    "citynoc_outage_on_battery",
    Kind.GAUGE,
    "1 if a UPS at the cause's site ran on its battery as it failed, or since: the power failed; else 0.",
    ("outage",),
)
OUTAGE_INFO = Family(
    "citynoc_outage_info",
    Kind.GAUGE,
    "Cause, place and carrier of an outage in words; always 1.",
    ("outage", "cause", "carrier", "site", "site_name", "district_name"),
)
WAKE_SITES = Family(
    "citynoc_wake_sites",
    Kind.GAUGE,
    "Sites that an outage must cut off to page at this hour; absent if oncall.yml says nothing of it.",
)
ESCALATION_DELAY = Family(
    "citynoc_escalation_delay_seconds",
    Kind.GAUGE,
    "After how long a page that nobody has taken is told to the next; absent if to nobody.",
    unit="seconds",
)
UTC_OFFSET = Family(
    "citynoc_city_utc_offset_seconds",
    Kind.GAUGE,
    "Seconds that the city's clocks are ahead of UTC, and how that is written: what texts of alerts tell times with.",
    ("zone",),
    unit="seconds",
)
BLIND = Family(
    "citynoc_blind", Kind.GAUGE, "1 while the collector's own first hop is silent and nothing can be judged."
)

FAMILIES = (
    DEVICE_STATE,
    DEVICE_UP,
    DEVICE_MAINTENANCE,
    SITE_STATE,
    SITE_INFO,
    DEVICE_INFO,
    LINK_INFO,
    LINK_UP,
    REDUNDANCY_LOST,
    OUTAGE_ACTIVE,
    OUTAGE_AFFECTED_DEVICES,
    OUTAGE_AFFECTED_SITES,
    OUTAGE_STARTED,
    OUTAGE_SEVERITY,
    OUTAGE_ACKNOWLEDGED,
    OUTAGE_ON_BATTERY,
    OUTAGE_INFO,
    WAKE_SITES,
    ESCALATION_DELAY,
    BLIND,
    UTC_OFFSET,
)
