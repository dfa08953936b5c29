"""The channels of `oncall.yml`: by what a receiver is reached, and what each of them needs.

Secrets are references; whether they can be resolved is asked only by who writes Alertmanager's files.
No message of ours repeats a value: a secret may stand in the wrong place.
"""

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator

from collector.config.fields import Text, as_json, matching, read_integer
from collector.config.schema_city import Url
from collector.config.secrets import SCHEMES, Reference, SecretReference, read_reference
from collector.config.shape import Shape
from collector.config.words import WrittenWrongError, read_url, text_of

NO_SECRET = "none"  # noqa: S105 - the word that says there is none


def _read_token(value: Any) -> Reference | str:
    return NO_SECRET if text_of(value) == NO_SECRET else read_reference(value)


def _read_secret_url(value: Any) -> Reference | str:
    text = text_of(value)
    return read_reference(text) if text.startswith(SCHEMES) else read_url(text)


_read_mail = matching(
    r"[^\s@<>,;:\"']{1,64}@[A-Za-z0-9.-]{1,190}", "an e-mail address", "as noc@city.example"
)
_SECRET = as_json(type="string")


def _read_mails(value: Any) -> tuple[str, ...]:
    found = tuple(_read_mail(item) for item in (value if isinstance(value, list) else [value]))
    if not found:
        raise WrittenWrongError("the list is empty", "write at least one address")
    return found


Mail = Annotated[str, BeforeValidator(_read_mail), as_json(type="string")]
Token = Annotated[Reference | str | None, BeforeValidator(_read_token), _SECRET]
SecretUrl = Annotated[Reference | str, BeforeValidator(_read_secret_url), _SECRET]


class WebhookShape(Shape):
    """Alertmanager's JSON, posted. With a reference for `url` the address itself is the secret."""

    noun: ClassVar[str] = "webhook"

    url: SecretUrl
    """Where Alertmanager's JSON is posted; a reference, if the address is itself the secret.

    Example: http://127.0.0.1:9580/on-call
    """
    token: Token = None
    """Where its token is kept; `none` if nobody else can reach the address. Example: env:WEBHOOK_TOKEN"""


class EmailShape(Shape):
    """A mail through `smtp`."""

    noun: ClassVar[str] = "email"

    to: Annotated[
        tuple[str, ...],
        BeforeValidator(_read_mails),
        as_json(anyOf=[{"type": "string"}, {"type": "array", "items": {"type": "string"}}]),
    ]
    """One address or a list. Example: noc@city.example"""


class TelegramShape(Shape):
    """A message of a Telegram bot. `api` is another server that speaks Telegram's bot protocol."""

    noun: ClassVar[str] = "telegram"

    chat: Annotated[int, BeforeValidator(read_integer), as_json(type="integer")]
    """Number of the chat; negative for a group. Example: -1001234567890"""
    token: SecretReference
    """Where the bot's token is kept. Example: env:TELEGRAM_TOKEN"""
    api: Url | None = None
    """Another server that speaks Telegram's bot protocol. Example: http://127.0.0.1:8081"""


class SlackShape(Shape):
    """A Slack incoming webhook, or what speaks like one (Mattermost, Rocket.Chat)."""

    noun: ClassVar[str] = "slack"

    url: SecretReference
    """Where the webhook's address, itself the secret, is kept.

    Example: file:/etc/citynoc/secrets/slack-url
    """
    channel: Text | None = None
    """Channel, if not the webhook's own. Example: '#noc'"""


class DiscordShape(Shape):
    """A Discord webhook."""

    noun: ClassVar[str] = "discord"

    url: SecretReference
    """Where the webhook's address, itself the secret, is kept. Example: env:DISCORD_URL"""


class WebexShape(Shape):
    """A room of Webex."""

    noun: ClassVar[str] = "webex"

    room: Text
    """Id of the room. Example: Y2lzY29zcGFyazovL3Jvb20"""
    token: SecretReference
    """Where the bot's token is kept. Example: env:WEBEX_TOKEN"""


class PagerDutyShape(Shape):
    """A service of PagerDuty (Events API v2)."""

    noun: ClassVar[str] = "pagerduty"

    key: SecretReference
    """Where the integration's key is kept. Example: env:PAGERDUTY_KEY"""


class OpsgenieShape(Shape):
    """An integration of Opsgenie."""

    noun: ClassVar[str] = "opsgenie"

    key: SecretReference
    """Where the integration's key is kept. Example: env:OPSGENIE_KEY"""


class PushoverShape(Shape):
    """A user or group of Pushover."""

    noun: ClassVar[str] = "pushover"

    user: SecretReference
    """Where the user's or group's key is kept. Example: env:PUSHOVER_USER"""
    token: SecretReference
    """Where the application's token is kept. Example: env:PUSHOVER_TOKEN"""
