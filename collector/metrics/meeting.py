"""Families of meetings at `/metrics/state`: when one is, who takes part, and whether each participant can join.

One sitting a meeting at a time: the one that runs, or the next within a day, until an hour after its end.
"""

from collector.metrics.family import Family, Kind

STATES = ((0, "planned"), (1, "preparing"), (2, "running"), (3, "ended"))

INFO = Family(
    "citynoc_meeting_info",
    Kind.GAUGE,
    "Title of a meeting in both languages; always 1.",
    ("meeting", "title_vi", "title_en"),
)
START = Family(
    "citynoc_meeting_start_timestamp_seconds",
    Kind.GAUGE,
    "Unix time at which the meeting begins.",
    ("meeting",),
    unit="timestamp_seconds",
)
END = Family(
    "citynoc_meeting_end_timestamp_seconds",
    Kind.GAUGE,
    "Unix time at which the meeting ends.",
    ("meeting",),
    unit="timestamp_seconds",
)
STATE = Family(
    "citynoc_meeting_state",
    Kind.GAUGE,
    "0 planned, 1 preparing (from 60 minutes before), 2 running, 3 ended.",
    ("meeting",),
    states=STATES,
)
PARTICIPANTS = Family("citynoc_meeting_participants", Kind.GAUGE, "Sites that take part.", ("meeting",))
BRIDGE_PORTS = Family(
    "citynoc_meeting_bridge_ports",
    Kind.GAUGE,
    "Ports that the meeting's bridges have in all, used or not; absent unless each bridge says, and after the end.",
    ("meeting",),
)
BRIDGE_PORTS_WANTED = Family(
    "citynoc_meeting_bridge_ports_wanted",
    Kind.GAUGE,
    "Ports of the meeting's bridges that are wanted at its time, by its endpoints and by those of meetings at the same "
    "time that no other bridge has room for; until 60 minutes before.",
    ("meeting",),
)
READY = Family(
    "citynoc_meeting_ready",
    Kind.GAUGE,
    "Participants that can join (GO); from 60 minutes before to the end.",
    ("meeting",),
)
NOT_READY = Family(
    "citynoc_meeting_not_ready",
    Kind.GAUGE,
    "Participants that cannot join (NO-GO); from 60 minutes before to the end.",
    ("meeting",),
)
UNKNOWN = Family(
    "citynoc_meeting_unknown",
    Kind.GAUGE,
    "Participants of whom it is not known; from 60 minutes before to the end.",
    ("meeting",),
)
CONNECTED = Family(
    "citynoc_meeting_connected",
    Kind.GAUGE,
    "Participants whose endpoint is in a call; from 60 minutes before to the end.",
    ("meeting",),
)
NOT_READY_REASON = Family(
    "citynoc_meeting_not_ready_reason",
    Kind.GAUGE,
    "Participants that cannot join, by their worst reason; for bridge_short the ports that are missing.",
    ("meeting", "reason"),
)
REASON_INFO = Family(
    "citynoc_meeting_reason_info",
    Kind.GAUGE,
    "What a reason that is counted now is called in both languages; always 1.",
    ("reason", "words_vi", "words_en"),
)
SITE_READY = Family(
    "citynoc_meeting_site_ready",
    Kind.GAUGE,
    "1 if the site can join (GO), 0 if not (NO-GO), absent while unknown; from 60 minutes before to the end.",
    ("meeting", "site", "district"),
)
ALARM = Family(
    "citynoc_meeting_alarm",
    Kind.GAUGE,
    "1 while somebody has to be told that a meeting is not ready, at most once a stage: "
    "first (the first NO-GO) and last (ten minutes before the start).",
    ("meeting", "stage"),
)

OUTAGE_MEETING = Family(
    "citynoc_outage_meeting_start_timestamp_seconds",
    Kind.GAUGE,
    "Unix time at which a meeting begins that the outage puts at risk, from an hour before until the meeting's end.",
    ("outage", "meeting"),
    unit="timestamp_seconds",
)

FAMILIES = (
    INFO,
    START,
    END,
    STATE,
    PARTICIPANTS,
    BRIDGE_PORTS,
    BRIDGE_PORTS_WANTED,
    READY,
    NOT_READY,
    UNKNOWN,
    CONNECTED,
    NOT_READY_REASON,
    REASON_INFO,
    SITE_READY,
    ALARM,
    OUTAGE_MEETING,
)
