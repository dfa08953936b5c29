"""Finds out what one agent has: facts about the device, rows of its tables and their labels.

Asks through a session; keeps nothing. An agent that cannot be walked raises the engine's errors.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from collector.profile import IndexPart, Profile, Table
from collector.snmp.ber import Value
from collector.snmp.oid import Oid
from collector.snmp.session import Session
from collector.sources.snmp_layout import SYS_UPTIME, Row, text

MOST_ROWS = 10_000  # of one table of one device
_LONGEST_FACT = 120
_MOST_TEXTS = 24  # label objects in one question: texts are long, and the answer should fit a frame


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found: `facts` for people, and per table of the profile its rows."""

    facts: dict[str, str]
    rows: tuple[tuple[Row, ...], ...]


async def discover(session: Session, profile: Profile) -> Discovery:
    """Facts and the rows of all tables that are not volatile. Raises FaultError, WalkError."""
    # A small question first: an agent that is silent costs its timeouts once, and nothing large is sent to it.
    wanted = list(dict.fromkeys([SYS_UPTIME, *(reading.oid for reading in profile.fact_readings)]))
    found = {item.oid: item.value for item in await session.get(wanted)}
    facts = dict(profile.facts)
    for reading in profile.fact_readings:
        fact = fact_of(found.get(reading.oid), reading.pattern)
        if fact:
            facts[reading.name] = fact
    rows = [() if table.volatile else await rows_of(session, table) for table in profile.tables]
    return Discovery(facts, tuple(rows))


def fact_of(raw: Value, pattern: str | None) -> str:
    """A fact as one line, cut to the pattern's first group; empty if it does not match."""
    line = " ".join(text(raw).split())
    if pattern is not None:
        match = re.search(pattern, line)
        line = (match[1] if match.re.groups else match[0]) or "" if match is not None else ""
    return line[:_LONGEST_FACT]


async def rows_of(session: Session, table: Table) -> tuple[Row, ...]:
    """The table's rows with their labels, in index order. Raises FaultError, WalkError."""
    depth = len(table.rows)
    indices = [item.oid[depth:] async for item in session.walk(table.rows, MOST_ROWS)]
    indices = [index for index in indices if index]
    if table.where is not None:
        kept = await column(session, table.where.oid, indices)
        indices = [index for index in indices if text(kept.get(index)) in table.where.equals]
    columns = [(name, oid) for name, oid in table.labels if oid is not None]
    texts = await columns_of(session, [oid for _, oid in columns], indices)
    return tuple(
        Row(
            index,
            (
                *((name, text(texts.get(oid + index))) for name, oid in columns),
                *((part.name, part_of(index, part)) for part in table.parts),
            ),
        )
        for index in indices
    )


def part_of(index: Oid, part: IndexPart) -> str:
    """The text that a part of the index stands for; the number itself where no text is known for it."""
    number = index[part.place - 1] if part.place <= len(index) else None
    return "" if number is None else dict(part.texts).get(number, str(number))


async def column(session: Session, oid: Oid, indices: Sequence[Oid]) -> dict[Oid, Value]:
    """One column's values by index."""
    found = await columns_of(session, [oid], indices)
    return {index: found.get(oid + index) for index in indices}


async def columns_of(session: Session, columns: Sequence[Oid], indices: Sequence[Oid]) -> dict[Oid, Value]:
    """Values of the columns of these rows, by OID; an object that the agent lacks has None."""
    wanted = [oid + index for index in indices for oid in columns]
    found: dict[Oid, Value] = {}
    for at in range(0, len(wanted), _MOST_TEXTS):
        for item in await session.get(wanted[at : at + _MOST_TEXTS]):
            found[item.oid] = item.value
    return found
