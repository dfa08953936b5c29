"""Messages and values as one line for people. Pure; shows no community."""

from collector.snmp import ber, usm_message
from collector.snmp import oid as oids
from collector.snmp.ber import Message, Pdu, VarBind
from collector.snmp.errors import BerError, ErrorStatus

_SHOWN = 64  # octets of a string
_LEVELS = ("noAuthNoPriv", "authNoPriv", "?", "authPriv")
_REQUESTS = frozenset({Pdu.GET, Pdu.GET_NEXT, Pdu.GET_BULK})


def message(data: bytes) -> str:
    """A whole message: kind, request-id, error, objects and values."""
    try:
        if usm_message.is_v3(data):
            return _v3(data)
        return _pdu(ber.decode(data), len(data))
    except BerError as error:
        return f"{len(data)} octets that cannot be read: {error}"


def _v3(data: bytes) -> str:
    """Of a message whose privacy was taken off: its flags still say that it had it."""
    sealed = usm_message.read(data)
    level = _LEVELS[sealed.level]
    who = sealed.user.decode(errors="replace")
    head = f"v3 {level} user {who!r} engine {sealed.engine_id.hex() or '?'} boots {sealed.boots} time {sealed.time}"
    if data[sealed.at] == ber.OCTET_STRING:
        return f"{head}: {len(data)} octets, encrypted"
    scoped = usm_message.read_scoped(data[sealed.at : sealed.end])
    return f"{head}: {_pdu(usm_message.read_pdu(scoped.pdu), len(data))}"


def _pdu(read: Message, size: int) -> str:
    kind = next((pdu.name for pdu in Pdu if pdu == read.pdu), f"{read.pdu:#04x}")
    asked = read.pdu in _REQUESTS
    items = [oids.dotted(item.oid) if asked else varbind(item) for item in read.varbinds]
    return f"{kind} {read.request_id} {size} octets{_numbers(read)}: {', '.join(items)}"


def _numbers(read: Message) -> str:
    if read.pdu == Pdu.GET_BULK:
        return f" non-repeaters={read.first} max-repetitions={read.second}"
    if read.first == 0:
        return ""
    name = next((status.name for status in ErrorStatus if status == read.first), str(read.first))
    return f" error={name} at {read.second}"


def varbind(item: VarBind) -> str:
    """`OID = TYPE: value`."""
    name = ber.TYPE_NAMES.get(item.tag, f"{item.tag:#04x}")
    if item.value is None:
        return f"{oids.dotted(item.oid)} = {name}"
    return f"{oids.dotted(item.oid)} = {name}: {_value(item)}"


def as_json(item: VarBind) -> dict[str, object]:
    """Type and value; strings that are no text as hexadecimal."""
    return {"type": ber.TYPE_NAMES.get(item.tag, f"{item.tag:#04x}"), "value": _plain(item)}


def _plain(item: VarBind) -> object:
    if isinstance(item.value, bytes):
        return _string(item)
    return oids.dotted(item.value) if isinstance(item.value, tuple) else item.value


def _value(item: VarBind) -> str:
    shown = str(_plain(item))
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"


def _string(item: VarBind) -> str:
    raw = item.value if isinstance(item.value, bytes) else b""
    if item.tag == ber.IP_ADDRESS:
        return ".".join(map(str, raw))
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return raw.hex(" ")
    return (
        text
        if text.isprintable()
        else (raw.hex(" ") if "\x00" in text else text.encode("unicode_escape").decode())
    )
