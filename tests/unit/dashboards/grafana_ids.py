"""Identifiers that Grafana knows and no type holds: units, transformations, override properties.

Read from the published packages @grafana/data and @grafana/schema 12.4. An id that is not here is not wrong for ever:
look it up there, then add it.
"""

from collections.abc import Mapping
from types import MappingProxyType


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


UNITS = _words(
    """
    none string short sishort percent percentunit humidity dB dBm hex hex0x sci locale pixel bool bool_yes_no bool_on_off
    bytes decbytes bits decbits kbytes deckbytes mbytes decmbytes gbytes decgbytes tbytes dectbytes
    pps bps binbps Bps binBps Kbits Kibits KBs KiBs Mbits Mibits MBs MiBs Gbits Gibits GBs GiBs
    cps ops reqps rps wps iops eps mps recps cpm opm rpm reqpm
    ns µs ms s m h d dtdurationms dtdurations dthms dtdhms timeticks clockms clocks
    dateTimeAsIso dateTimeAsIsoNoDateIfToday dateTimeAsLocal dateTimeAsLocalNoDateIfToday dateTimeAsSystem dateTimeFromNow
    celsius fahrenheit kelvin volt mvolt kvolt amp mamp watt kwatt voltamp watth kwatth hertz pixel
    """
)

TRANSFORMATIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "joinByField": frozenset({"byField", "mode"}),
        "filterFieldsByName": frozenset({"include", "exclude", "byVariable"}),
        "organize": frozenset({"excludeByName", "indexByName", "renameByName", "includeByName"}),
        "convertFieldType": frozenset({"fields", "conversions"}),
        "sortBy": frozenset({"fields", "sort"}),
        "merge": frozenset(),
    }
)
"""Transformations in use and their options."""

JOINS = frozenset({"outer", "inner", "outerTabular"})
FIELD_TYPES = frozenset({"time", "number", "string", "boolean", "enum", "other"})
MATCHERS = frozenset({"byName", "byRegexp", "byType", "byFrameRefID", "byNames"})

PROPERTIES = _words(
    """
    unit noValue mappings color links decimals displayName min max thresholds
    custom.width custom.cellOptions custom.align custom.filterable custom.hideFrom custom.lineWidth custom.fillOpacity
    """
)
"""What an override may set."""

CELLS = frozenset(
    {
        "auto",
        "color-text",
        "color-background",
        "gauge",
        "sparkline",
        "json-view",
        "image",
        "data-links",
        "pill",
    }
)
REDUCERS = frozenset(
    {"lastNotNull", "last", "first", "firstNotNull", "min", "max", "mean", "sum", "count", "range"}
)
LAYERS = frozenset({"markers", "heatmap", "geojson", "route", "photos", "network"})
GROUNDS = frozenset({"default", "carto", "esri-xyz", "osm-standard", "xyz"})

LINK_VARIABLES = frozenset({"__url_time_range", "__all_variables", "__from", "__to", "datasource:queryparam"})
"""Variables that a link may hold besides the dashboard's own and `__data.fields.NAME`."""

QUERY_VARIABLES = frozenset({"__rate_interval", "__interval", "__range", "__range_s"})
"""Variables that a query may hold besides the dashboard's own."""
