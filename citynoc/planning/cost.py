"""What a configuration costs: questions, values, series, and about how much of a machine. An estimate, explained in docs/how-to/plan.md. Pure.

How many rows a device's tables have only the device knows; a number of interfaces is assumed for all. What one question or
value costs was measured (docs/performance.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from citynoc.planning.picture import Picture
from collector.model import ProfileName
from collector.plan import Question
from collector.profile import Profile

INTERFACES = 8
"""Interfaces that a device is taken to have."""
CALLS = 4
"""Rows of a table that comes and goes: streams of one call."""
FEW = 2
"""Rows of any other table: processors, supplies."""

DEVICE_SCRAPE, STATE_SCRAPE = 30.0, 2.0
"""Seconds between scrapes, as deploy/prometheus has them."""

STATE_OF_DEVICE, STATE_OF_LINK, STATE_OF_SITE = 4, 2, 3
"""Series of `/metrics/state` about each: state, up, maintenance, info; up, info; state, info, redundancy."""

SECONDS_PER_LIVENESS = 50e-6
SECONDS_PER_VALUE = 1.6e-6
SECONDS_PER_MESSAGE = 350e-6
SECONDS_PER_SAMPLE = 2.5e-6
MEGABYTES_AT_REST, MEGABYTES_PER_DEVICE = 77.0, 0.05


@dataclass(frozen=True, slots=True)
class Cost:
    """`cores` is the share of one processor core; `megabytes` resident memory."""

    requests_per_second: Mapping[str, float]
    messages_per_second: float
    device_series: int
    series: int
    samples_per_second: float
    cores: float
    megabytes: float

    def to_json(self) -> dict[str, object]:
        """Rounded to what an estimate can say."""
        return {
            "requests_per_second": {name: round(rate, 1) for name, rate in self.requests_per_second.items()},
            "messages_per_second": round(self.messages_per_second, 1),
            "series": self.series,
            "samples_per_second": round(self.samples_per_second),
            "cores": round(self.cores, 3),
            "megabytes": round(self.megabytes),
        }


def cost_of(picture: Picture, values: Mapping[str, int]) -> Cost:
    """What asking, holding and scraping all of this costs; `values` are the series of a device by its profile."""
    rates = {question.value: 0.0 for question in (Question.LIVENESS, Question.POLL)}
    held = links = 0
    read = messages = 0.0
    for device in picture.devices.values():
        links += len(device["uplinks"])
        if (snmp := device["snmp"]) is not None:
            series = values.get(snmp["profile"], 0)
            held += series
            read += series / snmp["poll_interval"]
            rates[Question.LIVENESS.value] += 1 / snmp["liveness_interval"]
            rates[Question.POLL.value] += 1 / snmp["poll_interval"]
        if (mqtt := device["mqtt"]) is not None:
            messages += 1 / mqtt["heartbeat"]
    count = len(picture.devices)
    state = count * STATE_OF_DEVICE + links * STATE_OF_LINK + len(picture.sites) * STATE_OF_SITE
    samples = held / DEVICE_SCRAPE + state / STATE_SCRAPE
    cores = (
        rates[Question.LIVENESS.value] * SECONDS_PER_LIVENESS
        + read * SECONDS_PER_VALUE
        + messages * SECONDS_PER_MESSAGE
        + samples * SECONDS_PER_SAMPLE
    )
    memory = MEGABYTES_AT_REST + MEGABYTES_PER_DEVICE * count
    return Cost(MappingProxyType(rates), messages, held, held + state, samples, cores, memory)


def values_of(profiles: Mapping[ProfileName, Profile], interfaces: int) -> Mapping[str, int]:
    """Series of one device by profile."""
    return {name: series_of(profile, interfaces) for name, profile in profiles.items()}


def series_of(profile: Profile, interfaces: int) -> int:
    """Series that one device of this profile gives."""
    return len(profile.scalars) + sum(
        len(table.columns) * (interfaces if table.name == "interfaces" else CALLS if table.volatile else FEW)
        for table in profile.tables
    )
