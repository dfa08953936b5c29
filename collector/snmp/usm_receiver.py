"""SNMP v3 for who listens: opens traps, for whose senders the sender's engine is the authority, and informs, for ours.

Answers a search for our engine, tells our clock, refuses in reports, and acknowledges. Sends nothing itself and reads
no clock; what it remembers of senders is bounded. Sources: RFC 3412 §7.2, RFC 3414 §3.2, §4.
"""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from enum import StrEnum
from typing import NamedTuple

from collector.snmp import ber, usm, usm_message
from collector.snmp.ber import Pdu, VarBind
from collector.snmp.errors import BerError
from collector.snmp.oid import Oid
from collector.snmp.usm_keys import User
from collector.snmp.usm_message import AUTH, REPORTABLE, Parameters, Scoped, Sealed
from collector.snmp.usm_time import EngineTime, in_window
from collector.snmp.usm_user import EngineUser

MOST_SENDERS = 4_096  # engines remembered, with their clocks and keys


class Refusal(StrEnum):
    """Why a message was not opened."""

    DISCOVERY = "discovery"  # a search for our engine or clock, answered: the real message follows
    UNKNOWN_USER = "unknown_user"
    WRONG_LEVEL = "wrong_level"
    UNAUTHENTIC = "unauthentic"
    NOT_IN_TIME = "not_in_time"
    UNDECRYPTABLE = "undecryptable"


class Refused(NamedTuple):
    """Not opened; `report` is to be sent back if it is not empty."""

    why: Refusal
    report: bytes = b""


class Opened(NamedTuple):
    """An authentic message in time, and what is needed to answer it."""

    scoped: Scoped
    sealed: Sealed
    known: EngineUser


class LocalEngine:
    """Our own engine: its id, its boots, and when it started on the monotonic clock."""

    __slots__ = ("boots", "engine_id", "started")

    def __init__(self, engine_id: bytes, boots: int, started: float) -> None:
        self.engine_id = engine_id
        self.boots = boots
        self.started = started

    def clock(self, now: float) -> tuple[int, int]:
        """Boots and time."""
        return self.boots, min(int(now - self.started), usm_message.MAX_NUMBER)


class Receiver:
    """Opens what others send. `refused` counts are kept by who uses it; the counters in reports are ours."""

    def __init__(self, engine: LocalEngine) -> None:
        self.engine = engine
        self._keys: OrderedDict[tuple[User, bytes], EngineUser] = OrderedDict()
        self._clocks: OrderedDict[tuple[Hashable, bytes], EngineTime] = OrderedDict()
        self._reports: dict[Oid, int] = {}

    def open(self, sealed: Sealed, source: Hashable, users: Sequence[User], now: float) -> Opened | Refused:
        """A message from `source`, who may be any of `users`. Raises BerError for what is inside if it is rubbish."""
        known = self._trusted(sealed, source, users, now)
        if isinstance(known, Refused):
            return known
        try:
            return Opened(known.scoped(sealed), sealed, known)
        except BerError:
            if not sealed.flags & usm_message.PRIV:
                raise
            return self._refuse(Refusal.UNDECRYPTABLE, usm.CANNOT_DECRYPT, sealed, now)

    def _trusted(
        self, sealed: Sealed, source: Hashable, users: Sequence[User], now: float
    ) -> EngineUser | Refused:
        """Whose message it is, if it is authentic and in time."""
        ours = sealed.engine_id == self.engine.engine_id
        if not ours and (sealed.flags & REPORTABLE or not sealed.engine_id):
            return self._refuse(Refusal.DISCOVERY, usm.UNKNOWN_ENGINE, sealed, now)
        user = next((user for user in users if user.name == sealed.user), None)
        if user is None:
            return self._refuse(Refusal.UNKNOWN_USER, usm.UNKNOWN_USER, sealed, now)
        known = self._known(user, sealed.engine_id)
        if sealed.level != known.flags:
            return self._refuse(Refusal.WRONG_LEVEL, usm.UNSUPPORTED_LEVEL, sealed, now)
        if known.flags & AUTH:
            if not known.is_authentic(sealed):
                return self._refuse(Refusal.UNAUTHENTIC, usm.WRONG_DIGEST, sealed, now)
            if not self._in_time(sealed, source, now, ours=ours):
                why = Refusal.DISCOVERY if sealed.boots == sealed.time == 0 else Refusal.NOT_IN_TIME
                return self._refuse(why, usm.NOT_IN_TIME, sealed, now, known)
        return known

    def respond(self, opened: Opened, now: float) -> bytes:
        """The acknowledgement of an opened inform: its own objects, as secure as it was. Raises BerError."""
        sealed, scoped = opened.sealed, opened.scoped
        inform = usm_message.read_pdu(scoped.pdu)
        body = ber.integer(inform.request_id) + ber.integer(0) * 2 + ber.varbind_list(inform.varbinds)
        data = usm_message.scoped_bytes(scoped.engine_id, scoped.context, ber.tlv(Pdu.RESPONSE, body))
        return opened.known.seal(sealed.msg_id, opened.known.flags, self.engine.clock(now), data)

    def _known(self, user: User, engine_id: bytes) -> EngineUser:
        known = self._keys.get((user, engine_id))
        if known is None:
            known = self._keys[user, engine_id] = EngineUser(user, engine_id)
            if len(self._keys) > MOST_SENDERS:
                self._keys.popitem(last=False)
        else:
            self._keys.move_to_end((user, engine_id))
        return known

    def _in_time(self, sealed: Sealed, source: Hashable, now: float, *, ours: bool) -> bool:
        if ours:
            return in_window(sealed.boots, sealed.time, self.engine.clock(now))
        # By source, so that one device cannot put forward the clock that another's messages are judged by.
        key = source, sealed.engine_id
        clock = self._clocks.get(key)
        if clock is None:
            clock = self._clocks[key] = EngineTime()
            if len(self._clocks) > MOST_SENDERS:
                self._clocks.popitem(last=False)
        else:
            self._clocks.move_to_end(key)
        return clock.heard(sealed.boots, sealed.time, now)

    def _refuse(
        self, why: Refusal, what: Oid, sealed: Sealed, now: float, known: EngineUser | None = None
    ) -> Refused:
        count = self._reports[what] = (self._reports.get(what, 0) + 1) & 0xFFFF_FFFF
        if not sealed.flags & REPORTABLE:
            return Refused(why)
        varbind = VarBind((*what, 0), ber.COUNTER32, count)
        body = ber.integer(0) * 3 + ber.varbind_list([varbind])
        pdu = ber.tlv(Pdu.REPORT, body)
        scoped = usm_message.scoped_bytes(self.engine.engine_id, b"", pdu)
        clock = self.engine.clock(now)
        if known is not None and known.engine_id == self.engine.engine_id:  # our clock is told with proof
            return Refused(why, known.seal(sealed.msg_id, AUTH, clock, scoped))
        parameters = Parameters(self.engine.engine_id, *clock, sealed.user)
        return Refused(why, usm_message.write(sealed.msg_id, 0, parameters, scoped).raw)
