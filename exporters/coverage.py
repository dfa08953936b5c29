"""Coverage as Prometheus text and as JSON, from the day's standing and the city's state. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from collector.coverage.links import Measured
from collector.coverage.reckoning import Reckoning, Share, measured_share
from collector.coverage.standing import Standing
from collector.coverage.target import Basis, Target
from collector.coverage.tell import Value, document, overdue, rounded
from collector.metrics import Family
from collector.metrics import coverage as families
from collector.outages.state import CityState
from collector.outcome import Number
from collector.zones import zone_of
from exporters.api import UnknownFilterError
from exporters.coverage_units import UnitExposition
from exporters.state import label_text

Seen = Mapping[str, Measured]
"""What is measured now, by target."""
Rows = Sequence[tuple[tuple[str, ...], Number]]


class CoverageExposition:
    """The families of one standing; a new day or a reload makes a new one.

    What is declared is rendered once, what is measured when a site's state or a way out has changed.
    """

    def __init__(self, standing: Standing, timezone: str) -> None:
        self.standing = standing
        self._zone = zone_of(timezone)
        self._fixed = tuple(self._declared())
        self._units = UnitExposition(standing)
        self._of: tuple[object, object] = (None, None)
        self._changing: tuple[tuple[Family, bytes], ...] = ()

    def bodies(self, state: CityState) -> Iterator[tuple[Family, bytes]]:
        """Each family with its lines."""
        if self._of[0] is not state.sites or self._of[1] is not state.uplinks:
            self._of, self._changing = (state.sites, state.uplinks), tuple(self._measured(state))
        yield from self._changing
        yield from self._fixed

    def _measured(self, state: CityState) -> Iterator[tuple[Family, bytes]]:
        """What changes while the city is watched."""
        seen = {
            one.target.key: self.standing.measured(state, one.target.measured)
            for one in self.standing.reckonings
            if one.target.measured is not None
        }
        shares = list(self._shares(seen))
        for family, values in (
            (families.RATIO, [(labels, rounded(share.ratio)) for labels, share in shares]),
            (families.NUMERATOR, [(labels, share.numerator) for labels, share in shares]),
            (families.DENOMINATOR, [(labels, share.denominator) for labels, share in shares]),
            (families.UNKNOWN, [(labels, share.unknown) for labels, share in shares]),
        ):
            yield _body(family, [(labels, value) for labels, value in values if value is not None])
        yield _body(families.DISAGREEMENTS, self._disagreements(seen))
        yield _body(families.FAILING, _failing(seen))
        yield from self._units.bodies({target: measured.links for target, measured in seen.items()})

    def _shares(self, seen: Seen) -> Iterator[tuple[tuple[str, ...], Share]]:
        for one in self.standing.reckonings:
            yield (one.target.key, Basis.DECLARED), one.declared
            measured = seen.get(one.target.key)
            if measured is not None:
                share = measured_share(one.target, measured, self.standing.evidence.maps.communes)
                yield (one.target.key, Basis.MEASURED), share

    def _disagreements(self, seen: Seen) -> Rows:
        found: list[tuple[tuple[str, ...], Number]] = []
        for one in self.standing.reckonings:
            measured = seen.get(one.target.key)
            if measured is not None:
                links = measured.links
                odd = sum(
                    links.get(code) is not None and links[code] is not (covered > 0)
                    for code, covered in one.figures.items()
                )
                found.append(((one.target.key,), odd))
        return found

    def _declared(self) -> Iterator[tuple[Family, bytes]]:
        """What changes with the day only."""
        ones = self.standing.reckonings
        yield _body(
            families.AT_MOST, _present((one.target, rounded(one.declared.at_most_ratio)) for one in ones)
        )
        yield _body(
            families.TARGET_RATIO, _present((one.target, rounded(one.target.threshold)) for one in ones)
        )
        yield _body(
            families.DEADLINE,
            _present((one.target, self._midnight(one.target.deadline + timedelta(days=1))) for one in ones),
        )
        yield _body(families.EXPECTED, _present((one.target, self._expected(one)) for one in ones))
        yield _body(families.LATE, _present((one.target, int(one.late)) for one in ones))
        yield _body(families.INFO, [(_info(one.target), 1) for one in ones])
        evidence, as_of = self.standing.evidence, self.standing.as_of
        last = sorted(evidence.last_survey(as_of).items())
        yield _body(
            families.SURVEY_TIME,
            [((carrier,), self._midnight(day)) for carrier, day in last if day is not None],
        )
        yield _body(
            families.SURVEY_OVERDUE,
            [((carrier,), int(overdue(evidence, day, as_of))) for carrier, day in last],
        )

    def _expected(self, one: Reckoning) -> Number | None:
        return None if one.expected_on is None else self._midnight(one.expected_on)

    def _midnight(self, day: date) -> int:
        """Unix time at which the day begins in the city."""
        return int(datetime.combine(day, time(), self._zone).timestamp())


def as_json(standing: Standing | None, state: CityState, wanted: Mapping[str, str]) -> Value:
    """The whole document, or one target or another map of it. Filters: `map`, `target`. Raises UnknownFilterError."""
    for name in wanted:
        if name not in {"map", "target"}:
            raise UnknownFilterError(f"unknown filter '{name}'; there are: map, target")
    if standing is None:
        return {"targets": []}
    maps, targets = standing.evidence.maps.maps, standing.evidence.targets
    on = maps.get(wanted.get("map", standing.on.name))
    if on is None:
        raise UnknownFilterError(f"unknown map '{wanted['map']}'; there are: {', '.join(maps)}")
    target = wanted.get("target")
    if target is not None and target not in targets:
        raise UnknownFilterError(f"unknown target '{target}'; there are: {', '.join(targets)}")
    found = standing.reckoned(state, on=on, target=target)
    return document(standing.evidence, found, on, standing.as_of)


def _failing(seen: Seen) -> Rows:
    return [
        ((key, quality), count) for key, measured in seen.items() for quality, count in measured.lacking()
    ]


def _info(target: Target) -> tuple[str, ...]:
    return target.key, target.title.en, target.title.vi, target.denominator, target.owner


def _present(values: Iterable[tuple[Target, Number | None]]) -> Rows:
    return [((target.key,), value) for target, value in values if value is not None]


def _body(family: Family, rows: Rows) -> tuple[Family, bytes]:
    lines = (f"{family.name}{label_text(family.labels, labels)} {value!r}\n" for labels, value in rows)
    return family, "".join(lines).encode()
