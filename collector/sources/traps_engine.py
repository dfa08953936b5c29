"""Our own SNMP engine's id and boots, kept in one small file: v3 informs are sealed for it and judged by its clock.

An id is drawn once; boots are counted up, and kept, before they are used (RFC 3414 §2.2.2). A file that cannot be read
means a new engine, which is safe: senders find it anew. One that cannot be written does too, at every start.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

import structlog

from collector import atomic
from collector.snmp.usm_message import ENGINE_ID_OCTETS, MAX_NUMBER
from collector.snmp.usm_receiver import LocalEngine

log = structlog.get_logger(__name__)

_FORMAT = b"\x80\x00\x00\x00\x05"  # RFC 3411 SnmpEngineID: no enterprise of ours, octets of our own choice
_OWN_OCTETS = 12


def local_engine(file: Path, now: float, random: Callable[[int], bytes] = os.urandom) -> LocalEngine:
    """The engine of this start, which happens at `now` monotonic seconds."""
    engine_id, boots = _kept(file)
    if not engine_id or boots >= MAX_NUMBER - 1:
        engine_id, boots = _FORMAT + random(_OWN_OCTETS), 0
    try:
        _keep(file, engine_id, boots + 1)
    except OSError as error:
        log.warning("traps.engine_not_kept", file=str(file), why=error.strerror)
        engine_id, boots = _FORMAT + random(_OWN_OCTETS), 0
    return LocalEngine(engine_id, boots + 1, now)


def _kept(file: Path) -> tuple[bytes, int]:
    try:
        read = json.loads(file.read_bytes())
        engine_id, boots = bytes.fromhex(read["engine_id"]), read["boots"]
    except FileNotFoundError:
        return b"", 0
    except (OSError, ValueError, TypeError, KeyError):
        log.warning("traps.engine_forgotten", file=str(file))
        return b"", 0
    if len(engine_id) not in ENGINE_ID_OCTETS or type(boots) is not int or not 0 <= boots < MAX_NUMBER:
        log.warning("traps.engine_forgotten", file=str(file))
        return b"", 0
    return engine_id, boots


def _keep(file: Path, engine_id: bytes, boots: int) -> None:
    atomic.replace(file, json.dumps({"engine_id": engine_id.hex(), "boots": boots}))
