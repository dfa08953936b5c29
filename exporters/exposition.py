r"""Device samples as Prometheus text, ready before anybody scrapes.

Each poll's lines are rendered once, when its answer arrives; a scrape joins them family by family. This file
never reads a clock, a socket or the inventory.

Text format 0.0.4: HELP and TYPE once a family, all lines of a family together, no series twice.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from collector.metrics import Family, Kind
from collector.model import DeviceName
from collector.outcome import Answer, Measured
from collector.plan import PollKey

BLOCKS_PER_SLICE = 2048
"""Blocks joined at a time: a slice is up to two megabytes and takes some 0.5 ms, so a scrape can be interleaved."""


MOST_SETS = 1_000
"""Sets of families that are remembered, to keep equal ones once; there are about as many as profiles."""


class Form(StrEnum):
    """The text formats that we write; the value is the Content-Type."""

    TEXT = "text/plain; version=0.0.4; charset=utf-8"
    OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


def escape_help(text: str) -> str:
    r"""HELP text with `\` and newline escaped (format 0.0.4; OpenMetrics also takes it so)."""
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def header(family: Family, form: Form = Form.TEXT) -> bytes:
    """HELP and TYPE lines of a family, and UNIT where OpenMetrics has one.

    OpenMetrics names the family, not its samples: a counter without `_total`, an info metric without `_info`.
    """
    name, kind = family.name, str(family.kind)
    text = escape_help(family.help)
    if form is Form.TEXT:
        return f"# HELP {name} {text}\n# TYPE {name} {kind}\n".encode()
    if family.kind is Kind.COUNTER:
        name = name.removesuffix("_total")
    elif name.endswith("_info"):
        name, kind = name.removesuffix("_info"), "info"
    text = text.replace('"', '\\"')
    unit = family.unit.removeprefix("timestamp_")
    unit_line = f"# UNIT {name} {unit}\n" if unit and name.endswith(f"_{unit}") else ""
    return f"# HELP {name} {text}\n# TYPE {name} {kind}\n{unit_line}".encode()


class _Held(NamedTuple):
    """What the latest answer to one question gave: its end of life, the families it holds lines of, how many lines."""

    expires: float
    families: frozenset[str]
    series: int


class DeviceExposition:
    """Every device sample that is true now, as text.

    One block of lines per question and family. When two questions about one device give the same series (SNMP
    and MQTT telemetry), the one put last owns it and the other's line is removed for good: a series is never
    written twice and never goes back to an older reading.

    Not for several threads at once. `expires` and `now` are readings of one clock, in seconds.
    """

    def __init__(self) -> None:
        self._held: dict[PollKey, _Held] = {}
        self._asked: dict[DeviceName, tuple[PollKey, ...]] = {}
        self._blocks: dict[str, dict[PollKey, bytes]] = {}
        self._headers: dict[str, bytes] = {}
        self._series = 0
        self._sets: dict[frozenset[str], frozenset[str]] = {}

    def put(self, key: PollKey, answer: Answer, expires: float) -> None:
        """Replace what the question gave before by `answer`, true until `expires`."""
        fresh: dict[str, bytes] = {}
        series = sum([self._add(fresh, block) for block in answer.measured])
        held = self._held.get(key)
        if held is None:
            families = self._shared(frozenset(fresh))
            self._asked[key.device] = (*self._asked.get(key.device, ()), key)
        else:
            families = held.families
            self._series -= held.series
            if families != fresh.keys():
                families = self._shared(frozenset(fresh))
                self._remove(key, held.families - families)
        for other in self._asked[key.device]:
            if other != key:
                self._trim(other, fresh)
        for name, text in fresh.items():
            self._blocks.setdefault(name, {})[key] = text
        self._series += series
        self._held[key] = _Held(expires, families, series)

    def drop(self, key: PollKey) -> None:
        """Remove what the question gave, as after a failed poll; nothing happens if there is nothing."""
        held = self._held.pop(key, None)
        if held is None:
            return
        self._series -= held.series
        self._remove(key, held.families)
        others = tuple(other for other in self._asked[key.device] if other != key)
        if others:
            self._asked[key.device] = others
        else:
            del self._asked[key.device]

    def withdraw(self, device: DeviceName, names: frozenset[str], *, but: PollKey) -> None:
        """Take these families of a device away from every answer but one, whose word ends what the others said."""
        for key in self._asked.get(device, ()):
            held = self._held[key]
            over = held.families & names
            if key == but or not over:
                continue
            lost = sum(self._blocks[name][key].count(b"\n") for name in over)
            self._remove(key, over)
            self._series -= lost
            self._held[key] = _Held(held.expires, held.families - over, held.series - lost)

    def expire(self, now: float) -> int:
        """Remove everything whose time is over; how many questions lost their lines."""
        over = [key for key, held in self._held.items() if held.expires <= now]
        for key in over:
            self.drop(key)
        return len(over)

    def render(self, now: float) -> Iterator[bytes]:
        """The whole text in slices, families in order of name. Answers may come and go between two slices.

        What changes while its family is being written is seen at the next scrape.
        """
        self.expire(now)
        for name in sorted(self._blocks):
            blocks = list(self._blocks.get(name, {}).values())
            for start in range(0, len(blocks), BLOCKS_PER_SLICE):
                part = blocks[start : start + BLOCKS_PER_SLICE]
                if start == 0:
                    part.insert(0, self._headers[name])
                yield b"".join(part)

    def of(self, device: DeviceName, now: float) -> bytes:
        """The text of one device alone, families in order of name."""
        keys = [key for key in self._asked.get(device, ()) if self._held[key].expires > now]
        names = sorted({name for key in keys for name in self._held[key].families})
        return b"".join(
            self._headers[name] + b"".join(self._blocks[name].get(key, b"") for key in keys) for name in names
        )

    def __len__(self) -> int:
        """Questions that hold lines."""
        return len(self._held)

    @property
    def series(self) -> int:
        """Lines held, those included that are over and not yet removed."""
        return self._series

    def _shared(self, families: frozenset[str]) -> frozenset[str]:
        """The same set, kept once for all devices that say as much."""
        if len(self._sets) >= MOST_SETS:
            self._sets.clear()
        return self._sets.setdefault(families, families)

    def _add(self, texts: dict[str, bytes], block: Measured) -> int:
        """Put a block's lines to its family's; how many that adds.

        Of a series that an answer holds twice, the first reading stays.
        """
        if not block.values:
            return 0
        family = block.series.family
        name = family.name
        if name not in self._headers:
            self._headers[name] = header(family)
        before = texts.get(name)
        if before is None and block.series.distinct:
            texts[name] = block.text()
            return len(block.values)
        texts[name] = text = _distinct((before or b"") + block.text())
        return text.count(b"\n") - (before or b"").count(b"\n")

    def _remove(self, key: PollKey, names: Iterable[str]) -> None:
        for name in names:
            blocks = self._blocks[name]
            del blocks[key]
            if not blocks:
                del self._blocks[name]

    def _trim(self, key: PollKey, fresh: dict[str, bytes]) -> None:
        """Take the series of `fresh` away from the older answer of `key`."""
        held = self._held[key]
        if held.families.isdisjoint(fresh):
            return
        shared = held.families & fresh.keys()
        emptied = set()
        lost = 0
        for name in shared:
            taken = {_series(line) for line in _lines(fresh[name])}
            lines = _lines(self._blocks[name][key])
            left = [line for line in lines if _series(line) not in taken]
            lost += len(lines) - len(left)
            if left:
                self._blocks[name][key] = b"\n".join([*left, b""])
            else:
                emptied.add(name)
        self._remove(key, emptied)
        self._series -= lost
        self._held[key] = _Held(held.expires, held.families - emptied, held.series - lost)


def _lines(text: bytes) -> list[bytes]:
    """The lines without their newline. Not `splitlines`: a label value may hold a carriage return."""
    return text.split(b"\n")[:-1]


def _series(line: bytes) -> bytes:
    """A line without its value: the series' identity. A value holds no space, so the last one parts them."""
    return line.rpartition(b" ")[0]


def _distinct(text: bytes) -> bytes:
    lines: dict[bytes, bytes] = {}
    for line in _lines(text):
        lines.setdefault(_series(line), line)
    return b"\n".join([*lines.values(), b""])
