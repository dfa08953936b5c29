"""Runs a simulated city: opens agents, services, control and publisher in order, plays the scenario, closes them.

The only file of the simulator that knows them all. Times of a scenario count from the moment everything is open.
"""

import asyncio
import contextlib
import json
import signal
from collections.abc import Callable
from dataclasses import dataclass

from citynoc.clock import Clock
from citynoc.simulator.agents import Agents, simulated
from citynoc.simulator.control import Control
from citynoc.simulator.director import Director
from citynoc.simulator.publisher import BrokerAt, Publisher
from citynoc.simulator.scenario import Scenario
from citynoc.simulator.services import Services, servable
from citynoc.simulator.world import Loss, World
from collector.model import Inventory

Talk = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line decides. A port of 0 is a free one."""

    seed: int = 1
    snmp_port: int | None = None
    broker: BrokerAt | None = None
    control: tuple[str, int] | None = None
    scenario: Scenario | None = None


class Simulation:
    """One city from `run` until SIGTERM, SIGINT or cancellation. `announce` gets one JSON line when all is open."""

    def __init__(self, inventory: Inventory, options: Options, talk: Talk, announce: Talk) -> None:
        self._inventory, self._options = inventory, options
        self._talk, self._announce = talk, announce
        self._clock = Clock()
        self._stop = asyncio.Event()
        self._moved = asyncio.Event()

    async def run(self) -> None:
        """Until told to stop.

        Raises:
            PortInUseError: somebody else has a port; nothing was announced.
        """
        loop = asyncio.get_running_loop()
        options, scenario = self._options, self._options.scenario
        seed = options.seed if scenario is None or scenario.seed is None else scenario.seed
        world = World(self._inventory, seed, self._clock.unix())
        director = Director(world)
        async with contextlib.AsyncExitStack() as opened:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self._stop.set)
                opened.callback(loop.remove_signal_handler, number)
            agents = Agents(world, self._clock.unix, options.snmp_port)
            opened.callback(agents.close, loop)
            ports = agents.open(loop)
            services = Services(director)
            opened.push_async_callback(services.close)
            served, taken = await services.open()
            announcement: dict[str, object] = {"snmp_port": ports[0] if ports else None, "control": None}
            if options.control is not None:
                control = Control(director, self._clock.unix, self._moved.set)
                opened.push_async_callback(control.close)
                announcement["control"] = await control.open(*options.control)
            self._say_what(ports, served)
            for sentence in taken:
                self._talk(sentence)
            self._announce(json.dumps(announcement))
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._play(director, scenario))]
                if options.broker is not None:
                    publisher = Publisher(world, options.broker, self._clock.unix, self._talk)
                    tasks.append(group.create_task(publisher.run()))
                await self._stop.wait()
                for task in tasks:
                    task.cancel()

    async def _play(self, director: Director, scenario: Scenario | None) -> None:
        """Carry out what is due, as scheduled by the scenario or by what was done live."""
        if scenario is not None:
            start = self._clock.unix()
            if scenario.loss is not None:
                director.world.loss = Loss(scenario.loss, scenario.loss)
            steps = [step for step in scenario.steps if step.played]
            for step in steps:
                director.schedule(start + step.at, step.action, step.verb)
            self._talk(f"playing '{scenario.title}': {len(steps)} steps in {scenario.duration:g} s")
            if left := len(scenario.steps) - len(steps):
                self._talk(f"leaving out {left} steps about the monitor's own servers and its planned work")
        while True:
            self._moved.clear()
            due = director.next_at()
            now = self._clock.unix()
            if due is not None and due <= now:
                director.advance(now)
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if due is None else due - now):
                    await self._moved.wait()

    def _say_what(self, ports: list[int], served: int) -> None:
        ours, others = simulated(self._inventory.devices.values())
        on = ", ".join(str(port) for port in ports) or "none"
        self._talk(
            f"answering for {len(ours):,} agents in 127.0.0.0/8, UDP port {on}, and {served} city services"
        )
        if others:
            self._talk(
                f"not for {len(others)} devices outside 127.0.0.0/8, such as {others[0].name} at {others[0].address}"
            )
        _, unserved = servable(self._inventory.services.values())
        for service in unserved:
            self._talk(f"not for service {service.name}: {service.url} is not plain HTTP in 127.0.0.0/8")
