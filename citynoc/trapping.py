"""The trap listener of the running service: started where the city has a port for it, and anew when a reload moves it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from collector.model import DeviceName, Inventory
from collector.outcome import Outcome
from collector.plan import PollKey
from collector.snmp.usm_receiver import LocalEngine
from collector.sources import HintKind
from collector.sources.traps import TrapSource, TrapStats
from collector.sources.traps_engine import local_engine


class Trapping:
    """Runs until cancelled. `engine_file` keeps our SNMP engine's boots, `clock` is steady seconds."""

    def __init__(
        self,
        inventory: Inventory,
        engine_file: Path,
        clock: Callable[[], float],
        hint: Callable[[DeviceName, HintKind], None],
    ) -> None:
        self._inventory = inventory
        self._engine_file = engine_file
        self._clock = clock
        self._hint = hint
        self._changed = asyncio.Event()
        self._engine: LocalEngine | None = None
        self._source: TrapSource | None = None

    def stats(self) -> TrapStats | None:
        """What the listener says of itself; None where the city has no port for traps."""
        return self._source.stats() if self._source is not None else None

    async def run(self) -> None:
        """Listen where the configuration of the day says."""
        while True:
            self._changed.clear()
            self._source = await self._made()
            async with asyncio.TaskGroup() as tasks:
                listening = None
                if self._source is not None:
                    listening = tasks.create_task(self._source.listen(_nothing, self._hint))
                await self._changed.wait()
                if listening is not None:
                    listening.cancel()

    def reconfigure(self, inventory: Inventory) -> None:
        """Take a new inventory; a port that stays the same misses nothing."""
        old, self._inventory = self._inventory.city.traps, inventory
        new = inventory.city.traps
        if (old is None) != (new is None) or (old and new and (old.host, old.port) != (new.host, new.port)):
            self._changed.set()
        elif self._source is not None and new is not None:
            self._source.update(new, inventory.devices, inventory.credentials)

    async def _made(self) -> TrapSource | None:
        if self._inventory.city.traps is None:
            return None
        if self._engine is None:
            self._engine = await asyncio.to_thread(local_engine, self._engine_file, self._clock())
        inventory = self._inventory  # of now: a reload may have come meanwhile
        if inventory.city.traps is None:
            return None
        return TrapSource(
            inventory.city.traps, self._engine, inventory.devices, inventory.credentials, self._clock
        )


def _nothing(_key: PollKey, _outcome: Outcome) -> None:
    """Traps are hints: they deliver no outcomes."""
