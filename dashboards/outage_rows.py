"""Rows about outages: the questions and columns that every table of outages has in common."""

from collections.abc import Callable

from collector.metrics import meeting
from collector.metrics.state import (
    OUTAGE_ACKNOWLEDGED,
    OUTAGE_ACTIVE,
    OUTAGE_AFFECTED_DEVICES,
    OUTAGE_AFFECTED_SITES,
    OUTAGE_INFO,
    OUTAGE_SEVERITY,
    OUTAGE_STARTED,
)
from dashboards import palette
from dashboards.addresses import site_link
from dashboards.panels import Column
from dashboards.queries import DISTRICT, Query, select, worst
from dashboards.words import Speaker

BY = ("outage",)
KNOWN = worst(("outage", "kind", "district"), select(OUTAGE_ACTIVE, district=DISTRICT))
"""Outages of the chosen districts, 1 while they last and 0 for an hour after."""
LASTING = f"({KNOWN} == 1)"

SEVERITY = worst(BY, select(OUTAGE_SEVERITY))
SITES = worst(BY, select(OUTAGE_AFFECTED_SITES))
DEVICES = worst(BY, select(OUTAGE_AFFECTED_DEVICES))
TAKEN = worst(BY, select(OUTAGE_ACKNOWLEDGED))
MEETING_IN = f"min by (outage) ({select(meeting.OUTAGE_MEETING)}) - time()"
"""Seconds until the first of the meetings begins that the outage puts at risk; below 0 while it runs."""
STARTED = f"min by (outage) ({select(OUTAGE_STARTED)})"
PLACED = worst(("outage", "cause", "carrier", "site", "site_name", "district_name"), select(OUTAGE_INFO))


def among(known: str) -> Callable[[str], Query]:
    """Asks for the rows of an expression whose outage is in `known`."""
    return lambda expr: Query(f"{expr} and on (outage) {known}", table=True)


class Columns:
    """The columns in one language; those of a value are told which query's (`A`, `B`, …) it is."""

    def __init__(self, say: Speaker) -> None:
        self._say = say

    def lasts(self, query: str) -> Column:
        """Whether it goes on."""
        words = palette.lasts(self._say)
        return Column(
            f"Value #{query}", self._say("Lasts", "Tình trạng"), values=words, width=120, coloured=True
        )

    def severity(self, query: str) -> Column:
        """How bad, in word and colour."""
        words = palette.states(OUTAGE_SEVERITY, self._say)
        return Column(
            f"Value #{query}", self._say("Severity", "Mức độ"), values=words, width=110, coloured=True
        )

    def taken(self, query: str) -> Column:
        """Whether somebody is on it."""
        words = palette.taken(self._say)
        return Column(
            f"Value #{query}", self._say("Acknowledged", "Đã nhận"), values=words, width=110, coloured=True
        )

    def since(self, query: str) -> Column:
        """When it began; the query gives milliseconds."""
        return Column(f"Value #{query}", self._say("Since", "Từ lúc"), unit="dateTimeAsLocal", width=180)

    def sites(self, query: str) -> Column:
        """How many sites it cuts off."""
        return Column(f"Value #{query}", self._say("Sites", "Số điểm"), unit="none", width=80)

    def devices(self, query: str) -> Column:
        """How many devices stand in its shadow."""
        return Column(f"Value #{query}", self._say("Devices", "Thiết bị"), unit="none", width=80)

    def meeting_in(self, query: str) -> Column:
        """When the next meeting begins that it puts at risk."""
        return Column(f"Value #{query}", self._say("Meeting in", "Họp sau"), unit="dtdurations", width=110)

    def place(self) -> tuple[Column, Column]:
        """Where, with the way to the site, and in which district."""
        say = self._say
        return (
            Column("site_name", say("Place", "Nơi"), link=site_link(say)),
            Column("district_name", say("District", "Quận, huyện")),
        )

    def cause(self) -> Column:
        """What broke."""
        return Column("cause", self._say("Cause", "Nguyên nhân"))

    def carrier(self) -> Column:
        """Whose cable it is."""
        return Column("carrier", self._say("Carrier", "Nhà mạng"), width=100)

    def code(self) -> Column:
        """The site's code, which the link of `place` needs."""
        return Column("site", self._say("Code", "Mã"), width=80)

    def id(self) -> Column:
        """The outage's name."""
        return Column("outage", self._say("Id", "Mã sự cố"))
