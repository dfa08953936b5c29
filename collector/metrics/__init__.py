"""The metric catalogue: every family that citynoc exposes, once.

`CATALOG` maps a metric's name to its `Family`. Profiles, exporters, rules' tests, dashboards and docs/metrics.md
all stand on it; a name that is not here cannot be exposed.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from collector.metrics import conference, coverage, device, ietf, meeting, service, state
from collector.metrics.family import IDENTITY, Family, Kind

__all__ = ["CATALOG", "IDENTITY", "Family", "Kind"]


def _catalogue(groups: Iterable[Iterable[Family]]) -> Mapping[str, Family]:
    """All groups as one read-only mapping by name; a name declared twice is a ValueError."""
    rows: dict[str, Family] = {}
    for family in (row for group in groups for row in group):
        if family.name in rows:
            raise ValueError(f"metric {family.name} is declared twice")
        rows[family.name] = family
    return MappingProxyType(rows)


CATALOG: Mapping[str, Family] = _catalogue(
    (
        state.FAMILIES,
        device.FAMILIES,
        conference.FAMILIES,
        meeting.FAMILIES,
        ietf.FAMILIES,
        coverage.FAMILIES,
        service.FAMILIES,
    )
)
