"""An import as a person sees it: the difference first, then a yes, then the files, with nobody editing beside.

Whatever is written was shown, passed the check, and stands on files that were read under the lock.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from citynoc.editing.change import sweep
from citynoc.editing.lock import locked
from citynoc.importer.proposal import Proposal, propose
from citynoc.importer.wanted import Wanted
from citynoc.terminal import coloured
from collector.config import Problem, draw
from collector.config.files import DISTRICTS

SHOWN = 20
WRONG = 1
RELOAD = "a running service takes it with: systemctl reload citynoc (or SIGHUP, or POST /-/reload)"


@dataclass(frozen=True, slots=True)
class Session:
    """One import into one directory. `ask` puts a question to the person; None where nobody is there."""

    directory: Path
    wanted: Wanted
    into: str | None
    environ: Mapping[str, str]
    write: bool
    ask: Callable[[str], bool] | None = None
    every: bool = False
    """List every vanished device, not the first few."""

    def run(self) -> int:
        """0 if nothing is other or it was written, 1 if a difference was left. Raises as `propose` and `locked`."""
        if self.write:
            with locked(self.directory):
                proposal = self._propose()
                self._show(proposal)
                return self._apply(proposal)
        proposal = self._propose()
        self._show(proposal)
        if not proposal.change.files:
            return 0
        while self.ask is not None and self.ask("Write this?"):
            with locked(self.directory):
                again = self._propose()
                if again.change == proposal.change:
                    return self._apply(again)
            sys.stderr.write("The files have changed in the meantime; now it is this:\n")
            self._show(again)
            proposal = again
        sys.stderr.write("Nothing was written. --write writes it.\n")
        return WRONG

    def as_json(self) -> tuple[int, dict[str, Any]]:
        """The same without questions, for a program."""
        if not self.write:
            proposal = self._propose()
            return int(bool(proposal.change.files)), _facts(proposal, written=False)
        with locked(self.directory):
            proposal = self._propose()
            self._put(proposal)
            return 0, _facts(proposal, written=bool(proposal.change.files))

    def _propose(self) -> Proposal:
        return propose(self.directory, self.wanted, self.into, self.environ)

    def _apply(self, proposal: Proposal) -> int:
        if not proposal.change.files:
            return 0
        self._put(proposal)
        count = len(proposal.change.files)
        sys.stderr.write(f"written: {count} file{'s' if count > 1 else ''}; {RELOAD}\n")
        return 0

    def _put(self, proposal: Proposal) -> None:
        sweep(self.directory)
        sweep(self.directory / DISTRICTS)
        proposal.change.write()

    def _show(self, proposal: Proposal) -> None:
        merged = proposal.merged
        for note in merged.notes:
            _say(note)
        for line in proposal.change.diff(colour=coloured(sys.stdout)):
            sys.stdout.write(f"{line}\n")
        sys.stdout.write(f"{_summary(proposal)}\n")
        sys.stdout.flush()
        if merged.vanished:
            some = merged.vanished if self.every else merged.vanished[:SHOWN]
            more = len(merged.vanished) - len(some)
            tail = f" and {more:,} more (--all lists them)" if more else ""
            sys.stderr.write(f"not in the source any more, and left alone: {', '.join(some)}{tail}\n")
        if merged.unnamed:
            sys.stderr.write(
                f"{merged.unnamed:,} devices that the source does not speak of were left alone\n"
            )


def _say(problem: Problem) -> None:
    sys.stderr.write(f"{draw(problem, colour=coloured(sys.stderr))}\n")


def _summary(proposal: Proposal) -> str:
    merged, files = proposal.merged, proposal.change.files
    if not files:
        return "no difference"
    counts = (
        (len(merged.added_sites), "site", "added"),
        (len(merged.added_devices), "device", "added"),
        (len(merged.changed), "entry", "changed"),
    )
    said = [f"{count:,} {_plural(noun, count)} {what}" for count, noun, what in counts if count]
    return f"{', '.join(said)} in {len(files)} {_plural('file', len(files))}"


def _plural(noun: str, count: int) -> str:
    if count == 1:
        return noun
    return "entries" if noun == "entry" else f"{noun}s"


def _facts(proposal: Proposal, *, written: bool) -> dict[str, Any]:
    merged = proposal.merged
    return {
        "written": written,
        "files": [one.name for one in proposal.change.files],
        "added_sites": merged.added_sites,
        "added_devices": merged.added_devices,
        "changed": merged.changed,
        "vanished": merged.vanished,
        "unnamed": merged.unnamed,
        "notes": [str(note) for note in merged.notes],
        "diff": [*proposal.change.diff()],
    }
