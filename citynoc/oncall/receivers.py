"""A role's channels as Alertmanager 0.25 configures them. Pure but for what the given `Vault` reads.

A secret in a file of its own stays there where Alertmanager can read it from one (webhook token, SMTP password,
Slack, PagerDuty, Opsgenie, Webex); Telegram's, Discord's and Pushover's it takes only in its configuration, as it
does a webhook's address and whatever comes from the environment.
"""

from collections.abc import Mapping
from functools import singledispatch
from pathlib import Path
from typing import Any

from collector.config.oncall import OnCall, Receiver
from collector.config.schema_channels import (
    DiscordShape,
    EmailShape,
    OpsgenieShape,
    PagerDutyShape,
    PushoverShape,
    SlackShape,
    TelegramShape,
    WebexShape,
    WebhookShape,
)
from collector.config.schema_city import HostPort
from collector.config.schema_oncall import HeartbeatShape
from collector.config.secrets import Reference, resolve
from collector.config.shape import Shape
from collector.oncall import Language

Settings = dict[str, Any]
MOST_IN_A_WEBHOOK = 50


class Vault:
    """Secrets by reference. Raises UnresolvedError; remembers the values that went into the configuration."""

    def __init__(self, directory: Path, environ: Mapping[str, str]) -> None:
        self._directory = directory
        self._environ = environ
        self.given: set[str] = set()

    def value(self, reference: Reference) -> str:
        """The secret itself, to stand in the configuration."""
        text = resolve(reference, self._directory, self._environ).reveal()
        self.given.add(text)
        return text

    def place(self, key: str, reference: Reference) -> Settings:
        """`key_file: PATH` if it is the whole of a file, else `key: SECRET`."""
        if reference.file is not None:
            path = (self._directory / reference.file).resolve()
            secret = resolve(reference, self._directory, self._environ).reveal()
            if path.read_text(encoding="utf-8").strip() == secret:  # Alertmanager reads all of it
                return {f"{key}_file": str(path)}
        return {key: self.value(reference)}


def smtp_settings(on_call: OnCall, vault: Vault) -> Settings:
    """Alertmanager's `global` keys for mail; empty without `smtp`."""
    smtp = on_call.smtp
    if smtp is None:
        return {}
    found: Settings = {
        "smtp_smarthost": _host_port(smtp.server),
        "smtp_from": smtp.sender,
        "smtp_require_tls": smtp.tls,
    }
    if smtp.username is not None and smtp.password is not None:
        found["smtp_auth_username"] = smtp.username
        found.update(vault.place("smtp_auth_password", smtp.password))
    return found


def receiver_settings(receiver: Receiver, vault: Vault) -> Settings:
    """One entry of Alertmanager's `receivers`."""
    found: Settings = {"name": receiver.name}
    for channel in receiver.channels:
        name, entries = _channel(channel, _Phrases(receiver.language), vault)
        found[f"{name}_configs"] = [{"send_resolved": True, **entry} for entry in entries]
    return found


def heartbeat_settings(name: str, heartbeat: HeartbeatShape, vault: Vault) -> Settings:
    """The receiver of the Watchdog: each message says again that all is well, so its end is never told."""
    return {"name": name, "webhook_configs": [{"send_resolved": False, **_webhook(heartbeat, vault)}]}


class _Phrases:
    """The templates of one language."""

    def __init__(self, language: Language) -> None:
        self.subject = f'{{{{ template "citynoc.{language}.subject" . }}}}'
        self.text = f'{{{{ template "citynoc.{language}.text" . }}}}'
        self.html = f'{{{{ template "citynoc.{language}.html" . }}}}'


def _webhook(shape: WebhookShape | HeartbeatShape, vault: Vault) -> Settings:
    url = vault.value(shape.url) if isinstance(shape.url, Reference) else shape.url
    found: Settings = {"url": url, "max_alerts": MOST_IN_A_WEBHOOK}
    if isinstance(shape.token, Reference):
        found["http_config"] = _bearer(shape.token, vault)
    return found


def _bearer(token: Reference, vault: Vault) -> Settings:
    return {"authorization": {"type": "Bearer", **vault.place("credentials", token)}}


@singledispatch
def _channel(shape: Shape, _phrases: _Phrases, _vault: Vault) -> tuple[str, list[Settings]]:
    """Alertmanager's name of a kind of channel, and its entries."""
    raise TypeError(type(shape).__name__)


@_channel.register
def _(shape: WebhookShape, _phrases: _Phrases, vault: Vault) -> tuple[str, list[Settings]]:
    return "webhook", [_webhook(shape, vault)]


@_channel.register
def _(shape: EmailShape, phrases: _Phrases, _vault: Vault) -> tuple[str, list[Settings]]:
    mail = {"headers": {"Subject": phrases.subject}, "html": phrases.html, "text": phrases.text}
    return "email", [{"to": address, **mail} for address in shape.to]


@_channel.register
def _(shape: TelegramShape, phrases: _Phrases, vault: Vault) -> tuple[str, list[Settings]]:
    found = {"bot_token": vault.value(shape.token), "chat_id": shape.chat}
    if shape.api is not None:
        found["api_url"] = shape.api
    return "telegram", [{**found, "parse_mode": "", "message": phrases.text}]  # plain: nothing to escape


@_channel.register
def _(shape: SlackShape, phrases: _Phrases, vault: Vault) -> tuple[str, list[Settings]]:
    found = vault.place("api_url", shape.url)
    if shape.channel is not None:
        found["channel"] = shape.channel
    return "slack", [
        {
            **found,
            "title": phrases.subject,
            "text": phrases.text,
            "title_link": "",
            "fallback": phrases.subject,
        }
    ]


@_channel.register
def _(shape: DiscordShape, phrases: _Phrases, vault: Vault) -> tuple[str, list[Settings]]:
    return "discord", [
        {"webhook_url": vault.value(shape.url), "title": phrases.subject, "message": phrases.text}
    ]


@_channel.register
def _(shape: WebexShape, phrases: _Phrases, vault: Vault) -> tuple[str, list[Settings]]:
    login = {"http_config": _bearer(shape.token, vault)}
    return "webex", [{"room_id": shape.room, **login, "message": phrases.text}]


@_channel.register
def _(shape: PagerDutyShape, phrases: _Phrases, vault: Vault) -> tuple[str, list[Settings]]:
    words = {"description": phrases.subject, "details": {"text": phrases.text}}
    return "pagerduty", [{**vault.place("routing_key", shape.key), **words}]


@_channel.register
def _(shape: OpsgenieShape, phrases: _Phrases, vault: Vault) -> tuple[str, list[Settings]]:
    words = {"message": phrases.subject, "description": phrases.text}
    return "opsgenie", [{**vault.place("api_key", shape.key), **words}]


@_channel.register
def _(shape: PushoverShape, phrases: _Phrases, vault: Vault) -> tuple[str, list[Settings]]:
    login = {"user_key": vault.value(shape.user), "token": vault.value(shape.token)}
    return "pushover", [{**login, "title": phrases.subject, "message": phrases.text}]


def _host_port(place: HostPort) -> str:
    return f"[{place.host}]:{place.port}" if ":" in place.host else f"{place.host}:{place.port}"
