"""Families of video-conference health, of endpoints and bridges: values only while they are true, absent outside a call (DESIGN §6)."""

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
FRAME_RATE = Family(
    "citynoc_conference_frame_rate_hertz",
    Kind.GAUGE,
    "Video frames a second.",
    (*IDENTITY, "direction", "media"),
    unit="hertz",
)
VIDEO_HEIGHT = Family(
    "citynoc_conference_video_height_pixels",
    Kind.GAUGE,
    "Lines of the picture (1080 for 1920x1080).",
    (*IDENTITY, "direction", "media"),
    unit="pixels",
)
COMPONENT_OK = Family(
    "citynoc_conference_component_ok",
    Kind.GAUGE,
    "1 if the endpoint's component (camera, microphone, display) works, 0 if not.",
    (*IDENTITY, "component"),
)
CLOCK_OFFSET = Family(
    "citynoc_conference_clock_offset_seconds",
    Kind.GAUGE,
    "How far the endpoint's clock is ahead of ours by its last message; negative is behind.",
    IDENTITY,
    unit="seconds",
)
QUALITY = Family(
    "citynoc_conference_quality",
    Kind.GAUGE,
    "Grade of the call by direction, from loss, jitter and latency by quality.yml; the worst counts.",
    (*IDENTITY, "direction"),
    states=((0, "good"), (1, "fair"), (2, "poor")),
)
BRIDGE_PORTS_USED = Family(
    "citynoc_bridge_ports_used", Kind.GAUGE, "Video ports of the bridge that are in use.", IDENTITY
)
BRIDGE_PORTS_CAPACITY = Family(
    "citynoc_bridge_ports_capacity",
    Kind.GAUGE,
    "Video ports of the bridge, used and free.",
    IDENTITY,
)
BRIDGE_CONFERENCES = Family(
    "citynoc_bridge_conferences", Kind.GAUGE, "Conferences that the bridge carries now.", IDENTITY
)
BRIDGE_REGISTRATIONS = Family(
    "citynoc_bridge_registrations", Kind.GAUGE, "Endpoints that are registered at the bridge.", IDENTITY
)
CERTIFICATE_EXPIRY = Family(
    "citynoc_conference_certificate_expiry_timestamp_seconds",
    Kind.GAUGE,
    "Unix time at which the certificate that the endpoint shows in a call expires.",
    IDENTITY,
    unit="timestamp_seconds",
)
HEARTBEAT_TIME = Family(
    "citynoc_conference_heartbeat_timestamp_seconds",
    Kind.GAUGE,
    "Unix time at which the endpoint's last telemetry message was received.",
    IDENTITY,
    unit="timestamp_seconds",
)
FAMILIES = (
    REGISTERED,
    IN_CALL,
    PACKET_LOSS,
    JITTER,
    LATENCY,
    BITRATE,
    FRAME_RATE,
    VIDEO_HEIGHT,
    COMPONENT_OK,
    CLOCK_OFFSET,
    HEARTBEAT_TIME,
    CERTIFICATE_EXPIRY,
    QUALITY,
    BRIDGE_PORTS_USED,
    BRIDGE_PORTS_CAPACITY,
    BRIDGE_CONFERENCES,
    BRIDGE_REGISTRATIONS,
)
