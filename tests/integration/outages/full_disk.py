"""The journal on a disk of a quarter of a megabyte that another program fills: run inside a mount namespace of its own.

`unshare --mount … python -m tests.integration.outages.full_disk FOLDER`; exit code 0 if nothing was lost.
"""

import asyncio
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from collector.outages.journal import Journal
from collector.outages.ledger import Ledger
from tests.unit.outages.test_journal import OUTAGE, clock, verdicts, wait_until


def fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:  # full
                continue


async def run(folder: Path) -> None:
    path, ballast = folder / "journal.sqlite", folder / "ballast"
    many = tuple(replace(OUTAGE, id=f"device:{number:05}" * 20) for number in range(50))
    async with Journal(path, clock) as journal:
        await journal.record(verdicts(opened=(OUTAGE,)))
        fill(ballast)
        await journal.record(verdicts(opened=many))
        await wait_until(lambda: journal.error is not None)
        if not journal.behind or "full" not in (journal.error or ""):
            raise SystemExit(f"a full disk is not said: {journal.error}")
        ballast.unlink()
        await wait_until(lambda: not journal.behind)
    ledger = Ledger(path)
    if set(ledger.remembered(clock())) != {OUTAGE, *many}:
        raise SystemExit("outages were lost")
    ledger.close()


if __name__ == "__main__":
    target = Path(sys.argv[1])
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(target)], check=True)
    asyncio.run(run(target))
