"""What a scenario does to the monitor's own servers and its calendar of work: shapes, no deed. Pure.

The simulator plays the city and leaves these steps out; whoever runs the whole stack carries them out (`make scores`).
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from pydantic import BeforeValidator

from citynoc.simulator.actions import Action
from collector.config.fields import Duration, Text, one_of


class ServerName(StrEnum):
    """The servers that stand around the city."""

    MOSQUITTO = "mosquitto"
    CITYNOC = "citynoc"
    BLACKBOX = "blackbox"
    ALERTMANAGER = "alertmanager"
    PROMETHEUS = "prometheus"


Name = Annotated[ServerName, BeforeValidator(one_of(ServerName, "a server"))]


class Operation(Action):
    """A step that the simulator does not play."""


class Server(Operation):
    """A server is stopped, started, stopped and started (`restart`), killed and started (`crash`), frozen or thawed."""

    exactly_one = ("stop", "start", "restart", "crash", "freeze", "thaw")
    stop: Name | None = None
    """It is ended by SIGTERM. Example: mosquitto"""
    start: Name | None = None
    """It is started. Example: mosquitto"""
    restart: Name | None = None
    """Ended by SIGTERM and started. Example: alertmanager"""
    crash: Name | None = None
    """Killed and started. Example: citynoc"""
    freeze: Name | None = None
    """Stopped in its tracks. Example: citynoc"""
    thaw: Name | None = None
    """It goes on. Example: citynoc"""

    @property
    def deed(self) -> tuple[str, ServerName]:
        """What is done, and to whom."""
        return next((key, name) for key in self.exactly_one if (name := getattr(self, key)) is not None)


class Maintenance(Operation):
    """Work is planned on a device, a site or a district from now on; the service is told at once."""

    exactly_one = ("device", "site", "district")
    device: Text | None = None
    """A device that is worked on. Example: ag-004-1"""
    site: Text | None = None
    """A site that is worked on. Example: 00115"""
    district: Text | None = None
    """A district that is worked on. Example: 004"""
    lasts: Duration = 3600.0
    """How long. Example: 5m"""

    @property
    def where(self) -> tuple[str, str]:
        """The kind of what is covered, and its name."""
        return next((key, name) for key in self.exactly_one if (name := getattr(self, key)) is not None)


OPERATIONS: Mapping[str, type[Operation]] = MappingProxyType({"server": Server, "maintenance": Maintenance})
