"""Requests encoded once, with the request-id patched in for each use. Pure.

Of a v3 request it is the PDU alone: what stands around it is each agent's own (`usm`).

A GET that is asked of thousands of devices every few seconds differs only in four octets; templates for equal
requests are one object (`Templates`), so that memory does not grow with devices that are alike.
"""

from collections.abc import Sequence
from functools import cached_property
from weakref import WeakValueDictionary

from collector.snmp import ber
from collector.snmp import oid as oids
from collector.snmp.ber import INTEGER, NULL, OCTET_STRING, SEQUENCE, Pdu, Version
from collector.snmp.oid import Oid

_ID_TLV = bytes((INTEGER, 4))


class Template:
    """One request. `head + request-id + tail` are its bytes, for a request-id of exactly four octets.

    `asked` are its OIDs as TLVs; `opening` is how any answer to it goes on after its outermost length.
    """

    __slots__ = ("__dict__", "__weakref__", "asked", "community", "head", "opening", "pdu", "tail", "version")

    def __init__(
        self,
        version: Version,
        community: bytes,
        pdu: Pdu,
        asked: Sequence[bytes],
        *,
        first: int = 0,
        second: int = 0,
    ) -> None:
        self.version = version
        self.community = community
        self.pdu = pdu
        self.asked = tuple(asked)
        null = bytes((NULL, 0))
        varbinds = ber.tlv(SEQUENCE, b"".join(ber.tlv(SEQUENCE, oid + null) for oid in self.asked))
        self.tail = ber.integer(first) + ber.integer(second) + varbinds
        body = len(_ID_TLV) + 4 + len(self.tail)
        start = bytes((pdu,)) + ber.length(body) + _ID_TLV
        if version == Version.V3:
            # What no message with a community goes on with: a plain answer to a secured question is none.
            self.head, self.opening = start, ber.integer(version) + bytes((SEQUENCE,))
            return
        opening = ber.integer(version) + ber.tlv(OCTET_STRING, community)
        inner = opening + start
        self.head = bytes((SEQUENCE,)) + ber.length(len(inner) + 4 + len(self.tail)) + inner
        self.opening = opening + bytes((Pdu.RESPONSE,))

    @cached_property
    def names(self) -> tuple[Oid, ...]:
        """The OIDs asked, as tuples."""
        return tuple(oids.decode(tlv[2:]) for tlv in self.asked)

    def __len__(self) -> int:
        return len(self.asked)

    def __repr__(self) -> str:
        return f"Template({self.pdu.name}, {len(self)} objects)"


class Templates:
    """One object per distinct GET or GETNEXT; forgotten when nobody holds it any more."""

    def __init__(self) -> None:
        self._kept: WeakValueDictionary[tuple[Version, bytes, tuple[bytes, ...], Pdu], Template] = (
            WeakValueDictionary()
        )

    def get(
        self, version: Version, community: bytes, asked: tuple[bytes, ...], pdu: Pdu = Pdu.GET
    ) -> Template:
        """The request for these OID TLVs."""
        key = (version, community, asked, pdu)
        template = self._kept.get(key)
        if template is None:
            template = self._kept[key] = Template(version, community, pdu, asked)
        return template
