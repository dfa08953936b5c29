"""A scenario file: what happens to the city and when, and the pages that a monitor should send for it.

Every mistake is a problem with file, line and column. The simulator plays `steps` and ignores `expect`, which is
for whoever keeps the score.
"""

from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, model_validator

from citynoc.simulator import actions
from citynoc.simulator.actions import Action, Moment, Names, Share
from collector.config import yaml
from collector.config.document import Document
from collector.config.fields import Duration, Integer, Text, WrittenWrongError
from collector.config.problems import ConfigurationError, Problem
from collector.config.shape import Shape, validate
from collector.model import Inventory

AFTERMATH = 60.0
"""Seconds that a scenario goes on after its last step unless it says how long it lasts."""


class Step(Shape):
    """One action at a time after the start; exactly one verb."""

    noun: ClassVar[str] = "step"

    at: Moment
    cut: actions.Cut | None = None
    kill: actions.Kill | None = None
    power_off: actions.PowerOff | None = None
    mains_off: actions.MainsOff | None = None
    reboot: actions.Reboot | None = None
    agent_down: actions.AgentDown | None = None
    loss: actions.Lose | None = None
    flap: actions.Flap | None = None
    call: actions.Call | None = None
    congest: actions.Congest | None = None
    switch_off: actions.Switch | None = None
    switch_on: actions.Switch | None = None
    break_: actions.Break | None = Field(default=None, alias="break")
    service_down: actions.ServiceDown | None = None
    service_slow: actions.ServiceSlow | None = None
    isolate: actions.Isolate | None = None
    repair: actions.Repair | None = None

    @model_validator(mode="after")
    def _one_verb(self) -> Self:
        if len(self._given()) != 1:
            raise WrittenWrongError(
                f"a step does exactly one thing, not {len(self._given())}",
                f"one of {', '.join(actions.VERBS)}",
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

    def _given(self) -> list[tuple[str, Action]]:
        return [
            (field.alias or name, value)
            for name, field in type(self).model_fields.items()
            if isinstance(value := getattr(self, name), Action)
        ]


class Expected(Shape):
    """A page that should be sent: `page` is the outage's id; `after` the moment of its cause, `within` how soon."""

    noun: ClassVar[str] = "expectation"

    page: Text
    after: Moment
    within: Duration = 15.0


class Scenario(Shape):
    """A whole file. No expectation means: no page at all."""

    noun: ClassVar[str] = "scenario"

    title: Text
    about: Text | None = None
    seed: Integer | None = None
    lasts: Duration | None = None
    loss: Share | None = None  # from the very start
    steps: tuple[Step, ...]
    expect: tuple[Expected, ...] = ()

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
