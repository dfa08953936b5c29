"""The shape of `oncall.yml`: receivers with their channels, hours, shifts, what wakes, escalation, heartbeat.

A channel's secrets are references; whether they can be resolved is asked only by who writes Alertmanager's files.
No message of ours repeats a value: a secret may stand in the wrong place.
"""

import re
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from collector.config.fields import (
    DURATION_PATTERN,
    Name,
    Text,
    Truth,
    as_json,
    between,
    matching,
    one_of,
    read_duration,
    read_integer,
)
from collector.config.schema_channels import (
    DiscordShape,
    EmailShape,
    Mail,
    OpsgenieShape,
    PagerDutyShape,
    PushoverShape,
    SecretUrl,
    SlackShape,
    TelegramShape,
    Token,
    WebexShape,
    WebhookShape,
)
from collector.config.schema_city import Endpoint, Timezone, Url
from collector.config.schema_network import DistrictField
from collector.config.secrets import SecretReference
from collector.config.shape import Shape
from collector.config.words import WrittenWrongError, text_of
from collector.oncall import ALWAYS, DAY, DAYS, Language, Span

_SPAN = re.compile(r"(?:(?P<days>[a-z,-]+)(?: |$))?(?:(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d))?", re.ASCII)
_SPAN_HINT = "write it like mon-fri 07:30-17:30, sat,sun 08:00-12:00 or 22:00-06:00"


def read_spans(value: Any) -> tuple[Span, ...]:
    """`mon-fri 22:00-06:00` as spans that end on the day they begin; past midnight belongs to the day before."""
    text = text_of(value)
    match = _SPAN.fullmatch(text)
    if match is None or not text:
        raise WrittenWrongError("these are not hours of the week", _SPAN_HINT)
    days = _read_days(match["days"])
    if match["start"] is None:
        return (Span(days, 0, DAY),)
    start, end = _read_minute(match["start"]), _read_minute(match["end"])
    if start in {DAY, end}:
        raise WrittenWrongError("this is no time at all", "a whole day is 00:00-24:00")
    if start < end:
        return (Span(days, start, end),)
    tomorrow = tuple(sorted((day + 1) % 7 for day in days))
    spans = Span(days, start, DAY), Span(tomorrow, 0, end)
    return spans if end else spans[:1]


def _read_days(text: str | None) -> tuple[int, ...]:
    if text is None:
        return tuple(range(7))
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            raise WrittenWrongError("this names no day of the week", f"one of {', '.join(DAYS)}")
        start = DAYS.index(first)
        length = (DAYS.index(last) - start) % 7 if dash else 0
        found.update((start + step) % 7 for step in range(length + 1))
    return tuple(sorted(found))


def _read_minute(text: str) -> int:
    hour, minute = int(text[:2]), int(text[3:])
    if minute >= 60 or hour * 60 + minute > DAY:  # noqa: PLR2004 - minutes of an hour
        raise WrittenWrongError("this is no time of day", _SPAN_HINT)
    return hour * 60 + minute


def _read_hours(value: Any) -> tuple[Span, ...]:
    if not isinstance(value, list):
        return read_spans(value)
    if not value:
        raise WrittenWrongError("the list is empty", _SPAN_HINT)
    return tuple(span for item in value for span in read_spans(item))


def _read_hours_name(value: Any) -> str:
    if text_of(value) == ALWAYS.name:
        raise WrittenWrongError(f"'{ALWAYS.name}' is known already: every hour of the week")
    return _read_name(value)


_read_name = matching(
    r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", "a name", "small letters, digits and '-', as night-shift"
)
Role = Annotated[str, BeforeValidator(_read_name), as_json(type="string")]
LanguageField = Annotated[
    Language, BeforeValidator(one_of(Language, "a language")), as_json(enum=[tag.value for tag in Language])
]
Sites = Annotated[
    int,
    BeforeValidator(between(1, 100_000, read_integer)),
    as_json(type="integer", minimum=1, maximum=100_000),
]
_DURATION = as_json(type="string", pattern=DURATION_PATTERN)
Delay = Annotated[float, BeforeValidator(between(60, 86400, read_duration, " s")), _DURATION]


class ReceiverShape(Shape):
    """A role: one or more channels, all of them used."""

    noun: ClassVar[str] = "receiver"

    language: LanguageField | None = None
    """Language of its messages, if not the file's: vi or en. Example: en"""
    webhook: WebhookShape | None = None
    """JSON to a program of yours. Example: {url: 'http://127.0.0.1:9580/on-call', token: none}"""
    email: EmailShape | None = None
    """Mail, through `smtp`. Example: {to: noc@city.example}"""
    telegram: TelegramShape | None = None
    """A Telegram bot. Example: {chat: -1001234567890, token: env:TELEGRAM_TOKEN}"""
    slack: SlackShape | None = None
    """Slack, Mattermost or Rocket.Chat. Example: {url: env:SLACK_URL}"""
    discord: DiscordShape | None = None
    """Discord. Example: {url: env:DISCORD_URL}"""
    webex: WebexShape | None = None
    """Webex. Example: {room: Y2lzY29zcGFyazovL3Jvb20, token: env:WEBEX_TOKEN}"""
    pagerduty: PagerDutyShape | None = None
    """PagerDuty. Example: {key: env:PAGERDUTY_KEY}"""
    opsgenie: OpsgenieShape | None = None
    """Opsgenie. Example: {key: env:OPSGENIE_KEY}"""
    pushover: PushoverShape | None = None
    """Pushover. Example: {user: env:PUSHOVER_USER, token: env:PUSHOVER_TOKEN}"""


class SmtpShape(Shape):
    """The server that sends mail."""

    noun: ClassVar[str] = "smtp"

    server: Endpoint
    """Host and port of the mail server. Example: mail.city.example:587"""
    sender: Annotated[Mail, Field(alias="from")]
    """Address that mails are from. Example: noc@city.example"""
    username: Text | None = None
    """Login, if the server wants one; with `password` or not at all. Example: noc"""
    password: SecretReference | None = None
    """Where the password is kept. Example: env:SMTP_PASSWORD"""
    tls: Truth = True
    """Whether the connection must be encrypted. Example: true"""


class ShiftShape(Shape):
    """Who is paged, when and about which districts."""

    noun: ClassVar[str] = "shift"

    to: Role
    """Receiver that is paged. Example: night-shift"""
    hours: Role = ALWAYS.name
    """Name of the hours; `always` is known. Example: working"""
    districts: tuple[DistrictField, ...] = ()
    """Codes of districts; none listed, the whole city. Example: ["004"]"""


class WakeShape(Shape):
    """How many sites it takes to page in these hours."""

    noun: ClassVar[str] = "entry"

    hours: Role = ALWAYS.name
    """Name of the hours; `always` is known. Example: night"""
    sites: Sites
    """How many sites an outage must cut off to page in these hours. Example: 5"""


class WarningsShape(Shape):
    """Who is told what nobody must be woken for."""

    noun: ClassVar[str] = "warnings"

    to: Role
    """Receiver that is told. Example: day-desk"""
    hours: Role = ALWAYS.name
    """Name of the hours; `always` is known. Example: working"""


class StepShape(Shape):
    """Who is told next of a page that nobody has taken."""

    noun: ClassVar[str] = "step"

    after: Delay
    """Time from the page, 1 minute to 1 day; each step later than the one before. Example: 15m"""
    to: Role
    """Receiver that is told then. Example: duty-manager"""


class HeartbeatShape(Shape):
    """An address outside the building that raises the alarm when it hears nothing."""

    noun: ClassVar[str] = "heartbeat"

    url: SecretUrl
    """Address outside the building. Example: https://heartbeat.example/citynoc"""
    token: Token = None
    """Where its token is kept; `none` if nobody else can reach the address. Example: env:HEARTBEAT_TOKEN"""
    every: Annotated[float, BeforeValidator(between(10, 3600, read_duration, " s")), _DURATION] = 60.0
    """How often it hears from us, 10 s to 1 h. Example: 1m"""


class LinksShape(Shape):
    """What links in messages begin with; the live page is city.yml's `public_url`."""

    noun: ClassVar[str] = "links"

    grafana: Url | None = None
    """What links to Grafana begin with. Example: http://127.0.0.1:3000"""
    runbooks: Url | None = None
    """What stands in front of docs/runbooks/NAME.md; left out, links lead to citynoc's own /runbook/NAME.

    Example: https://wiki.city.example/citynoc
    """


class OnCallFile(Shape):
    """Who is told what, when, how and in which language."""

    noun: ClassVar[str] = "file"

    language: LanguageField = Language.VIETNAMESE
    """Language of messages, unless a receiver has its own: vi or en. Example: vi"""
    timezone: Timezone | None = None
    """Zone of the hours, if not city.yml's. Example: Asia/Ho_Chi_Minh"""
    links: LinksShape = LinksShape()
    """What links in messages begin with. Example: {grafana: 'http://127.0.0.1:3000'}"""
    smtp: SmtpShape | None = None
    """The server that sends mail. Example: {server: 'mail.city.example:587', from: noc@city.example}"""
    receivers: dict[Role, ReceiverShape]
    """Roles by name, never people, and every way to reach each.

    Example: {night-shift: {email: {to: noc@city.example}}}
    """
    hours: dict[
        Annotated[str, BeforeValidator(_read_hours_name)],
        Annotated[
            tuple[Span, ...],
            BeforeValidator(_read_hours),
            as_json(anyOf=[{"type": "string"}, {"type": "array", "items": {"type": "string"}}]),
        ],
    ] = Field(default_factory=dict)
    """Hours of the week by name; past midnight belongs to the day before.

    Example: {night: 22:00-06:00, working: [mon-fri 07:30-17:30]}
    """
    shifts: tuple[ShiftShape, ...]
    """Who is paged: the first entry that has the outage's district and is on duty.

    Example: [{to: night-shift}]
    """
    wake: tuple[WakeShape, ...] = ()
    """How many sites it takes to page; the first entry whose hours it is counts, and without one it is 1.

    Example: [{hours: night, sites: 5}]
    """
    warnings: WarningsShape
    """Who is told what nobody must be woken for, and when. Example: {to: day-desk, hours: working}"""
    owners: dict[Name, Role] = Field(default_factory=dict)
    """Receiver that is told, once a week in the hours of `warnings`, what is behind, by its owner as targets.yml names it.

    An owner that is not here is told through the receiver of `warnings`. Example: {digital-office: day-desk}
    """
    escalation: tuple[StepShape, ...] = ()
    """Who is told next of a page that nobody took. Example: [{after: 15m, to: duty-manager}]"""
    heartbeat: HeartbeatShape
    """An address outside the building that raises the alarm when it hears nothing.

    Example: {url: 'http://127.0.0.1:9580/heartbeat', token: none}
    """
