"""One datagram from somebody who may be a device: who it is, whether it is believed, what it says, what is sent back.

Sends nothing and waits for nothing. Everything kept is bounded, and every datagram ends in exactly one counter.
"""

import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from collector.model import Credential, CredentialName, Device, DeviceName
from collector.snmp import ber, traps, usm_message
from collector.snmp.errors import BerError
from collector.snmp.oid import Oid
from collector.snmp.traps import NOTIFICATIONS, Notification
from collector.snmp.usm_keys import User
from collector.snmp.usm_receiver import LocalEngine, Opened, Receiver, Refusal
from collector.sources import HintKind
from collector.sources.snmp_access import Users
from collector.sources.traps_limits import Buckets, Seen

RATE, BURST = 10.0, 40.0  # messages a second of one device; more at once, as when a router comes up
MEMORY = (
    150.0  # seconds in which a repeated inform or a replayed v3 message is known again: USM's time window
)
MOST = 4_096  # sources, and messages, remembered
_KINDS: Mapping[Oid, HintKind] = {
    traps.COLD_START: HintKind.RESTARTED,
    traps.WARM_START: HintKind.RESTARTED,
    traps.LINK_DOWN: HintKind.LINK,
    traps.LINK_UP: HintKind.LINK,
    traps.AUTHENTICATION_FAILURE: HintKind.AUTH_FAILURE,
}


class TrapResult(StrEnum):
    """What became of a datagram; also the `result` label of its counter."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"  # an inform acknowledged before, or a v3 message replayed
    DISCOVERY = "discovery"  # a v3 sender's search for our engine or clock
    UNKNOWN_SOURCE = "unknown_source"  # no device has this address
    RATE_LIMITED = "rate_limited"
    MALFORMED = "malformed"
    NOT_A_NOTIFICATION = "not_a_notification"
    WRONG_COMMUNITY = "wrong_community"
    UNKNOWN_USER = "unknown_user"
    WRONG_LEVEL = "wrong_level"
    UNAUTHENTIC = "unauthentic"
    NOT_IN_TIME = "not_in_time"
    UNDECRYPTABLE = "undecryptable"


_REFUSALS = {refusal: TrapResult(refusal.value) for refusal in Refusal}
_NOBODYS_FAULT = frozenset({TrapResult.ACCEPTED, TrapResult.DUPLICATE, TrapResult.DISCOVERY})


class Taken(NamedTuple):
    """What became of one datagram: `reply` is sent back if it is not empty, `hint` is given if there is one."""

    result: TrapResult
    device: DeviceName | None = None
    reply: bytes = b""
    hint: HintKind | None = None

    @property
    def suspicious(self) -> bool:
        """Whether a device was not believed, or not understood: somebody should look at its configuration."""
        return self.device is not None and self.result not in _NOBODYS_FAULT


@dataclass(frozen=True)
class _Sender:
    """A device and with what it may speak."""

    device: DeviceName
    communities: tuple[bytes, ...]
    users: tuple[User, ...]


class Intake:
    """Takes datagrams. `also` are credentials that every device may use beside its own."""

    def __init__(self, engine: LocalEngine) -> None:
        self.results: Counter[TrapResult] = Counter(dict.fromkeys(TrapResult, 0))
        self._receiver = Receiver(engine)
        self._users = Users()
        self._senders: dict[str, _Sender] = {}
        self._buckets = Buckets(RATE, BURST, MOST)
        self._seen = Seen(MEMORY, MOST)

    def update(
        self,
        devices: Mapping[DeviceName, Device],
        credentials: Mapping[CredentialName, Credential],
        also: Sequence[CredentialName],
    ) -> None:
        """Know these devices from now on."""
        kept: dict[tuple[CredentialName, ...], tuple[tuple[bytes, ...], tuple[User, ...]]] = {}
        senders = {}
        for device in devices.values():
            own = (device.snmp.credential,) if device.snmp is not None else ()
            names = tuple(dict.fromkeys((*own, *also)))
            if names not in kept:
                kept[names] = self._allowed([credentials[name] for name in names])
            senders[str(device.address)] = _Sender(device.name, *kept[names])
        self._senders = senders

    def take(self, data: bytes, host: str, now: float) -> Taken:
        """Read one datagram that came from this host. Never raises for what is in it."""
        sender = self._senders.get(host.removeprefix("::ffff:"))
        if sender is None:
            taken = Taken(TrapResult.UNKNOWN_SOURCE)
        elif not self._buckets.take(sender.device, now):
            taken = Taken(TrapResult.RATE_LIMITED, sender.device)
        else:
            try:
                taken = (
                    self._v3(data, sender, now) if usm_message.is_v3(data) else self._plain(data, sender, now)
                )
            except BerError:
                taken = Taken(TrapResult.MALFORMED, sender.device)
        self.results[taken.result] += 1
        return taken

    def _allowed(self, credentials: Sequence[Credential]) -> tuple[tuple[bytes, ...], tuple[User, ...]]:
        communities = tuple(c.community.reveal().encode() for c in credentials if c.community is not None)
        users = [self._users.user(c) for c in credentials if c.v3 is not None]
        return communities, tuple(user for user in users if isinstance(user, User))

    def _plain(self, data: bytes, sender: _Sender, now: float) -> Taken:
        outer = ber.envelope(data)
        if outer.pdu not in NOTIFICATIONS:
            return Taken(TrapResult.NOT_A_NOTIFICATION, sender.device)
        if not any(hmac.compare_digest(outer.community, allowed) for allowed in sender.communities):
            return Taken(TrapResult.WRONG_COMMUNITY, sender.device)
        told = traps.of_message(data, outer)
        reply = traps.acknowledgement(outer, ber.decode(data)) if told.inform else b""
        again = told.inform and self._seen.again((sender.device, told.request_id, told.name), now)
        return _accepted(sender, told, reply, again=again)

    def _v3(self, data: bytes, sender: _Sender, now: float) -> Taken:
        sealed = usm_message.read(data)
        opened = self._receiver.open(sealed, sender.device, sender.users, now)
        if not isinstance(opened, Opened):
            return Taken(_REFUSALS[opened.why], sender.device, opened.report)
        if opened.scoped.tag not in NOTIFICATIONS:
            return Taken(TrapResult.NOT_A_NOTIFICATION, sender.device)
        told = traps.of_pdu(usm_message.read_pdu(opened.scoped.pdu))
        if told.inform:
            if (
                sealed.engine_id != self._receiver.engine.engine_id
            ):  # an inform is for the engine that acknowledges it
                return Taken(TrapResult.MALFORMED, sender.device)
            reply = self._receiver.respond(opened, now)
            again = self._seen.again((sender.device, told.request_id, told.name), now)
            return _accepted(sender, told, reply, again=again)
        key = (sender.device, sealed.engine_id, sealed.msg_id, sealed.boots, sealed.time, told.request_id)
        return _accepted(sender, told, b"", again=self._seen.again(key, now))


def _accepted(sender: _Sender, told: Notification, reply: bytes, *, again: bool) -> Taken:
    if again:
        return Taken(TrapResult.DUPLICATE, sender.device, reply)
    return Taken(TrapResult.ACCEPTED, sender.device, reply, _KINDS.get(told.name, HintKind.NEWS))
