"""Is there anything in the tables whose rows come and go? One GETNEXT that most polls of most devices end with.

Walking an empty table as a coroutine costs several times this question, and outside a call it is always empty.
"""

from collections.abc import Callable

from collector.snmp import oid as oids
from collector.snmp.ber import Message, Value
from collector.snmp.errors import Fault, FaultKind
from collector.snmp.templates import Template
from collector.snmp.transport import Exchange
from collector.sources.snmp_agent import Agent


class Glance(Exchange):
    """Tells `empty` if none of the tables has a row, and else `look`: also after trouble, which that one deals with."""

    __slots__ = ("empty", "look")
    plain = False

    def __init__(
        self, agent: Agent, roots: Template, empty: Callable[[], None], look: Callable[[], None]
    ) -> None:
        super().__init__(agent.endpoint, roots, agent.poll.access.timeout, agent.security)
        self.empty = empty
        self.look = look

    def read(self, message: Message) -> None:
        """Look closer at anything but the successors of empty tables."""
        found, roots = message.varbinds, self.template.names
        if (
            message.first == 0
            and len(found) == len(roots)
            and all(
                item.absent or not oids.within(item.oid, root)
                for item, root in zip(found, roots, strict=True)
            )
        ):
            self.empty()
        else:
            self.look()

    def answered(self, values: list[Value]) -> None:
        """Never called: `plain` is off, because a successor's name is what counts."""
        self.failed(Fault(FaultKind.BUG, f"{len(values)} values without names"))

    def failed(self, _fault: Fault, /) -> None:
        """No answer: looking closer asks again, and knows what to make of it."""
        self.look()
