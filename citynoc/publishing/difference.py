"""What differs between a dashboard as it is and as it would be, in lines that a person can read. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from citynoc.publishing.boards import Json, bare

LONGEST_VALUE = 60
NAMED_BY = ("id", "refId", "name", "title")
"""What an element of a list is known by, so that one that is put in between does not change all after it."""
NOTHING = object()


def difference(there: Json, wanted: Json) -> list[str]:
    """One line a change: where it is, what it is now, what it would be."""
    return list(_changes("", bare(there), bare(wanted)))


def _changes(where: str, old: Any, new: Any) -> Iterator[str]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _of_mappings(where, old, new)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _of_lists(where, old, new)
    elif old is NOTHING:
        yield f"+ {where}: {_short(new)}"
    elif new is NOTHING:
        yield f"- {where}: {_short(old)}"
    else:
        yield f"~ {where}: {_short(old)} -> {_short(new)}"


def _of_mappings(where: str, old: Mapping[Any, Any], new: Mapping[Any, Any]) -> Iterator[str]:
    for key in sorted({*old, *new}, key=str):
        place = f"{where}.{key}" if where else str(key)
        yield from _changes(place, old.get(key, NOTHING), new.get(key, NOTHING))


def _of_lists(where: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[str]:
    name = _name_in(old, new)
    before = {_key(name, place, one): one for place, one in enumerate(old)}
    after = {_key(name, place, one): one for place, one in enumerate(new)}
    for key in dict.fromkeys([*before, *after]):
        place = f"{where}[{key}]"
        yield from _changes(place, before.get(key, NOTHING), after.get(key, NOTHING))
    shared = [key for key in after if key in before]
    if name is not None and shared != [key for key in before if key in after]:
        yield f"~ {where}: in another order"


def _name_in(*lists: Sequence[Any]) -> str | None:
    """The key by which every element of the lists is known, or None: then they go by place."""
    everything = [one for elements in lists for one in elements]
    for name in NAMED_BY:
        if all(isinstance(one, dict) and isinstance(one.get(name), str | int) for one in everything) and all(
            len({one[name] for one in elements}) == len(elements) for elements in lists
        ):
            return name
    return None


def _key(name: str | None, place: int, one: Any) -> str:
    return str(place) if name is None else str(one[name])


def _short(value: Any) -> str:
    if isinstance(value, dict):
        title = value.get("title") or value.get("name") or value.get("refId")
        return repr(title) if isinstance(title, str) else "{…}"
    text = "[…]" if isinstance(value, list) and value else repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
