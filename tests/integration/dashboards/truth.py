"""The figures that dashboards must show of the generated history, and whether they do: in the quiet, in the storm, in the
storm for district 002 alone, and when nobody watches any more."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from tests.integration.dashboards import history
from tests.integration.dashboards.answers import EVERYWHERE, answer
from tests.integration.dashboards.filled_prometheus import Prometheus

Json = dict[str, Any]


class Figure(NamedTuple):
    """What one query gives, up to `within`; None is no data."""

    quiet: float | None
    storm: float | None
    elsewhere: float | None
    unwatched: float | None = None
    within: float = 0


TRUTH: Mapping[str, Mapping[tuple[int, str], Figure]] = MappingProxyType(
    {
        "city": {
            # panel and query
            (1, "A"): Figure(579, 575, 20),  # communes connected
            (1, "B"): Figure(579, 579, 20),  # communes
            (2, "A"): Figure(0, 2, 0),  # sites cut off
            (3, "A"): Figure(0, 1, 0),  # outages
            (4, "A"): Figure(0, 2, 1),  # degraded
            (5, "A"): Figure(0, 1, None),  # services down; district 002 has none
            (9, "A"): Figure(1189, 1181, 41),  # devices up
            (9, "B"): Figure(0, 1, 0),  # in maintenance
            (9, "C"): Figure(0, 1, 0),  # unknown
            (9, "D"): Figure(0, 1, 0),  # agent silent
            (9, "E"): Figure(0, 3, 0),  # unreachable
            (9, "F"): Figure(0, 2, 0),  # down
            (12, "A"): Figure(579, 575, 20),  # communes connected over time
            (6, "A"): Figure(0, 0, 0, 2),  # the monitor: watching, then not
        },
        "conference": {
            (1, "A"): Figure(40, 40, 20),  # endpoints registered, of those that tell
            (1, "B"): Figure(40, 40, 20),
            (2, "A"): Figure(0, 40, 20),  # in a call
            (3, "A"): Figure(0, 12, 6),  # poor
            (4, "A"): Figure(0, 14, 7),  # fair
            (5, "A"): Figure(0, 0.75, 0.75),  # the fullest bridge
            (8, "A"): Figure(None, 37, 37),  # ready: a meeting's figure, whatever the district
            (8, "B"): Figure(None, 2, 2),  # not ready
            (11, "A"): Figure(None, 14, 7),  # good over time
            (14, "A"): Figure(0, 40, 20),  # in a call over time
        },
        "coverage": {
            (2, "A"): Figure(1, 0, 0),  # kept: all communes in the quiet, a little less in the storm
            (2, "B"): Figure(2, 2, 2),
            (3, "A"): Figure(2, 2, 2),  # late
            (4, "A"): Figure(3, 3, 3),  # disagreements
            (5, "A"): Figure(1, 1, 1),  # surveys overdue
        },
        "site": {
            (12, "A"): Figure(0, 0, 0),  # the way to the core: the aggregation router lives
        },
        "outages": {
            (6, "A"): Figure(0, 3, 1),  # outages now
            (7, "A"): Figure(
                None, 600, 600, 600, within=history.STEP
            ),  # mean time to repair: the past stays true
            (8, "A"): Figure(None, 600, 600, 600, within=history.STEP),
            (9, "A"): Figure(None, 2, 2, 2),
        },
    }
)


def untrue(server: Prometheus, board: Json) -> Iterator[str]:
    """Figures of the dashboard that are not those of the history, or that are there when nobody watches."""
    name = str(board["uid"]).split("-")[1]
    for place, figures in TRUTH.get(name, {}).items():
        for at, district, figure in (
            (history.QUIET_AT, EVERYWHERE, figures.quiet),
            (history.STORM_AT, EVERYWHERE, figures.storm),
            (history.STORM_AT, "002", figures.elsewhere),
            (history.UNWATCHED_AT, EVERYWHERE, figures.unwatched),
        ):
            got = value(server, board, place, at, district)
            if got != figure and (got is None or figure is None or abs(got - figure) > figures.within):
                yield f"panel {place[0]} query {place[1]} at {at} of {district}: {got} instead of {figure}"


def value(
    server: Prometheus, board: Json, place: tuple[int, str], at: int, district: str = EVERYWHERE
) -> float | None:
    """The one figure of a panel's query; None if there is none, or several."""
    number, ref = place
    target = next(
        target
        for panel in board["panels"]
        for target in panel["targets"]
        if (panel["id"], target["refId"]) == (number, ref)
    )
    series = answer(server, target, at, district).series
    return series[0][1] if len(series) == 1 else None
