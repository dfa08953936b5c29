"""What a query touches: the metrics and labels that stand in it, read from its syntax tree."""

import promql_parser as promql

from collector.metrics import CATALOG

PROBED = frozenset({"service", "title", "site", "district"})
"""Labels that our service discovery gives blackbox_exporter's series."""

ALERT = frozenset({"alertname", "severity", "outage", "kind", "district", "site", "device"})
"""Labels that our alerts have."""

FOREIGN = {
    "ALERTS": ALERT | {"alertstate"},
    "ALERTS_FOR_STATE": ALERT,
    "probe_success": PROBED,
    "probe_duration_seconds": PROBED,
    "probe_http_status_code": PROBED,
    "probe_ssl_earliest_cert_expiry": PROBED,
    "up": frozenset(),
}
"""Metrics that others expose and ours may use, with the labels that they are given by our scrape configuration."""

ATTACHED = frozenset({"job", "instance"})
"""Labels that Prometheus adds to everything it scrapes."""


def selectors(query: str) -> list[promql.VectorSelector]:
    """Every selector of the query, those inside ranges and subqueries too; ValueError if it cannot be read."""
    found: list[promql.VectorSelector] = []

    def visit(node: promql.Expr) -> None:
        if isinstance(node, promql.VectorSelector):
            found.append(node)

    promql.walk(promql.parse(query), visit)
    return found


def metrics(query: str) -> set[str]:
    """Names of the metrics in the query."""
    return {selector.name or "" for selector in selectors(query)}


def grouping_labels(query: str) -> set[str]:
    """Labels that the query groups or matches by."""
    named: set[str] = set()

    def visit(node: promql.Expr) -> None:
        if isinstance(node, promql.AggregateExpr) and node.modifier is not None:
            named.update(node.modifier.labels)
        elif isinstance(node, promql.BinaryExpr) and node.modifier is not None:
            if node.modifier.matching is not None:
                named.update(node.modifier.matching.labels)
            named.update(node.modifier.group_labels or [])

    promql.walk(promql.parse(query), visit)
    return named


def labels_of(metric: str) -> frozenset[str] | None:
    """Labels that series of the metric may carry; None if nobody declares such a metric."""
    if metric in CATALOG:
        return frozenset(CATALOG[metric].labels) | ATTACHED
    if metric in FOREIGN:
        return FOREIGN[metric] | ATTACHED
    return None


def complaints(query: str, recorded: frozenset[str] = frozenset()) -> list[str]:
    """What is wrong with the names in a query, one sentence each. `recorded` names recording rules' series."""
    found: list[str] = []
    known: set[str] = set()
    open_ended = False
    for selector in selectors(query):
        name = selector.name or ""
        labels = labels_of(name)
        if name in recorded:
            open_ended = True
            continue
        if labels is None:
            found.append(f"no such metric: {name}")
            continue
        known |= labels
        found += [
            f"{name} has no label {matcher.name}"
            for matcher in selector.matchers.matchers
            if matcher.name not in labels
        ]
    if not open_ended:
        found += [f"no metric here has the label {label}" for label in grouping_labels(query) - known]
    return found
