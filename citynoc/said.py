"""What a reading of the configuration has to say: in the log, and in the answer to a reload. Bounded, errors first.

What a calendar says wrongly comes before other warnings: it changes between two readings, and nobody here wrote it.
"""

from collections.abc import Iterable, Sequence

import structlog

from collector.config import Configuration, Problem, Severity

MOST = 20
"""Warnings that are told one by one; the others are counted, and `citynoc check` has them all."""

log = structlog.get_logger(__name__)


def log_warnings(configuration: Configuration) -> None:
    """A line with their number, and one for each of the first; nothing where there is none."""
    warnings = _ordered(configuration)
    if not warnings:
        return
    log.warning("config.warnings", warnings=len(warnings), shown=min(MOST, len(warnings)))
    for one in warnings[:MOST]:
        log.warning("config.warning", problem=str(one))


def log_refusal(problems: Iterable[Problem]) -> None:
    """One line: how much is wrong, and the first error."""
    errors, warnings = _parted(problems)
    first = str(errors[0]) if errors else ""
    log.warning("config.rejected", errors=len(errors), warnings=len(warnings), first=first)


def refusal(problems: Iterable[Problem]) -> Sequence[str]:
    """Every error, then the first warnings, a line each."""
    errors, warnings = _parted(problems)
    return [*map(str, errors), *_some(warnings)]


def acceptance(configuration: Configuration) -> Sequence[str]:
    """The first warnings of what was taken into use, a line each."""
    return _some(_ordered(configuration))


def _parted(problems: Iterable[Problem]) -> tuple[list[Problem], list[Problem]]:
    listed = list(problems)
    return (
        [one for one in listed if one.severity is Severity.ERROR],
        [one for one in listed if one.severity is Severity.WARNING],
    )


def _ordered(configuration: Configuration) -> list[Problem]:
    files = tuple(one.file for one in configuration.calendars)
    places = {one.place for one in configuration.calendars}
    return sorted(
        configuration.warnings,
        key=lambda one: not (one.place in places or one.place.file.endswith(files)),
    )


def _some(warnings: Sequence[Problem]) -> list[str]:
    more = len(warnings) - MOST
    rest = [f"and {more} more warnings: citynoc check has them all"] if more > 0 else []
    return [*map(str, warnings[:MOST]), *rest]
