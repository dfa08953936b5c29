"""Families of video-conference health: values only while they are true, absent outside a call (DESIGN §6)."""

from collector.metrics.family import IDENTITY, Family, Kind

REGISTERED = Family(
    "citynoc_conference_registered",
    Kind.GAUGE,
    "1 if the endpoint is registered by the protocol (sip, h323), 0 if not.",
    (*IDENTITY, "protocol"),
)
IN_CALL = Family(
    "citynoc_conference_in_call", Kind.GAUGE, "1 while the endpoint is in a call, else 0.", IDENTITY
)
PACKET_LOSS = Family(
    "citynoc_conference_packet_loss_ratio",
    Kind.GAUGE,
    "Share of packets lost, 0 to 1, by direction (rx, tx) and media (audio, video, content, all).",
    (*IDENTITY, "direction", "media"),
    unit="ratio",
)
JITTER = Family(
    "citynoc_conference_jitter_seconds",
    Kind.GAUGE,
    "Variation of packet delay.",
    (*IDENTITY, "direction", "media"),
    unit="seconds",
)
LATENCY = Family(
    "citynoc_conference_latency_seconds",
    Kind.GAUGE,
    "Packet delay.",
    (*IDENTITY, "direction", "media"),
    unit="seconds",
)
BITRATE = Family(
    "citynoc_conference_bitrate_bits_per_second",
    Kind.GAUGE,
    "Media bit rate.",
    (*IDENTITY, "direction", "media"),
    unit="bits_per_second",
)
FAMILIES = (REGISTERED, IN_CALL, PACKET_LOSS, JITTER, LATENCY, BITRATE)
