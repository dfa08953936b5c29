"""Rows about meetings, as City and Conference show them: which, when, and how many can join."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import table

from collector.metrics import Family, meeting
from dashboards import palette, panels
from dashboards.addresses import meeting_link
from dashboards.panels import Column, Frame
from dashboards.queries import Query, select, worst
from dashboards.words import Speaker

BY = ("meeting",)
CHOSEN = "~$meeting"
EVERY = "~.*"
STATE = worst(BY, select(meeting.STATE))


def figure(family: Family, chosen: str) -> str:
    """The family's value by meeting."""
    return worst(BY, select(family, meeting=chosen))


def listed(say: Speaker, frame: Frame, chosen: str) -> table.Panel:
    """A row a meeting, in the order in which they begin."""
    title = f"title_{say.language}"
    state = say("State", "Tình trạng")
    begins = say("Begins in", "Bắt đầu sau")
    figures: Sequence[tuple[str, Family, int]] = (
        (say("Sites", "Số điểm"), meeting.PARTICIPANTS, 70),
        (say("Ready", "Sẵn sàng"), meeting.READY, 90),
        (say("Not ready", "Chưa sẵn sàng"), meeting.NOT_READY, 120),
        (say("Unknown", "Chưa rõ"), meeting.UNKNOWN, 90),
        (say("In the call", "Đã vào họp"), meeting.CONNECTED, 100),
    )
    letters = panels.LETTERS[3:]
    return panels.rows(
        frame,
        [
            Query(figure(meeting.STATE, chosen), table=True),
            Query(f"{figure(meeting.START, chosen)} - time()", table=True),
            Query(worst(("meeting", title), select(meeting.INFO, meeting=chosen)), table=True),
            *(Query(figure(family, chosen), table=True) for _, family, _ in figures),
        ],
        [
            Column("Value #A", state, values=palette.states(meeting.STATE, say), width=110, coloured=True),
            Column(title, say("Meeting", "Cuộc họp"), link=meeting_link(say)),
            Column("Value #B", begins, unit="dtdurations", width=130),
            *(
                Column(f"Value #{letter}", heading, unit="none", width=width)
                for letter, (heading, _, width) in zip(letters, figures, strict=False)
            ),
            Column("meeting", say("Id", "Mã cuộc họp"), width=140),
        ],
        by="meeting",
        first=begins,
        descending=False,
    )
