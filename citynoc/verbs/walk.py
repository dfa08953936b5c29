"""`citynoc walk DEVICE OID`: every object under an OID, as it comes."""

import argparse
import asyncio
import json
import sys
import time

from citynoc.asking import Target, WrongTargetError, add_target, say, target_of, waited
from collector.outcome import Failure
from collector.snmp import describe
from collector.snmp import oid as oids
from collector.snmp.ber import Pdu
from collector.snmp.errors import Fault, FaultError, FaultKind, WalkError
from collector.snmp.oid import Oid, OidError
from collector.snmp.session import Session
from collector.snmp.transport import Endpoint, Transport
from collector.sources.snmp_access import Access, Users

SYS_UPTIME = (1, 3, 6, 1, 2, 1, 1, 3, 0)
HELP = "walk a part of a device's MIB"


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    add_target(parser)
    parser.add_argument(
        "oid", nargs="?", default="1.3.6.1.2.1", metavar="OID", help="where to begin (default: mib-2)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")


def run(args: argparse.Namespace) -> int:
    """0 if the walk ended, 1 if the device or the walk failed, 2 if nobody can be asked so."""
    if args.address is not None and args.device is not None:
        args.oid, args.device = args.device, None  # with an address the only word is the OID
    try:
        root = oids.parse(args.oid)
        target = target_of(args)
    except (OidError, WrongTargetError) as wrong:
        return say(str(wrong))
    access = Users().access(target.credential)
    if isinstance(access, Failure):
        return say(access.detail)
    try:
        asyncio.run(_walk(target, access, root, as_json=args.json))
    except (FaultError, WalkError) as error:
        sys.stderr.write(f"{target.device.name}: {error}\n")
        return 1
    return 0


async def _walk(target: Target, access: Access, root: Oid, *, as_json: bool) -> None:
    async with Transport(clock=time.monotonic) as transport:
        session = Session(
            transport,
            Endpoint.of(target.device.address, target.access.port),
            access.version,
            access.community,
            timeout=target.access.timeout,
            bulk=target.profiles[target.access.profile].quirks.bulk,
            security=access.security,
        )
        heard = 0  # questions that were sent until the last answer
        try:
            await _knock(session)
            heard = transport.sent
            async for item in session.walk(root):
                heard = transport.sent
                if as_json:
                    print(json.dumps({"oid": oids.dotted(item.oid), **describe.as_json(item)}))
                else:
                    print(describe.varbind(item))
        except FaultError as error:
            kind, detail = error.fault
            raise FaultError(Fault(kind, waited(kind, detail, transport.sent - heard))) from None


async def _knock(session: Session) -> None:
    """Ask what every agent has. Raises FaultError where nobody is.

    A walk takes silence for an answer that was too large, and would ask for less and less of it.
    """
    try:
        await session.request(Pdu.GET, (SYS_UPTIME,))
    except FaultError as error:
        if error.fault.kind is FaultKind.TIMEOUT:
            raise
