"""What can be done to the city, as written in a scenario or sent to the control API. Pure.

One shape per verb; `VERBS` is the table of them. Whether a name exists is checked by `names.py`; what does the world
with it is the director's duty.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from citynoc.simulator.arguments import Endpoints, Milliseconds, PartName, Ports, Share, Times, Who
from collector.config.fields import Duration, Text
from collector.config.shape import Shape
from collector.config.words import WrittenWrongError


class Action(Shape):
    """One verb's arguments. `exactly_one` names keys of which one and only one is given."""

    noun: ClassVar[str] = "action"
    exactly_one: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        given = [key for key in self.exactly_one if getattr(self, key) is not None]
        if self.exactly_one and len(given) != 1:
            wanted = ", ".join(f"'{key}'" for key in self.exactly_one)
            raise WrittenWrongError(
                f"exactly one of {wanted} is wanted" + (" here" if not given else f", not {len(given)}")
            )
        return self


class Cut(Action):
    """A line no longer carries anything: one link, a cable with all its links, or all uplinks of a device."""

    exactly_one = ("link", "cable", "device")
    link: Text | None = None
    """Name of the link. Example: rt-00115--ag-004-1"""
    cable: Text | None = None
    """Name of the cable: all its links. Example: south-ring"""
    device: Text | None = None
    """Name of the device: all its uplinks. Example: rt-00115"""


class Kill(Action):
    """A device is dead until it is repaired."""

    device: Text
    """Name of the device. Example: rt-00115"""


class PowerOff(Action):
    """A site has no power: all its devices are dead until it is repaired."""

    site: Text
    """Code of the site. Example: d-004"""


class MainsOff(Action):
    """A site's UPSes run on battery until it is repaired; nothing else notices."""

    site: Text
    """Code of the site. Example: dc-1"""


class Reboot(Action):
    """A device starts anew and is silent meanwhile."""

    device: Text
    """Name of the device. Example: rt-00115"""
    silent: Duration = 30.0
    """How long it is silent. Example: 30s"""


class AgentDown(Action):
    """A device's SNMP agent is dead; the device itself goes on."""

    device: Text
    """Name of the device. Example: rt-00115"""


class Lose(Action):
    """A share of datagrams is lost in each direction, for one device or all."""

    share: Share
    """Share of datagrams; `0%` ends it. Example: 5%"""
    device: Text | None = None
    """Name of the device; without it the whole city. Example: rt-00115"""


class Flap(Action):
    """A line goes and comes: a link, or all uplinks of a device; for ever, or so many times."""

    exactly_one = ("link", "device")
    link: Text | None = None
    """Name of the link. Example: rt-00115--ag-004-1"""
    device: Text | None = None
    """Name of the device: all its uplinks. Example: rt-00115"""
    down: Duration = 10.0
    """How long it is down each time. Example: 10s"""
    up: Duration = 20.0
    """How long it is up between. Example: 20s"""
    times: Times | None = None
    """How often; without it for ever. Example: 10"""


class Call(Action):
    """A conference begins with those endpoints that are reached, or ends, for all or for some."""

    exactly_one = ("start", "end")
    start: Text | None = None
    """Name of the conference that begins. Example: briefing"""
    end: Text | None = None
    """Name of the conference that ends. Example: briefing"""
    participants: Endpoints = Who()
    """Endpoints: all, a district's, or a list of devices and sites. Example: {district: "004"}"""
    over: Duration | None = None
    """Time over which they join or leave, one after another. Example: 60s"""


class Limit(Action):
    """A bridge has so many ports; who is on it stays."""

    bridge: Text
    """Name of the bridge. Example: mcu-1"""
    ports: Ports
    """Video ports, used and free. Example: 300"""


class SetClock(Action):
    """An endpoint's own clock goes wrong."""

    exactly_one = ("ahead", "behind")
    device: Text
    """Name of the endpoint. Example: vc-00115"""
    ahead: Duration | None = None
    """How far its clock is ahead. Example: 90s"""
    behind: Duration | None = None
    """How far its clock is behind. Example: 90s"""

    @property
    def offset(self) -> float:
        """Seconds ahead; negative is behind."""
        return (self.ahead or 0.0) - (self.behind or 0.0)


class Congest(Action):
    """Calls whose traffic crosses a link or a device suffer."""

    exactly_one = ("link", "device")
    link: Text | None = None
    """Name of the link. Example: rt-00115--ag-004-1"""
    device: Text | None = None
    """Name of the device. Example: rt-00115"""
    loss: Share = 0.03
    """Share of packets lost in addition. Example: 3%"""
    jitter: Milliseconds = 40.0
    """Jitter in addition. Example: 40ms"""
    latency: Milliseconds = 60.0
    """Delay in addition. Example: 60ms"""


class Switch(Action):
    """Somebody switches endpoints off or on."""

    endpoints: Endpoints
    """Endpoints: all, a district's, or a list of devices and sites. Example: [vc-00115]"""


class Break(Action):
    """A part of an endpoint fails while the endpoint goes on."""

    device: Text
    """Name of the endpoint. Example: vc-00115"""
    part: PartName
    """camera, microphone, display, sip, h323 or telemetry (MQTT falls silent). Example: camera"""


class ServiceDown(Action):
    """A city service answers 503."""

    service: Text
    """Name of the service. Example: mail"""


class ServiceSlow(Action):
    """A city service answers late."""

    service: Text
    """Name of the service. Example: mail"""
    delay: Duration = 8.0
    """How late it answers. Example: 8s"""


class Isolate(Action):
    """The collector's own line is cut: nothing at all answers."""

    short = ({"const": "vantage"},)

    vantage: Annotated[bool, Field(default=True)]
    """Written as `isolate: vantage`. Example: true"""

    @model_validator(mode="before")
    @classmethod
    def _word(cls, value: Any) -> Any:
        if value not in ("vantage", {}, {"vantage": "true"}):
            raise WrittenWrongError("only the vantage can be isolated", "write `isolate: vantage`")
        return {}


class Repair(Action):
    """Everything that was done to one thing is undone, or `all` of it."""

    exactly_one = ("link", "cable", "device", "site", "service", "vantage", "all")
    short = ({"enum": ["all", "vantage"]},)
    link: Text | None = None
    """Name of the link. Example: rt-00115--ag-004-1"""
    cable: Text | None = None
    """Name of the cable. Example: south-ring"""
    device: Text | None = None
    """Name of the device. Example: rt-00115"""
    site: Text | None = None
    """Code of the site. Example: d-004"""
    service: Text | None = None
    """Name of the service. Example: mail"""
    vantage: Text | None = None
    """Written as `repair: vantage`. Example: true"""
    all: Text | None = None
    """Written as `repair: all`. Example: true"""

    @model_validator(mode="before")
    @classmethod
    def _word(cls, value: Any) -> Any:
        return {value: "true"} if value in ("all", "vantage") else value or {"all": "true"}


VERBS: Mapping[str, type[Action]] = MappingProxyType(
    {
        "cut": Cut,
        "kill": Kill,
        "power_off": PowerOff,
        "mains_off": MainsOff,
        "reboot": Reboot,
        "agent_down": AgentDown,
        "loss": Lose,
        "flap": Flap,
        "call": Call,
        "limit": Limit,
        "clock": SetClock,
        "congest": Congest,
        "switch_off": Switch,
        "switch_on": Switch,
        "break": Break,
        "service_down": ServiceDown,
        "service_slow": ServiceSlow,
        "isolate": Isolate,
        "repair": Repair,
    }
)
