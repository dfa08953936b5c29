"""What is asked of whom and when: inventory and profiles joined into comparable polls. Pure.

`build` makes a `Plan`, `diff` says what a reload has to add, remove and change. A `Poll` knows nothing of
sockets; equal polls need no touch.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from collector.model import Credential, Device, DeviceName, Inventory, ProfileName, SnmpAccess
from collector.profile import Profile

TRIES = 3
"""How often each question of a full poll is asked before it counts as lost."""


class Question(StrEnum):
    """The kinds of news about a device; also the `question` label of the service's own counters."""

    LIVENESS = "liveness"  # one GET of sysUpTime
    POLL = "poll"  # everything the profile asks
    TELEMETRY = "telemetry"  # what the device says over MQTT by itself


class PollKey(NamedTuple):
    """Identity of a poll, stable over reloads."""

    device: DeviceName
    question: Question


@dataclass(frozen=True, slots=True)
class Poll:
    """One scheduled question: asked every `interval` seconds, `phase` seconds into it."""

    device: Device
    access: SnmpAccess
    question: Question
    interval: float
    phase: float
    profile: Profile
    credential: Credential

    @property
    def key(self) -> PollKey:
        """Identity that survives a change of settings."""
        return PollKey(self.device.name, self.question)

    @property
    def asks(self) -> tuple[object, ...]:
        """Whom it asks, how, and under which labels: all that matters to it but when it asks and its profile."""
        device, access = self.device, self.access
        whom = (device.name, device.address, access.port, access.timeout, self.credential)
        if self.question is Question.LIVENESS:  # one object, and no series
            return whom
        return (*whom, device.site, device.district, device.role)


@dataclass(frozen=True, slots=True)
class Plan:
    """All polls by key."""

    polls: Mapping[PollKey, Poll]


@dataclass(frozen=True, slots=True)
class Change:
    """What turns one plan into another. `apply(old, diff(old, new)) == new`.

    `changed` polls ask otherwise or at other times. `renewed` ones ask the same, and only what they carry along is
    other (an uplink, the interval of the device's other question): nothing about them is disturbed.
    """

    added: tuple[Poll, ...]
    removed: tuple[PollKey, ...]
    changed: tuple[Poll, ...]
    renewed: tuple[Poll, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.renewed)


def phase_of(device: str, interval: float) -> float:
    """Seconds into the interval at which this device is asked: stable across restarts, in [0, interval)."""
    digest = hashlib.blake2b(device.encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64 * interval


def build(inventory: Inventory, profiles: Mapping[ProfileName, Profile]) -> Plan:
    """Every SNMP device's liveness question and full poll.

    The inventory is checked, so a missing profile or credential here is a KeyError and a bug of ours.
    """
    polls: dict[PollKey, Poll] = {}
    for device in inventory.devices.values():
        access = device.snmp
        if access is None:
            continue
        for question, interval in (
            (Question.LIVENESS, access.liveness_interval),
            (Question.POLL, access.poll_interval),
        ):
            poll = Poll(
                device,
                access,
                question,
                interval,
                phase_of(f"{question}/{device.name}", interval),
                profiles[access.profile],
                inventory.credentials[access.credential],
            )
            polls[poll.key] = poll
    return Plan(MappingProxyType(polls))


def diff(old: Plan, new: Plan) -> Change:
    """The least change from `old` to `new`; polls that are equal are not in it."""
    alike = _Alike()
    changed: list[Poll] = []
    renewed: list[Poll] = []
    for key, poll in new.polls.items():
        before = old.polls.get(key)
        if before is None:
            continue
        same_profile = alike.profiles(before.profile, poll.profile)
        asks_alike = before.asks == poll.asks and (same_profile or poll.question is Question.LIVENESS)
        if not asks_alike or before.interval != poll.interval:
            changed.append(poll)
        elif not same_profile or before.access != poll.access or before.device != poll.device:
            renewed.append(poll)
    return Change(
        added=tuple(poll for key, poll in new.polls.items() if key not in old.polls),
        removed=tuple(key for key in old.polls if key not in new.polls),
        changed=tuple(changed),
        renewed=tuple(renewed),
    )


class _Alike:
    """Compares profiles, which are large and few, once a pair."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], bool] = {}

    def profiles(self, one: Profile, other: Profile) -> bool:
        if one is other:
            return True
        pair = (id(one), id(other))  # both live as long as the plans that are compared
        found = self._known.get(pair)
        if found is None:
            found = self._known[pair] = one == other
        return found


def apply(plan: Plan, change: Change) -> Plan:
    """`plan` with `change` carried out."""
    polls = dict(plan.polls)
    for key in change.removed:
        del polls[key]
    polls.update({poll.key: poll for poll in (*change.renewed, *change.changed, *change.added)})
    return Plan(MappingProxyType(polls))
