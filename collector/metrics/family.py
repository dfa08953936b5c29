"""A metric family: its name, type, meaning and labels, declared once and used by every part."""

from dataclasses import dataclass
from enum import StrEnum

IDENTITY = ("device", "site", "district", "role")
"""Labels that every device series carries, first and in this order."""


class Kind(StrEnum):
    """Metric types of the Prometheus text format."""

    GAUGE = "gauge"
    COUNTER = "counter"


@dataclass(frozen=True, slots=True)
class Family:
    """One row of the catalogue.

    `unit` is the base unit (`seconds`, `bytes`, `bits_per_second`, `ratio`, `celsius`, …) or empty for codes,
    counts and timestamps' absence of one. `labels` is the full ordered tuple. `ietf` marks names that are kept
    as the MIB and snmp_exporter spell them and are exempt from Prometheus naming rules. `states` gives the
    meaning of each value of a coded gauge.
    """

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()
    unit: str = ""
    ietf: bool = False
    states: tuple[tuple[int, str], ...] = ()
