"""Reads `config/`: text to typed inventory, or every problem at once with file, line and column."""

from collections.abc import Mapping
from pathlib import Path

from collector.config.configuration import Configuration
from collector.config.problems import ConfigurationError, Problem, Severity, draw, draw_all
from collector.model import City

__all__ = [
    "Configuration",
    "ConfigurationError",
    "Problem",
    "Severity",
    "draw",
    "draw_all",
    "load",
    "load_city",
]


def load(directory: Path, environ: Mapping[str, str], *, need_secrets: bool = True) -> Configuration:
    """The configuration in `directory`. Raises ConfigurationError with every problem.

    A secret that is not there is an error where it is needed, and a warning with `need_secrets` off (a check
    on another machine than the one that runs): its credential then has None in its place.
    """
    # Schemas and parsers take 20 MB: who only holds a configuration, as the service does, goes without them.
    from collector.config import reading  # noqa: PLC0415

    return reading.load(directory, environ, need_secrets=need_secrets)


def load_city(directory: Path) -> City:
    """`city.yml` alone, whatever is wrong with other files. Raises ConfigurationError with its own problems."""
    from collector.config.city import read_city  # noqa: PLC0415 - as above

    return read_city(directory)
