"""SNMP v3 for who asks: one user's security on one agent, from engine discovery to the decrypted answer.

Finds the agent's engine and its clock, seals questions, opens answers, and says in words why the agent would not have
us. Sends nothing and reads no clock. An answer counts only if it is as secure as the question was, authentic and in
time; reports may come unsecured (the agent cannot do better for a user or key that it does not know) and then end one
question at most. Sources: RFC 3412 §7, RFC 3414 §3 and §4.
"""

from typing import NamedTuple

from collector.snmp import ber, usm_message
from collector.snmp.ber import Pdu
from collector.snmp.errors import BerError, Fault, FaultKind
from collector.snmp.oid import Oid
from collector.snmp.templates import Template
from collector.snmp.usm_keys import User
from collector.snmp.usm_message import AUTH, ENGINE_ID_OCTETS, PRIV, REPORTABLE, Parameters, Scoped, Sealed
from collector.snmp.usm_time import EngineTime
from collector.snmp.usm_user import EngineUser, flags_of

USM_STATS: Oid = (1, 3, 6, 1, 6, 3, 15, 1, 1)
UNSUPPORTED_LEVEL, NOT_IN_TIME, UNKNOWN_USER, UNKNOWN_ENGINE, WRONG_DIGEST, CANNOT_DECRYPT = (
    (*USM_STATS, number) for number in range(1, 7)
)
UNKNOWN_CONTEXTS = (1, 3, 6, 1, 6, 3, 12, 1, 5), (1, 3, 6, 1, 6, 3, 12, 1, 4)
_DISCOVERY_HEAD = b"\xa0\x0e\x02\x04"
_DISCOVERY_TAIL = b"\x02\x01\x00\x02\x01\x00\x30\x00"  # a GET of no objects
_FORGIVEN = 8  # silences in a row before an agent that used to answer is asked for its clock again
_PROOFS = 2  # answered clocks with unanswered questions after them: one may be a lost datagram


class Response(NamedTuple):
    """An authentic answer's PDU."""

    pdu: bytes


class Again(NamedTuple):
    """The agent told what was missing: the same question, sealed anew, may be answered."""


class Ignored(NamedTuple):
    """Not the answer, whatever it is; the question stays open."""

    reason: str


Opened = Response | Again | Ignored | Fault
_AGAIN = Again()
_UNAUTHENTIC = Ignored("unauthentic")


class Security:
    """One user on one agent. `context` names the agent's collection of objects, mostly the empty one."""

    __slots__ = ("_engine", "_flags", "_mute", "_proved", "_silences", "_time", "context", "user")

    def __init__(self, user: User, context: bytes = b"") -> None:
        self.user = user
        self.context = context
        self._flags = flags_of(user)
        self._engine: EngineUser | None = None
        self._time = EngineTime()
        self._proved = False
        self._silences = self._mute = 0

    def seal(self, template: Template, request_id: bytes, now: float) -> bytes:
        """The question's bytes; the search for the agent's engine in its stead while that is not known.

        msgID and request-id are one number that nobody can guess, so that an authentic answer is a fresh one.
        """
        number, engine = int.from_bytes(request_id), self._engine
        if engine is None:  # RFC 3414 §4
            pdu = _DISCOVERY_HEAD + request_id + _DISCOVERY_TAIL
            scoped = usm_message.scoped_bytes(b"", b"", pdu)
            return usm_message.write(number, REPORTABLE, Parameters(b""), scoped).raw
        pdu = template.head + request_id + template.tail
        scoped = usm_message.scoped_bytes(engine.engine_id, self.context, pdu)
        return engine.seal(number, self._flags | REPORTABLE, (self._time.boots, self._time.at(now)), scoped)

    def open(self, sealed: Sealed, now: float) -> Opened:
        """What an agent's message, sent in answer to a question that is still open, comes to."""
        engine = self._engine
        authentic = bool(sealed.flags & AUTH)
        if authentic and (engine is None or not engine.is_authentic(sealed)):
            return _UNAUTHENTIC
        timely = self._time.heard(sealed.boots, sealed.time, now) if authentic else True
        try:
            scoped = self._scoped(sealed)
            if scoped.tag == Pdu.REPORT:
                return self._report(sealed, scoped, now, authentic=authentic)
        except BerError as error:
            if not authentic:
                return Ignored("undecodable")
            return Fault(FaultKind.DECODE, f"the agent's authentic answer cannot be read: {error}")
        return self._response(sealed, scoped, timely=timely)

    def _response(self, sealed: Sealed, scoped: Scoped, *, timely: bool) -> Opened:
        engine = self._engine
        if engine is None or sealed.engine_id != engine.engine_id or sealed.level != self._flags:
            return _UNAUTHENTIC
        if scoped.tag != Pdu.RESPONSE or not timely:
            return Ignored("not_in_time" if not timely else "not_a_response")
        self._proved = True
        self._silences = self._mute = 0
        return Response(scoped.pdu)

    def silent(self, fault: Fault, *, told: bool) -> Fault:
        """What the silence after a question means; `told` if the agent had just answered a search or gave its clock.

        With a wrong privacy key most agents say nothing at all, though they told their clock authentically.
        """
        if self._engine is None or self.user.priv is None:
            return fault
        if self._proved:
            self._silences += 1
            if self._silences < _FORGIVEN:
                return fault
            self._proved = False
        heard = told and self._time.known
        self._time.forget()
        self._mute += heard
        if not heard or self._mute < _PROOFS:
            return fault
        return self._refused(
            "gives its clock, but never an answer to what is encrypted: is the privacy passphrase or protocol wrong?"
        )

    def legible(self, data: bytes) -> bytes:
        """A message of this agent's or ours without its privacy, for people; as it is if it cannot be read."""
        try:
            sealed = usm_message.read(data)
            if not sealed.flags & PRIV or self._engine is None:
                return data
            plain = self._engine.plain(sealed)
            _, end = ber.expect(plain, 0, len(plain), ber.SEQUENCE)
            return usm_message.legible(sealed, plain[:end])
        except BerError:
            return data

    def _scoped(self, sealed: Sealed) -> Scoped:
        if self._engine is not None:
            return self._engine.scoped(sealed)
        return usm_message.read_scoped(usm_message.content_of(sealed))

    def _report(self, sealed: Sealed, scoped: Scoped, now: float, *, authentic: bool) -> Opened:
        varbinds = usm_message.read_pdu(scoped.pdu).varbinds
        what = varbinds[0].oid if varbinds else ()
        what = what[:-1] if what[-1:] == (0,) else what
        if what == UNKNOWN_ENGINE:
            if len(sealed.engine_id) not in ENGINE_ID_OCTETS:
                return Fault(FaultKind.PROTOCOL, "the agent does not say what its engine is")
            if self._engine is None or self._engine.engine_id != sealed.engine_id:
                self._engine = EngineUser(self.user, sealed.engine_id)
                self._time = EngineTime()
            return _AGAIN
        if what == NOT_IN_TIME:
            if not authentic or self._engine is None:
                return _UNAUTHENTIC
            # It answers a number of ours that nobody can guess, so it is fresh: an agent that lost count of its
            # boots is believed too.
            self._time.take(sealed.boots, sealed.time, now)
            return _AGAIN
        return self._refused(_REASONS.get(what, "reports a problem that is not known"))

    def _refused(self, why: str) -> Fault:
        name = self.user.name.decode(errors="replace")
        return Fault(FaultKind.AUTH, f"user {name!r} ({self.user.level}): the agent {why}")


_REASONS: dict[Oid, str] = {
    UNSUPPORTED_LEVEL: "does not serve this security level to the user, or does not have its protocols",
    UNKNOWN_USER: "does not know the user",
    WRONG_DIGEST: "finds the message not authentic: the authentication passphrase or protocol is wrong",
    CANNOT_DECRYPT: "cannot decrypt the message: the privacy passphrase or protocol is wrong",
    UNKNOWN_CONTEXTS[0]: "does not know the context",
    UNKNOWN_CONTEXTS[1]: "does not have the context now",
}
