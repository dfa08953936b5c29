"""What is said of a configuration: errors first, calendars before other warnings, and never more than a page."""

from types import SimpleNamespace
from typing import cast

from structlog.testing import capture_logs

from citynoc import said
from collector.config import Configuration, Problem, Severity
from collector.config.configuration import CalendarFile
from collector.model import Place

CALENDAR = CalendarFile("office", "calendars/office.ics", Place("config/meetings.yml", 3, 11), read=False)


def warning(file: str, line: int, column: int = 1) -> Problem:
    return Problem(Place(file, line, column), "is odd", None, Severity.WARNING)


def configuration(*warnings: Problem) -> Configuration:
    return cast("Configuration", SimpleNamespace(warnings=warnings, calendars=(CALENDAR,)))


def test_errors_come_before_warnings_and_the_first_error_is_logged():
    odd = warning("config/city.yml", 1)
    wrong = [Problem(Place("config/core.yml", line, 1), "is wrong") for line in (2, 9)]
    assert said.refusal([odd, *wrong]) == [*map(str, wrong), str(odd)]
    with capture_logs() as log:
        said.log_refusal([odd, *wrong])
    (event,) = log
    assert (event["event"], event["errors"], event["warnings"]) == ("config.rejected", 2, 1)
    assert event["first"] == "config/core.yml:2:1: is wrong"


def test_what_calendars_say_comes_first_and_the_rest_is_counted():
    many = [warning("config/core.yml", line) for line in range(1, 41)]
    late = [warning("config/calendars/office.ics", 7, 20), warning("config/meetings.yml", 3, 11)]
    told = said.acceptance(configuration(*many, *late))
    assert told[:3] == [str(late[0]), str(late[1]), str(many[0])]
    assert len(told) == said.MOST + 1
    assert told[-1] == "and 22 more warnings: citynoc check has them all"
    with capture_logs() as log:
        said.log_warnings(configuration(*many, *late))
    assert log[0] == {"event": "config.warnings", "log_level": "warning", "warnings": 42, "shown": 20}
    assert [event["problem"] for event in log[1:]] == told[:-1]


def test_nothing_odd_is_nothing_said():
    assert said.acceptance(configuration()) == []
    with capture_logs() as log:
        said.log_warnings(configuration())
    assert log == []
