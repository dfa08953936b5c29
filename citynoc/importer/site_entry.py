"""A site's entry: a new one as our files have it, or what of an old one is other in the source. Pure."""

from typing import Any

from citynoc.editing.yaml_text import Whole
from citynoc.importer.wanted import WantedSite
from collector.config import Problem
from collector.config.schema_network import COMMUNE
from collector.model import Site, SiteKind

SAME_PLACE = 0.5e-6
"""Degrees below which two coordinates are the same: four centimetres."""

_UNIT = "unit_"


def new_site(wanted: WantedSite, problems: list[Problem]) -> dict[str, Any] | None:
    """The entry, without devices; None and a problem if the source does not say enough."""
    facts = wanted.facts
    if "name" not in facts:
        message = f"site {wanted.code} is new, and its name is not said"
        problems.append(wanted.complain(message, "map a column to 'name'"))
        return None
    entry: dict[str, Any] = {"name": facts["name"].value}
    commune = COMMUNE.fullmatch(wanted.code) is not None
    kind = facts["kind"].value if "kind" in facts else None
    if not commune and kind is None:
        message = f"site {wanted.code} is new and no commune: of which kind is it?"
        problems.append(wanted.complain(message, "map a column to 'kind', or --set kind=agency"))
        return None
    if kind is not None and not (commune and kind is SiteKind.COMMUNE):
        entry["kind"] = kind.value
    if "latitude" in facts and "longitude" in facts:
        entry["location"] = Whole([facts["latitude"].value, facts["longitude"].value])
    units = {key.removeprefix(_UNIT): fact.value for key, fact in facts.items() if key.startswith(_UNIT)}
    if units.get("579") == wanted.code:
        del units["579"]
    if units:
        entry["units"] = units
    if "site_tags" in facts:
        entry["tags"] = Whole([*facts["site_tags"].value])
    return entry


def changed_site(site: Site, wanted: WantedSite) -> dict[str, Any]:
    """What to write into the entry, by key; empty if it says all of this already."""
    facts = wanted.facts
    patch: dict[str, Any] = {}
    if "name" in facts and facts["name"].value != site.name:
        patch["name"] = facts["name"].value
    if "kind" in facts and facts["kind"].value is not site.kind:
        patch["kind"] = facts["kind"].value.value
    if "latitude" in facts and "longitude" in facts:
        here = (facts["latitude"].value, facts["longitude"].value)
        there = (site.latitude, site.longitude)
        same = [
            old is not None and abs(float(new) - old) < SAME_PLACE
            for new, old in zip(here, there, strict=True)
        ]
        if not all(same):
            kept = [
                f"{old:g}" if ok and old is not None else new
                for new, old, ok in zip(here, there, same, strict=True)
            ]
            patch["location"] = Whole(kept)
    units = {
        key.removeprefix(_UNIT): fact.value
        for key, fact in facts.items()
        if key.startswith(_UNIT) and site.units.get(key.removeprefix(_UNIT)) != fact.value
    }
    if units:
        patch["units"] = units
    if "site_tags" in facts and frozenset(facts["site_tags"].value) != site.tags:
        patch["tags"] = Whole([*facts["site_tags"].value])
    return patch
