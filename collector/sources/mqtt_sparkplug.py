"""Sparkplug B sessions: births, deaths, sequence numbers and aliases of edge nodes. Knows no devices of ours. Pure.

A node reports by exception, so what a device said last stays true until it says otherwise, dies, or its node does. A
gap in the sequence means that something was missed: nothing more is believed until the node is born again, and it is
asked to be. Source: Eclipse Sparkplug 3.0 §5 (operational behaviour) and §6.4 (payloads, sequence numbers).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from collector.sources.mqtt_refusals import MessageRefused, Result, clip
from collector.sources.mqtt_sparkplug_wire import Metric, Payload, Value, decode, rebirth_request, typed

REBIRTH_EVERY = 10.0
"""Seconds between two rebirth requests to the same node."""

_NODES_KEPT = 5_000
_METRICS_KEPT = 2_000  # of a node with its devices
_SEQUENCE = 256


class Kind(StrEnum):
    """The message types that nodes send; what applications send (NCMD, DCMD, STATE) is not ours to read."""

    NBIRTH = "NBIRTH"
    NDEATH = "NDEATH"
    NDATA = "NDATA"
    DBIRTH = "DBIRTH"
    DDEATH = "DDEATH"
    DDATA = "DDATA"


KINDS: frozenset[str] = frozenset(Kind)


class News(NamedTuple):
    """What a message says: the readings of now of the device (or of the node itself), or that it died."""

    values: Mapping[str, Value] = MappingProxyType({})
    timestamp: float | None = None
    died: bool = False


@dataclass(slots=True)
class _Node:
    born: bool = False
    birth: int | None = None  # bdSeq of the birth, which its death repeats
    seq: int | None = None
    aliases: dict[int, tuple[str, str]] = field(default_factory=dict)  # → device, metric name
    devices: dict[str, dict[str, Value]] = field(default_factory=dict)
    types: dict[tuple[str, str], int] = field(
        default_factory=dict
    )  # data need not repeat what the birth said
    asked: float | None = None


class Nodes:
    """The sessions of all edge nodes."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[str, str], _Node] = {}

    def receive(self, kind: Kind, group: str, node: str, device: str, payload: bytes) -> News:
        """Take a message; `device` is empty for one of the node itself.

        Raises:
            MessageRefused: unreadable, or out of sequence (Result.SEQUENCE): ask `may_ask` and request a rebirth.
        """
        message = decode(payload)
        known = self._nodes.get((group, node))
        if known is None:
            if len(self._nodes) >= _NODES_KEPT:
                raise MessageRefused(Result.SEQUENCE, f"more than {_NODES_KEPT} edge nodes")
            known = self._nodes[group, node] = _Node()
        if kind is Kind.NDEATH:
            return self._node_death(known, message)
        if kind is Kind.NBIRTH:
            self._node_birth(known, message)
            return News(timestamp=_seconds(message))
        if not _in_sequence(known, message):
            raise MessageRefused(Result.DUPLICATE, "the same sequence number again")
        if kind is Kind.DDEATH:
            _forget(known, device)
            return News(died=True)
        if kind is Kind.DBIRTH and len(known.devices) < _METRICS_KEPT:
            _forget(known, device)
            known.devices[device] = {}
        values = known.devices.get(device)
        if values is None:
            if kind is Kind.DDATA:
                _lose(known)
                raise MessageRefused(Result.SEQUENCE, f"data of '{clip(device, 40)}' before its birth")
            return News(timestamp=_seconds(message))
        self._learn(known, device, values, message.metrics)
        return News(values, _seconds(message))

    def may_ask(self, group: str, node: str, now: float) -> bool:
        """Whether a rebirth may be requested of this node now; true at most every `REBIRTH_EVERY` seconds."""
        known = self._nodes.get((group, node))
        if known is None or (known.asked is not None and now - known.asked < REBIRTH_EVERY):
            return False
        known.asked = now
        return True

    def _node_death(self, node: _Node, message: Payload) -> News:
        birth = _birth_number(message)
        if birth is not None and node.birth is not None and birth != node.birth:
            raise MessageRefused(Result.DUPLICATE, "the death of an earlier session")
        _lose(node)
        return News(died=True)

    def _node_birth(self, node: _Node, message: Payload) -> None:
        _lose(node)
        if message.seq is None or message.seq >= _SEQUENCE:
            raise MessageRefused(Result.WRONG_SHAPE, "a birth without a sequence number")
        node.born = True
        node.seq = message.seq
        node.birth = _birth_number(message)
        values = node.devices[""] = {}
        self._learn(node, "", values, message.metrics)

    def _learn(self, node: _Node, device: str, values: dict[str, Value], metrics: tuple[Metric, ...]) -> None:
        for metric in metrics:
            name = metric.name
            if name is None and metric.alias is not None:
                owner, name = node.aliases.get(metric.alias, ("", ""))
                if not name or owner != device:
                    _lose(node)
                    raise MessageRefused(Result.SEQUENCE, f"alias {metric.alias} was not in a birth")
            if name is None or metric.historical:
                continue
            if metric.name is not None and metric.alias is not None and len(node.aliases) < _METRICS_KEPT:
                node.aliases[metric.alias] = (device, metric.name)
            if name not in values:
                if sum(map(len, node.devices.values())) >= _METRICS_KEPT:
                    continue
                node.types[device, name] = metric.datatype
            values[name] = metric.value if metric.datatype else typed(metric.value, node.types[device, name])


def rebirth_order(topic: str, names: Mapping[str, str], wall: float) -> tuple[str, bytes]:
    """Topic and payload of the request that the node which wrote to `topic` be born again."""
    namespace = topic.partition("/")[0]
    return f"{namespace}/{names['group']}/NCMD/{names['gateway']}", rebirth_request(int(wall * 1000))


def _in_sequence(node: _Node, message: Payload) -> bool:
    """True for the next message, False for the last one again.

    Raises:
        MessageRefused: a gap, or data before birth; the node is no longer believed.
    """
    if not node.born or node.seq is None:
        raise MessageRefused(Result.SEQUENCE, "data before the node's birth")
    expected = (node.seq + 1) % _SEQUENCE
    if message.seq == node.seq:
        return False
    if message.seq != expected:
        _lose(node)
        raise MessageRefused(Result.SEQUENCE, f"sequence number {message.seq} where {expected} was due")
    node.seq = expected
    return True


def _forget(node: _Node, device: str) -> None:
    for name in node.devices.pop(device, ()):
        del node.types[device, name]


def _lose(node: _Node) -> None:
    """Nothing of the session is believed any more."""
    node.born = False
    node.seq = None
    node.aliases.clear()
    node.devices.clear()
    node.types.clear()


def _birth_number(message: Payload) -> int | None:
    return next(
        (
            metric.value
            for metric in message.metrics
            if metric.name == "bdSeq" and isinstance(metric.value, int)
        ),
        None,
    )


def _seconds(message: Payload) -> float | None:
    return None if message.timestamp is None else message.timestamp / 1000
