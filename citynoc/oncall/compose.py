"""Alertmanager's files as text: configuration and templates from one `OnCall`. Writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from citynoc.oncall.receivers import Vault, heartbeat_settings, receiver_settings, smtp_settings
from citynoc.oncall.routes import HEARTBEAT, route_tree, time_intervals
from citynoc.oncall.templates import Bases, templates
from collector.config.oncall import OnCall
from collector.model import City

CONFIGURATION, TEMPLATES = "alertmanager.yml", "citynoc.tmpl"
HEAD = "# Written by `citynoc alertmanager` from oncall.yml: change that and write again.\n"
LONGEST_LINE = 100_000  # one value, one line: what hides secrets goes by lines


@dataclass(frozen=True, slots=True)
class Composed:
    """Text by file name, and the secrets that stand in it."""

    files: Mapping[str, str]
    secrets: frozenset[str]

    @property
    def holds_secrets(self) -> bool:
        """Whether a file must be kept from others."""
        return bool(self.secrets)


def compose(on_call: OnCall, city: City, vault: Vault) -> Composed:
    """Both files. Raises UnresolvedError for a secret that is not there."""
    settings: dict[str, Any] = {
        "global": {"resolve_timeout": "5m", **smtp_settings(on_call, vault)},
        "templates": [TEMPLATES],  # relative to the configuration
        "route": route_tree(on_call),
        "time_intervals": time_intervals(on_call),
        "receivers": [
            *(receiver_settings(receiver, vault) for receiver in on_call.receivers.values()),
            heartbeat_settings(HEARTBEAT, on_call.heartbeat, vault),
        ],
    }
    if not settings["time_intervals"]:
        del settings["time_intervals"]
    written = yaml.dump(settings, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=LONGEST_LINE)
    bases = Bases(city.public_url, on_call.links.grafana, on_call.links.runbooks, on_call.timezone)
    files = {CONFIGURATION: HEAD + written, TEMPLATES: templates(bases)}
    return Composed(files, frozenset(vault.given))


class _Dumper(yaml.SafeDumper):
    """Every repeated list written out: anchors are for programs."""

    def ignore_aliases(self, _data: Any) -> bool:
        """No aliases."""
        return True
