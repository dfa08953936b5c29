"""Builds every dashboard in every language as the JSON that Grafana reads: the same bytes on every machine."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as grafana

from collector import atomic
from dashboards import city, conference, coverage, monitor, outages, services, site, wan
from dashboards.addresses import uid
from dashboards.words import Language, Speaker

DASHBOARDS: Mapping[str, Callable[[Speaker], grafana.Dashboard]] = MappingProxyType(
    {
        module.NAME: module.dashboard
        for module in (city, wan, conference, coverage, site, outages, services, monitor)
    }
)
"""Every dashboard of the house by its name."""

ADDED_BY_THE_SDK: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "link": ("placement",),  # moves it into a menu
        "annotation": ("placement",),
        "variable": ("auto", "auto_count", "auto_min"),  # an interval variable's, on every kind
        "table": ("footer",),  # the table of Grafana before 12.1
    }
)
"""Keys that SDK 0.0.21 always writes and Grafana's own types do not know there: taken out, and nothing else is."""


def plain(dashboard: grafana.Dashboard) -> dict[str, Any]:
    """The dashboard as JSON values, without what the SDK adds unasked."""
    values: dict[str, Any] = json.loads(json.dumps(dashboard, cls=JSONEncoder))
    holders = [
        *(("link", link) for link in values["links"]),
        *(("annotation", annotation) for annotation in values["annotations"]["list"]),
        *(("variable", variable) for variable in values["templating"]["list"]),
        *((panel["type"], panel["options"]) for panel in values["panels"]),
    ]
    for kind, holder in holders:
        for key in ADDED_BY_THE_SDK.get(kind, ()):
            holder.pop(key, None)
    return values


def build() -> dict[PurePosixPath, bytes]:
    """Every file, by its path under the folder of dashboards: `<language>/<uid>.json`."""
    files = {}
    for language in Language:
        for name, dashboard in DASHBOARDS.items():
            text = json.dumps(
                plain(dashboard(Speaker(language))), sort_keys=True, indent=2, ensure_ascii=False
            )
            files[PurePosixPath(language.value, f"{uid(name, language)}.json")] = f"{text}\n".encode()
    return files


def write(folder: Path) -> list[Path]:
    """Write every file that differs and remove dashboards of ours that are built no longer; what was changed."""
    wanted = build()
    changed = []
    for place, content in wanted.items():
        path = folder / place
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic.replace(path, content)
            changed.append(path)
    for path in _leftovers(folder, wanted):
        path.unlink()
        changed.append(path)
    return sorted(changed)


def differences(folder: Path) -> list[str]:
    """What in the folder is not as a fresh build would write it, one sentence each; empty when all is equal."""
    wanted = build()
    found = []
    for place, content in wanted.items():
        path = folder / place
        if not path.is_file():
            found.append(f"{path}: missing")
        elif path.read_bytes() != content:
            found.append(f"{path}: differs from a fresh build")
    found += [f"{path}: built by nothing here" for path in _leftovers(folder, wanted)]
    return found


def _leftovers(folder: Path, wanted: Mapping[PurePosixPath, bytes]) -> list[Path]:
    return sorted(
        path
        for path in folder.glob("*/citynoc-*.json")
        if PurePosixPath(path.relative_to(folder).as_posix()) not in wanted
    )
