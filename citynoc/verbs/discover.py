"""`citynoc discover RANGE…`: who answers SNMP there, as entries to paste. It proposes; it never adds anything.

Addresses beyond this machine are asked only after a yes, on the terminal or as `--yes`; public ones need `--public`.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Mapping

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from citynoc.discovery.found import Found
from citynoc.discovery.page import as_json, page
from citynoc.discovery.proposals import propose
from citynoc.discovery.ranges import Ranges, WrongRangeError, ranges_of
from citynoc.discovery.survey import How, survey
from collector.config import Configuration, load
from collector.config.files import read_files, shown_root
from collector.model import Credential, CredentialName, Role

HELP = "find devices that answer SNMP and propose entries for them"
MISUSE = 2
FASTEST = 2_000.0
LONGEST_TIMEOUT = 60.0


class MisuseError(Exception):
    """The command cannot be carried out as it was given: one sentence."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument(
        "ranges",
        nargs="+",
        metavar="RANGE",
        help="addresses: 127.14.0.0/24, 127.14.0.7; at most a /16 in all",
    )
    parser.add_argument(
        "--credential",
        action="append",
        metavar="NAME",
        help="ask with this one of credentials.yml; may be repeated (default: every SNMP one)",
    )
    parser.add_argument("--port", type=int, metavar="N", help="UDP port (default: the city's)")
    parser.add_argument(
        "--rate", type=float, default=200.0, metavar="N", help="first questions a second (default: 200)"
    )
    parser.add_argument(
        "--timeout",
        type=float,
        default=1.0,
        metavar="SECONDS",
        help="wait so long for an answer (default: 1)",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask before asking other machines")
    parser.add_argument("--public", action="store_true", help="allow addresses of the public Internet")
    parser.add_argument("--json", action="store_true", help="everything that was found as JSON")


def run(args: argparse.Namespace) -> int:
    """0 if somebody answered, 1 if nobody did, 2 for a misused command. Raises ConfigurationError."""
    configuration = load(args.config, os.environ, need_secrets=False)
    city = read_files(args.config, shown_root(args.config)).city.model
    defaults = {} if city is None or city.defaults.any is None else {"snmp": city.defaults.any.snmp}
    usual = defaults.get("snmp")
    port = (usual.port if usual is not None else None) or 161
    try:
        ranges = ranges_of(args.ranges)
        credentials = _credentials(configuration, args.credential)
        how = _how(args, port)
        _agree(ranges, credentials, args)
    except (MisuseError, WrongRangeError) as why:
        sys.stderr.write(f"citynoc discover: {why}\n")
        return MISUSE
    found = asyncio.run(_survey(ranges, credentials, how))
    name_roles: Mapping[str, Role] = {} if city is None else city.name_roles
    proposals, known = propose(found, configuration.inventory, configuration.profiles, name_roles)
    if args.json:
        print(json.dumps(as_json(proposals, known), ensure_ascii=False, indent=1))
    else:
        credential = usual.credential if usual is not None else None
        sys.stdout.write(
            page(proposals, (port, CredentialName(credential) if credential is not None else None))
        )
    for one in known:
        if one.remark:
            sys.stderr.write(f"{one.device.name} ({one.found.address}): {one.remark}\n")
    sys.stderr.write(
        f"{ranges.size:,} address{'' if ranges.size == 1 else 'es'} asked, {len(found)} answered: {len(known)} known, {len(proposals)} proposed\n"
    )
    return 0 if found else 1


def _credentials(configuration: Configuration, names: list[str] | None) -> dict[CredentialName, Credential]:
    """Those to ask with, in the order of the file. Raises MisuseError."""
    every = configuration.inventory.credentials
    for name in names or ():
        if name not in every or every[CredentialName(name)].version is None:
            raise MisuseError(f"no SNMP credential is called '{name}' in credentials.yml")
    chosen = {
        name: credential
        for name, credential in every.items()
        if credential.version is not None and (names is None or name in names)
    }
    there = {name: credential for name, credential in chosen.items() if _complete(credential)}
    if not there:
        what = ", ".join(chosen) or "credentials.yml has none for SNMP"
        raise MisuseError(f"no credential can be used: {what} (citynoc check --secrets says why)")
    return there


def _complete(credential: Credential) -> bool:
    """Whether every secret of it was found on this machine."""
    v3 = credential.v3
    if v3 is None:
        return credential.community is not None
    return (v3.auth_protocol is None or v3.auth_key is not None) and (
        v3.priv_protocol is None or v3.priv_key is not None
    )


def _how(args: argparse.Namespace, port: int) -> How:
    if not 0 < args.rate <= FASTEST:
        raise MisuseError(f"--rate is more than 0 and at most {FASTEST:g}")
    if not 0 < args.timeout <= LONGEST_TIMEOUT:
        raise MisuseError(f"--timeout is more than 0 and at most {LONGEST_TIMEOUT:g} seconds")
    if args.port is not None and not 0 < args.port < 65536:  # noqa: PLR2004  # UDP's ports
        raise MisuseError("--port is between 1 and 65535")
    return How(args.port or port, args.timeout, args.rate)


def _agree(
    ranges: Ranges, credentials: Mapping[CredentialName, Credential], args: argparse.Namespace
) -> None:
    """Other people's machines are asked only by somebody who has said so. Raises MisuseError."""
    if ranges.public and not args.public:
        raise MisuseError(
            f"{ranges.public[0]} is not a private network: if it is yours, say --public (communities of v1 and v2c"
            " cross it readable by anybody)"
        )
    if ranges.loopback or args.yes:
        return
    question = (
        f"Ask {ranges.size:,} addresses of {ranges} with {', '.join(credentials)}?"
        " Do it only in networks that are yours. [y/N] "
    )
    if not sys.stdin.isatty():
        raise MisuseError(f"{ranges} is not this machine: say --yes if these networks are yours")
    sys.stderr.write(question)
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes", "c", "có", "co"}:
        raise MisuseError("nobody was asked")


async def _survey(ranges: Ranges, credentials: Mapping[CredentialName, Credential], how: How) -> list[Found]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("asking", total=ranges.size)
        return await survey(ranges.addresses(), credentials, how, lambda: progress.advance(task))
