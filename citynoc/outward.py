"""The inventory for other programs: a table that `citynoc import` reads back, Prometheus' targets, JSON. Pure.

Names of credentials travel, secrets never: they are not even at hand here. Source: RFC 4180 (CSV); Prometheus'
`<file_sd_config>`; snmp_exporter's URL parameters `module` and `auth`.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from collector.model import Device, Inventory, Site

COLUMNS = (
    "site",
    "name",
    "kind",
    "district",
    "district_name",
    "latitude",
    "longitude",
    "site_tags",
    "device",
    "role",
    "address",
    "port",
    "profile",
    "credential",
    "vendor",
    "model",
    "watch",
    "needs",
    "uplinks",
    "tags",
)
"""The fields of `citynoc import`; a column for each dated map follows the site's tags."""

MODULE = "if_mib"
"""snmp_exporter's module for a profile that it has none of its own for: what its shipped file has for every device."""


def as_csv(inventory: Inventory, devices: Iterable[Device]) -> str:
    """A row a device; a site of the chosen districts without any has a row too."""
    chosen = [*devices]
    maps = sorted({name for site in inventory.sites.values() for name in site.units})
    units = [f"unit_{name}" for name in maps]
    at = COLUMNS.index("device")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS[:at], *units, *COLUMNS[at:]])
    for site, device in _rows(inventory, chosen):
        row = {**_site(inventory, site), **(_device(device) if device is not None else {})}
        row |= {f"unit_{name}": code for name, code in site.units.items()}
        writer.writerow([row.get(name, "") for name in (*COLUMNS[:at], *units, *COLUMNS[at:])])
    return text.getvalue()


def _rows(inventory: Inventory, devices: list[Device]) -> Iterator[tuple[Site, Device | None]]:
    occupied = {device.site for device in inventory.devices.values()}
    for device in devices:
        yield inventory.sites[device.site], device
    if len(devices) == len(inventory.devices):
        for site in inventory.sites.values():
            if site.code not in occupied:
                yield site, None


def _site(inventory: Inventory, site: Site) -> dict[str, str]:
    return {
        "site": site.code,
        "name": site.name,
        "kind": site.kind.value,
        "district": site.district,
        "district_name": inventory.districts[site.district].name,
        "latitude": "" if site.latitude is None else str(site.latitude),
        "longitude": "" if site.longitude is None else str(site.longitude),
        "site_tags": " ".join(sorted(site.tags)),
    }


def _device(device: Device) -> dict[str, str]:
    count = len(device.uplinks)
    needs = "any" if device.needs == 1 else "all" if device.needs == count else str(device.needs)
    snmp = device.snmp
    return {
        "device": device.name,
        "role": device.role.value,
        "address": str(device.address),
        "port": str(snmp.port) if snmp is not None else "",
        "profile": snmp.profile if snmp is not None else "",
        "credential": snmp.credential if snmp is not None else "",
        "vendor": device.vendor,
        "model": device.model,
        "watch": device.watch.value,
        "needs": needs,
        "uplinks": " ".join(
            f"{one.parent}:{one.cable}" if one.cable else one.parent for one in device.uplinks
        ),
        "tags": " ".join(sorted(device.tags)),
    }


def as_targets(devices: Iterable[Device], modules: Mapping[str, str]) -> str:
    """A file for `file_sd_configs` of a job that asks snmp_exporter: a group a device, in order of name.

    `modules` gives snmp_exporter's module for a profile. `__param_auth` is the credential's name.
    """
    groups = [
        {
            "targets": [_host_port(device, device.snmp.port)],
            "labels": {
                "device": device.name,
                "site": device.site,
                "district": device.district,
                "role": device.role.value,
                "profile": device.snmp.profile,
                "__param_module": modules.get(device.snmp.profile, MODULE),
                "__param_auth": device.snmp.credential,
            },
        }
        for device in sorted(devices, key=lambda one: one.name)
        if device.snmp is not None
    ]
    return json.dumps(groups, ensure_ascii=False, indent=1) + "\n"


def _host_port(device: Device, port: int) -> str:
    address = device.address
    return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"  # noqa: PLR2004  # IPv6


def as_pings(devices: Iterable[Device], module: str) -> str:
    """A file for `file_sd_configs` of a job that has blackbox_exporter ping each device with `module`."""
    groups = [
        {
            "targets": [str(device.address)],
            "labels": {
                "device": device.name,
                "site": device.site,
                "district": device.district,
                "role": device.role.value,
                "__param_module": module,
            },
        }
        for device in sorted(devices, key=lambda one: one.name)
    ]
    return json.dumps(groups, ensure_ascii=False, indent=1) + "\n"


def as_json(inventory: Inventory, devices: Iterable[Device]) -> str:
    """Sites and devices with all that the table has, each name as its own value."""
    chosen = [*devices]
    sites = {device.site for device in chosen}
    everything = len(chosen) == len(inventory.devices)
    value: dict[str, Any] = {
        "sites": [
            {**_numbers(_site(inventory, site)), "site_tags": sorted(site.tags), "units": dict(site.units)}
            for site in inventory.sites.values()
            if everything or site.code in sites
        ],
        "devices": [
            {
                **_numbers(_device(device)),
                "site": device.site,
                "tags": sorted(device.tags),
                "uplinks": [
                    {
                        "parent": one.parent,
                        "cable": one.cable,
                        "carrier": one.carrier,
                        "interface": one.interface,
                    }
                    for one in device.uplinks
                ],
            }
            for device in chosen
        ],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _numbers(row: Mapping[str, str]) -> dict[str, Any]:
    """Empty as null, and numbers as numbers."""
    result: dict[str, Any] = {name: text or None for name, text in row.items()}
    for name, kind in (("latitude", float), ("longitude", float), ("port", int)):
        if result.get(name) is not None:
            result[name] = kind(result[name])
    return result
