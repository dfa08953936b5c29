"""Targets that Prometheus has for snmp_exporter, as rows: a `file_sd` file, or the static targets of its configuration.

Source: Prometheus' `<file_sd_config>` (a list of groups with `targets` and `labels`, as YAML or JSON) and `<static_config>`;
snmp_exporter's URL parameters `module` and `auth`, which travel as the labels `__param_module` and `__param_auth`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from citynoc.importer.columns import Columns
from citynoc.importer.wanted import FIELDS, Row, is_field, printable
from collector.config import ConfigurationError, Problem, yaml
from collector.config.document import Document, Mark, Steps
from collector.config.files import shown_root

USUAL: Mapping[str, tuple[str, ...]] = {
    "device": ("device", "hostname", "sysname"),
    "profile": ("profile", "__param_module", "module"),
    "credential": ("credential", "__param_auth", "auth"),
}
"""Labels that a field is looked for in, the first that is there; any other field has the label of its name."""

_V4 = re.compile(r"(\d+(?:\.\d+){3})(?::(\d+))?")
_V6 = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::(\d+))?")


def read_targets(path: Path, columns: Columns) -> list[Row]:
    """A row a target. Raises ConfigurationError with every mistake of form."""
    document = _document(path)
    if not document.readable or document.problems:
        raise ConfigurationError(document.problems)
    problems: list[Problem] = []
    rows = [
        row
        for steps, group in _groups(document, problems)
        for row in _rows(document, steps, group, columns, problems)
    ]
    if problems:
        raise ConfigurationError(problems)
    return rows


def _document(path: Path) -> Document:
    document = yaml.read(path, shown_root(path))
    if document.problems and path.suffix == ".json" and document.text:
        try:  # JSON that YAML 1.1 does not take: indented by tabs, a lone surrogate written as \ud800
            value = json.loads(document.text)
        except (ValueError, RecursionError):
            return document
        return replace(document, value=_as_text(value), marks=Mark(0, 0, 1), problems=(), readable=True)
    return document


def _as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_text(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_as_text(one) for one in value]
    return None if value is None else value if isinstance(value, str) else json.dumps(value)


def _groups(document: Document, problems: list[Problem]) -> Iterator[tuple[Steps, Mapping[str, Any]]]:
    """Every group of targets, and the way to it."""
    value = document.value
    if isinstance(value, list):
        yield from _listed(document, (), value, problems)
    elif isinstance(value, dict) and isinstance(value.get("scrape_configs"), list):
        for number, job in enumerate(value["scrape_configs"]):
            steps: Steps = ("scrape_configs", number)
            if isinstance(job, dict) and job.get("metrics_path") == "/snmp":
                groups = job.get("static_configs") or []
                yield from _listed(document, (*steps, "static_configs"), groups, problems)
    else:
        hint = "a list of groups with `targets` and `labels`, or Prometheus' own configuration"
        problems.append(document.problem((), "these are no targets of Prometheus", hint))


def _listed(
    document: Document, steps: Steps, groups: Any, problems: list[Problem]
) -> Iterator[tuple[Steps, Mapping[str, Any]]]:
    for number, group in enumerate(groups if isinstance(groups, list) else []):
        here = (*steps, number)
        if isinstance(group, dict) and isinstance(group.get("targets"), list):
            yield here, group
        else:
            problems.append(document.problem(here, "a group has a list of `targets`"))


def _rows(
    document: Document, steps: Steps, group: Mapping[str, Any], columns: Columns, problems: list[Problem]
) -> Iterator[Row]:
    labels = group.get("labels") or {}
    if not isinstance(labels, dict):
        problems.append(document.problem((*steps, "labels"), "labels are names with a text each"))
        return
    texts = {str(name): text for name, text in labels.items() if isinstance(text, str)}
    found, origins = _fields(texts, columns)
    for number, target in enumerate(group["targets"]):
        here = (*steps, "targets", number)
        address = _V4.fullmatch(str(target)) or _V6.fullmatch(str(target))
        values = {**found, "address": address[1] if address else str(target)}
        if address and address[2]:
            values["port"] = address[2]

        def complain(name: str, message: str, hint: str | None, here: Steps = here) -> Problem:
            label = origins.get(name)
            way = (*steps, "labels", label) if label else here
            return document.problem(way, printable(message), hint and printable(hint))

        yield Row(values, complain)


def _fields(labels: Mapping[str, str], columns: Columns) -> tuple[dict[str, str], dict[str, str]]:
    """Fields by the labels, and which label each is from."""
    values, origins = {}, {}
    names = {*FIELDS, *columns.theirs, *(label for label in labels if is_field(label))}
    for name in sorted(names - {"address", "port"}):
        theirs = columns.theirs.get(name)
        usual = (theirs,) if theirs is not None else USUAL.get(name, (name,))
        label = next((one for one in usual if labels.get(one)), None)
        if label is None:
            continue
        text = columns.translated(name, labels[label])
        if name == "profile" and text == labels[label] and label != "profile":
            text = "" if "," in text else text.replace("_", "-")  # snmp_exporter's if_mib is our if-mib
        values[name], origins[name] = text, label
    return values, origins
