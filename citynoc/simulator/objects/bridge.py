"""The conference manager of the bridges: ports, conferences and registrations of one cluster.

Source: the MIB of the Polycom DMA as its operations guide prints it (useConfMgrUsage, useDevRegistrations).
"""

from collections.abc import Callable, Iterator

from citynoc.simulator import ber
from citynoc.simulator.ber import Oid
from citynoc.simulator.machine import Machine
from citynoc.simulator.mib import Row
from citynoc.simulator.objects.gauges import of

USES = (1, 3, 6, 1, 4, 1, 13885, 13, 2, 3)
USAGE: Oid = (*USES, 2, 1, 2, 1)
REGISTRATIONS: Oid = (*USES, 3, 1, 2, 1)
_CLUSTER = 1

_COUNTS: tuple[tuple[Oid, Callable[[Machine], int]], ...] = (
    ((*USAGE, 3), lambda machine: machine.load.conferences),
    ((*USAGE, 4), lambda machine: machine.load.used),
    ((*USAGE, 5), lambda machine: machine.seats),
    ((*USAGE, 6), lambda machine: machine.load.used),
    ((*USAGE, 7), lambda _: 0),
    ((*USAGE, 8), lambda _: 0),
    ((*REGISTRATIONS, 3), lambda machine: machine.load.registered),
    ((*REGISTRATIONS, 4), lambda _: 0),
)


def _count(number: Callable[[Machine], int]) -> Callable[[Machine], bytes]:
    return lambda machine: ber.unsigned(ber.GAUGE32, number(machine))


def rows() -> Iterator[Row]:
    """One cluster: the device itself."""
    for table in (USAGE, REGISTRATIONS):
        yield Row((*table, 2), (_CLUSTER,), of(lambda machine: ber.text(machine.device.name)))
    for object_, number in _COUNTS:
        yield Row(object_, (_CLUSTER,), of(_count(number)))
