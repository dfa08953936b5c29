"""`config/quality.yml` to the standard that calls are graded by and the limits of readiness, or a problem for every mistake.

A city without the file grades nothing, and its limits are the usual ones: that is no mistake.
"""

from dataclasses import dataclass
from pathlib import Path

from collector.conference.quality import Standard
from collector.config.problems import Problem
from collector.config.schema_quality import QualityFile
from collector.config.shape import validate
from collector.config.yaml import read
from collector.meetings.limits import LIMITS, Limits

FILE = "quality.yml"


@dataclass(frozen=True, slots=True)
class Quality:
    """What the file says. `standard` is None where there is none: then no call is graded."""

    standard: Standard | None = None
    limits: Limits = LIMITS


def read_quality(path: Path, root: Path) -> tuple[Quality, list[Problem]]:
    """What the file says and what is wrong with it; nothing is wrong if there is no such file. Never raises."""
    if not path.exists():
        return Quality(), []
    document = read(path, root)
    written, problems = validate(QualityFile, document)
    if written is None:
        return Quality(), problems
    standard = written.standard()
    for measure, limit in standard.limits.items():
        if limit.fair.at_most <= limit.good.at_most:
            steps = ("limits", measure.value, "fair", "at_most")
            message = "a fair call may not be better than a good one"
            problems.append(document.problem(steps, message, "write more here than under `good`"))
    limits = written.thresholds()
    for name, note, stop in (
        ("loss", limits.loss_noted, limits.loss),
        ("temperature", limits.warm, limits.hot),
    ):
        if stop <= note:
            message = "what stops a participant may not be less than what is only told"
            hint = "write more here than under `note`"
            problems.append(document.problem(("readiness", name, "stop", "at_least"), message, hint))
    return (Quality() if problems else Quality(standard, limits)), problems
