"""A scenario file: what happens to the city and its monitor and when, and the pages and warnings that should come of it.

Every mistake is a problem with file, line and column. The simulator plays the city's `steps` and ignores those about
servers (`operations`) and `expect`, which are for whoever keeps the score.
"""

from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import BeforeValidator, Field, model_validator

from citynoc.simulator import actions, operations
from citynoc.simulator.actions import Action
from citynoc.simulator.arguments import Moment, Share
from citynoc.simulator.names import Names
from citynoc.simulator.operations import OPERATIONS, Operation
from collector.config import yaml
from collector.config.document import Document
from collector.config.fields import Duration, Integer, Text, between, read_integer
from collector.config.problems import ConfigurationError, Problem
from collector.config.shape import Shape, validate
from collector.config.words import WrittenWrongError
from collector.model import Inventory

AFTERMATH = 60.0
"""Seconds that a scenario goes on after its last step unless it says how long it lasts."""


class Step(Shape):
    """One action at a time after the start; exactly one verb."""

    noun: ClassVar[str] = "step"

    at: Moment
    """When, from the start. Example: 10s"""
    cut: actions.Cut | None = None
    """A line carries nothing. Example: {device: rt-00115}"""
    kill: actions.Kill | None = None
    """A device is dead. Example: {device: rt-00115}"""
    power_off: actions.PowerOff | None = None
    """All devices of a site are dead. Example: {site: d-004}"""
    mains_off: actions.MainsOff | None = None
    """A site's UPSes run on battery. Example: {site: dc-1}"""
    reboot: actions.Reboot | None = None
    """A device starts anew. Example: {device: rt-00115}"""
    agent_down: actions.AgentDown | None = None
    """The SNMP agent is dead, the device lives. Example: {device: rt-00115}"""
    loss: actions.Lose | None = None
    """Datagrams are lost, each way. Example: {share: 5%}"""
    flap: actions.Flap | None = None
    """A line goes and comes. Example: {device: rt-00115, times: 10}"""
    call: actions.Call | None = None
    """A conference begins or ends. Example: {start: briefing, participants: all}"""
    limit: actions.Limit | None = None
    """A bridge has so many ports. Example: {bridge: mcu-1, ports: 300}"""
    clock: actions.SetClock | None = None
    """An endpoint's own clock goes wrong. Example: {device: vc-00115, ahead: 90s}"""
    congest: actions.Congest | None = None
    """Calls over a link or device suffer. Example: {device: ag-004-1, loss: 3%}"""
    switch_off: actions.Switch | None = None
    """Somebody switches endpoints off. Example: {endpoints: all}"""
    switch_on: actions.Switch | None = None
    """Somebody switches endpoints on. Example: {endpoints: [vc-00115]}"""
    break_: actions.Break | None = Field(default=None, alias="break")
    """A part of an endpoint fails. Example: {device: vc-00115, part: camera}"""
    service_down: actions.ServiceDown | None = None
    """A city service answers 503. Example: {service: mail}"""
    service_slow: actions.ServiceSlow | None = None
    """A city service answers late. Example: {service: mail, delay: 8s}"""
    isolate: actions.Isolate | None = None
    """The collector's own line is cut. Example: vantage"""
    repair: actions.Repair | None = None
    """What was done is undone. Example: all"""
    server: operations.Server | None = None
    """A server of the monitor is ended, started or frozen. Example: {crash: alertmanager}"""
    maintenance: operations.Maintenance | None = None
    """Work is planned from now on. Example: {district: 004, lasts: 5m}"""

    @model_validator(mode="after")
    def _one_verb(self) -> Self:
        if len(self._given()) != 1:
            raise WrittenWrongError(
                f"a step does exactly one thing, not {len(self._given())}",
                f"one of {', '.join([*actions.VERBS, *OPERATIONS])}",
            )
        return self

    @property
    def verb(self) -> str:
        """What is done."""
        return self._given()[0][0]

    @property
    def action(self) -> Action:
        """With what."""
        return self._given()[0][1]

    @property
    def played(self) -> bool:
        """Whether it happens in the city, so that the simulator plays it."""
        return not isinstance(self.action, Operation)

    def _given(self) -> list[tuple[str, Action]]:
        return [
            (field.alias or name, value)
            for name, field in type(self).model_fields.items()
            if isinstance(value := getattr(self, name), Action)
        ]


class Expected(Shape):
    """A page, or a warning for the day shift, that should be sent once and resolved once.

    It is named by the outage's id, or by the alert's name if it is about none. `after` is the moment of its cause,
    `within` how soon it should be there, `repeats` how often it may come again.
    """

    noun: ClassVar[str] = "expectation"

    page: Text | None = None
    """Id of the outage that should page. Example: 'device:rt-00115'"""
    warning: Text | None = None
    """The same of a warning; of an alert about no outage, its name. Example: AgentDown"""
    after: Moment
    """Moment of its cause, from the start. Example: 10s"""
    within: Duration = 15.0
    """How soon it should be there. Example: 15s"""
    repeats: Annotated[int, BeforeValidator(between(0, 10, read_integer))] = 0
    """How often it may come again. Example: 1"""

    @model_validator(mode="after")
    def _one_subject(self) -> Self:
        if (self.page is None) == (self.warning is None):
            raise WrittenWrongError("an expectation is either a `page` or a `warning`")
        return self

    @property
    def subject(self) -> str:
        """What it is about."""
        return self.page or self.warning or ""


class Scenario(Shape):
    """A whole file. No expectation means: no page and no warning at all."""

    noun: ClassVar[str] = "scenario"

    title: Text
    """What happens, in one line. Example: A commune is cut"""
    about: Text | None = None
    """More of it, for people. Example: The second uplink is on the same cable."""
    seed: Integer | None = None
    """Another number, another city; else `--seed`. Example: 7"""
    lasts: Duration | None = None
    """How long it is watched; else a minute after the last step. Example: 5m"""
    loss: Share | None = None  # from the very start
    """Share of datagrams lost each way, from the start. Example: 5%"""
    steps: tuple[Step, ...]
    """What happens, and when. Example: [{at: 10s, cut: {device: rt-00115}}]"""
    expect: tuple[Expected, ...] = ()
    """Pages and warnings that should be sent; none, none at all. Example: [{page: 'device:rt-00115', after: 10s}]"""

    @property
    def pages(self) -> tuple[Expected, ...]:
        """The pages that should come."""
        return tuple(expected for expected in self.expect if expected.page is not None)

    @property
    def warnings(self) -> tuple[Expected, ...]:
        """The warnings that should come."""
        return tuple(expected for expected in self.expect if expected.warning is not None)

    @property
    def duration(self) -> float:
        """Seconds until the scenario is over."""
        return self.lasts or max((step.at for step in self.steps), default=0.0) + AFTERMATH


def load(path: Path, inventory: Inventory) -> Scenario:
    """The scenario in the file.

    Raises:
        ConfigurationError: with every mistake in it, names that the inventory does not have included.
    """
    document = yaml.read(path, Path())  # named as the person wrote it
    scenario, problems = validate(Scenario, document)
    if scenario is None:
        raise ConfigurationError(problems)
    unknown = list(_unknown(scenario, document, Names(inventory)))
    if unknown:
        raise ConfigurationError(unknown)
    return scenario


def _unknown(scenario: Scenario, document: Document, names: Names) -> list[Problem]:
    return [
        document.problem(("steps", place, step.verb, name.key), name.message, name.hint)
        for place, step in enumerate(scenario.steps)
        for name in names.unknown(step.action)
    ]
