"""The two sides of a plan: the configuration at hand, and what it is compared with, wherever that is."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from citynoc.access import Access, access_of
from citynoc.editing.trial import renamed
from citynoc.meetings.changes import meeting_changes
from citynoc.planning.commit import checked_out
from citynoc.planning.cost import Cost, cost_of, values_of
from citynoc.planning.difference import Difference, compare
from citynoc.planning.picture import Picture, calendar_of, picture_of
from citynoc.planning.running import Running, ask
from citynoc.planning.touched import Metrics, Rules, Touched, metrics_of, read_rules, touched
from collector.config import Configuration, ConfigurationError, load
from collector.model import Secret

RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two. The service does not tell alerts; what its profiles give is taken from the files."""

    configuration: Configuration
    """Its files; of the running service only its meetings, in the place of those of the files at hand."""
    picture: Picture
    metrics: Metrics
    rules: Rules | None
    cost: Cost
    running: Running | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that a plan says."""

    difference: Difference
    touched: Touched
    before: Cost
    after: Cost
    meetings: list[dict[str, Any]]
    """A row for each meeting that changes, or in whose next sitting touched sites take part."""
    running: Running | None
    series_after: int | None
    """Series to expect, reckoned from those that the running service holds."""


@dataclass(frozen=True, slots=True)
class Against:
    """What to compare with, as the command line has it."""

    name: str
    login: Secret | None = None
    ca_file: Path | None = None
    interfaces: int = 8

    @property
    def is_service(self) -> bool:
        """Whether a running service is asked, and not files."""
        return not Path(self.name).is_dir() and (
            self.name == RUNNING or self.name.startswith(("http://", "https://"))
        )


def side_of(directory: Path, configuration: Configuration, interfaces: int) -> Side:
    """The side that files give."""
    picture = picture_of(configuration)
    values = values_of(configuration.profiles, interfaces)
    return Side(
        configuration,
        picture,
        metrics_of(configuration.profiles),
        read_rules(directory),
        cost_of(picture, values),
    )


def compared(directory: Path, configuration: Configuration, against: Against, now: float) -> Comparison:
    """The configuration of `directory` against the other side.

    Raises ConfigurationError, NoCommitError or NotRunningError.
    """
    old, configuration = _other(directory, configuration, against)
    new = side_of(directory, configuration, against.interfaces)
    difference = compare(old.picture, new.picture)
    rules = new.rules or Rules()
    outages: tuple[Mapping[str, Any], ...] = old.running.outages if old.running is not None else ()
    found = touched(
        difference, (old.picture, new.picture), (old.metrics, new.metrics), (old.rules, rules), outages
    )
    meetings = meeting_changes(old.configuration, configuration, _sites(difference, old, new), now)
    return Comparison(difference, found, old.cost, new.cost, meetings, old.running, _series_after(old, new))


def _sites(difference: Difference, old: Side, new: Side) -> set[str]:
    """Sites that change, or whose devices do."""
    sides = (old.picture.devices, new.picture.devices)
    theirs = {devices[name]["site"] for devices in sides for name in difference.touched if name in devices}
    return {*difference.others["sites"], *theirs}


def _other(directory: Path, configuration: Configuration, against: Against) -> tuple[Side, Configuration]:
    """The other side, and the configuration as the other side would read it."""
    path = Path(against.name)
    if against.name and path.is_dir():
        other = load(path, os.environ, need_secrets=False)
        return side_of(path, other, against.interfaces), configuration
    if against.is_service:
        access = Access(against.name, against.login, against.ca_file)
        if against.name == RUNNING:
            access = access_of(configuration.inventory.city, directory, against.login, against.ca_file)
        running = ask(access)
        values = values_of(configuration.profiles, against.interfaces)
        cost = cost_of(running.picture, values)
        reads = replace(configuration, meetings=calendar_of(running.picture))
        side = Side(reads, running.picture, metrics_of(configuration.profiles), None, cost, running)
        return side, running.settings.applied_to(configuration)
    with checked_out(directory, against.name) as folder:
        try:
            other = load(folder, os.environ, need_secrets=False)
        except ConfigurationError as wrong:
            raise renamed(wrong, str(folder), f"{against.name}:{directory}") from None
        return side_of(folder, other, against.interfaces), configuration


def _series_after(old: Side, new: Side) -> int | None:
    """Series to expect of devices: those measured now, in the proportion of the estimates."""
    if old.running is None:
        return None
    estimated = old.cost.device_series
    return (
        round(old.running.series * new.cost.device_series / estimated)
        if estimated
        else new.cost.device_series
    )
