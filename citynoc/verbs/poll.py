"""`citynoc poll DEVICE`: ask one device everything its profile asks, now; `-v` shows every PDU."""

import argparse
import asyncio
import json
import sys
import time
from dataclasses import replace

from citynoc.asking import Target, WrongTargetError, add_target, say, target_of, waited
from collector.outcome import Answer, Failure, Outcome
from collector.plan import PollKey
from collector.snmp import describe
from collector.snmp.transport import Endpoint
from collector.sources.snmp import SnmpSource

HELP = "ask one device everything its profile asks, now"


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    add_target(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="show every message sent and received")
    parser.add_argument("--json", action="store_true", help="print facts and samples as JSON")


def run(args: argparse.Namespace) -> int:
    """0 if the device answered, 1 if it did not, 2 if nobody can be asked so."""
    try:
        target = target_of(args)
    except WrongTargetError as wrong:
        return say(str(wrong))
    outcome = asyncio.run(_ask(target, verbose=args.verbose))
    if isinstance(outcome, Failure):
        if args.json:
            print(json.dumps({"failure": {"kind": outcome.kind, "detail": outcome.detail}}))
        else:
            sys.stderr.write(f"{target.device.name}: {outcome.kind}: {outcome.detail}\n")
        return 1
    if args.json:
        print(json.dumps(_as_json(outcome), indent=2, ensure_ascii=False))
    else:
        _show(target, outcome)
    return 0


async def _ask(target: Target, *, verbose: bool) -> Outcome:
    started = time.monotonic()

    def watch(what: str, endpoint: Endpoint, data: bytes) -> None:
        arrow = "->" if what == "sent" else "<-"
        sys.stderr.write(f"{time.monotonic() - started:8.4f}s {arrow} {endpoint}  {describe.message(data)}\n")

    end: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

    def deliver(_: PollKey, outcome: Outcome) -> None:
        end.set_result(outcome)

    async with SnmpSource(clock=time.monotonic, watch=watch if verbose else None) as source:
        source.ask([target.poll()], deliver)
        outcome = await end
        transport = source.transport
        if isinstance(outcome, Failure) and not transport.received:
            return replace(outcome, detail=waited(outcome.kind, outcome.detail, transport.sent))
        return outcome


def _show(target: Target, answer: Answer) -> None:
    for name, value in (answer.facts or {}).items():
        sys.stderr.write(f"{name}: {value}\n")
    count = sum(len(block.values) for block in answer.measured)
    sys.stderr.write(
        f"profile {target.access.profile}: {count} samples, {answer.missing} objects that the device does not have\n"
    )
    for block in answer.measured:
        sys.stdout.write(block.text().decode())


def _as_json(answer: Answer) -> dict[str, object]:
    return {
        "facts": dict(answer.facts or {}),
        "uptime_seconds": answer.uptime,
        "missing": answer.missing,
        "samples": [
            {"metric": sample.family.name, "labels": dict(sample.labels), "value": sample.value}
            for sample in answer.samples()
        ],
    }
