"""Reads `config/`: text to typed inventory, or every problem at once with file, line and column."""

from collector.config.load import Configuration, load
from collector.config.problems import ConfigurationError, Problem, Severity, draw, draw_all

__all__ = ["Configuration", "ConfigurationError", "Problem", "Severity", "draw", "draw_all", "load"]
