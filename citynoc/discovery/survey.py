"""Asks every address of some ranges who it is, and who answers for its neighbours: bounded in rate and number.

An address is asked with each credential in turn until one is answered. One question at a time goes to a device; a
question is sent again once. Nobody is asked to change anything.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from citynoc.discovery import lldp
from citynoc.discovery.found import Found, line
from collector.model import Address, Credential, CredentialName
from collector.outcome import Failure
from collector.snmp import oid as oids
from collector.snmp.ber import Value, VarBind
from collector.snmp.errors import FaultError, WalkError
from collector.snmp.oid import Oid
from collector.snmp.session import Session
from collector.snmp.transport import Endpoint, Transport
from collector.sources.snmp_access import Users

SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 1)
DESCR, OBJECT_ID, NAME, LOCATION, SERVICES = ((*SYSTEM, number, 0) for number in (1, 2, 5, 6, 7))
TRIES = 2
WORKERS = 256  # questions waiting for an answer at one time
MOST_ROWS = 2_000  # objects of one LLDP table
PATIENCE = 30.0  # seconds for one device's neighbours


@dataclass(frozen=True, slots=True)
class How:
    """Port, seconds per answer, and first questions a second over all addresses."""

    port: int
    timeout: float
    rate: float


class Pace:
    """Turns, so many a second; a pause earns none."""

    def __init__(self, rate: float, clock: Callable[[], float]) -> None:
        self._gap = 1 / rate
        self._clock = clock
        self._next = clock()

    async def turn(self) -> None:
        """Wait for the next one."""
        now = self._clock()
        self._next = max(self._next + self._gap, now)
        await asyncio.sleep(max(0.0, self._next - now))


async def survey(
    addresses: Iterable[Address],
    credentials: Mapping[CredentialName, Credential],
    how: How,
    asked: Callable[[], None] = lambda: None,
    clock: Callable[[], float] = time.monotonic,
) -> list[Found]:
    """Everyone who answered, by address. `asked` is called once for each address, when it is done."""
    found: list[Found] = []
    waiting = iter(addresses)
    async with Transport(clock=clock) as transport:
        one = _Asker(transport, credentials, how, Pace(how.rate, clock))

        async def work(waiting: Iterator[Address]) -> None:
            for address in waiting:
                device = await one.ask(address)
                if device is not None:
                    found.append(device)
                asked()

        async with asyncio.TaskGroup() as group:
            for _ in range(WORKERS):
                group.create_task(work(waiting))
    return sorted(found, key=lambda device: (device.address.version, device.address))


class _Asker:
    """Asks single addresses."""

    def __init__(
        self,
        transport: Transport,
        credentials: Mapping[CredentialName, Credential],
        how: How,
        pace: Pace,
    ) -> None:
        self._transport, self._credentials, self._how, self._pace = transport, credentials, how, pace
        self._users = Users()

    async def ask(self, address: Address) -> Found | None:
        for name, credential in self._credentials.items():
            session = self._session(address, credential)
            if session is None:
                continue
            for _ in range(TRIES):
                await self._pace.turn()
                try:
                    items = await session.get([DESCR, OBJECT_ID, NAME, LOCATION, SERVICES])
                except FaultError:
                    continue
                device = _introduced(Found(address, self._how.port, name), items)
                return await self._with_neighbours(device, replace(session, retries=1))
        return None

    def _session(self, address: Address, credential: Credential) -> Session | None:
        access = self._users.access(credential)
        if isinstance(access, Failure):
            return None
        return Session(
            self._transport,
            Endpoint.of(address, self._how.port),
            access.version,
            access.community,
            timeout=self._how.timeout,
            retries=0,
            security=access.security,
        )

    async def _with_neighbours(self, device: Found, session: Session) -> Found:
        try:
            async with asyncio.timeout(PATIENCE):
                subtype, raw = await session.get([lldp.CHASSIS_SUBTYPE, lldp.CHASSIS])
                chassis = lldp.chassis_of(subtype.value, raw.value)
                if not chassis:
                    return device
                tables = [
                    await _table(session, root)
                    for root in (lldp.LOCAL_PORTS, lldp.REMOTE, lldp.REMOTE_ADDRESSES)
                ]
        except (FaultError, WalkError) as why:
            return replace(device, trouble=line(str(why)))
        except TimeoutError:
            return replace(device, trouble=f"its neighbours took longer than {PATIENCE:g} s")
        return replace(device, chassis=chassis, neighbours=lldp.neighbours_of(*tables))


async def _table(session: Session, root: Oid) -> list[VarBind]:
    return [item async for item in session.walk(root, MOST_ROWS)]


def _introduced(device: Found, items: Iterable[VarBind]) -> Found:
    values: dict[Oid, Value] = {item.oid: item.value for item in items}
    identity, services = values.get(OBJECT_ID), values.get(SERVICES)
    return replace(
        device,
        object_id=oids.dotted(identity) if isinstance(identity, tuple) else "",
        name=line(values.get(NAME)),
        descr=line(values.get(DESCR)),
        location=line(values.get(LOCATION)),
        services=services if isinstance(services, int) else None,
    )
