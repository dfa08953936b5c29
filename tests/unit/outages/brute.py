"""An independent judge: tries every small set of failures and keeps those that would look exactly like this.

It shares no code with the product: reachability is a plain recursion over the inventory, and nothing is pruned but
by size. What fails may be a device, a cable with all its links, or a whole site.
"""

from collections.abc import Iterable
from itertools import combinations

from collector.model import Device, Inventory

Failure = tuple[str, str]
"""("device" | "cable" | "site", name)."""


class Brute:
    """Truth and guesses about one inventory."""

    def __init__(self, inventory: Inventory) -> None:
        rows: dict[str, Device] = {str(name): row for name, row in inventory.devices.items()}
        order: list[str] = []

        def visit(name: str) -> None:
            if name not in order_of:
                order_of.add(name)
                for link in rows[name].uplinks:
                    visit(str(link.parent))
                order.append(name)

        order_of: set[str] = set()
        for name in rows:
            visit(name)
        self.devices = [
            (
                name,
                str(rows[name].site),
                str(rows[name].role),
                [(str(link.cable), str(link.parent)) for link in rows[name].uplinks],
                rows[name].needs if rows[name].uplinks else 0,
            )
            for name in order
        ]

    def silent(self, failures: Iterable[Failure]) -> frozenset[str]:
        """Devices that do not answer when exactly these things have failed."""
        broken = set(failures)
        dead = {name for kind, name in broken if kind == "device"}
        dark = {name for kind, name in broken if kind == "site"}
        torn = {name for kind, name in broken if kind == "cable"}
        mute: set[str] = set()
        for name, site, _, uplinks, needs in self.devices:
            if name in dead or site in dark:
                mute.add(name)
            elif needs:
                good = 0
                for cable, parent in uplinks:
                    if parent not in mute and cable not in torn:
                        good += 1
                if good < needs:
                    mute.add(name)
        return frozenset(mute)

    def candidates(self) -> list[Failure]:
        """Everything that may fail. A site only where that says more than its devices: two roles or more there."""
        cables = {cable for row in self.devices for cable, _ in row[3] if cable != "None"}
        behind = {row[0]: self.silent([("device", row[0])]) for row in self.devices}
        roles: dict[str, set[str]] = {}
        for name, site, role, _, _ in self.devices:
            if all(
                name not in behind[other[0]]
                for other in self.devices
                if other[1] == site and other[0] != name
            ):
                roles.setdefault(site, set()).add(role)
        return [
            *(("device", row[0]) for row in self.devices),
            *(("cable", name) for name in sorted(cables)),
            *(("site", name) for name in sorted(roles) if len(roles[name]) > 1),
        ]

    def explanations(self, silent: frozenset[str], most: int) -> list[frozenset[Failure]]:
        """All smallest sets of at most `most` failures that would silence exactly these devices."""
        possible = [f for f in self.candidates() if self.silent([f]) <= silent]
        for size in range(1, most + 1):
            found = [frozenset(row) for row in combinations(possible, size) if self.silent(row) == silent]
            if found:
                return found
        return []
