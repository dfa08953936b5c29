"""Checks that a board and its panels share: queries, links, and what the house's own names are."""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from collector.metrics import CATALOG, Kind
from dashboards import palette, queries
from tests import promql
from tests.unit.dashboards import grafana_ids as known

Json = dict[str, Any]
Faults = Iterator[str]

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
COLOURS = {value for name, value in vars(palette).items() if name.isupper() and isinstance(value, str)}
RECORDED = frozenset(family.name for family in queries.RECORDED)
VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)(?:[.:][\w.]+)?\}?")  # $1 is label_replace's
SUBSTITUTES = {"__rate_interval": "5m", "__interval": "1m", "__range": "1h", "__range_s": "3600"}


def query_faults(expr: str, variables: AbstractSet[str | None]) -> Faults:
    for name in VARIABLE.findall(expr):
        if name not in variables and name not in known.QUERY_VARIABLES:
            yield f"no such variable: {name}"
    plain = VARIABLE.sub(lambda found: SUBSTITUTES.get(found[1], "x"), expr)
    try:
        yield from promql.complaints(plain, RECORDED)
    except ValueError as refused:
        yield f"not PromQL: {refused}"
        return
    for function, inside in re.findall(r"\b(rate|irate|increase)\(([^)]*)\)", expr):
        metric = re.match(r"[\w:]+", inside)
        if "[$__rate_interval]" not in inside:
            yield f"{function} over a window that does not follow the panel's step"
        if metric and metric[0] in CATALOG and CATALOG[metric[0]].kind is not Kind.COUNTER:
            yield f"{function} of {metric[0]}, which is no counter"
    for selector in promql.selectors(plain):
        name = selector.name or ""
        counts = name in CATALOG and CATALOG[name].kind is Kind.COUNTER
        if counts and not re.search(rf"\b(rate|irate|increase)\({name}\b", expr):
            yield f"{name} is a counter: it means nothing without a rate"


def link_faults(url: str, fields: AbstractSet[str], dashboards: Mapping[str, AbstractSet[str]]) -> Faults:
    parts = urlsplit(url)
    target = parts.path.removeprefix("/d/").strip("/")
    if parts.scheme or not parts.path.startswith("/d/") or target not in dashboards:
        yield f"dead link: {url}"
        return
    for name in re.findall(r"\$\{([\w.:]+)\}", url):
        field = name.removeprefix("__data.fields.")
        if field not in fields and name not in known.LINK_VARIABLES:
            yield f"link names what is not there: {name}"
    for name, _ in parse_qsl(parts.query):
        if name.startswith("var-") and name.removeprefix("var-") not in dashboards[target]:
            yield f"link sets {name}, which {target} does not have"
