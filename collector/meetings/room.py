"""What speaks against one endpoint: first whether it can be reached at all, then whether what is reached can confer. Pure.

What is cut off is not asked how it is: its last words are over. A reason needs its evidence; where no source exists
(a vendor that tells no clock, no certificate), the reason never appears.
"""

from collections.abc import Iterator

from collector.meetings.limits import REFUSED_CLOCK, Limits
from collector.meetings.readings import Heard, Reading, Silence
from collector.meetings.reasons import Code, Reason, Teller, Weight
from collector.metrics import conference
from collector.model import Device, Inventory, Role
from collector.outages.state import CityState, DeviceVerdict, Outage, State
from collector.outcome import FailureKind

CALL = conference.IN_CALL.name
REGISTERED = conference.REGISTERED.name
COMPONENT = conference.COMPONENT_OK.name
QUALITY = conference.QUALITY.name
CERTIFICATE = conference.CERTIFICATE_EXPIRY.name
CLOCK = conference.CLOCK_OFFSET.name
LOSS, JITTER, LATENCY = conference.PACKET_LOSS.name, conference.JITTER.name, conference.LATENCY.name
TEMPERATURE = "citynoc_device_temperature_celsius"
PROTOCOLS = {"sip": "SIP", "h323": "H.323"}
COMPONENTS = {"microphone": Code.MICROPHONE, "camera": Code.CAMERA, "display": Code.DISPLAY}
POOR, FAIR = 2, 1
NEVER_SPOKE = "no telemetry yet"
A_CROWD = 5
"""So many clocks that are wrong alike are no coincidence, if they are most of all."""
ALIKE = 10.0
"""Seconds by which clocks that are wrong for one cause differ: messages wait, and some tell whole seconds."""


class Room:
    """Looks at one endpoint after the other at one moment of one meeting."""

    def __init__(
        self,
        inventory: Inventory,
        state: CityState,
        tell: Teller,
        limits: Limits,
        until: float,
        *,
        running: bool,
    ) -> None:
        self.tell = tell
        self._devices = inventory.devices
        self._state = state
        self._limits = limits
        self._until = until
        self._running = running
        self._offsets: list[float] = []
        self._refused = 0
        self._outages: dict[str, Outage] = {}
        for one in state.outages:
            before = self._outages.get(one.id)
            if before is None or before.ended is not None or one.started > before.started:
                self._outages[one.id] = one

    def router(self, endpoint: Device) -> Device | None:
        """The router of the endpoint's own site that it stands behind."""
        for link in endpoint.uplinks:
            parent = self._devices.get(link.parent)
            if parent is not None and parent.role is Role.ROUTER and parent.site == endpoint.site:
                return parent
        return None

    # -- can it be reached? --------------------------------------------------------------------------------

    def way(self, device: Device, heard: Heard) -> Reason | None:
        """Why nothing can be asked of the endpoint; None if it lives."""
        if self._state.blind:
            return self.tell.say(Code.BLIND, weight=Weight.DOUBT)
        verdict = self._state.devices.get(device.name)
        if verdict is None:
            return self.tell.say(Code.NO_EVIDENCE, weight=Weight.DOUBT, device=device.name)
        if verdict.state in (State.UP, State.AGENT_DOWN):
            return None
        if verdict.state is State.UNKNOWN:
            return self._unheard(device, verdict, heard)
        return self._cut(device, verdict)

    def _cut(self, device: Device, verdict: DeviceVerdict) -> Reason:
        """Down, in a shadow, or in maintenance and silent."""
        router = self.router(device)
        outage = self._outages.get(verdict.cause or "")
        since = verdict.since if outage is None else outage.started
        cause = verdict.cause or ""
        if verdict.state is State.MAINTENANCE:
            return self.tell.say(Code.MAINTENANCE, device=device.name, since=since, cause=cause)
        if cause == f"device:{device.name}":
            return self.tell.say(Code.ENDPOINT_DOWN, device=device.name, since=since, cause=cause)
        if router is not None and cause == f"device:{router.name}":
            return self.tell.say(Code.ROUTER_DOWN, device=router.name, since=since, cause=cause)
        if cause:
            return self.tell.say(Code.SHADOW, since=since, cause=cause)
        above = self._state.devices.get(router.name) if router is not None else None
        if router is not None and above is not None and above.state is State.MAINTENANCE:
            return self.tell.say(Code.MAINTENANCE, device=router.name, since=above.since)
        first = device.uplinks[0].parent if device.uplinks else device.name
        named = first if router is None else router.name
        return self.tell.say(Code.SHADOW, "plain", device=named, since=since)

    def _unheard(self, device: Device, verdict: DeviceVerdict, heard: Heard) -> Reason | None:
        """The judge cannot tell: asked and silent, or no way to hear of it."""
        if verdict.answered is False:
            since = verdict.last_heard if verdict.last_heard is not None else verdict.since
            return self.tell.say(Code.ENDPOINT_OFF, device=device.name, since=since)
        if heard.reading:
            return None
        stale = self._stale(device, heard.silence, Weight.STOP, lives=False)
        return stale or self.tell.say(Code.NO_EVIDENCE, weight=Weight.DOUBT, device=device.name)

    # -- can it confer? ------------------------------------------------------------------------------------

    def inside(self, device: Device, heard: Heard, now: float) -> list[Reason]:
        """Everything that speaks against an endpoint that lives, in no order."""
        found: list[Reason] = []
        reading, router = heard.reading, self.router(device)
        in_call = reading.get((CALL,), 0) > 0
        found.extend(self._registration(device, reading, in_call=in_call))
        found.extend(self._parts(device, reading, now))
        if in_call:
            found.extend(self._call(reading))
        elif self._running and (CALL,) in reading:
            found.append(self.tell.say(Code.NOT_IN_CALL, weight=Weight.NOTE))
        own = Weight.NOTE if in_call else Weight.STOP
        stale = self._stale(device, heard.silence, own, lives=True)
        if stale is not None:
            if stale.weight is Weight.STOP:  # then it is no news that it says nothing of its registration
                found = [reason for reason in found if reason.code is not Code.REGISTRATION_UNKNOWN]
            found.append(stale)
        loss = heard.line.loss(self._limits.loss) if heard.line is not None else None
        if loss is not None and router is not None:
            variant, link = ("asked", router.name) if loss.asked else ("", loss.link)
            found.append(self.tell.say(Code.UPLINK_LOSS, variant, percent=_percent(loss.share), link=link))
        found.extend(self._around(device, router))
        return found

    def _registration(self, device: Device, reading: Reading, *, in_call: bool) -> Iterator[Reason]:
        told = {name: reading[(REGISTERED, name)] for name in PROTOCOLS if (REGISTERED, name) in reading}
        if any(told.values()):
            return
        if told:
            protocols = ", ".join(PROTOCOLS[name] for name in told)
            weight = Weight.NOTE if in_call else Weight.STOP
            yield self.tell.say(Code.NOT_REGISTERED, weight=weight, device=device.name, protocols=protocols)
        elif not in_call:
            yield self.tell.say(Code.REGISTRATION_UNKNOWN, weight=Weight.DOUBT, device=device.name)

    def _parts(self, device: Device, reading: Reading, now: float) -> Iterator[Reason]:
        limits, tell, name = self._limits, self.tell, device.name
        for component, code in COMPONENTS.items():
            if reading.get((COMPONENT, component), 1) == 0:
                yield tell.say(code, device=name)
        expiry = reading.get((CERTIFICATE,))
        if expiry is not None and expiry < now + limits.certificate_noted:
            weight = Weight.STOP if expiry < self._until else Weight.NOTE
            variant = "over" if expiry <= now else ""
            yield tell.say(Code.CERTIFICATE, variant, weight=weight, device=name, when=expiry)
        offset = reading.get((CLOCK,))
        if offset is not None:
            self._offsets.append(offset)
        if offset is not None and abs(offset) >= limits.clock:
            variant = "ahead" if offset > 0 else "behind"
            yield tell.say(Code.CLOCK, variant, device=name, seconds=round(abs(offset)))
        heat = max((value for key, value in reading.items() if key[0] == TEMPERATURE), default=None)
        if heat is not None and heat >= limits.warm:
            weight = Weight.STOP if heat >= limits.hot else Weight.NOTE
            yield tell.say(Code.TEMPERATURE, weight=weight, device=name, celsius=round(heat))

    def common_clock(self) -> Reason | None:
        """After everybody was looked at: most clocks are wrong alike, so that it is ours, or the one they are set by."""
        told = len(self._offsets) + self._refused
        if self._refused >= A_CROWD and 2 * self._refused > told:
            seconds = round(REFUSED_CLOCK)
            return self.tell.say(
                Code.CLOCK, "all.refused", weight=Weight.NOTE, number=self._refused, all=told, seconds=seconds
            )
        middle = sorted(self._offsets)[len(self._offsets) // 2] if self._offsets else 0.0
        alike = sum(1 for one in self._offsets if abs(one - middle) <= ALIKE)
        if abs(middle) < self._limits.clock or alike < A_CROWD or 2 * alike <= told:
            return None
        variant = "all.ahead" if middle > 0 else "all.behind"
        seconds = round(abs(middle))
        return self.tell.say(Code.CLOCK, variant, weight=Weight.NOTE, number=alike, all=told, seconds=seconds)

    def _call(self, reading: Reading) -> Iterator[Reason]:
        """What the call suffers from: by its grade if it has one, else by loss alone."""
        limits = self._limits
        grade = max(
            (reading[QUALITY, way] for way in ("rx", "tx") if (QUALITY, way) in reading), default=None
        )
        loss, way = max(
            ((value, key[1]) for key, value in reading.items() if key[0] == LOSS), default=(0.0, "rx")
        )
        if grade is None:
            grade = POOR if loss >= limits.loss else FAIR if loss >= limits.loss_noted else 0
        if grade < FAIR:
            return
        weight = Weight.STOP if grade >= POOR else Weight.NOTE
        jitter = max((value for key, value in reading.items() if key[0] == JITTER), default=0.0)
        latency = max((value for key, value in reading.items() if key[0] == LATENCY), default=0.0)
        if loss >= limits.loss_noted or (jitter < limits.jitter and latency < limits.latency):
            yield self.tell.say(Code.CALL_LOSS, way, weight=weight, percent=_percent(loss))
        elif jitter / limits.jitter >= latency / limits.latency:
            yield self.tell.say(Code.JITTER, weight=weight, ms=round(jitter * 1000))
        else:
            yield self.tell.say(Code.LATENCY, weight=weight, ms=round(latency * 1000))

    def _around(self, device: Device, router: Device | None) -> Iterator[Reason]:
        for one in (device, router):
            if one is not None and one.name in self._state.maintenance:
                yield self.tell.say(Code.MAINTENANCE, "planned", weight=Weight.NOTE, device=one.name)
        if self._state.redundancy_lost.get(device.site):
            yield self.tell.say(Code.REDUNDANCY_LOST, weight=Weight.NOTE)

    def _stale(self, device: Device, silence: Silence | None, own: Weight, *, lives: bool) -> Reason | None:
        """Telemetry is missing: whose fault it is. `own` is what the endpoint's own fault weighs.

        A broker or gateway that is silent says nothing about the endpoint, nor does an endpoint that was never set
        up to publish: a doubt, and a note where it lives and answers otherwise.
        """
        if silence is None:
            return None
        others = Weight.NOTE if lives else Weight.DOUBT
        blame = blamed(silence)
        if blame is Code.CLOCK:
            self._refused += 1
            return self.tell.say(
                Code.CLOCK, "refused", weight=own, device=device.name, seconds=round(REFUSED_CLOCK)
            )
        if blame is Code.GATEWAY_SILENT:
            gateway = silence.detail.partition("the gateway: ")[2].partition(" ")[0]
            return self.tell.say(blame, weight=others, device=device.name, gateway=gateway, since=silence.at)
        is_own = blame is Code.ENDPOINT_STALE and not silence.detail.startswith(NEVER_SPOKE)
        return self.tell.say(blame, weight=own if is_own else others, device=device.name, since=silence.at)


def blamed(silence: Silence) -> Code:
    """Whose fault missing telemetry is, in the listener's words (collector/sources/mqtt_silence.py)."""
    if silence.kind is FailureKind.DECODE:
        return Code.CLOCK if "bad_timestamp" in silence.detail else Code.REFUSED
    if silence.kind is FailureKind.STALLED:
        return Code.BROKER_SILENT
    return Code.GATEWAY_SILENT if "; the gateway: " in silence.detail else Code.ENDPOINT_STALE


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.0095 else f"{100 * share:.1f} %"  # noqa: PLR2004 - shown as 1 %
