"""What types cannot see in one panel: units nobody knows, columns that are not there, panels that say nothing."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from tests.unit.dashboards import grafana_ids as known
from tests.unit.dashboards.inspection_shared import (
    COLOURS,
    DATASOURCE,
    Faults,
    Json,
    link_faults,
    query_faults,
)

PANELS = {"stat", "bargauge", "table", "state-timeline", "timeseries", "geomap"}


def panel_faults(
    panel: Json, variables: AbstractSet[str | None], dashboards: Mapping[str, AbstractSet[str]]
) -> Faults:
    if panel.get("type") not in PANELS:
        yield f"no such panel: {panel.get('type')}"
    for key in ("title", "description"):
        if not str(panel.get(key) or "").strip():
            yield f"no {key}"
    if panel.get("datasource") != DATASOURCE:
        yield "does not ask the chosen data source"
    config = panel.get("fieldConfig") or {}
    defaults = config.get("defaults") or {}
    if not defaults.get("noValue"):
        yield "says nothing when there is no data"
    if defaults.get("unit") not in known.UNITS:
        yield f"no such unit: {defaults.get('unit')}"
    yield from _colours(defaults)
    yield from _thresholds(defaults.get("thresholds"))
    yield from _targets(panel, variables)
    yield from _transformations(panel)
    yield from _options(panel)
    for override in config.get("overrides") or []:
        yield from _override(panel, override, dashboards)


def _targets(panel: Json, variables: AbstractSet[str | None]) -> Faults:
    targets = panel.get("targets") or []
    refs = [target.get("refId") for target in targets]
    if not targets:
        yield "asks nothing"
    if not all(refs) or len(set(refs)) != len(refs):
        yield "refIds are missing or not unique"
    tabular = panel.get("type") in {"table", "geomap"}
    for target in targets:
        if target.get("datasource") != DATASOURCE:
            yield f"query {target.get('refId')} does not ask the chosen data source"
        if bool(target.get("instant")) == bool(target.get("range")):
            yield f"query {target.get('refId')} must be either instant or over a range"
        if tabular and (target.get("format") != "table" or not target.get("instant")):
            yield f"query {target.get('refId')} must be an instant table"
        if not tabular and target.get("format") != "time_series":
            yield f"query {target.get('refId')} must be a time series"
        yield from query_faults(target.get("expr", ""), variables)


def _colours(defaults: Json) -> Faults:
    for mapping in defaults.get("mappings") or []:
        if mapping.get("type") != "value":
            yield f"mapping of type {mapping.get('type')} is not checked"
        for value, result in mapping.get("options", {}).items():
            if not result.get("text"):
                yield f"value {value} has a colour and no word"
            if result.get("color") not in COLOURS:
                yield f"colour of {value} is not of the house"


def _thresholds(thresholds: Json | None) -> Faults:
    steps = (thresholds or {}).get("steps") or []
    values = [step.get("value") for step in steps]
    if steps and (values[0] is not None or values[1:] != sorted(set(values[1:]))):
        yield "thresholds do not rise from minus infinity"
    for step in steps:
        if step.get("color") not in COLOURS:
            yield "colour of a threshold is not of the house"


def _shown(panel: Json) -> tuple[set[str], dict[str, str]]:
    """Fields that the transformations let through, and the titles that they get."""
    names: set[str] = set()
    titles: dict[str, str] = {}
    for step in panel.get("transformations") or []:
        options = step.get("options") or {}
        names |= set((options.get("include") or {}).get("names") or [])
        titles |= options.get("renameByName") or {}
    return names, titles


def _transformations(panel: Json) -> Faults:  # noqa: C901 - a list of questions, each on its own
    names, titles = _shown(panel)
    for step in panel.get("transformations") or []:
        name, options = step.get("id"), step.get("options") or {}
        if name not in known.TRANSFORMATIONS:
            yield f"no such transformation: {name}"
        elif not set(options) <= known.TRANSFORMATIONS[name]:
            yield f"transformation {name} has no option {set(options) - known.TRANSFORMATIONS[name]}"
        if name == "joinByField" and options.get("mode") not in known.JOINS:
            yield f"no such join: {options.get('mode')}"
        if name == "joinByField" and options.get("byField") not in names:
            yield "joined by a field that is not shown: rows cannot be told apart"
        if name == "convertFieldType":
            for change in options.get("conversions") or []:
                if (
                    change.get("destinationType") not in known.FIELD_TYPES
                    or change.get("targetField") not in names
                ):
                    yield f"converts {change.get('targetField')} to {change.get('destinationType')}"
        if name == "organize" and set(options.get("indexByName") or {}) != names:
            yield "the order of columns is not of the columns that are shown"
    if not set(titles) <= names:
        yield f"renames what is not shown: {sorted(set(titles) - names)}"
    values = {name for name in names if name.startswith("Value #")}
    refs = {f"Value #{target.get('refId')}" for target in panel.get("targets") or []}
    if not values <= refs:
        yield f"shows the value of a query that is not asked: {sorted(values - refs)}"
    if "Value" in names and len(refs) != 1:
        yield "several queries: their values are called Value #A, Value #B"


def _options(panel: Json) -> Faults:  # noqa: C901 - a list of questions, each on its own
    options = panel.get("options") or {}
    names, titles = _shown(panel)
    headings = {titles.get(name, name) for name in names}
    for reducer in (options.get("reduceOptions") or {}).get("calcs") or []:
        if reducer not in known.REDUCERS:
            yield f"no such reducer: {reducer}"
    for reducer in (options.get("legend") or {}).get("calcs") or []:
        if reducer not in known.REDUCERS:
            yield f"no such reducer: {reducer}"
    for sort in options.get("sortBy") or []:
        if sort.get("displayName") not in headings:
            yield f"sorted by a column that is not there: {sort.get('displayName')}"
    if panel.get("type") != "geomap":
        return
    if (options.get("basemap") or {}).get("type") not in known.GROUNDS:
        yield "no such ground"
    for layer in options.get("layers") or []:
        if layer.get("type") not in known.LAYERS:
            yield f"no such layer: {layer.get('type')}"
        place = layer.get("location") or {}
        if place.get("mode") != "coords" or not {place.get("latitude"), place.get("longitude")} <= headings:
            yield "dots are placed by fields that are not there"
        colour = ((layer.get("config") or {}).get("style") or {}).get("color") or {}
        if colour.get("field") not in headings or colour.get("fixed") not in COLOURS:
            yield "dots are coloured by a field that is not there"


def _override(  # noqa: C901 - a list of questions, each on its own
    panel: Json, override: Json, dashboards: Mapping[str, AbstractSet[str]]
) -> Faults:
    matcher = override.get("matcher") or {}
    names, titles = _shown(panel)
    headings = {titles.get(name, name) for name in names}
    legends = {target.get("legendFormat") for target in panel.get("targets") or []}
    if matcher.get("id") not in known.MATCHERS:
        yield f"no such matcher: {matcher.get('id')}"
    elif matcher["id"] == "byName" and matcher.get("options") not in headings | legends:
        yield f"overrides {matcher.get('options')}, which is not there"
    for one in override.get("properties") or []:
        name, value = one.get("id"), one.get("value")
        if name not in known.PROPERTIES:
            yield f"no such property: {name}"
        elif name == "unit" and value not in known.UNITS:
            yield f"no such unit: {value}"
        elif name == "noValue" and not value:
            yield "an empty cell must not repeat the panel's words"
        elif name == "custom.cellOptions" and (value or {}).get("type") not in known.CELLS:
            yield f"no such cell: {value}"
        elif name == "color" and (value or {}).get("fixedColor") not in COLOURS:
            yield "colour of a series is not of the house"
        elif name == "mappings":
            yield from _colours({"mappings": value})
        elif name == "links":
            for link in value or [{}]:
                if not link.get("title"):
                    yield "a link without a title"
                yield from link_faults(link.get("url", ""), names, dashboards)
