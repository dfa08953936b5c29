"""City services as Prometheus HTTP service discovery for blackbox_exporter. Pure.

Source: Prometheus' `http_sd_config`: a JSON list of `{"targets": [...], "labels": {...}}`. The module travels as
`__param_module`, which Prometheus turns into the URL parameter that blackbox_exporter reads.
"""

from typing import TypedDict

from collector.model import Inventory


class TargetGroup(TypedDict):
    """One entry of Prometheus' HTTP SD answer."""

    targets: list[str]
    labels: dict[str, str]


def blackbox(inventory: Inventory) -> list[TargetGroup]:
    """A group a service, in order of name."""
    return [
        {
            "targets": [service.url],
            "labels": {
                "service": service.name,
                "title": service.title,
                "site": service.site,
                "district": service.district,
                "__param_module": service.module,
            },
        }
        for _, service in sorted(inventory.services.items())
    ]
