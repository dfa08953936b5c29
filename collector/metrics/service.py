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
POLL_IN_FLIGHT = Family("citynoc_poll_in_flight", Kind.GAUGE, "Questions asked and not finished yet.")
POLL_MISSING_OBJECTS = Family(
    "citynoc_poll_missing_objects_total",
    Kind.COUNTER,
    "Objects that a profile asks for and an answering device does not have.",
)
SNMP_SENT_PACKETS = Family(
    "citynoc_snmp_sent_packets_total", Kind.COUNTER, "SNMP requests put on the wire, re-asks included."
)
SNMP_RECEIVED_PACKETS = Family(
    "citynoc_snmp_received_packets_total",
    Kind.COUNTER,
    "Datagrams read from the SNMP socket, the ignored ones included.",
)
SNMP_IGNORED = Family(
    "citynoc_snmp_ignored_datagrams_total",
    Kind.COUNTER,
    "Datagrams that were not the answer to an open question, by reason.",
    ("reason",),
)
SNMP_DISCOVERIES = Family(
    "citynoc_snmp_discoveries_total",
    Kind.COUNTER,
    "Times that a device's rows were found anew: first poll, restart, a sign of change, or every ten minutes.",
)
SNMP_SHRUNK = Family(
    "citynoc_snmp_shrunk_devices",
    Kind.GAUGE,
    "Devices that are asked smaller questions than usual, because large ones were too big, lost or slow.",
)
SNMP_SMALLEST = Family(
    "citynoc_snmp_smallest_question_objects",
    Kind.GAUGE,
    "Objects in one question to the device that takes the fewest.",
)
SNMP_STALLS = Family(
    "citynoc_snmp_stalls_total",
    Kind.COUNTER,
    "Pauses of the process after which open questions proved nothing.",
)
MQTT_CONNECTED = Family("citynoc_mqtt_connected", Kind.GAUGE, "1 while connected to the broker.")
MQTT_MESSAGES = Family(
    "citynoc_mqtt_messages_total",
    Kind.COUNTER,
    "Messages received by result: accepted, or why one was refused.",
    ("result",),
)
TRAPS_LISTENING = Family(
    "citynoc_traps_listening",
    Kind.GAUGE,
    "1 while the port for SNMP traps and informs is ours, 0 if it cannot be had.",
)
TRAP_MESSAGES = Family(
    "citynoc_trap_messages_total",
    Kind.COUNTER,
    "Datagrams on the port for traps and informs by result: accepted, or what else became of one.",
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
CALENDAR_READ = Family(
    "citynoc_meeting_calendar_read",
    Kind.GAUGE,
    "1 if the calendar file of that name in meetings.yml could be read when the running configuration was, 0 if not.",
    ("calendar",),
)
JOURNAL_BEHIND = Family(
    "citynoc_journal_behind",
    Kind.GAUGE,
    "1 while verdicts are exposed that the journal has not yet kept: a crash now would forget them.",
)
JOURNAL_LOST = Family(
    "citynoc_journal_lost_rows_total",
    Kind.COUNTER,
    "Rows that will never be in the journal, by reason: refused (no file would take them), overflow (they waited too long"
    " for a file that could not be written), unreadable (outages of an earlier life that could not be taken up).",
    ("reason",),
)
JOURNAL_RESTARTS = Family(
    "citynoc_journal_writer_restarts_total",
    Kind.COUNTER,
    "Times that the journal's writer broke for a reason that nobody foresaw, and began anew.",
)
SILENCE_READS = Family(
    "citynoc_silence_reads_total",
    Kind.COUNTER,
    "Looks at Alertmanager's silences, which tell who has taken an outage, by result: answered or what went wrong.",
    ("result",),
)
EXPOSED_SERIES = Family(
    "citynoc_exposition_series", Kind.GAUGE, "Series in the last complete answer, by endpoint.", ("endpoint",)
)
SCRAPE_DURATION = Family(
    "citynoc_scrape_duration_seconds",
    Kind.GAUGE,
    "From request to the last byte written, of the last complete answer.",
    ("endpoint",),
    unit="seconds",
)
SCRAPE_SIZE = Family(
    "citynoc_scrape_size_bytes",
    Kind.GAUGE,
    "Size of the last complete answer before compression.",
    ("endpoint",),
    unit="bytes",
)
HTTP_REQUESTS = Family(
    "citynoc_http_requests_total",
    Kind.COUNTER,
    "Requests answered, by endpoint and status code.",
    ("endpoint", "code"),
)
HTTP_ABORTED = Family(
    "citynoc_http_aborted_total",
    Kind.COUNTER,
    "Answers not written to the end: the client went away or was too slow.",
    ("endpoint",),
)
BUILD_INFO = Family(
    "citynoc_build_info", Kind.GAUGE, "Version of the service; always 1.", ("version", "python")
)

FAMILIES = (
    POLLS,
    POLL_SKIPPED,
    POLL_LATENESS,
    POLL_TARGETS,
    POLL_IN_FLIGHT,
    POLL_MISSING_OBJECTS,
    SNMP_SENT_PACKETS,
    SNMP_RECEIVED_PACKETS,
    SNMP_IGNORED,
    SNMP_DISCOVERIES,
    SNMP_SHRUNK,
    SNMP_SMALLEST,
    SNMP_STALLS,
    MQTT_CONNECTED,
    MQTT_MESSAGES,
    TRAPS_LISTENING,
    TRAP_MESSAGES,
    CONFIG_RELOAD_OK,
    CONFIG_RELOAD_TIME,
    CALENDAR_READ,
    JOURNAL_BEHIND,
    JOURNAL_LOST,
    JOURNAL_RESTARTS,
    SILENCE_READS,
    EXPOSED_SERIES,
    SCRAPE_DURATION,
    SCRAPE_SIZE,
    HTTP_REQUESTS,
    HTTP_ABORTED,
    BUILD_INFO,
)
