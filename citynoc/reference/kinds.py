"""Every kind of file that a person writes: those of the configuration, and scenarios."""

from collections.abc import Mapping

from citynoc.simulator.scenario import Scenario
from collector.config import editor
from collector.config.shape import Shape


def kinds() -> Mapping[str, tuple[str, type[Shape]]]:
    """Kind to its files, in the configuration's directory, and their shape."""
    return {**editor.KINDS, "scenario": ("scenarios/*.yml", Scenario)}
