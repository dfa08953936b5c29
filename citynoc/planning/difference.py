"""Two pictures of a configuration, compared as a reload compares them: devices, questions, and what else changes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from citynoc.planning.picture import Picture, Plain, polls_of


@dataclass(frozen=True, slots=True)
class Difference:
    """What a reload would do. Names are sorted."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Device to what of it changes."""
    polls_added: int = 0
    polls_removed: int = 0
    polls_changed: int = 0
    questions: frozenset[str] = frozenset()
    """Devices with a question that begins, ends or changes: those that the poller notices."""
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Sites, services, settings of the city and the like that change, by kind."""
    secrets_unseen: tuple[str, ...] = ()
    """Credentials whose secrets could not be compared: one side does not have them."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.questions or any(self.others.values()))

    @property
    def touched(self) -> frozenset[str]:
        """Every device that is not the same afterwards."""
        return frozenset((*self.added, *self.removed, *self.changed))


def compare(old: Picture, new: Picture) -> Difference:
    """What turns the old into the new."""
    before, after = polls_of(old), polls_of(new)
    secrets, unseen = _other_secrets(old, new)
    asked_otherwise = {
        key
        for key in before.keys() & after.keys()
        if before[key] != after[key] or new.devices[key[0]]["snmp"]["credential"] in secrets
    }
    changed = {}
    for name in sorted(old.devices.keys() & new.devices.keys()):
        what = _changed_fields(old.devices[name], new.devices[name])
        what += _behind_names(old, new, name, secrets)
        if what:
            changed[name] = tuple(what)
    edges = before.keys() ^ after.keys()
    return Difference(
        added=tuple(sorted(new.devices.keys() - old.devices.keys())),
        removed=tuple(sorted(old.devices.keys() - new.devices.keys())),
        changed=changed,
        polls_added=len(after.keys() - before.keys()),
        polls_removed=len(before.keys() - after.keys()),
        polls_changed=len(asked_otherwise),
        questions=frozenset(name for name, _ in edges | asked_otherwise),
        others=_others(old, new),
        secrets_unseen=unseen,
    )


def _others(old: Picture, new: Picture) -> dict[str, tuple[str, ...]]:
    return {
        "city": tuple(_changed_fields(old.city, new.city)),
        "sites": _changed_keys(old.sites, new.sites),
        "services": _changed_keys(old.services, new.services),
        "maintenance": _changed_keys(old.windows, new.windows),
        "parts": _changed_keys(old.parts, new.parts),
    }


def _changed_keys(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(name for name in {*old, *new} if old.get(name) != new.get(name)))


def _changed_fields(old: Plain, new: Plain) -> list[str]:
    """Names of what differs, one step into the blocks `snmp` and `mqtt`."""
    result = []
    for name in {**old, **new}:
        was, now = old.get(name), new.get(name)
        if was == now:
            continue
        if name in {"snmp", "mqtt"} and isinstance(was, Mapping) and isinstance(now, Mapping):
            result += [f"{name}.{part}" for part in _changed_fields(was, now)]
        else:
            result.append(name)
    return result


def _behind_names(old: Picture, new: Picture, name: str, secrets: frozenset[str]) -> list[str]:
    """What changes for a device although its own entry stays: the content of what it names."""
    found = []
    was, now = old.devices[name], new.devices[name]
    if was["snmp"] is not None and now["snmp"] is not None:
        profile, credential = now["snmp"]["profile"], now["snmp"]["credential"]
        if was["snmp"]["profile"] == profile and old.profiles.get(profile) != new.profiles.get(profile):
            found.append(f"profile {profile}")
        same = was["snmp"]["credential"] == credential
        if same and (
            credential in secrets or old.credentials.get(credential) != new.credentials.get(credential)
        ):
            found.append(f"credential {credential}")
    if was["mqtt"] is not None and now["mqtt"] is not None:
        telemetry = now["mqtt"].get("profile")
        if was["mqtt"].get("profile") == telemetry and old.telemetry.get(telemetry) != new.telemetry.get(
            telemetry
        ):
            found.append(f"telemetry {telemetry}")
    return found


def _other_secrets(old: Picture, new: Picture) -> tuple[frozenset[str], tuple[str, ...]]:
    """Credentials with another secret now, and those of which nobody can tell."""
    other, unseen = set(), []
    for name in sorted(old.credentials.keys() & new.credentials.keys()):
        was = None if old.secrets is None else old.secrets[name]
        now = None if new.secrets is None else new.secrets[name]
        if was is None or now is None:
            unseen.append(name)
            continue
        pairs = [*zip(was, now, strict=True)]
        if any(one is not None and two is not None and one != two for one, two in pairs):
            other.add(name)
        elif any((one is None) != (two is None) for one, two in pairs):
            unseen.append(name)
    return frozenset(other), tuple(unseen)


def questions_of(difference: Difference) -> Mapping[str, int]:
    """Questions that begin, end and change."""
    return {
        "added": difference.polls_added,
        "removed": difference.polls_removed,
        "changed": difference.polls_changed,
    }
