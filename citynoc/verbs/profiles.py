"""`citynoc profiles match DEVICE`: which profile fits a device, and why; `profiles list`: those there are."""

import argparse
import asyncio
import time

from citynoc.asking import Target, WrongTargetError, add_target, profiles_of, say, target_of
from collector.config import ConfigurationError
from collector.outcome import Failure
from collector.profile import best_match
from collector.snmp import oid as oids
from collector.snmp.errors import FaultError
from collector.snmp.session import Session
from collector.snmp.transport import Endpoint, Transport
from collector.sources.snmp_access import Access, Users
from collector.sources.snmp_layout import text

_SYS_DESCR = (1, 3, 6, 1, 2, 1, 1, 1, 0)
_SYS_OBJECT_ID = (1, 3, 6, 1, 2, 1, 1, 2, 0)

HELP = "say which profile fits a device, and why"


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("what", choices=["match", "list"], help="match a device, or list the profiles")
    add_target(parser)


def run(args: argparse.Namespace) -> int:
    """0 if the profile in use is the one that fits, 1 if not, 2 if nobody can be asked so."""
    if args.what == "list":
        return _list(args)
    try:
        target = target_of(args)
    except WrongTargetError as wrong:
        return say(str(wrong))
    access = Users().access(target.credential)
    if isinstance(access, Failure):
        return say(access.detail)
    try:
        described, identity = asyncio.run(_identify(target, access))
    except FaultError as error:
        print(f"{target.device.name}: {error}")
        return 1
    return _verdict(target, described, identity, known=args.device is not None)


def _verdict(target: Target, described: str, identity: str, *, known: bool) -> int:
    print(f"sysDescr     {described}\nsysObjectID  {identity}")
    found = best_match(target.profiles, identity)
    if found is None:
        print("no profile matches this sysObjectID; if-mib fits every device that has interfaces")
        return 0 if target.access.profile == "if-mib" else 1
    profile, prefix = found
    print(f"profile      {profile.name} ({profile.title}): sysObjectID is under {prefix}, the longest match")
    if known and profile.name != target.access.profile:
        print(f"the inventory has it as {target.access.profile}")
        return 1
    return 0


async def _identify(target: Target, access: Access) -> tuple[str, str]:
    async with Transport(clock=time.monotonic) as transport:
        session = Session(
            transport,
            Endpoint.of(target.device.address, target.access.port),
            access.version,
            access.community,
            timeout=target.access.timeout,
            security=access.security,
        )
        described, identity = await session.get([_SYS_DESCR, _SYS_OBJECT_ID])
    value = identity.value
    return " ".join(text(described.value).split()), oids.dotted(value) if isinstance(value, tuple) else text(
        value
    )


def _list(args: argparse.Namespace) -> int:
    try:
        profiles, problems = profiles_of(args.config)
    except WrongTargetError as wrong:
        return say(str(wrong))
    if problems:
        raise ConfigurationError(problems)
    for profile in profiles.values():
        print(f"{profile.name:20} {profile.title:40} {' '.join(profile.match) or '-'}")
    return 0
