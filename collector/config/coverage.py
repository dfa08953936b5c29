"""`targets.yml`, `admin/` and `surveys/` to the evidence that coverage is reckoned from, or every problem at once.

A city without `targets.yml` has promised nothing: that is no mistake.
"""

from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

from collector.config.admin import FOLDER, MAPS, read_maps
from collector.config.document import shown_name
from collector.config.problems import Problem, Severity
from collector.config.schema_targets import (
    DAY,
    Backup,
    MeasuredShape,
    TargetsFile,
    TargetShape,
    TitleShape,
)
from collector.config.shape import validate
from collector.config.tables import Tables
from collector.config.yaml import read
from collector.coverage.admin_map import AdminMaps
from collector.coverage.evidence import Evidence
from collector.coverage.survey import Claim, Key, Surveys, parse_survey
from collector.coverage.target import LinkRule, SurveyRules, Target, Title
from collector.model import Place

TARGETS, SURVEYS = "targets.yml", "surveys"
HOW_MAPS = "it names the list of communes with their census: docs/coverage.md"


def read_coverage(directory: Path, root: Path) -> tuple[Evidence | None, list[Problem]]:
    """The evidence, None if there are no targets or if anything is wrong, and every problem."""
    if not (directory / TARGETS).exists():
        return None, []
    tables = Tables(directory, root)
    shape, problems = validate(TargetsFile, read(directory / TARGETS, root))
    tables.problems.extend(problems)
    if not (directory / FOLDER / MAPS).exists():
        place = Place(shown_name(directory / TARGETS, root), 1, 1)
        message = f"targets are shares of households, people or communes, and there is no {FOLDER}/{MAPS}"
        return None, [*tables.problems, Problem(place, message, HOW_MAPS)]
    maps = read_maps(directory, root, tables)
    if maps is None or shape is None:
        return None, tables.problems
    claims = _claims(directory, root, maps, shape.surveys.carriers, tables)
    if any(problem.severity is Severity.ERROR for problem in tables.problems):
        return None, tables.problems
    for path in (directory / TARGETS, directory / FOLDER / MAPS):
        tables.text(path)  # for its digest
    rules = SurveyRules(
        shape.surveys.carriers,
        round(shape.surveys.every / DAY),
        shape.surveys.pace_over,
    )
    targets = {key: _target(key, one) for key, one in shape.targets.items()}
    inputs = tuple(tables.inputs[name] for name in sorted(tables.inputs))
    return Evidence(maps, MappingProxyType(targets), rules, Surveys.of(claims), inputs), tables.problems


def _claims(
    directory: Path, root: Path, maps: AdminMaps, carriers: tuple[str, ...], tables: Tables
) -> list[Claim]:
    """Every claim of every file; one that two files make is refused, for it would count twice."""
    found: list[Claim] = []
    first: dict[Key, Claim] = {}
    folder = directory / SURVEYS
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.name.startswith((".", "#")) or path.name.endswith("~"):
            continue
        if path.suffix != ".csv":
            place = Place(shown_name(path, root), 1, 1)
            message = "no part of citynoc reads this file"
            tables.problems.append(Problem(place, message, "a survey ends in .csv", Severity.WARNING))
            continue
        text = tables.text(path)
        if text is None:
            continue
        claims, faults = parse_survey(text, path.name, maps.communes, carriers)
        for fault in faults:
            tables.wrong(fault)
        for claim in claims:
            before = first.setdefault(claim.key, claim)
            if before is not claim:
                message = f"{claim.carrier} has declared {claim.technology} in {claim.commune} on {claim.date} already"
                place = Place(shown_name(path, root), claim.line, 1)
                hint = f"in {before.file}:{before.line}; a later survey needs a later day"
                tables.problems.append(Problem(place, message, hint))
        found.extend(claims)
    return found


def _target(key: str, shape: TargetShape) -> Target:
    return Target(
        key,
        _title(shape.name),
        shape.measure,
        shape.of,
        shape.threshold,
        shape.deadline,
        _title(shape.source),
        shape.owner,
        frozenset(shape.technologies),
        shape.commune_at_least or Fraction(0),
        None if shape.measured is None else _rule(shape.measured),
    )


def _rule(shape: MeasuredShape) -> LinkRule:
    return LinkRule(
        shape.availability,
        round(shape.window / DAY),
        shape.known,
        shape.capacity_mbps,
        shape.backup is Backup.REQUIRED,
        shape.latency_ms,
    )


def _title(shape: TitleShape) -> Title:
    return Title(shape.vi, shape.en)
