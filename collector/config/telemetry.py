"""`config/telemetry/*.yml` to telemetry profiles: how each kind of MQTT publisher speaks.

A profile's name is its file's. Every mistake is a `Problem` with its place; a profile with one is left out.
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import BeforeValidator

from collector.config.document import Document
from collector.config.fields import Number, Text, Truth, matching, one_of
from collector.config.problems import Problem, closest
from collector.config.shape import Shape, validate
from collector.config.words import shown
from collector.config.yaml import read
from collector.metrics import CATALOG, IDENTITY
from collector.model import ProfileName
from collector.telemetry import FieldMapping, PayloadFormat, TelemetryProfile, TopicPattern

FOLDER = "telemetry"


class _During(StrEnum):
    """When a reading is true."""

    ALWAYS = "always"
    CALL = "call"


_LEVEL = r"(?:\{[a-z_]+\}|[^{}+#/\s]+)"
_Topic = Annotated[
    str,
    BeforeValidator(
        matching(
            rf"{_LEVEL}(?:/{_LEVEL})*",
            "a topic",
            "levels divided by '/', a whole level may be {site}, {device} or {gateway}; no '+' or '#'",
        )
    ),
]


class TopicsShape(Shape):
    """MQTT topics. A level in braces stands for any one word."""

    noun: ClassVar[str] = "topics"
    telemetry: _Topic
    """Topic of measurements; a whole level may be {site}, {device} or {gateway}.

    Example: 'city/v1/{site}/{device}/telemetry'
    """
    status: _Topic | None = None
    """Topic of presence, with {device}; it is retained and the Last Will.

    Example: 'city/v1/{site}/{device}/status'
    """


class FieldShape(Shape):
    """One field of the payload."""

    noun: ClassVar[str] = "field"
    metric: Text
    """Name in the catalogue (docs/metrics.md). Example: citynoc_conference_jitter_seconds"""
    labels: Mapping[str, Text] = {}
    """Labels that the metric takes. Example: {direction: rx, media: all}"""
    scale: Number = 1.0
    """The number is multiplied by this: into base units. Example: 0.001"""
    min: Number | None = None
    """What is below it is refused. Example: 0"""
    max: Number | None = None
    """What is above it is refused. Example: 60"""
    flag: Truth = False
    """Whether it is true or false rather than a number. Example: true"""
    during: Annotated[_During, BeforeValidator(one_of(_During, "a time"))] = _During.ALWAYS
    """When it is true: `always`, or `call`, only while a call is on. Example: call"""


class TelemetryShape(Shape):
    """A file of telemetry/: how one kind of publisher speaks over MQTT."""

    noun: ClassVar[str] = "telemetry profile"
    title: Text = ""
    """Whose convention this is, for people. Example: Telegraf"""
    format: Annotated[PayloadFormat, BeforeValidator(one_of(PayloadFormat, "a payload format"))]
    """How payloads are written: telegraf-json, influx, senml-json or sparkplug-b. Example: telegraf-json"""
    topics: TopicsShape
    """Where they are published.

    Example: {telemetry: 'city/v1/{site}/{device}/telemetry', status: 'city/v1/{site}/{device}/status'}
    """
    measurement: Text | None = None
    """Name of the measurement that counts; others are left alone. Example: conference"""
    device_tag: Text | None = None
    """Tag that names the device, where the topic does not. Example: host"""
    call: Text | None = None
    """Field that says whether a call is on. Example: in_call"""
    online: Text = "online"
    """Payload of the status topic that says the device is there. Example: online"""
    offline: Text = "offline"
    """Payload that says it is not. Example: offline"""
    facts: Mapping[str, Text] = {}
    """Texts about the device, each with the field that holds it. Example: {software: firmware}"""
    fields: Mapping[str, FieldShape]
    """Fields by name, and the metric that each one is.

    Example: {in_call: {metric: citynoc_conference_in_call, flag: true}}
    """


def read_telemetry(
    directory: Path, root: Path | None = None
) -> tuple[Mapping[ProfileName, TelemetryProfile], list[Problem]]:
    """Every sound profile under `directory/telemetry`, and what is wrong with the others. Never raises.

    Files are named relative to `root`, or to `directory` without one.
    """
    profiles: dict[ProfileName, TelemetryProfile] = {}
    problems: list[Problem] = []
    for path in sorted((directory / FOLDER).glob("*.yml")):
        document = read(path, directory if root is None else root)
        written, wrong = validate(TelemetryShape, document)
        name = ProfileName(path.stem)
        if written is not None:
            wrong = [*wrong, *_references(written, document), *_shared_topic(written, document, profiles)]
        if written is not None and not wrong:
            profiles[name] = _profile(name, written)
        problems += wrong
    return MappingProxyType(profiles), problems


def _shared_topic(
    written: TelemetryShape, document: Document, others: Mapping[ProfileName, TelemetryProfile]
) -> list[Problem]:
    """Where the topic does not name the device it has to tell the format."""
    topic = written.topics.telemetry
    if "{device}" in topic:
        return []
    clash = [name for name, other in others.items() if other.telemetry.filter == TopicPattern(topic).filter]
    hint = "give each its own topic: nothing else tells their payloads apart"
    return [
        document.problem(("topics", "telemetry"), f"profile {shown(name)} has this topic too", hint)
        for name in clash
    ]


def _references(written: TelemetryShape, document: Document) -> list[Problem]:
    """What the shape cannot say: metrics and labels of the catalogue, and who the device is."""
    problems: list[Problem] = []
    if "{device}" not in written.topics.telemetry and written.device_tag is None:
        problems.append(
            document.problem(
                ("topics", "telemetry"),
                "nothing tells the device",
                "give the topic a level {device}, or name the tag that holds it as `device_tag`",
            )
        )
    if written.format is PayloadFormat.SPARKPLUG_B:
        problems += _sparkplug_topics(written, document)
    elif written.topics.status is not None and "{device}" not in written.topics.status:
        problems.append(document.problem(("topics", "status"), "a status topic needs a level {device}"))
    if written.call is not None and written.call not in written.fields:
        meant = closest(written.call, list(written.fields))
        problems.append(
            document.problem(
                ("call",),
                f"no field {shown(written.call)} is read",
                f"did you mean '{meant}'?" if meant else "name one of the fields below",
            )
        )
    series: dict[tuple[str, frozenset[tuple[str, str]]], str] = {}
    for name, field in written.fields.items():
        problems += _field_problems(name, field, written, document)
        first = series.setdefault((field.metric, frozenset(field.labels.items())), name)
        if first != name:
            problems.append(
                document.problem(("fields", name), f"gives the same series as field {shown(first)}")
            )
    return problems


def _sparkplug_topics(written: TelemetryShape, document: Document) -> list[Problem]:
    """Sparkplug's sessions need both topics: the devices' and, under `status`, the edge nodes' own."""
    nodes = "spBv1.0/{group}/{kind}/{gateway}"
    wanted = {"telemetry": f"{nodes}/{{device}}", "status": nodes}
    given = {"telemetry": written.topics.telemetry, "status": written.topics.status}
    return [
        document.problem(("topics", key), f"Sparkplug's {key} topic is another", f"write {key}: {topic}")
        for key, topic in wanted.items()
        if given[key] != topic
    ]


def _field_problems(
    name: str, field: FieldShape, written: TelemetryShape, document: Document
) -> list[Problem]:
    family = CATALOG.get(field.metric)
    if family is None or family.labels[: len(IDENTITY)] != IDENTITY:
        meant = closest(
            field.metric, [each.name for each in CATALOG.values() if each.labels[:1] == IDENTITY[:1]]
        )
        message = f"no metric of a device is called {shown(field.metric)}"
        hint = f"did you mean '{meant}'?" if meant else None
        return [document.problem(("fields", name, "metric"), message, hint)]
    problems = []
    wanted = family.labels[len(IDENTITY) :]
    if set(field.labels) != set(wanted):
        problems.append(
            document.problem(
                ("fields", name, "labels"),
                f"{family.name} takes the labels {{{', '.join(wanted)}}}, not {{{', '.join(field.labels)}}}",
            )
        )
    if field.during is _During.CALL and written.call is None:
        problems.append(
            document.problem(
                ("fields", name, "during"),
                "nothing says when a call is on",
                "name the field that does: `call: in_call`",
            )
        )
    return problems


def _profile(name: ProfileName, written: TelemetryShape) -> TelemetryProfile:
    topics = written.topics
    return TelemetryProfile(
        name,
        written.format,
        TopicPattern(topics.telemetry),
        None if topics.status is None else TopicPattern(topics.status),
        tuple(_mapping(field_name, field) for field_name, field in written.fields.items()),
        written.title,
        written.measurement,
        written.device_tag,
        written.call,
        MappingProxyType(dict(written.facts)),
        written.online,
        written.offline,
    )


def _mapping(name: str, field: FieldShape) -> FieldMapping:
    family = CATALOG[field.metric]
    return FieldMapping(
        name,
        family,
        tuple(field.labels[label] for label in family.labels[len(IDENTITY) :]),
        field.scale,
        field.min,
        field.max,
        field.flag,
        field.during is _During.CALL,
    )
