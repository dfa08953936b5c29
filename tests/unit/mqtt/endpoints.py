"""Endpoints and the shipped telemetry profiles for the MQTT tests: a listener without a broker or a clock."""

import json
from collections.abc import Mapping
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from types import MappingProxyType

from collector.config.telemetry import read_telemetry
from collector.model import Device, DeviceName, DistrictCode, MqttAccess, ProfileName, Role, SiteCode
from collector.outcome import Answer
from collector.sources.mqtt_intake import Intake
from collector.sources.mqtt_publisher import Message, Taken
from collector.sources.mqtt_refusals import Ledger, Result
from collector.telemetry import TelemetryProfile

WALL = 1_700_000_000.0
"""Unix time of these tests: that of the conventions' samples."""

CONFIG = Path(__file__).resolve().parents[3] / "config"


@cache
def shipped() -> Mapping[ProfileName, TelemetryProfile]:
    """The profiles of `config/telemetry`, which have to be without a mistake."""
    profiles, problems = read_telemetry(CONFIG)
    assert problems == []
    return profiles


def endpoint(
    name: str = "vc-00001", site: str = "00001", profile: str = "native", heartbeat: float = 10.0
) -> Device:
    """A video endpoint that publishes."""
    return Device(
        DeviceName(name),
        SiteCode(site),
        DistrictCode("001"),
        Role.ENDPOINT,
        ip_address("127.0.2.1"),
        mqtt=MqttAccess(ProfileName(profile), heartbeat),
    )


def by_name(*devices: Device) -> Mapping[DeviceName, Device]:
    return MappingProxyType({device.name: device for device in devices})


def native(timestamp: float = WALL, /, **fields: object) -> bytes:
    """A native payload."""
    return json.dumps({"name": "conference", "tags": {}, "fields": fields, "timestamp": timestamp}).encode()


class Ear:
    """An intake, the ledger and the time, in one hand."""

    def __init__(
        self, *devices: Device, profiles: Mapping[ProfileName, TelemetryProfile] | None = None
    ) -> None:
        self.ledger = Ledger()
        self.intake = Intake(by_name(*(devices or (endpoint(),))), profiles or shipped(), self.ledger)
        self.now = 1000.0
        self.wall = WALL

    def hears(
        self, payload: bytes, topic: str = "city/v1/00001/vc-00001/telemetry", *, retained: bool = False
    ) -> Taken:
        return self.intake.receive(Message(topic, payload, retained, self.now, self.wall))

    def values(self, payload: bytes, topic: str = "city/v1/00001/vc-00001/telemetry") -> dict[str, float]:
        """What one accepted message says, by metric and the labels that are not identity."""
        ((_, answer),) = self.hears(payload, topic).answers
        return series(answer)

    def ended(self) -> dict[Result, int]:
        """The results that occurred."""
        return {result: count for result, count in self.ledger.counts.items() if count}


def series(answer: Answer) -> dict[str, float]:
    """An answer's readings of the device (not those about the message) by short name: `jitter_seconds rx all`."""
    return {
        " ".join(
            [
                sample.family.name.removeprefix("citynoc_").removeprefix("conference_"),
                *[sample.labels[name] for name in sample.family.labels[4:]],
            ]
        ): sample.value
        for sample in answer.samples()
        if not sample.family.name.endswith(("clock_offset_seconds", "heartbeat_timestamp_seconds"))
    }
