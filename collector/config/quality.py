"""`config/quality.yml` to the standard that calls are graded by, or a problem with its place for every mistake.

A city without the file grades nothing: that is no mistake.
"""

from pathlib import Path

from collector.conference.quality import Standard
from collector.config.problems import Problem
from collector.config.schema_quality import QualityFile
from collector.config.shape import validate
from collector.config.yaml import read

FILE = "quality.yml"


def read_quality(path: Path, root: Path) -> tuple[Standard | None, list[Problem]]:
    """What the file says and what is wrong with it; neither if there is no such file. Never raises."""
    if not path.exists():
        return None, []
    document = read(path, root)
    written, problems = validate(QualityFile, document)
    if written is None:
        return None, problems
    standard = written.standard()
    for measure, limit in standard.limits.items():
        if limit.fair.at_most <= limit.good.at_most:
            steps = ("limits", measure.value, "fair", "at_most")
            message = "a fair call may not be better than a good one"
            problems.append(document.problem(steps, message, "write more here than under `good`"))
    return (None if problems else standard), problems
