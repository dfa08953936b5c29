"""Which events of a calendar are meetings, and who takes part: the operator's rules against an event's words. Pure.

A pattern is compared without regard to case; `*` stands for anything, `{site}` and `{district}` for a code that
takes part.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from collector.meetings.participants import NOBODY, Choice

MOST_WORDS = 500
"""Characters of a value that are looked at."""
MOST_STARS = 4
_CODES = re.compile(r"\{(site|district)\}")
_CODE = r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?"


@dataclass(frozen=True, slots=True)
class Words:
    """What an event says that a rule can look at. Categories and attendees are lists, the others one text each."""

    categories: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    summaries: tuple[str, ...] = ()
    attendees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventRule:
    """An event fits if each kind of pattern that there is fits one of its values."""

    categories: tuple[re.Pattern[str], ...] = ()
    locations: tuple[re.Pattern[str], ...] = ()
    summaries: tuple[re.Pattern[str], ...] = ()
    attendees: tuple[re.Pattern[str], ...] = ()
    choice: Choice = NOBODY
    left_out: Choice = NOBODY
    bridges: tuple[str, ...] = ()
    meeting: str | None = None
    title: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """What the rules that fit say together.

    `named` are the codes that stood in the event itself: "site" or "district", the code, and the value around it.
    """

    choices: tuple[Choice, ...]
    left_out: tuple[Choice, ...]
    named: tuple[tuple[str, str, str], ...]
    bridges: tuple[str, ...]
    meeting: str | None
    title: Mapping[str, str] | None


def pattern(text: str) -> re.Pattern[str]:
    """The operator's pattern, compiled. Each part between stars is looked for once, so that no value takes long."""
    first, *rest = text.casefold().split("*")
    seen: set[str] = set()
    pieces = [_part(first, seen)]
    pieces.extend(f"(?>.*?{_part(part, seen)})" for part in rest[:-1])
    pieces.extend(f".*{_part(part, seen)}" for part in rest[-1:])
    return re.compile("".join(pieces), re.DOTALL)


def _part(text: str, seen: set[str]) -> str:
    """What stands between two stars; the first place of a code catches it."""
    pieces = []
    for number, word in enumerate(_CODES.split(text)):
        if number % 2 == 0:
            pieces.append(re.escape(word))
        else:
            pieces.append(f"(?:{_CODE})" if word in seen else f"(?P<{word}>{_CODE})")
            seen.add(word)
    return "".join(pieces)


def match(rules: Iterable[EventRule], words: Words) -> Match | None:
    """What all rules that fit say together, None if none does: participants add up, else the first word counts."""
    fitting: list[EventRule] = []
    named: dict[tuple[str, str, str], None] = {}
    for rule in rules:
        codes = _fits(rule, words)
        if codes is not None:
            fitting.append(rule)
            named.update(dict.fromkeys(codes))
    if not fitting:
        return None
    return Match(
        tuple(rule.choice for rule in fitting),
        tuple(rule.left_out for rule in fitting),
        tuple(named),
        next((rule.bridges for rule in fitting if rule.bridges), ()),
        next((rule.meeting for rule in fitting if rule.meeting), None),
        next((rule.title for rule in fitting if rule.title), None),
    )


def _fits(rule: EventRule, words: Words) -> list[tuple[str, str, str]] | None:
    """The codes that the patterns caught, or None if the rule does not fit."""
    codes: list[tuple[str, str, str]] = []
    for patterns, values in (
        (rule.categories, words.categories),
        (rule.locations, words.locations),
        (rule.summaries, words.summaries),
        (rule.attendees, words.attendees),
    ):
        if not patterns:
            continue
        found = False
        for value in values:
            folded = value[:MOST_WORDS].casefold()
            for one in patterns:
                fit = one.fullmatch(folded)
                if fit is not None:
                    found = True
                    codes.extend((kind, code, value) for kind, code in fit.groupdict().items() if code)
        if not found:
            return None
    return codes
