"""Lives of one journal, each ended by SIGKILL at a random moment: `python -m tests.integration.outages.lives FILE N`.

A child judges a stormy small city and tells over a pipe what it has shown. It is stopped, the disk is copied as it is,
and the child is killed. Whatever was shown must be in the file, in the copy, and in a copy whose end is torn. The next
life goes on with what it finds. Exit code 0 if nothing was lost; forks, so it is a process of its own.
"""

import asyncio
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

from collector.outages.journal import Journal
from collector.outages.ledger import Ledger
from collector.outages.topology import Topology
from collector.outages.verdict import Round
from tests.unit.outages.city import hanoi
from tests.unit.outages.world import World

NET = Topology(hanoi(2, 12))
BEGIN = 1_000_000.0
APART = 1_000.0
"""Seconds of the city's time between two lives."""
SLOWEST = 0.08
"""Seconds after the first word at which a life is over at the latest."""
TEAR = 4096


async def live(path: Path, seed: int, pipe: int) -> None:
    """Judge and journal and tell, for ever."""
    draw = random.Random(seed)  # noqa: S311 - a repeatable storm
    start = BEGIN + APART * seed
    world: World | None = None
    async with Journal(path, lambda: start if world is None else world.now) as journal:
        world = World(NET, seed, start=start, restored=journal.open_outages)
        while True:
            if draw.random() < 0.1:
                name = draw.choice([name for name in NET.names if name != "sw-dc1"])
                (world.revive if NET.index[name] in world.dead else world.kill)(name)
            verdicts = world.run(0.1)
            if verdicts.news:
                await journal.record(verdicts)
                if journal.behind:
                    raise SystemExit("the journal is behind: this machine is too slow for the test")
                size = path.with_name(f"{path.name}-wal").stat().st_size
                os.write(pipe, f"{json.dumps(shown(verdicts, size))}\n".encode())


def shown(verdicts: Round, size: int) -> dict[str, Any]:
    """What the world may see from now on, and how far the log on the disk reached."""
    state = verdicts.state
    return {
        "outages": [
            [one.id, one.started, one.ended, int(one.severity), sorted(one.causes)] for one in state.outages
        ],
        "devices": [[state.at, name, int(state.devices[name].state)] for name in verdicts.changed],
        "size": size,
    }


def missing(path: Path, told: list[dict[str, Any]]) -> list[str]:
    """What was shown and is not in the file; the file may be one round ahead."""
    ledger = Ledger(path)  # as a restart opens it: a file that cannot be read is put aside
    ledger.close()
    db = sqlite3.connect(path)
    rows = db.execute("SELECT id, started, ended, severity, causes FROM outage").fetchall()
    kept = {
        (name, started): (ended, severity, sorted(json.loads(causes)))
        for name, started, ended, severity, causes in rows
    }
    changes = set(db.execute("SELECT at, device, state FROM device_change"))
    db.close()
    lost = [] if ledger.set_aside is None else ["the file cannot be read"]
    for name, started, ended, severity, causes in told[-1]["outages"] if told else []:
        row = kept.get((name, started))
        if row is None or row[1] < severity or row[2] != causes or (ended is not None and row[0] != ended):
            lost.append(f"{name} since {started}, ended {ended}, severity {severity}: the file has {row}")
    lost += [f"change {row}" for one in told for row in one["devices"] if tuple(row) not in changes]
    return lost


def copied(path: Path, folder: Path, torn_from: int | None) -> Path:
    """The disk as a power cut leaves it; beyond what was synced there may be anything."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    wal = path.with_name(f"{path.name}-wal")
    for file in (path, wal):
        if file.exists():
            shutil.copy(file, folder)
    copy = folder / wal.name
    if torn_from is not None and copy.exists():
        with copy.open("r+b") as end:
            end.truncate(torn_from)
            end.seek(torn_from)
            end.write(os.urandom(TEAR))
    return folder / path.name


def one_life(path: Path, seed: int) -> tuple[int, list[str]]:
    """How many rounds it showed, and what was lost with it."""
    draw = random.Random(f"{seed}/end")  # noqa: S311 - as above
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            asyncio.run(live(path, seed, writing))
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        first = pipe.readline()
        time.sleep(draw.uniform(0.0, SLOWEST))
        os.kill(child, signal.SIGSTOP)
        os.waitpid(child, os.WUNTRACED)
        copies = [copied(path, path.parent / "whole", None)]
        os.set_blocking(pipe.fileno(), False)
        lines = [first, *(line for line in pipe if line.endswith("\n"))]
        told = [json.loads(line) for line in lines if line.strip()]
        if told:
            copies.append(copied(path, path.parent / "torn", told[-1]["size"]))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return len(told), [
        f"life {seed}, {file.parent.name}: {one}" for file in (path, *copies) for one in missing(file, told)
    ]


def main(path: Path, lives: int) -> int:
    rounds = 0
    for seed in range(lives):
        shown_rounds, lost = one_life(path, seed)
        rounds += shown_rounds
        if lost or not shown_rounds:
            print("\n".join(lost) or f"life {seed} showed nothing")
            return 1
    print(f"{lives} lives, {rounds} rounds shown, nothing lost")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
