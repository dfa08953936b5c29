"""Finding a site, device or district by what a person types: code, name with or without accents, address. Pure."""

import difflib
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from collector.model import Inventory
from exporters.live.maps import short

LONGEST = 80
"""Characters of a question that are read."""
FOUND_AT_MOST = 60
NEAR_AT_MOST = 5
ALIKE = 0.6


class Entry(NamedTuple):
    """Something that can be found. `keys` name it exactly, `words` are all it is known by, both folded."""

    href: str
    title: str
    note: str
    keys: tuple[str, ...]
    words: str


def folded(text: str) -> str:
    """Lower case without accents: `Thượng Thanh` becomes `thuong thanh`.

    Also for a text whose accents are combining marks (NFD), as macOS types them.
    """
    parts = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(one for one in parts if not unicodedata.combining(one)).split())


class Index:
    """Everything of one inventory that has a page."""

    def __init__(self, inventory: Inventory) -> None:
        self._entries = [*self._districts(inventory), *self._sites(inventory), *self._devices(inventory)]

    @staticmethod
    def _districts(inventory: Inventory) -> Iterable[Entry]:
        for district in inventory.districts.values():
            keys = (district.code.lower(), folded(district.name), folded(short(district.name)))
            yield Entry(
                f"/district/{district.code}", district.name, district.code, keys, f" {keys[0]} {keys[1]}"
            )

    @staticmethod
    def _sites(inventory: Inventory) -> Iterable[Entry]:
        for site in inventory.sites.values():
            district = inventory.districts.get(site.district)
            where = district.name if district else site.district
            name = folded(site.name)
            keys = (site.code.lower(), name, folded(short(site.name)))
            words = f" {site.code.lower()} {name} {folded(where)} {' '.join(sorted(site.tags)).lower()}"
            yield Entry(f"/site/{site.code}", site.name, f"{where}, {site.code}", keys, words)

    @staticmethod
    def _devices(inventory: Inventory) -> Iterable[Entry]:
        for device in inventory.devices.values():
            site = inventory.sites.get(device.site)
            where = site.name if site else device.site
            keys = (device.name.lower(), str(device.address))
            words = f" {' '.join(keys)} {device.role} {folded(device.vendor)} {folded(device.model)}"
            yield Entry(f"/device/{device.name}", device.name, f"{device.address}, {where}", keys, words)

    def find(self, question: str) -> list[Entry]:
        """Entries that hold every word, the closest first: named so, then begins so, then holds a word beginning so."""
        wanted = folded(question[:LONGEST])
        words = wanted.split()
        if not words:
            return []
        ranked = []
        for number, entry in enumerate(self._entries):
            if all(word in entry.words for word in words):
                exact = wanted in entry.keys
                begins = any(key.startswith(wanted) for key in entry.keys)
                whole = all(f" {word}" in entry.words for word in words)
                ranked.append(((not exact, not begins, not whole, number), entry))
        return [entry for _, entry in sorted(ranked)][:FOUND_AT_MOST]

    def exactly(self, question: str) -> Entry | None:
        """The only entry that is named so."""
        wanted = folded(question[:LONGEST])
        found = [entry for entry in self._entries if wanted in entry.keys] if wanted else []
        return found[0] if len(found) == 1 else None

    def near(self, question: str) -> list[Entry]:
        """What resembles a mistyped name or code, the best first."""
        wanted = folded(question[:LONGEST])
        known = {key: entry for entry in reversed(self._entries) for key in entry.keys}
        close = difflib.get_close_matches(wanted, known, n=2 * NEAR_AT_MOST, cutoff=ALIKE)
        return list(dict.fromkeys(known[key] for key in close))[:NEAR_AT_MOST]
