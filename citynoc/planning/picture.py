"""A configuration as plain values that can be compared and sent: everything a reload looks at, and no secret. Pure.

A picture of the running service comes over HTTP; one of files is made here. Both are compared in the same way.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from typing import Any, cast

from collector.config import Configuration
from collector.meetings.model import Calendar, Occurrence
from collector.model import Credential, Secret
from collector.plan import Question

FORMAT = 1
"""Counts up when a picture is no longer what it was: two programs of different age must not compare."""

Plain = Mapping[str, Any]


class NotAPictureError(Exception):
    """What came is no picture, or one of another age; one sentence."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One configuration. `secrets` are only there where the files are; they never leave the process."""

    devices: Mapping[str, Plain]
    sites: Mapping[str, Plain]
    services: Mapping[str, Plain]
    city: Plain
    credentials: Mapping[str, Plain]
    profiles: Mapping[str, str]
    """Digest of each profile's content."""
    telemetry: Mapping[str, str]
    windows: Mapping[str, str]
    """Digest of each window of planned work."""
    parts: Mapping[str, str]
    """Digests of what is compared as a whole: on call, limits of quality."""
    sittings: tuple[Plain, ...] = ()
    """Meetings of the days ahead, by start."""
    secrets: Mapping[str, tuple[Secret | None, ...]] | None = field(default=None, repr=False)

    def to_json(self) -> dict[str, Any]:
        """For another program: without secrets."""
        found = {one.name: _json(getattr(self, one.name)) for one in fields(self) if one.name != "secrets"}
        return {"format": FORMAT, **found}


def picture_of(configuration: Configuration, sittings: Iterable[Occurrence] = ()) -> Picture:
    """The picture of what was read."""
    inventory = configuration.inventory
    city = dict(plain(inventory.city))
    city["web"] = digest(city.get("web"))  # where keys lie is nobody's business
    rota = configuration.rota
    parts = {"quality": digest(repr((configuration.quality, configuration.limits)))}
    if rota is not None:
        parts["on call"] = digest(rota.written)
    return Picture(
        devices={name: plain(device) for name, device in inventory.devices.items()},
        sites={code: plain(site) for code, site in inventory.sites.items()},
        services={name: plain(service) for name, service in inventory.services.items()},
        city=city,
        credentials={name: _open_part(one) for name, one in inventory.credentials.items()},
        profiles={name: digest(plain(one)) for name, one in configuration.profiles.items()},
        telemetry={name: digest(plain(one)) for name, one in configuration.telemetry.items()},
        windows={one.name: digest(plain(one)) for one in configuration.maintenance},
        parts=parts,
        sittings=tuple(_sitting(one) for one in sittings),
        secrets={name: _secrets(one) for name, one in inventory.credentials.items()},
    )


def from_json(value: Any) -> Picture:
    """The picture that another program sent. Raises NotAPictureError."""
    if not isinstance(value, dict) or not isinstance(value.get("format"), int):
        raise NotAPictureError("the answer is no plan of citynoc's")
    if value["format"] != FORMAT:
        raise NotAPictureError("the running service is of another version than this command")
    for name in (*_PLAIN, *_DIGESTS):
        part, wanted = value.get(name), dict if name in _PLAIN else str
        if not isinstance(part, dict) or not all(isinstance(one, wanted) for one in part.values()):
            raise NotAPictureError(f"the answer is no plan of citynoc's: '{name}'")
    sittings = value.get("sittings")
    whole = isinstance(value.get("city"), dict) and isinstance(sittings, list)
    if not whole or not all(_is_device(one) for one in value["devices"].values()):
        raise NotAPictureError("the answer is no plan of citynoc's")
    if not all(_is_sitting(one) for one in cast("list[Any]", sittings)):
        raise NotAPictureError("the answer is no plan of citynoc's: 'sittings'")
    known = {name: value[name] for name in (*_PLAIN, *_DIGESTS)}
    return Picture(**known, city=value["city"], sittings=tuple(cast("list[Any]", sittings)))


_PLAIN = ("devices", "sites", "services", "credentials")
_DIGESTS = ("profiles", "telemetry", "windows", "parts")
_DEVICE = ("site", "district", "role", "address")
_SNMP = ("port", "profile", "credential", "liveness_interval", "poll_interval", "timeout")
_LATEST = 250_000_000_000.0  # the year 9892: a moment that a calendar can still show


def _is_device(value: Plain) -> bool:
    snmp, mqtt = value.get("snmp"), value.get("mqtt")
    intervals = ("liveness_interval", "poll_interval", "timeout")
    return (
        {"snmp", "mqtt"} <= value.keys()
        and all(isinstance(value.get(name), str) for name in _DEVICE)
        and isinstance(value.get("uplinks"), list)
        and (snmp is None or (isinstance(snmp, dict) and all(name in snmp for name in _SNMP)))
        and (snmp is None or all(_is_above_nothing(snmp[name]) for name in intervals))
        and (snmp is None or all(isinstance(snmp[name], str) for name in ("profile", "credential")))
        and (mqtt is None or (isinstance(mqtt, dict) and _is_above_nothing(mqtt.get("heartbeat"))))
        and (mqtt is None or isinstance(mqtt.get("profile"), str))
    )


def _is_above_nothing(value: Any) -> bool:
    return isinstance(value, (int, float)) and value > 0


def _is_sitting(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and all(_is_above_nothing(value.get(name)) and value[name] < _LATEST for name in ("start", "end"))
        and all(are_names(value.get(name)) for name in ("sites", "endpoints", "bridges"))
        and isinstance(value.get("meeting"), str)
        and isinstance(value.get("title"), dict)
        and all(isinstance(one, str) for one in value["title"].values())
    )


def are_names(value: Any) -> bool:
    """Whether it is a list of texts and of nothing else."""
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def polls_of(picture: Picture) -> Mapping[tuple[str, Question], tuple[Any, ...]]:
    """Every question by device and kind, to whom, how and when it is asked: the plan's own rules (`Poll.asks`)."""
    found: dict[tuple[str, Question], tuple[Any, ...]] = {}
    for name, device in picture.devices.items():
        snmp = device["snmp"]
        if snmp is None:
            continue
        credential = snmp["credential"]
        allowed = (credential, _json(picture.credentials.get(credential, {})))
        whom = (device["address"], snmp["port"], snmp["timeout"], allowed)
        labels = (device["site"], device["district"], device["role"])
        profile = (snmp["profile"], picture.profiles.get(snmp["profile"]))
        found[name, Question.LIVENESS] = (snmp["liveness_interval"], whom)
        found[name, Question.POLL] = (snmp["poll_interval"], whom, labels, profile)
    return found


def plain(value: Any) -> Any:
    """A value of the model as JSON has it; what a comparison leaves out is left out. TypeError for a secret."""
    if isinstance(value, Secret):
        raise TypeError("a secret is never part of a picture")
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value) if one.compare}
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in sorted(value.items(), key=lambda pair: str(pair[0]))}
    if isinstance(value, (frozenset, set)):
        return sorted(map(plain, value), key=str)
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def digest(value: Any) -> str:
    """A short name for exactly this content."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _json(one) for name, one in value.items()}
    return [_json(one) for one in value] if isinstance(value, (list, tuple)) else value


def _open_part(credential: Credential) -> Plain:
    """What of a credential is no secret."""
    v3 = credential.v3
    return {
        "version": None if credential.version is None else credential.version.value,
        "username": credential.username,
        "v3": None if v3 is None else [v3.user, v3.auth_protocol, v3.priv_protocol, v3.context],
    }


def _secrets(credential: Credential) -> tuple[Secret | None, ...]:
    v3 = credential.v3
    keys = (None, None) if v3 is None else (v3.auth_key, v3.priv_key)
    return (credential.community, credential.password, *keys)


def calendar_of(picture: Picture) -> Calendar:
    """The meetings of the days ahead, as a calendar that knows no others."""
    return Calendar([_Given(tuple(map(_occurrence, picture.sittings)))])


@dataclass(frozen=True, slots=True)
class _Given:
    """Sittings that are already known, of whatever meeting."""

    sittings: tuple[Occurrence, ...]
    name: str = "known"

    def starting(self, since: float, until: float) -> Iterable[Occurrence]:
        return (one for one in self.sittings if since <= one.start < until)


def _occurrence(one: Plain) -> Occurrence:
    return Occurrence(
        one["meeting"],
        one["title"],
        one["start"],
        one["end"],
        frozenset(one["sites"]),
        tuple(one["endpoints"]),
        tuple(one["bridges"]),
    )


def _sitting(one: Occurrence) -> Plain:
    return {
        "meeting": one.meeting,
        "title": dict(one.title),
        "start": one.start,
        "end": one.end,
        "sites": sorted(one.sites),
        "endpoints": sorted(one.endpoints),
        "bridges": list(one.bridges),
    }
