"""What a kind of device has, in order: the objects of one shape, shared by all devices of that shape.

A leaf reads its value from a machine, already encoded. Leaves that change by themselves are `live`; the others
change only with the machine's epoch, so that answers can be prepared. Source: RFC 3416 §4.2.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from citynoc.simulator import ber
from citynoc.simulator.ber import Oid
from citynoc.simulator.machine import Machine

Read = Callable[[Machine, int, float], bytes]
"""A value's TLV, given the machine, the leaf's own number (a row) and the time."""

_LONGEST_LIVE = 12  # Counter64 with its sign octet is 11


class Leaf(NamedTuple):
    """One instance. `heads[n]` begins a varbind of this name whose value TLV has n octets."""

    oid: Oid
    name: bytes
    heads: tuple[bytes, ...]
    read: Read
    arg: int
    live: bool
    wide: bool

    def varbind(self, machine: Machine, now: float) -> bytes:
        """The whole varbind as of now."""
        value = self.read(machine, self.arg, now)
        if self.live:
            return self.heads[len(value)] + value
        return ber.tlv(ber.SEQUENCE, self.name + value)


class Row(NamedTuple):
    """An instance to be: `object_` is the scalar's or column's own OID (RFC 2578 §7)."""

    object_: Oid
    instance: Oid
    read: Read
    arg: int = 0
    live: bool = False
    wide: bool = False  # Counter64: version 1 cannot carry it (RFC 3584 §4.2.2.1)


class Shape:
    """A fixed set of leaves in lexicographic order. `empty` names columns that exist without rows."""

    __slots__ = ("by_name", "leaves", "objects", "oids")

    def __init__(self, rows: Iterable[Row], empty: Iterable[Oid] = ()) -> None:
        ordered = sorted(rows, key=lambda row: row.object_ + row.instance)
        self.leaves: Sequence[Leaf] = tuple(_leaf(row) for row in ordered)
        self.oids = [leaf.oid for leaf in self.leaves]
        if len(set(self.oids)) != len(self.oids):
            raise ValueError("an object is there twice")
        self.by_name = {leaf.name: place for place, leaf in enumerate(self.leaves)}
        self.objects = frozenset([row.object_ for row in ordered] + list(empty))

    def behind(self, first: "Shape") -> "Shape":
        """This shape with all objects of `first` before its own. Raises ValueError if they do not lie before."""
        if first.oids and self.oids and first.oids[-1] >= self.oids[0]:
            raise ValueError("the objects do not lie before these")
        both = Shape(())
        both.leaves = (*first.leaves, *self.leaves)
        both.oids = first.oids + self.oids
        at = len(first.leaves)
        both.by_name = first.by_name | {name: at + place for name, place in self.by_name.items()}
        both.objects = first.objects | self.objects
        return both

    def find(self, name: bytes) -> Leaf | None:
        """The leaf of exactly this name (an OID TLV, perhaps not in its shortest form)."""
        place = self.by_name.get(name)
        if place is None:
            place = self.by_name.get(ber.oid(ber.parse_oid(name)))
        return None if place is None else self.leaves[place]

    def after(self, name: bytes) -> int:
        """Where in `leaves` the first one after this name stands; their number if there is none."""
        place = self.by_name.get(name)
        return bisect_right(self.oids, ber.parse_oid(name)) if place is None else place + 1

    def missing(self, name: bytes) -> bytes:
        """The exception of a GET that finds nothing: noSuchInstance if the object is known (RFC 3416 §4.2.1)."""
        oid = ber.parse_oid(name)
        known = any(oid[:size] in self.objects for size in range(len(oid), 0, -1))
        return ber.NO_SUCH_INSTANCE if known else ber.NO_SUCH_OBJECT


def _leaf(row: Row) -> Leaf:
    oid = row.object_ + row.instance
    name = ber.oid(oid)
    heads: tuple[bytes, ...] = ()
    if row.live:
        heads = tuple(b"\x30" + ber.length(len(name) + size) + name for size in range(_LONGEST_LIVE))
    return Leaf(oid, name, heads, row.read, row.arg, row.live, row.wide)
