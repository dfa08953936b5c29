"""The answers as files by relative name. Pure. Every address lies in 127.0.0.0/8, where the simulator answers."""

import json
from collections.abc import Mapping

from citynoc.importer.layout import slug_of
from citynoc.importer.pages import scalar
from citynoc.starter.answers import Answers
from citynoc.starter.texts import CITY, CORE, CREDENTIALS, DISTRICT, ON_CALL, SITE, WORDS

NET = "127.50"


def pages_of(answers: Answers) -> Mapping[str, str]:
    """Relative name to text."""
    words = WORDS[answers.language]
    numbers = range(1, answers.sites + 1)
    cables = [f"  {way}-{n}: {carrier}" for n in numbers for way, carrier in _WAYS]
    sites = [SITE.format(number=n, name=scalar(words["site"].format(number=n)), net=NET) for n in numbers]
    return {
        "city.yml": CITY.format(city=scalar(answers.city), timezone=answers.timezone),
        "core.yml": CORE.format(
            core=scalar(words["core"]), data_centre=scalar(words["data_centre"]), net=NET
        ),
        f"districts/001-{slug_of(answers.district)}.yml": DISTRICT.format(
            name=answers.district,
            name_scalar=_quoted(answers.district),
            cables="\n".join(cables),
            sites="\n".join(sites).rstrip("\n"),
        ),
        "credentials.yml": CREDENTIALS.format(variable=answers.variable),
        "oncall.yml": ON_CALL.format(language=answers.language),
    }


_WAYS = (("north", "carrier-a"), ("south", "carrier-b"))


def _quoted(text: str) -> str:
    plain = scalar(text)
    return json.dumps(text, ensure_ascii=False) if plain == text and text.isdigit() else plain
