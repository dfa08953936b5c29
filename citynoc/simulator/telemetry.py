"""What an endpoint says of itself over MQTT: topics and Telegraf JSON in the native convention. Pure.

Media fields are there only in a call: a quality of zero would be a measurement that nobody made.
"""

import json
from typing import Any

from citynoc.simulator.machine import Machine
from citynoc.simulator.world import World

ONLINE, OFFLINE = b"online", b"offline"


def topic(machine: Machine, leaf: str) -> str:
    """`city/v1/<site>/<device>/<leaf>`."""
    return f"city/v1/{machine.device.site}/{machine.device.name}/{leaf}"


def payload(world: World, machine: Machine, now: float) -> bytes:
    """One telemetry message as of now."""
    faulty = machine.faulty
    fields: dict[str, Any] = {
        "registered_sip": int("sip" not in faulty),
        "registered_h323": int("h323" not in faulty),
        "in_call": int(machine.call is not None),
        "temperature_c": round(world.temperature(machine, now), 1),
        "camera_ok": int("camera" not in faulty),
        "microphone_ok": int("microphone" not in faulty),
        "display_ok": int("display" not in faulty),
    }
    if machine.call is not None:
        quality = world.quality(machine, now)
        fields |= {
            "rx_loss_ratio": round(quality.rx_loss, 6),
            "tx_loss_ratio": round(quality.tx_loss, 6),
            "rx_jitter_ms": round(quality.rx_jitter_ms, 2),
            "tx_jitter_ms": round(quality.tx_jitter_ms, 2),
            "latency_ms": round(quality.latency_ms, 2),
            "rx_kbps": quality.rx_kbps,
            "tx_kbps": quality.tx_kbps,
            "frame_rate": quality.frame_rate,
            "rx_height_px": quality.height,
        }
    message = {
        "name": "conference",
        "tags": {"device": machine.device.name, "software": machine.kind.software},
        "fields": fields,
        "timestamp": int(now + machine.clock_ahead),
    }
    return json.dumps(message, separators=(",", ":")).encode()
