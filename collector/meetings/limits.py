"""From when on a reading speaks against a participant: `readiness:` of `quality.yml`, or what stands here. Pure.

A note is told and leaves GO, a stop makes NO-GO. What a call suffers from is graded by `collector.conference`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Each is reached by a reading that is as bad or worse. Base units."""

    loss: float = 0.03
    """Share of packets, on the uplink, and in a call that is not graded: pictures freeze, words are lost. A stop."""
    loss_noted: float = 0.01
    clock: float = 60.0
    """Seconds off, either way. A stop."""
    hot: float = 75.0
    """Degrees Celsius inside. A stop."""
    warm: float = 65.0
    certificate_noted: float = 14 * 86400.0
    """Seconds that it has left. One that ends before the meeting does is a stop, whatever stands here."""
    jitter: float = 0.03
    """Seconds, and latency one way, up to which they are not what a call suffers from: good calls have as much."""
    latency: float = 0.15


LIMITS = Limits()
"""Of a city that says nothing else; the same as in the shipped file."""

REFUSED_CLOCK = 300.0
"""Seconds off from which on a message is refused for its time stamp (collector/sources/mqtt_publisher.py)."""
