"""What types cannot see in a built dashboard: names that lead nowhere, units nobody knows, panels that say nothing.

`faults` is a pure function of the JSON; the suite runs it on what is committed, and on copies with seeded mistakes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from tests.unit.dashboards.inspection_panel import panel_faults
from tests.unit.dashboards.inspection_shared import (
    COLOURS,
    DATASOURCE,
    Faults,
    Json,
    link_faults,
    query_faults,
)

COLUMNS = 24


def faults(board: Json, dashboards: Mapping[str, AbstractSet[str]]) -> list[str]:
    """Every fault, one sentence each. `dashboards` holds the variables of every dashboard there is, by uid."""
    variables = {variable.get("name") for variable in board.get("templating", {}).get("list", [])}
    found = [*_board(board, dashboards), *_variables(board), *_grid(board["panels"])]
    for annotation in board.get("annotations", {}).get("list", []):
        found += _annotation(annotation, variables)
    for panel in board["panels"]:
        where = f"panel {panel.get('id')}"
        found += [f"{where}: {fault}" for fault in panel_faults(panel, variables, dashboards)]
    return found


def _board(board: Json, dashboards: Mapping[str, AbstractSet[str]]) -> Faults:  # noqa: C901, PLR0912 - a list of questions, each on its own
    language = board.get("uid", "").rpartition("-")[2]
    if board.get("uid") not in dashboards:
        yield "uid is not one of the house's"
    if set(board.get("tags", [])) != {"citynoc", language}:
        yield f"tags must be citynoc and {language}"
    if not board.get("title") or not board.get("description"):
        yield "a dashboard needs title and description"
    if board.get("editable") is not False:
        yield "must not be editable: the next build takes changes away"
    if not re.fullmatch(r"\d+[smh]", board.get("refresh", "")):
        yield "refresh is no duration"
    time = board.get("time", {})
    if not re.fullmatch(r"now-\d+[mhdw]", time.get("from", "")) or time.get("to") != "now":
        yield "time range does not end now"
    if not any(link.get("url", "").startswith("/d/") for link in board.get("links", [])):
        yield "no link to the other language"
    for link in board.get("links", []):
        if not link.get("includeVars") or not link.get("keepTime"):
            yield f"link {link.get('title')} drops time or variables"
        if link.get("type") == "dashboards":
            if set(link.get("tags", [])) != {"citynoc", language}:
                yield "the list of dashboards is not of this language"
        else:
            yield from link_faults(link.get("url", ""), {""}, dashboards)
    for text in _placed(board, "placement"):
        if text == "inControlsMenu":
            yield "a link is hidden in a menu"


def _placed(board: Json, key: str) -> Iterator[str]:
    for holder in (*board.get("links", []), *board.get("annotations", {}).get("list", [])):
        if key in holder:
            yield holder[key]


def _variables(board: Json) -> Faults:
    listed = board.get("templating", {}).get("list", [])
    if not any(one.get("type") == "datasource" and one.get("name") == "datasource" for one in listed):
        yield "no data source variable"
    for variable in listed:
        name = variable.get("name")
        if not variable.get("label"):
            yield f"variable {name} has no label"
        if variable.get("type") == "datasource" and variable.get("query") != "prometheus":
            yield f"variable {name} offers data sources of another kind"
        if variable.get("type") == "query":
            if variable.get("datasource") != DATASOURCE:
                yield f"variable {name} does not ask the chosen data source"
            query = re.fullmatch(r"query_result\((.*)\)", str(variable.get("query")))
            if query is None:
                yield f"variable {name}: its query is not of a form that is checked"
            else:
                earlier = {one.get("name") for one in listed[: listed.index(variable)]}
                yield from query_faults(query[1], earlier)
            if variable.get("includeAll") and not variable.get("allValue"):
                yield f"variable {name}: all of them would be a very long pattern"


def _annotation(annotation: Json, variables: AbstractSet[str | None]) -> Faults:
    where = f"annotation {annotation.get('name')}"
    if annotation.get("datasource") != DATASOURCE:
        yield f"{where} does not ask the chosen data source"
    if annotation.get("iconColor") not in COLOURS:
        yield f"{where}: colour is not of the house"
    if not annotation.get("enable"):
        yield f"{where} is switched off"
    for fault in query_faults(annotation.get("expr", ""), variables):
        yield f"{where}: {fault}"


def _grid(panels: Sequence[Json]) -> Faults:
    ids = [panel.get("id") for panel in panels]
    if None in ids or len(set(ids)) != len(ids):
        yield "panel ids are not unique"
    titles = [panel.get("title") for panel in panels]
    if len(set(titles)) != len(titles):
        yield "two panels have one title"
    taken: dict[tuple[int, int], Any] = {}
    for panel in panels:
        spot = panel.get("gridPos") or {}
        x, y, width, height = (spot.get(key, 0) for key in "xywh")
        if not (width > 0 and height > 0 and x >= 0 and y >= 0 and x + width <= COLUMNS):
            yield f"panel {panel.get('id')} hangs outside the grid"
            continue
        for cell in ((column, row) for column in range(x, x + width) for row in range(y, y + height)):
            other = taken.setdefault(cell, panel.get("id"))
            if other != panel.get("id"):
                yield f"panels {other} and {panel.get('id')} overlap"
                break
