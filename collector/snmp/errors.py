"""The engine's fault vocabulary: why a question has no answer.

Below the session faults are values (`Fault`); a session raises them::

    SnmpError
    ├── BerError        bytes that are not the BER that SNMP allows
    ├── FaultError      a question ended in a `Fault`
    └── WalkError       a walk that the agent made endless, unordered or too long
"""

from enum import IntEnum, StrEnum
from typing import NamedTuple


class FaultKind(StrEnum):
    """Where the fault was seen. Values are those that the collector's outcomes use."""

    TIMEOUT = "timeout"  # nothing came back in time
    UNREACHABLE = "unreachable"  # the network said no, or sending failed here
    REFUSED = "refused"  # the agent answered with an error-status
    AUTH = "auth"  # the agent would not let us in
    PROTOCOL = "protocol"  # an answer to another question than was asked
    DECODE = "decode"  # bytes that cannot be read
    STALLED = "stalled"  # our own process did not run on time
    BUG = "bug"  # ours


class ErrorStatus(IntEnum):
    """error-status of a response (RFC 3416 §3)."""

    NO_ERROR = 0
    TOO_BIG = 1
    NO_SUCH_NAME = 2
    BAD_VALUE = 3
    READ_ONLY = 4
    GEN_ERR = 5
    NO_ACCESS = 6
    RESOURCE_UNAVAILABLE = 13
    AUTHORIZATION_ERROR = 16


class Fault(NamedTuple):
    """A question's failure: its kind and one sentence for an operator. Holds no secret."""

    kind: FaultKind
    detail: str


class SnmpError(Exception):
    """Anything that the engine raises for what the world did."""


class BerError(SnmpError):
    """Bytes that are not the BER that SNMP allows; the message says what was wrong where."""


class FaultError(SnmpError):
    """A question ended in `fault`."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.kind}: {fault.detail}")
        self.fault = fault


class WalkError(SnmpError):
    """The agent repeats itself, goes backwards or never ends."""


def refusal(status: int, index: int) -> Fault:
    """The fault that a non-zero error-status stands for."""
    try:
        name = ErrorStatus(status).name.replace("_", " ").lower()
    except ValueError:
        name = f"error-status {status}"
    kind = (
        FaultKind.AUTH
        if status in (ErrorStatus.AUTHORIZATION_ERROR, ErrorStatus.NO_ACCESS)
        else FaultKind.REFUSED
    )
    return Fault(kind, f"agent refused: {name}" + (f" at object {index}" if index else ""))
