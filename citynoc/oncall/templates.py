"""Alertmanager's message templates, one set a language: `messages.tmpl` filled with the catalogue's words. Pure.

`citynoc.LANG.subject`, `.text` and `.html` say what, where, since when, how many, why, and where to go on. An alert
without our annotations (somebody's own rule) still makes a whole message. Source: Alertmanager 0.25's template data
and Go's text/template; its html/template escapes by place.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from citynoc.oncall.catalogue import CLOCKS, TEXTS
from collector.oncall import Language

MOST_ALERTS = 5
"""Alerts written out in one message: Telegram takes 4,096 characters."""
KINDS = ("device", "link", "cable", "site", "group")
WEB, OURS = "^https?://", "^docs/runbooks/[A-Za-z0-9_-]+[.]md$"
"""Runbooks as `runbook_url` names them: somewhere on the web, or one that citynoc serves."""
NANOSECONDS = 1_000_000_000
SUMMER, WINTER = datetime(2025, 7, 1), datetime(2025, 1, 1)  # noqa: DTZ001 - local by intention


@dataclass(frozen=True, slots=True)
class Bases:
    """What links begin with: the live page, Grafana, runbooks; and the zone (IANA) that times are written in.

    Without `runbooks` the live page's server has them, under `/runbook/`.
    """

    public: str
    grafana: str | None
    runbooks: str | None
    timezone: str


class _Words:
    """One language as the template sees it."""

    def __init__(self, language: Language) -> None:
        self.tag = language.value
        self.suffix = "_vi" if language is Language.VIETNAMESE else ""
        self.clock = CLOCKS[language]
        self._language = language

    def say(self, key: str) -> str:
        """A text of the catalogue."""
        return TEXTS[key].into(self._language)


def templates(bases: Bases) -> str:
    """The text of `citynoc.tmpl`."""
    environment = Environment(
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - what is filled in are Go's literals and our own words, not HTML
        keep_trailing_newline=True,
    )
    offset, zone = _offset(bases.timezone)
    return environment.get_template("messages.tmpl").render(
        languages=[_Words(language) for language in Language],
        kinds=KINDS,
        most=MOST_ALERTS,
        offset=offset * NANOSECONDS,
        zone=zone,
        public=_literal(bases.public),
        grafana=_literal(bases.grafana),
        runbooks=_literal(bases.runbooks),
        web=WEB,
        ours=OURS,
    )


def _literal(text: str | None) -> str:
    """A string of Go's, so that nothing in an address is taken for a template; empty for None."""
    return "" if text is None else json.dumps(text)


def _offset(timezone: str) -> tuple[int, str]:
    """Seconds east of UTC and how that is written; a zone with summer time is told in UTC, as Go has no zones here."""
    zone = ZoneInfo(timezone)
    summer, winter = (day.replace(tzinfo=zone).utcoffset() for day in (SUMMER, WINTER))
    if summer is None or summer != winter:
        return 0, "UTC"
    seconds = int(summer.total_seconds())
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return seconds, f"{'-' if seconds < 0 else '+'}{hours:02}" + (f":{minutes:02}" if minutes else "")
