"""Which alerts and open outages a change touches. Pure, but for reading the rules.

An alert looks at a device if its expression names a metric that the device gives, directly or through recording rules.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from citynoc.planning.difference import Difference
from citynoc.planning.picture import Picture, Plain, digest
from collector.config import yaml
from collector.config.files import shown_root
from collector.metrics import meeting, state
from collector.model import ProfileName, Role
from collector.profile import Profile

RULES = "rules"
MOST_RULE_FILES = 1_000
_WORD = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_ANY_DEVICE = frozenset(family.name for family in state.FAMILIES)
_MEETING = frozenset(family.name for family in meeting.FAMILIES)
_IN_MEETINGS = frozenset({Role.ENDPOINT.value, Role.BRIDGE.value})

Metrics = Mapping[str, frozenset[str]]
"""Names of metrics by profile."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Alerts by name: the metrics that each looks at, and a digest of its text."""

    metrics: Mapping[str, frozenset[str]] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Touched:
    """What a change touches beside devices."""

    alerts: Mapping[str, Mapping[str, int]]
    """Alert to how many devices it begins to look at (`gains`), stops looking at (`loses`), or sees anew (`moves`)."""
    rules: Mapping[str, tuple[str, ...]]
    """Alerts that are added, removed or changed themselves."""
    outages: tuple[str, ...]
    """Open outages of a device that is removed or changed."""


def read_rules(directory: Path) -> Rules:
    """The alerts of `rules/*.yml`; what is no rule is left to `promtool`."""
    alerts: dict[str, Any] = {}
    recorded: dict[str, frozenset[str]] = {}
    for path in sorted((directory / RULES).glob("*.yml"))[:MOST_RULE_FILES]:
        for rule in _rules(yaml.read(path, shown_root(directory)).value):
            words = frozenset(_WORD.findall(str(rule.get("expr", ""))))
            if isinstance(rule.get("alert"), str):
                alerts[rule["alert"]] = (words, digest(rule))
            elif isinstance(rule.get("record"), str):
                recorded[rule["record"]] = words
    return Rules(
        {name: _expanded(words, recorded) for name, (words, _) in alerts.items()},
        {name: text for name, (_, text) in alerts.items()},
    )


def _rules(value: Any) -> Iterable[Mapping[str, Any]]:
    groups = value.get("groups") if isinstance(value, dict) else None
    for group in groups if isinstance(groups, list) else []:
        rules = group.get("rules") if isinstance(group, dict) else None
        yield from (one for one in rules or [] if isinstance(one, dict))


def _expanded(words: frozenset[str], recorded: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """With the metrics behind recording rules."""
    found, waiting = set(words), [*(words & recorded.keys())]
    while waiting:
        more = recorded[waiting.pop()] - found
        found |= more
        waiting += more & recorded.keys()
    return frozenset(found)


def metrics_of(profiles: Mapping[ProfileName, Profile]) -> Metrics:
    """What a device of each profile gives."""
    return {
        name: frozenset(
            reading.metric
            for readings in (profile.scalars, *(table.columns for table in profile.tables))
            for reading in readings
        )
        for name, profile in profiles.items()
    }


def touched(
    difference: Difference,
    pictures: tuple[Picture, Picture],
    metrics: tuple[Metrics, Metrics],
    rules: tuple[Rules | None, Rules],
    outages: Iterable[Plain] = (),
) -> Touched:
    """What the difference between two pictures touches; each pair is the old and the new. Unknown old rules are None."""
    old, new = rules
    return Touched(
        _alerts(difference, pictures, metrics, (old or new, new)),
        {} if old is None else _entries(old.digests, new.digests),
        tuple(
            str(one["outage"])
            for one in outages
            if {*one.get("causes", ()), *one.get("affected_devices", ())}
            & {*difference.removed, *difference.changed}
        ),
    )


def _alerts(
    difference: Difference,
    pictures: tuple[Picture, Picture],
    metrics: tuple[Metrics, Metrics],
    rules: tuple[Rules, Rules],
) -> Mapping[str, Mapping[str, int]]:
    found: dict[str, Counter[str]] = {}

    def count(names: Iterable[str], what: str) -> None:
        for name in names:
            found.setdefault(name, Counter())[what] += 1

    for name in sorted(difference.touched):
        before = _looking_at(pictures[0].devices.get(name), metrics[0], rules[0])
        after = _looking_at(pictures[1].devices.get(name), metrics[1], rules[1])
        count(after - before, "gains")
        count(before - after, "loses")
        if {"site", "district", "role"} & {*difference.changed.get(name, ())}:
            count(before & after, "moves")
    return {name: dict(counts) for name, counts in sorted(found.items())}


def _looking_at(device: Plain | None, metrics: Metrics, rules: Rules) -> frozenset[str]:
    """Alerts that look at the device."""
    if device is None:
        return frozenset()
    given = _ANY_DEVICE | metrics.get(device["snmp"]["profile"] if device["snmp"] else "", frozenset())
    if device["role"] in _IN_MEETINGS:
        given |= _MEETING
    return frozenset(name for name, looks in rules.metrics.items() if looks & given)


def _entries(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {
        "added": tuple(sorted(new.keys() - old.keys())),
        "removed": tuple(sorted(old.keys() - new.keys())),
        "changed": tuple(sorted(name for name in old.keys() & new.keys() if old[name] != new[name])),
    }
