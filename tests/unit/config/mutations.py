"""One line of the shipped configuration deleted, doubled, mistyped or indented otherwise: is it said where it is?

`python -m tests.unit.config.mutations [COUNT [SEED]]` tries COUNT of them and prints those that are not.
"""

import random
import re
import shutil
import string
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from collector.config import ConfigurationError, draw_all, load
from collector.config.problems import Problem, Severity
from tests.config.workshop import ROOT

DISTRICTS = ("001", "002", "003", "004", "282")
"""Enough that everything the other files name is there, and few enough for two thousand loads."""
SECRETS = {"CITYNOC_SNMP_COMMUNITY": "x"}
NEAR = 2  # lines
_WORD = re.compile(r"[\w./-]{2,}")


@dataclass(frozen=True)
class Mutation:
    """What was done to which line (1-based) of which file, the line before and after."""

    file: str
    line: int
    kind: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind}: {self.before!r} -> {self.after!r}"


class Specimen:
    """A copy of the shipped configuration that is damaged and healed again and again."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "config"
        shutil.copytree(
            ROOT / "config", self.config, ignore=shutil.ignore_patterns("schema", "rules", "scenarios")
        )
        for path in (self.config / "districts").iterdir():
            if path.name[:3] not in DISTRICTS:
                path.unlink()
        self.files = sorted(path for path in self.config.rglob("*.yml"))
        self._lines = {path: path.read_text().split("\n") for path in self.files}
        self._weights = [len(self._lines[path]) for path in self.files]

    def damaged(self, chance: random.Random) -> tuple[Mutation, list[Problem]]:
        """One mutation and the errors that it makes; the files are as before afterwards."""
        [path] = chance.choices(self.files, self._weights)
        lines = self._lines[path]
        number = chance.choice([i for i, line in enumerate(lines) if line.strip()])
        kind = chance.choice(["delete", "double", "mistype", "indent"])
        before = lines[number]
        changed, after = list(lines), ""
        if kind == "delete":
            del changed[number]
        elif kind == "double":
            changed.insert(number, before)
            after = before
        else:
            after = mistyped(before, chance) if kind == "mistype" else indented(before, chance)
            changed[number] = after
        mutation = Mutation(str(path.relative_to(self.config)), number + 1, kind, before, after)
        path.write_text("\n".join(changed))
        try:
            return mutation, errors(self.config)
        finally:
            path.write_text("\n".join(lines))


def mistyped(line: str, chance: random.Random) -> str:
    """A letter swapped with its neighbour, lost, doubled or another one."""
    at = chance.choice([i for i, letter in enumerate(line) if not letter.isspace()])
    match chance.randrange(4):
        case 0:
            return line[:at] + line[at + 1 :]
        case 1:
            return line[:at] + line[at] + line[at:]
        case 2 if at + 1 < len(line):
            return line[:at] + line[at + 1] + line[at] + line[at + 2 :]
        case _:
            return line[:at] + chance.choice(string.ascii_lowercase + string.digits) + line[at + 1 :]


def indented(line: str, chance: random.Random) -> str:
    """One to four spaces more, or fewer if there are any."""
    depth = len(line) - len(line.lstrip())
    step = chance.choice([-4, -2, -1, 1, 2, 4])
    return " " * max(0, depth + step) + line.lstrip()


def errors(config: Path) -> list[Problem]:
    """Every error; drawing them must not fail either."""
    try:
        load(config, SECRETS)
    except ConfigurationError as wrong:
        draw_all(wrong.problems)
        return [each for each in wrong.problems if each.severity is Severity.ERROR]
    return []


def is_said(mutation: Mutation, found: list[Problem]) -> bool:
    """Whether the damage is harmless, reported within two lines, or where a line refers to what it was."""
    return not found or any(_near(mutation, problem) or _refers(mutation, problem) for problem in found)


def _near(mutation: Mutation, problem: Problem) -> bool:
    """A line that the problem names counts as its own: `first in line 7`."""
    if not problem.place.file.endswith(f"/{mutation.file}"):
        return False
    text = f"{problem.message} {problem.hint or ''}"
    named = [problem.place.line, *map(int, re.findall(r"\bline (\d+)", text))]
    return min(abs(number - mutation.line) for number in named) <= NEAR


def _refers(mutation: Mutation, problem: Problem) -> bool:
    """The problem stands at a line that names what the damaged line named: `no cable is called 'x'`."""
    quoted = set(re.findall(r"'([^']+)'", problem.message))
    quoted |= set(re.findall(r"[\w-]+", problem.message.partition(": ")[2]))
    words = set(_WORD.findall(mutation.before)) | set(_WORD.findall(mutation.after))
    words |= {word.rstrip(":") for word in words}
    quoted |= {part for name in quoted for part in name.split("-")}  # rt-00115 goes by rt and by 00115
    quoted |= {
        part for text in re.findall(r"`([^`]+)`", str(problem)) for part in re.findall(r"[\w-]+", text)
    }
    return bool(quoted & words)


def main(arguments: list[str]) -> int:
    """0 if every mutation is harmless or said."""
    import tempfile  # noqa: PLC0415

    count, seed = (int(arguments[0]) if arguments else 2000), (int(arguments[1]) if len(arguments) > 1 else 1)
    chance, tally, missed = random.Random(seed), Counter[str](), 0  # noqa: S311
    with tempfile.TemporaryDirectory() as folder:
        specimen = Specimen(Path(folder))
        for _ in range(count):
            mutation, found = specimen.damaged(chance)
            good = is_said(mutation, found)
            tally["harmless" if not found else "said" if good else "MISSED"] += 1
            if not good:
                missed += 1
                print(mutation, *found[:3], sep="\n    ", flush=True)
    print(f"seed {seed}: {dict(tally)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
