"""What a question to the world comes back with: `Answer` or `Failure`, never None, a bool or an exception.

Measured values travel as columns: a `SeriesSet` is the identity of one family's series on one device and is
kept from poll to poll; a `Measured` pairs it with the values of one poll. Values are in base units.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from collector.metrics import Family

Number = int | float


class FailureKind(StrEnum):
    """Whose desk is it? Also the `kind` label of the failure counters."""

    TIMEOUT = "timeout"  # nothing came back in time
    UNREACHABLE = "unreachable"  # the network said no, or sending failed here
    REFUSED = "refused"  # the far side answered and would not serve
    AUTH = "auth"  # wrong community, user or key
    PROTOCOL = "protocol"  # an answer that breaks the protocol's rules
    DECODE = "decode"  # bytes or a payload that cannot be read
    STALLED = "stalled"  # our own process did not run on time: proves nothing about the device
    BUG = "bug"  # ours


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer. `detail` is one sentence for an operator and holds no secret."""

    kind: FailureKind
    detail: str


class Sample(NamedTuple):
    """One series and its value, for readers that want them one by one."""

    family: Family
    labels: Mapping[str, str]
    value: Number


def escape_label(value: str) -> str:
    r"""A label value as the text format wants it: `\`, `"` and newline escaped (exposition format 0.0.4)."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


_NAME = b"\xff"
"""Stands for the metric's name in the text of `Rows`: a byte that UTF-8 never holds."""


class Rows:
    """The rows of one table on one device: label names and values, without a metric's name.

    A source makes one and gives it to the series sets of all families of the table: the text, which is most of
    what a device costs in memory, is then kept once. `labels` holds one tuple per row, in the order of `names`;
    a label whose value is empty is left out of the text (Prometheus treats it as absent). `distinct` is false if
    two rows are alike, as when a profile's label columns do not tell a device's rows apart: only the first of
    them may be exposed.
    """

    __slots__ = ("distinct", "labels", "names", "text")

    def __init__(self, names: tuple[str, ...], labels: Sequence[tuple[str, ...]]) -> None:
        for row in labels:
            if len(row) != len(names):
                raise ValueError(f"labels {names} are wanted, got {row}")
        self.names = names
        self.labels = tuple(labels)
        self.distinct = len(set(self.labels)) == len(self.labels)
        # Half a surrogate pair has no UTF-8; a device's broken text must not cost its other samples.
        self.text = b"".join(_NAME + self._line(row).encode(errors="replace") for row in self.labels)

    def _line(self, row: tuple[str, ...]) -> str:
        pairs = ",".join(
            f'{name}="{escape_label(value)}"' for name, value in zip(self.names, row, strict=True) if value
        )
        return f"{{{pairs}}} ".replace("%", "%%") + "%a\n"

    def __len__(self) -> int:
        return len(self.labels)


class SeriesSet:
    """The series of one family that one poll yields, in a fixed order, without their values.

    `labels` is the rows, or their label values in the order of `family.labels`. ValueError if they do not fit
    the family.

    Contract: instances are immutable and compared by identity; a source keeps one as long as the device's
    rows stay the same, and shares the `Rows` among the families of a table.
    """

    __slots__ = ("family", "rows")

    def __init__(self, family: Family, labels: Rows | Sequence[tuple[str, ...]]) -> None:
        rows = labels if isinstance(labels, Rows) else Rows(family.labels, labels)
        if rows.names != family.labels:
            raise ValueError(f"{family.name} takes labels {family.labels}, got {rows.names}")
        self.family = family
        self.rows = rows

    @property
    def labels(self) -> tuple[tuple[str, ...], ...]:
        """One tuple of label values per row."""
        return self.rows.labels

    @property
    def distinct(self) -> bool:
        """False if two rows are the same series."""
        return self.rows.distinct

    @property
    def template(self) -> bytes:
        """Prometheus text of all rows with a `%a` where each value belongs: a poll is one C-level formatting."""
        return self.rows.text.replace(_NAME, self.family.name.encode())

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"SeriesSet({self.family.name}, {len(self)} rows)"


class Measured(NamedTuple):
    """Values of one poll, one per row of `series`, finite numbers in base units."""

    series: SeriesSet
    values: tuple[Number, ...]

    def text(self) -> bytes:
        """Prometheus text lines, newline-terminated, without HELP and TYPE."""
        return self.series.template % self.values

    def samples(self) -> Iterator[Sample]:
        """The rows one by one."""
        names = self.series.family.labels
        for row, value in zip(self.series.labels, self.values, strict=True):
            yield Sample(self.series.family, dict(zip(names, row, strict=True)), value)


@dataclass(frozen=True, slots=True)
class Answer:
    """The world answered.

    `uptime` is the agent's sysUpTime in seconds if it was read. `facts` are texts about the device for info
    metrics and for people (vendor, model, software, sysName): never labels of a measured series.
    `missing` counts readings that the profile asks for and the device does not have.
    """

    measured: tuple[Measured, ...] = ()
    uptime: float | None = None
    rebooted: bool = False
    facts: Mapping[str, str] | None = None
    missing: int = 0

    def samples(self) -> Iterator[Sample]:
        """Every series and value of the answer."""
        for block in self.measured:
            yield from block.samples()


Outcome = Answer | Failure
