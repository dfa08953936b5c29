"""Who takes part in an event of a calendar: what rules say of it, held against the inventory. Pure.

An unknown code is told and left out; everybody else takes part all the same.
"""

from collections.abc import Iterator
from typing import Any

from collector.meetings.ical_text import Fault, Part
from collector.meetings.matching import Match
from collector.meetings.participants import Choice, Party, Register
from collector.model import DistrictCode, Inventory, SiteCode

STRANGER_OUT = "only who has this code is left out"
NOBODY_OUT = "it is left out, the others count"
_VALUES = ("ATTENDEE", "LOCATION", "CATEGORIES", "SUMMARY")


class Guests:
    """What rules say of an event, as the party that takes part; each worked out once."""

    def __init__(self, register: Register, inventory: Inventory) -> None:
        self._register = register
        self._inventory = inventory
        self._known: dict[tuple[Any, ...], Party] = {}

    def strangers(self, found: Match) -> Iterator[tuple[str, str, str]]:
        """Codes in the event that nobody has: kind, code and the value that it stands in."""
        for kind, code, value in found.named:
            known = (
                SiteCode(code) in self._inventory.sites
                if kind == "site"
                else DistrictCode(code) in self._inventory.districts
            )
            if not known:
                yield kind, code, value

    def party(self, found: Match) -> Party:
        """Everybody that the rules and the event itself name, without those that are left out."""
        key = found.choices, found.left_out, found.named, found.bridges
        party = self._known.get(key)
        if party is None:
            codes = {
                kind: frozenset(code for k, code, _ in found.named if k == kind)
                for kind in ("site", "district")
            }
            named = Choice(districts=codes["district"], sites=codes["site"] & self._inventory.sites.keys())
            sites = self._register.sites([*found.choices, named]) - self._register.sites(found.left_out)
            party = self._known[key] = self._register.party(sites, found.bridges)
        return party


def missing(part: Part, found: Match | None, guests: Guests) -> Iterator[Fault]:
    """Who is named and unknown, and an event for which nobody is left."""
    if found is None:
        return
    for kind, code, value in guests.strangers(found):
        lines = (part.line_of(name, value) for name in _VALUES)
        line = next((line for line in lines if line != part.line), part.line)
        text = next((text for number, text in part.lines if number == line), "")
        column = text.casefold().find(code) + 1
        width = len(code) if column else 1
        message = f"there is no {kind} '{code}'"
        yield Fault(line, message, STRANGER_OUT, column=max(1, column), width=width, excerpt=text)
    if not guests.party(found).sites:
        yield Fault(part.line, "nobody takes part in this event", NOBODY_OUT)
