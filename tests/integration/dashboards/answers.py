"""What a filled Prometheus says of a dashboard: questions that are refused or empty, columns without a field, figures
that are not true. Every function gives sentences, none when all is well."""

import re
from collections.abc import Iterator
from typing import Any

from collector.metrics import state
from tests.integration.dashboards import city_history as city
from tests.integration.dashboards import history
from tests.integration.dashboards.filled_prometheus import Answer, Prometheus

Json = dict[str, Any]

SENT = {
    "$district": "",
    "$site": "00001",
    "$carrier": ".*",
    "$role": ".*",
    "$meeting": ".*",
    "$target": ".*",
    "$map": "districts",
    "$__rate_interval": "2m",
    "$__interval": "1m",
    "$__range_s": "1800",
    "$__range": "30m",
}
EVERYWHERE = ".*"
TWO_DISTRICTS = "(001|002)"

OFFERED = {
    # variable: how many values, and one of them as a person reads it and as a query gets it
    "district": (city.DISTRICTS + 1, ("Quận 007", "007")),  # the data centres' own area too
    "site": (city.COMMUNES + city.DISTRICTS + 1, ("Phường 6", "00007")),
    "carrier": (3, ("carrier-b", "carrier-b")),
    "role": (2, ("router", "router")),
    "map": (2, ("districts", "districts")),
    "meeting": (2, None),
    "target": (2, None),
}

MARKED = {
    # what each annotation marks in the storm, by its tag
    "outage": {"device:rt-00001", "device:core-1", "cable:cb-7", "cable:cb-8", "device:rt-00002"},
    "meeting": {"weekly"},
    "site": {"00091"},
}


def asked(query: str, district: str = EVERYWHERE) -> str:
    """The query as Grafana sends it."""
    for name, value in (SENT | {"$district": district}).items():
        query = query.replace(name, value)
    return query


def answer(server: Prometheus, target: Json, at: int, district: str = EVERYWHERE) -> Answer:
    """A panel's query, asked the way the panel asks it."""
    query = asked(target["expr"], district)
    if target.get("instant"):
        return server.instant(query, at)
    return server.range(query, at - 600, at, 60)


def unanswered(server: Prometheus, board: Json) -> Iterator[str]:
    """Queries that are refused or give nothing in the storm, and legends of labels that the answer does not have."""
    for panel in board["panels"]:
        for target in panel["targets"]:
            where = f"panel {panel['id']} query {target['refId']}"
            for district in (EVERYWHERE, TWO_DISTRICTS):
                got = answer(server, target, history.STORM_AT, district)
                if got.error is not None or not got.series:
                    yield f"{where}: {got.error or 'nothing'}"
            got = answer(server, target, history.STORM_AT)
            for label in re.findall(r"{{\s*(\w+)\s*}}", target.get("legendFormat", "")):
                if not all(label in labels for labels, _ in got.series):
                    yield f"{where}: the legend names {label}"


def fieldless(server: Prometheus, board: Json) -> Iterator[str]:
    """Columns without a field in the answers, values that no column shows, and joins on a label that is not there."""
    for panel in board["panels"]:
        steps = {step["id"]: step["options"] for step in panel.get("transformations", [])}
        if "filterFieldsByName" not in steps:
            continue
        where = f"panel {panel['id']}"
        shown = set(steps["filterFieldsByName"]["include"]["names"])
        fields, values, telling = set[str](), set[str](), set[str]()
        for target in panel["targets"]:
            rows = answer(server, target, history.STORM_AT).series
            labels = {label for row, _ in rows for label in row}
            join = steps.get("joinByField", {}).get("byField")
            for twice in (labels & fields & shown) - {join}:
                yield f"{where}: two queries have {twice}, the join would show it twice"
            fields |= labels
            own = f"Value #{target['refId']}" if len(panel["targets"]) > 1 else "Value"
            values.add(own)
            if {figure for _, figure in rows} != {1}:  # a value that is always 1 only carries its labels
                telling.add(own)
            if join is not None and join not in labels:
                yield f"{where} query {target['refId']}: no label {join}"
        if not telling <= shown <= fields | values:
            yield f"{where}: shows {sorted(shown)}, has {sorted(fields | values)}"


def misplaced(server: Prometheus, board: Json) -> Iterator[str]:
    """A map that does not have every commune once, at a place, in its state."""
    for panel in board["panels"]:
        if panel["type"] != "geomap":
            continue
        rows = answer(server, panel["targets"][0], history.STORM_AT).series
        if not len({labels.get("site") for labels, _ in rows}) == len(rows) == city.COMMUNES:
            yield f"panel {panel['id']}: {len(rows)} dots for {city.COMMUNES} communes"
        if not all(20 < float(labels.get("latitude", 0)) < 22 for labels, _ in rows):
            yield f"panel {panel['id']}: dots outside the city"
        if {code for _, code in rows} != {float(code) for code, _ in state.SITE_STATE.states}:
            yield f"panel {panel['id']}: not every state is shown"


def unread(server: Prometheus, board: Json) -> Iterator[str]:
    """Variables whose pattern does not read text and value out of what the query gives."""
    for variable in board["templating"]["list"]:
        if variable["type"] != "query":
            continue
        query = re.fullmatch(r"query_result\((.*)\)", variable["query"])
        got = server.instant(asked(query[1]), history.STORM_AT) if query else Answer([], "not a query_result")
        pattern = re.compile(variable["regex"].strip("/").replace("(?<", "(?P<"))
        # Grafana matches the pattern against the series as text, its labels in order.
        texts = [
            "{" + ",".join(f'{label}="{text}"' for label, text in sorted(row.items())) + "}"
            for row, _ in got.series
        ]
        found = [pattern.search(text) for text in texts]
        groups = [one.groupdict() for one in found if one]
        offered = {(one.get("text", one.get("value")), one.get("value")) for one in groups}
        many, example = OFFERED[variable["name"]]
        if (example is not None and example not in offered) or len(offered) != many:
            yield f"variable {variable['name']} offers {len(offered)} of {many}"


def unmarked(server: Prometheus, board: Json) -> Iterator[str]:
    """Annotations that mark another moment or other things than the storm had, or name a label that is not there."""
    for annotation in board["annotations"]["list"]:
        got = server.range(asked(annotation["expr"]), history.STORM, history.STORM_AT, 60)
        if annotation["useValueForTime"] and {at for _, at in got.series} != {history.STORM * 1000}:
            yield f"annotation {annotation['name']}: {got}"
        if {labels.get(annotation["tagKeys"]) for labels, _ in got.series} != MARKED[annotation["tagKeys"]]:
            yield f"annotation {annotation['name']} marks {got}"
        for label in re.findall(r"{{\s*(\w+)\s*}}", annotation["textFormat"]):
            if not all(label in labels for labels, _ in got.series):
                yield f"annotation {annotation['name']} names {label}"


GENERAL = (unanswered, fieldless, misplaced, unread, unmarked)
"""What is asked of every dashboard, beside whether its figures are true (`truth`)."""
