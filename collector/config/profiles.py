"""Profiles by the name of their file. For now only that they exist is known."""

from collections.abc import Mapping
from pathlib import Path

from collector.config.problems import Problem
from collector.model import ProfileName
from collector.profile import Profile


def load_profiles(directory: Path, root: Path) -> tuple[Mapping[ProfileName, Profile], list[Problem]]:  # noqa: ARG001
    """Every profile of the directory, and what is wrong with them."""
    return {ProfileName(path.stem): Profile(ProfileName(path.stem)) for path in directory.glob("*.yml")}, []
