"""Mistakes to seed into good dashboards: each is one that somebody could make, and must not get past the suite."""

from collections.abc import Callable
from typing import Any, NamedTuple

Json = dict[str, Any]


class Mistake(NamedTuple):
    """A name and the edit that makes the mistake in a copy of the dashboard."""

    name: str
    make: Callable[[Json], object]
    board: str = "city"


def _panel(board: Json, number: int) -> Json:
    found: Json = next(panel for panel in board["panels"] if panel["id"] == number)
    return found


def _defaults(board: Json, number: int) -> Json:
    found: Json = _panel(board, number)["fieldConfig"]["defaults"]
    return found


def _step(board: Json, number: int, name: str) -> Json:
    found: Json = next(step for step in _panel(board, number)["transformations"] if step["id"] == name)
    return found


def _expr(number: int, old: str, new: str, target: int = 0) -> Callable[[Json], object]:
    def edit(board: Json) -> None:
        query = _panel(board, number)["targets"][target]
        assert old in query["expr"], f"{old} is not in {query['expr']}"
        query["expr"] = query["expr"].replace(old, new)

    return edit


def _renamed(holder: Json, old: str, new: str) -> None:
    holder[new] = holder.pop(old)


def _override(board: Json, number: int, place: int) -> Json:
    found: Json = _panel(board, number)["fieldConfig"]["overrides"][place]
    return found


MISTAKES = (
    # options and their values: Grafana ignores what it does not know, so nothing would be seen until somebody looks
    Mistake("misspelt option", lambda b: _renamed(_panel(b, 2)["options"], "colorMode", "colourMode")),
    Mistake("option value unknown", lambda b: _panel(b, 2)["options"].update(colorMode="solid")),
    Mistake("option of another panel", lambda b: _panel(b, 2)["options"].update(cellHeight="sm")),
    Mistake("option of the wrong type", lambda b: _panel(b, 7)["options"].update(showHeader="true")),
    Mistake("misspelt custom field", lambda b: _renamed(_defaults(b, 12)["custom"], "lineWidth", "linewidth")),
    Mistake("custom value unknown", lambda b: _defaults(b, 10)["custom"].update(fillOpacity="85%")),
    Mistake("misspelt default", lambda b: _renamed(_defaults(b, 2), "noValue", "novalue")),
    Mistake("colour mode unknown", lambda b: _defaults(b, 2)["color"].update(mode="treshold")),
    Mistake("map view unknown", lambda b: _panel(b, 8)["options"]["view"].update(alllayers=True)),
    Mistake("legend place unknown", lambda b: _panel(b, 12)["options"]["legend"].update(placement="left")),
    Mistake("reducer unknown", lambda b: _panel(b, 2)["options"]["reduceOptions"].update(calcs=["lastNotNul"])),
    Mistake("panel type unknown", lambda b: _panel(b, 10).update(type="statetimeline")),
    Mistake("panel of another type", lambda b: _panel(b, 7).update(type="stat")),
    Mistake("variable kind unknown", lambda b: b["templating"]["list"][1].update(type="Query")),
    Mistake("link kind unknown", lambda b: b["links"][2].update(type="dashboard")),
    # units, thresholds, colours, words
    Mistake("unit unknown", lambda b: _defaults(b, 14).update(unit="seconds")),
    Mistake("unit unknown in an override", lambda b: _override(b, 7, 4)["properties"][1].update(value="dtduration")),
    Mistake("no unit", lambda b: _defaults(b, 14).pop("unit")),
    Mistake("thresholds fall", lambda b: _defaults(b, 8)["thresholds"]["steps"].reverse()),
    Mistake("colour outside the palette", lambda b: _defaults(b, 2)["thresholds"]["steps"][1].update(color="red")),
    Mistake("value with a colour and no word", lambda b: _defaults(b, 10)["mappings"][0]["options"]["5"].pop("text")),
    Mistake("no title", lambda b: _panel(b, 5).pop("title")),
    Mistake("empty description", lambda b: _panel(b, 5).update(description=" ")),
    Mistake("no text for no data", lambda b: _defaults(b, 5).pop("noValue")),
    # ids, places, data sources
    Mistake("two panels with one id", lambda b: _panel(b, 5).update(id=4)),
    Mistake("panels overlap", lambda b: _panel(b, 5)["gridPos"].update(x=16)),
    Mistake("panel outside the grid", lambda b: _panel(b, 6)["gridPos"].update(w=5)),
    Mistake("missing refId", lambda b: _panel(b, 2)["targets"][0].pop("refId")),
    Mistake("refId twice", lambda b: _panel(b, 1)["targets"][1].update(refId="A")),
    Mistake("data source by name", lambda b: _panel(b, 2).update(datasource={"type": "prometheus", "uid": "citynoc"})),
    Mistake("query of another data source", lambda b: _panel(b, 2)["targets"][0]["datasource"].update(uid="default")),
    Mistake("no data source variable", lambda b: b["templating"]["list"].pop(0)),
    Mistake("no query", lambda b: _panel(b, 2).update(targets=[])),
    Mistake("table as a time series", lambda b: _panel(b, 7)["targets"][1].update(format="time_series")),
    Mistake("instant and range", lambda b: _panel(b, 2)["targets"][0].update(range=True)),
    # queries
    Mistake("wrong metric", _expr(2, "citynoc_site_state", "citynoc_sites_state")),
    Mistake("wrong label in a matcher", _expr(9, "district=~", "area=~")),
    Mistake("wrong label in a grouping", _expr(10, "group_left (district_name)", "group_left (districtname)")),
    Mistake("not PromQL", _expr(2, "max by (site) (", "max by (site) ((")),
    Mistake("variable unknown", _expr(2, "$district", "$districts")),
    Mistake("rate of a gauge", _expr(14, "probe_duration", "rate(citynoc_device_state[$__rate_interval]) + probe_duration")),
    Mistake("rate over a fixed window", _expr(14, "max by", "sum(rate(ifHCInOctets[1m])) + max by")),
    Mistake("counter without a rate", _expr(14, "max by", "sum(ifHCInOctets) + max by")),
    Mistake("label that no series has", _expr(8, 'kind="commune"', 'kind="comune"')),
    Mistake("severity turned round", _expr(3, ">= 2", "< 2")),
    Mistake("the wrong states are cut off", _expr(2, ">= 4", ">= 5")),
    Mistake("zero when nobody watches", _expr(3, "0 * count(citynoc_blind)", "vector(0)")),
    Mistake("district ignored", _expr(9, 'district=~"$district"', "", 5)),
    Mistake("joined on the wrong label", _expr(8, "on (site)", "on (district)")),
    Mistake("legend of a missing label", lambda b: _panel(b, 13)["targets"][0].update(legendFormat="{{name}}")),
    # transformations, overrides, links
    Mistake("transformation unknown", lambda b: _step(b, 7, "organize").update(id="organise")),
    Mistake("transformation's option unknown", lambda b: _renamed(_step(b, 7, "organize")["options"], "renameByName", "rename")),
    Mistake("join unknown", lambda b: _step(b, 7, "joinByField")["options"].update(mode="left")),
    Mistake("joined by what is not shown", lambda b: _step(b, 7, "joinByField")["options"].update(byField="id")),
    Mistake("value of a query that is not asked", lambda b: _panel(b, 7)["targets"].pop(5)),
    Mistake("override of a column that is gone", lambda b: _override(b, 7, 0)["matcher"].update(options="Sevrity")),
    Mistake("override unknown", lambda b: _override(b, 7, 0)["properties"][1].update(id="mapping")),
    Mistake("matcher unknown", lambda b: _override(b, 7, 0)["matcher"].update(id="name")),
    Mistake("cell unknown", lambda b: _override(b, 7, 0)["properties"][2].update(value={"type": "colour"})),
    Mistake("sorted by a column that is gone", lambda b: _panel(b, 7)["options"]["sortBy"][0].update(displayName="age")),
    Mistake("dots placed by a missing field", lambda b: _panel(b, 8)["options"]["layers"][0]["location"].update(latitude="lat")),
    Mistake("dots coloured by a missing field", lambda b: _panel(b, 8)["options"]["layers"][0]["config"]["style"]["color"].update(field="Value")),
    Mistake("coordinates left as text", lambda b: _step(b, 8, "convertFieldType")["options"]["conversions"][0].update(targetField="lat")),
    Mistake("layer unknown", lambda b: _panel(b, 8)["options"]["layers"][0].update(type="marker")),
    Mistake("dead link in a table", lambda b: _override(b, 11, 0)["properties"][1]["value"][0].update(url="/d/citynoc-town-en")),
    Mistake("link sets an unknown variable", lambda b: _override(b, 11, 0)["properties"][1]["value"][0].update(url="/d/citynoc-city-en?var-area=1")),
    Mistake("link from a field that is not shown", lambda b: _override(b, 11, 0)["properties"][1]["value"][0].update(url="/d/citynoc-city-en?var-district=${__data.fields.code}")),
    Mistake("dead link to the other language", lambda b: b["links"][0].update(url="/d/citynoc-city-vn")),
    Mistake("link forgets the time", lambda b: b["links"][0].update(keepTime=False)),
    Mistake("link hidden in a menu", lambda b: b["links"][0].update(placement="inControlsMenu")),
    # the whole
    Mistake("tag of the other language", lambda b: b.update(tags=["citynoc", "vi"])),
    Mistake("editable", lambda b: b.update(editable=True)),
    Mistake("annotation of a missing metric", lambda b: b["annotations"]["list"][0].update(expr="citynoc_outage_started * 1000")),
    Mistake("annotation in seconds", lambda b: b["annotations"]["list"][0].update(expr=b["annotations"]["list"][0]["expr"].replace(" * 1000", ""))),
    Mistake("variable's pattern reads nothing", lambda b: b["templating"]["list"][1].update(regex='/code="(?<value>[^"]+)"/')),
    Mistake("variable of a missing metric", lambda b: b["templating"]["list"][1].update(query="query_result(citynoc_districts)")),
    Mistake("refresh is no duration", lambda b: b.update(refresh="often")),
    # the Conference
    Mistake("one direction hides the other", _expr(3, "max by (device, site, district)", "min by (device, direction)"), "conference"),
    Mistake("fair taken for poor", _expr(3, "== 2", ">= 1"), "conference"),
    Mistake("ports of nowhere", _expr(5, "ports_capacity", "port_capacity"), "conference"),
    Mistake("share turned round", _expr(5, "citynoc_bridge_ports_used", "citynoc_bridge_ports_capacity"), "conference"),
    Mistake("ready for not ready", _expr(8, "citynoc_meeting_ready", "citynoc_meeting_not_ready"), "conference"),
    Mistake("state without its words", lambda b: _defaults(b, 7).update(mappings=[{"type": "value", "options": {"0": {"color": "#B0B0B0", "index": 0}}}]), "conference"),
    Mistake("legend in no language", lambda b: _panel(b, 7)["targets"][0].update(legendFormat="{{title}}"), "conference"),
    Mistake("reasons by a missing label", _expr(10, "sum by (reason)", "sum by (cause)"), "conference"),
    Mistake("meeting's variable misspelt", _expr(6, "$meeting", "$meetings"), "conference"),
    Mistake("endpoint's column without its query", lambda b: _panel(b, 13)["targets"].pop(4), "conference"),
    Mistake("two columns of one name", _expr(13, "max by (device) (citynoc_conference_jitter", "max by (device, site) (citynoc_conference_jitter", 2), "conference"),
    Mistake("sorted by what is not there", lambda b: _panel(b, 12)["options"]["sortBy"][0].update(displayName="Bad"), "conference"),
    Mistake("meetings marked at their value", lambda b: b["annotations"]["list"][1].update(useValueForTime=True), "conference"),
    Mistake("every state of a meeting marked", lambda b: b["annotations"]["list"][1].update(expr=b["annotations"]["list"][1]["expr"].replace("== 2", ">= 0")), "conference"),
    Mistake("maintenance of a missing series", lambda b: b["annotations"]["list"][2].update(expr="max by (site) (site:citynoc_device_maintenance:min)"), "conference"),
    # Coverage
    Mistake("measured taken for declared", _expr(2, 'basis="declared"', 'basis="measured"'), "coverage"),
    Mistake("basis that does not exist", _expr(7, 'basis="measured"', 'basis="seen"', 1), "coverage"),
    Mistake("target against its share", _expr(2, ">=", "<"), "coverage"),
    Mistake("dates in seconds named otherwise", lambda b: _override(b, 6, 8)["properties"][1].update(value="date"), "coverage"),
    Mistake("map that is not chosen", _expr(8, "$map", "$maps"), "coverage"),
    Mistake("row without its key", _expr(8, "label_join", "label_replace"), "coverage"),
    Mistake("share in a unit of bits", lambda b: _defaults(b, 7).update(unit="percentunits"), "coverage"),
    Mistake("target's name in no label", lambda b: b["templating"]["list"][2].update(regex='/title="(?<text>[^"]+)",target="(?<value>[^"]+)"/'), "coverage"),
    # Outages, Site, WAN
    Mistake("repairs of another series", _expr(7, "repair_seconds", "repairs_seconds"), "outages"),
    Mistake("mean turned round", _expr(7, " / ", " * "), "outages"),
    Mistake("range without its unit", _expr(10, "$__range_s", "$__ranges", 1), "outages"),
    Mistake("outages that have ended count", _expr(6, "== 1", ">= 0"), "outages"),
    Mistake("way to the core by a missing label", _expr(12, '"parent"', '"parents"'), "site"),
    Mistake("role's variable misspelt", _expr(8, "$role", "$rolle"), "wan"),
    Mistake("carrier's variable reads nothing", lambda b: b["templating"]["list"][2].update(regex='/operator="(?<value>[^"]+)"/'), "wan"),
)  # fmt: skip
