"""`config/profiles/*.yml` to flat profiles: `extends`, and every name that must exist. Reads nothing else.

An author writes what a kind of device adds; here it becomes one flat `Profile` with everything resolved. All problems
are collected; a profile with a problem, and whatever extends it, is left out of the mapping.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from collector.config import yaml
from collector.config.document import Document, Steps
from collector.config.problems import Problem, did_you_mean
from collector.config.schema_profile import FactShape, ProfileShape, ReadingShape
from collector.config.shape import validate
from collector.metrics import CATALOG, IDENTITY
from collector.model import ProfileName
from collector.profile import FactReading, Oid, Profile, Quirks, Reading, Table, missing_labels

DEEPEST = 16  # profiles above one another


@dataclass(frozen=True, slots=True)
class _File:
    """A profile as it was written."""

    name: ProfileName
    shape: ProfileShape
    document: Document


def load_profiles(directory: Path, root: Path) -> tuple[Mapping[ProfileName, Profile], tuple[Problem, ...]]:
    """Every profile in `directory` that is sound, and every problem; files are named relative to `root`."""
    problems: list[Problem] = []
    files: dict[ProfileName, _File] = {}
    broken: set[ProfileName] = set()
    for path in sorted(directory.glob("*.yml")):
        name = ProfileName(path.stem)
        document = yaml.read(path, root)
        shape, found = validate(ProfileShape, document)
        if shape is not None:
            file = _File(name, shape, document)
            found = [*found, *_check(file)]
            files[name] = file
        problems += found
        if found:
            broken.add(name)
    for file in files.values():
        found = _check_extends(file, files, broken)
        problems += found
        if found:
            broken.add(file.name)
    sound = {
        name: _resolve(file, files)
        for name, file in files.items()
        if not broken & set(_ancestors(file, files))
    }
    return sound, tuple(problems)


def _check(file: _File) -> list[Problem]:
    """Metrics, labels and facts that do not exist or do not fit together."""
    problems: list[Problem] = []
    shape, document = file.shape, file.document
    for number, reading in enumerate(shape.scalars):
        problems += _check_reading(document, ("scalars", number), reading, None)
    for name, table in shape.tables.items():
        whole = table.table(name)
        for number, reading in enumerate(table.columns):
            problems += _check_reading(document, ("tables", name, "columns", number), reading, whole)
    for name, fact in shape.facts.items():
        if (fact.text is None) == (fact.oid is None):
            problems.append(
                document.problem(("facts", name), f"fact '{name}' needs either 'text' or 'oid'", key=True)
            )
    return problems


def _check_reading(
    document: Document, steps: Steps, shape: ReadingShape, table: Table | None
) -> list[Problem]:
    family = CATALOG.get(shape.metric)
    if family is None:
        hint = did_you_mean(shape.metric, CATALOG)
        return [
            document.problem((*steps, "metric"), f"metric '{shape.metric}' is not in the catalogue", hint)
        ]
    problems = []
    missing = missing_labels(family, shape.reading(), table)
    if missing:
        wanted = ", ".join(f"'{name}'" for name in missing)
        problems.append(
            document.problem((*steps, "metric"), f"metric '{shape.metric}' needs the label {wanted}")
        )
    known = [name for name in family.labels if name not in IDENTITY]
    problems += [
        document.problem(
            (*steps, "labels", name),
            f"metric '{shape.metric}' has no label '{name}'",
            did_you_mean(name, known),
            key=True,
        )
        for name in shape.labels
        if name not in known
    ]
    if shape.total is not None and shape.rest is not None:
        problems.append(
            document.problem((*steps, "rest"), "a share is of 'total' or with 'rest', not both", key=True)
        )
    return problems


def _check_extends(
    file: _File, files: Mapping[ProfileName, _File], broken: set[ProfileName]
) -> list[Problem]:
    problems = []
    for number, parent in enumerate(file.shape.extends):
        if parent not in files and parent not in broken:
            hint = did_you_mean(parent, files)
            problems.append(
                file.document.problem(("extends", number), f"there is no profile '{parent}'", hint)
            )
        elif file.name in _ancestors_of(ProfileName(parent), files):
            problems.append(
                file.document.problem(("extends", number), f"profile '{file.name}' would extend itself")
            )
    return problems


def _ancestors_of(name: ProfileName, files: Mapping[ProfileName, _File]) -> list[ProfileName]:
    file = files.get(name)
    return _ancestors(file, files) if file is not None else [name]


def _ancestors(file: _File, files: Mapping[ProfileName, _File]) -> list[ProfileName]:
    """The profile's ancestors, oldest first, then itself; each once."""
    found: dict[ProfileName, None] = {}
    visiting: set[ProfileName] = set()

    def visit(name: ProfileName) -> None:
        if name in found or name in visiting or len(visiting) > DEEPEST:
            return
        visiting.add(name)
        known = files.get(name)
        for parent in known.shape.extends if known is not None else ():
            visit(ProfileName(parent))
        visiting.discard(name)
        found[name] = None

    visit(file.name)
    return list(found)


def _resolve(file: _File, files: Mapping[ProfileName, _File]) -> Profile:
    """The flat profile: ancestors first; what comes later replaces a scalar, fact or table of the same name."""
    scalars: dict[tuple[str, tuple[tuple[str, str], ...]], Reading] = {}
    tables: dict[str, Table] = {}
    facts: dict[str, FactShape] = {}
    watch: dict[Oid, None] = {}
    bulk, most = True, None
    for name in _ancestors(file, files):
        shape = files[name].shape
        for scalar in shape.scalars:
            reading = scalar.reading()
            scalars[reading.metric, reading.labels] = reading
        tables.update({key: table.table(key) for key, table in shape.tables.items()})
        facts.update(shape.facts)
        watch.update(dict.fromkeys(shape.watch))
        bulk = bulk if shape.quirks.bulk is None else shape.quirks.bulk
        most = shape.quirks.max_varbinds or most
    return Profile(
        name=file.name,
        title=file.shape.title,
        match=tuple(".".join(map(str, prefix)) for prefix in file.shape.match),
        facts={name: fact.text for name, fact in facts.items() if fact.text is not None},
        fact_readings=tuple(
            FactReading(name, fact.oid, fact.pattern) for name, fact in facts.items() if fact.oid is not None
        ),
        scalars=tuple(scalars.values()),
        tables=tuple(tables.values()),
        watch=tuple(watch),
        quirks=Quirks(bulk, most),
    )
