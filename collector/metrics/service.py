"""Families of `/metrics`: what the service says of itself."""

from collector.metrics.family import Family, Kind

POLLS = Family(
    "citynoc_poll_outcomes_total",
    Kind.COUNTER,
    "Finished questions by kind (liveness, poll) and result (answer or the failure's kind).",
    ("question", "result"),
)
POLL_SKIPPED = Family(
    "citynoc_poll_skipped_total",
    Kind.COUNTER,
    "Questions not asked because the device's previous one was still open.",
    ("question",),
)
POLL_LATENESS = Family(
    "citynoc_poll_lateness_seconds",
    Kind.GAUGE,
    "How late the scheduler's last tick ran.",
    unit="seconds",
)
POLL_TARGETS = Family(
    "citynoc_poll_targets", Kind.GAUGE, "Devices in the running plan, by question.", ("question",)
)
MQTT_CONNECTED = Family("citynoc_mqtt_connected", Kind.GAUGE, "1 while connected to the broker.")
MQTT_MESSAGES = Family(
    "citynoc_mqtt_messages_total",
    Kind.COUNTER,
    "Messages received by result: accepted, or why one was refused.",
    ("result",),
)
CONFIG_RELOAD_OK = Family(
    "citynoc_config_last_reload_successful",
    Kind.GAUGE,
    "1 if the last configuration read was taken into use.",
)
CONFIG_RELOAD_TIME = Family(
    "citynoc_config_last_reload_success_timestamp_seconds",
    Kind.GAUGE,
    "Unix time at which the running configuration was taken into use.",
    unit="timestamp_seconds",
)
JOURNAL_BEHIND = Family(
    "citynoc_journal_behind",
    Kind.GAUGE,
    "1 while verdicts are exposed that the journal has not yet kept, else 0.",
)
BUILD_INFO = Family(
    "citynoc_build_info", Kind.GAUGE, "Version of the service; always 1.", ("version", "python")
)

FAMILIES = (
    POLLS,
    POLL_SKIPPED,
    POLL_LATENESS,
    POLL_TARGETS,
    MQTT_CONNECTED,
    MQTT_MESSAGES,
    CONFIG_RELOAD_OK,
    CONFIG_RELOAD_TIME,
    JOURNAL_BEHIND,
    BUILD_INFO,
)
