"""Which of the other system's names is which of ours, as the person at the command line says it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from citynoc.importer.wanted import field_problem


class MisuseError(Exception):
    """The command line cannot be read; one sentence."""


@dataclass(frozen=True, slots=True)
class Columns:
    """`theirs`: field of ours to their name, where it is not the usual one. `constants`: what holds for every row.

    `words`: per field, their word to ours.
    """

    theirs: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def translated(self, name: str, text: str) -> str:
        """A value of a field in our word for it."""
        return self.words.get(name, {}).get(text.strip(), text)


def read_columns(maps: Sequence[str], sets: Sequence[str], words: Sequence[str]) -> Columns:
    """`site=Ma_xa,name=Ten`, `kind=agency`, `role:access=router`. Raises MisuseError."""
    theirs = dict(_pair(part, "--map", "FIELD=THEIRS") for text in maps for part in text.split(","))
    constants = dict(_pair(part, "--set", "FIELD=VALUE") for part in sets)
    translated: dict[str, dict[str, str]] = {}
    for part in words:
        name, colon, rest = part.partition(":")
        if not colon or "=" not in rest:
            raise MisuseError(f"--word {part}: write FIELD:THEIRS=OURS, as role:access=router")
        their, _, our = rest.rpartition("=")
        translated.setdefault(_known(name, "--word"), {})[their] = our
    return Columns(theirs, constants, translated)


def _pair(text: str, option: str, form: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not value.strip():
        raise MisuseError(f"{option} {text}: write {form}")
    return _known(name.strip(), option), value.strip()


def _known(name: str, option: str) -> str:
    wrong = field_problem(name)
    if wrong is not None:
        raise MisuseError(f"{option}: {wrong}")
    return name
