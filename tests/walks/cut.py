"""Cuts a long recording down to what a profile reads: `python -m tests.walks.cut PROFILE RECORDING [ROWS]` to stdout.

Keeps the system group, the profile's scalars and ROWS rows of each table (those with most to say first), with
everything that the profile reads of them, and nothing else of the device.
"""

import sys
from pathlib import Path

from collector.profile import Profile, Reading, Table
from collector.snmp import ber
from collector.snmp import oid as oids
from collector.snmp.ber import Value
from collector.snmp.oid import Oid
from collector.sources.snmp_layout import convert
from tests.integration.snmp_polls import shipped_profiles
from tests.walks.recorded import Objects, read

ROWS = 6
SYSTEM = [(1, 3, 6, 1, 2, 1, 1, number, 0) for number in (1, 2, 3, 5)]


def cut(objects: Objects, profile: Profile, rows: int = ROWS) -> Objects:
    """The objects of a recording that the profile reads, with at most `rows` rows a table."""
    kept = [*SYSTEM, *profile.watch, *(reading.oid for reading in profile.fact_readings)]
    for reading in profile.scalars:
        kept += [reading.oid, *([reading.partner] if reading.partner else [])]
    for table in profile.tables:
        kept += [column + key for key in keys_of(objects, table)[:rows] for column in columns_of(table)]
    return {oid: objects[oid] for oid in sorted(set(kept)) if oid in objects}


def keys_of(objects: Objects, table: Table) -> list[Oid]:
    """Indices of the table's rows, those with most to say first."""
    depth = len(table.rows)
    keys = [oid[depth:] for oid in objects if oids.within(oid, table.rows) and len(oid) > depth]
    return sorted(keys, key=lambda key: (-sum(_says(objects, column, key) for column in table.columns), key))


def _says(objects: Objects, column: Reading, key: Oid) -> bool:
    return convert(column, objects.get(column.oid + key, (0, None))[1], 1) not in (0, None)


def columns_of(table: Table) -> list[Oid]:
    """Every column that is read of a row."""
    found = [table.rows, *(oid for _, oid in table.labels if oid is not None)]
    for column in table.columns:
        found += [column.oid, *([column.partner] if column.partner else [])]
    return found + ([table.where.oid] if table.where else [])


def line(oid: Oid, tag: int, value: Value) -> str:
    """An object as snmpsim writes it; strings that are not plain text in hexadecimal."""
    if isinstance(value, tuple):
        return f"{oids.dotted(oid)}|{tag}|{oids.dotted(value)}"
    if not isinstance(value, bytes):
        return f"{oids.dotted(oid)}|{tag}|{'' if value is None else value}"
    if tag == ber.OCTET_STRING and all(32 <= octet < 127 for octet in value):
        return f"{oids.dotted(oid)}|4|{value.decode()}"
    return f"{oids.dotted(oid)}|{tag}x|{value.hex()}"


def main() -> None:
    name, path = sys.argv[1:3]
    rows = int(sys.argv[3]) if len(sys.argv) > 3 else ROWS
    profile = next(profile for profile in shipped_profiles().values() if profile.name == name)
    print(
        f"# Recorded device {Path(path).name.split('.')[0]} of snmpsim-data 1.0.1 (BSD-2-Clause), cut to what {name} reads."
    )
    for oid, (tag, value) in cut(read(Path(path), lenient=True), profile, rows).items():
        print(line(oid, tag, value))


if __name__ == "__main__":
    main()
