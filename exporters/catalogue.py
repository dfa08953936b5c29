"""docs/metrics.md from the metric catalogue: `python -m exporters.catalogue > docs/metrics.md`. Pure but for `main`."""

import sys
from collections.abc import Sequence

from collector.metrics import CATALOG, Family, conference, coverage, device, ietf, meeting, service, state

GROUPS: tuple[tuple[str, str, Sequence[Family]], ...] = (
    (
        "State",
        "`/metrics/state`: what is up, what is broken and why. A series that is not known is absent.",
        state.FAMILIES,
    ),
    (
        "Meetings",
        (
            "`/metrics/state`: one sitting a meeting, the running one or the next within a day, until an hour after its "
            "end ([who can join, and why not](readiness.md))."
        ),
        meeting.FAMILIES,
    ),
    (
        "Coverage",
        "`/metrics/state`: how far the city is from its broadband targets ([how it is reckoned](coverage.md)).",
        coverage.FAMILIES,
    ),
    (
        "Devices",
        "`/metrics/devices`: what vendors spell differently, under one name each. Profiles map to these.",
        device.FAMILIES,
    ),
    (
        "Video conference",
        "`/metrics/devices`: health of endpoints; call quality is absent, not zero, outside a call.",
        conference.FAMILIES,
    ),
    (
        "IETF objects",
        (
            "`/metrics/devices`: names, types, values and labels of snmp_exporter's `if_mib` module, so that its "
            "dashboards and rules work unchanged. They are exempt from Prometheus' naming rules."
        ),
        ietf.FAMILIES,
    ),
    (
        "The service itself",
        "`/metrics`: beside these, the `process_*` and `python_*` metrics of prometheus_client.",
        service.FAMILIES,
    ),
)

INTRODUCTION = """\
# Metrics

Every metric that citynoc exposes, made from `collector/metrics` by `python -m exporters.catalogue > docs/metrics.md`.
Names are stable. Values are in base units; a label whose value is empty is left out. A sample lives until its next
poll ends, at most 1.5 intervals: what was not read is absent, never repeated.
"""


def document() -> str:
    """The page; ValueError if a family of the catalogue is in no group."""
    listed = {family.name for _, _, families in GROUPS for family in families}
    if listed != set(CATALOG):
        raise ValueError(f"in no group: {', '.join(sorted(set(CATALOG) - listed))}")
    parts = [INTRODUCTION]
    for title, text, families in GROUPS:
        parts.append(f"\n## {title}\n\n{text}\n\n| metric | type | labels | meaning |\n|---|---|---|---|\n")
        parts += [_row(family) for family in families]
    return "".join(parts)


def _row(family: Family) -> str:
    labels = ", ".join(f"`{label}`" for label in family.labels) or "none"
    return f"| `{family.name}` | {family.kind} | {labels} | {_cell(family.help)} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> None:
    """Write the page to standard output."""
    sys.stdout.write(document())


if __name__ == "__main__":
    main()
