"""The directory: which file is which, every one of them read and shaped; what is broken is remembered.

It follows no reference from one file to another.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from collector.config.document import Document, Steps, shown_name
from collector.config.problems import Problem, Severity, closest
from collector.config.schema_city import CityFile
from collector.config.schema_credentials import CredentialsFile
from collector.config.schema_network import CoreFile, DistrictFile
from collector.config.shape import Shape, validate_parts
from collector.config.yaml import read
from collector.model import Place

CITY, CORE, CREDENTIALS = "city.yml", "core.yml", "credentials.yml"
DISTRICTS, PROFILES, TELEMETRY = "districts", "profiles", "telemetry"
READ_ELSEWHERE = ("maintenance.yml", "meetings.yml", "targets.yml", "oncall.yml", "quality.yml")
BESIDE = ("prometheus.yml", "alertmanager.yml", "blackbox.yml")
"""Files of other servers that deploy/README.md has in the same directory."""
KNOWN = (CITY, CORE, CREDENTIALS, *READ_ELSEWHERE)
MOST_FILES = 10_000

M = TypeVar("M", bound=Shape)


@dataclass(frozen=True, slots=True)
class Part(Generic[M]):
    """One file. `model` is None if nothing of it can be used; `spoilt` are the entries left out of it."""

    document: Document
    model: M | None
    spoilt: frozenset[Steps] = frozenset()

    @property
    def whole(self) -> bool:
        """Nothing is missing from it."""
        return self.model is not None and not self.spoilt

    def spoilt_names(self, collection: str) -> list[str]:
        """Names of the entries of `collection` that were left out."""
        return [str(steps[1]) for steps in self.spoilt if len(steps) > 1 and steps[0] == collection]


@dataclass(slots=True)
class Files:
    """Everything that was read. `root` is what the places are relative to."""

    directory: Path
    root: Path
    city: Part[CityFile]
    core: Part[CoreFile]
    credentials: Part[CredentialsFile]
    districts: list[Part[DistrictFile]]
    problems: list[Problem] = field(default_factory=list)

    @property
    def networks(self) -> list[Part[CoreFile] | Part[DistrictFile]]:
        """The files with sites in them, the core first."""
        return [self.core, *self.districts]

    @property
    def whole(self) -> bool:
        """Every file was read without a mistake of shape."""
        return all(part.whole for part in (self.city, self.credentials, *self.networks))


def shown_root(directory: Path) -> Path:
    """What file names in problems are relative to: where the person stands, or nothing for an absolute path."""
    return Path("/nowhere") if directory.is_absolute() else Path()


def read_files(directory: Path, root: Path) -> Files:
    """Every file of the directory, with all problems of reading and shape."""
    problems: list[Problem] = []

    def part(model: type[M], path: Path, *, secret: bool = False) -> Part[M]:
        document = read(path, root, secret=secret)
        found, mistakes, spoilt = validate_parts(model, document)
        problems.extend(mistakes)
        return Part(document, found, spoilt)

    above = _visible(directory, root, problems)
    below = _visible(directory / DISTRICTS, root, problems)
    problems.extend(_strangers(above, below, root))
    paths = [path for path in below if path.suffix == ".yml"]
    if len(paths) > MOST_FILES:
        message = f"more than {MOST_FILES} files"
        problems.append(Problem(Place(shown_name(directory / DISTRICTS, root), 1, 1), message))
    return Files(
        directory,
        root,
        part(CityFile, directory / CITY),
        part(CoreFile, directory / CORE),
        part(CredentialsFile, directory / CREDENTIALS, secret=True),
        [part(DistrictFile, path) for path in paths[:MOST_FILES]],
        problems,
    )


def _visible(directory: Path, root: Path, problems: list[Problem]) -> list[Path]:
    """What is in the directory, without hidden files and editors' backups."""
    if not directory.exists():
        return []
    try:
        paths = sorted(directory.iterdir())
    except OSError as error:
        place = Place(shown_name(directory, root), 1, 1)
        problems.append(Problem(place, f"cannot read the directory: {error.strerror}"))
        return []
    return [path for path in paths if not path.name.startswith((".", "#")) and not path.name.endswith("~")]


def _strangers(above: list[Path], below: list[Path], root: Path) -> list[Problem]:
    """Files that nobody reads: most often a mistyped name, and the quietest way to lose a district."""
    found = [
        _stranger(path, root, f"did you mean {meant}?" if meant else None)
        for path in above
        if path.suffix in {".yml", ".yaml"} and path.name not in (*KNOWN, *BESIDE)
        for meant in (closest(path.name, KNOWN),)
    ]
    found += [
        _stranger(path, root, "a district's file ends in .yml") for path in below if path.suffix != ".yml"
    ]
    return found


def _stranger(path: Path, root: Path, hint: str | None) -> Problem:
    return Problem(
        Place(shown_name(path, root), 1, 1), "no part of citynoc reads this file", hint, Severity.WARNING
    )
