"""Outages and availability: what lasts and what has just ended, how many there were, and what share of time was served."""

from grafana_foundation_sdk.cog import builder as cog
from grafana_foundation_sdk.models import dashboard as grafana

from collector.metrics.state import (
    OUTAGE_ACKNOWLEDGED,
    OUTAGE_ACTIVE,
    OUTAGE_AFFECTED_SITES,
    OUTAGE_INFO,
    OUTAGE_SEVERITY,
    OUTAGE_STARTED,
    SITE_INFO,
)
from dashboards import palette, panels, queries
from dashboards.panels import Column, Frame
from dashboards.queries import DISTRICT, Query, select, worst
from dashboards.sheet import sheet, site_link
from dashboards.words import Speaker

NAME = "outages"
KNOWN = worst(("outage", "kind", "district"), select(OUTAGE_ACTIVE, district=DISTRICT))
SEVERITY = worst(("outage",), select(OUTAGE_SEVERITY))
SERVED = palette.steps((None, palette.VERMILION), (0.99, palette.YELLOW), (0.999, palette.GREEN))


def _among(expr: str) -> str:
    """The series of `expr` whose outage is known, lasting or ended within the hour."""
    return f"{expr} and on (outage) {KNOWN}"


def dashboard(say: Speaker) -> grafana.Dashboard:
    """The dashboard in the speaker's language."""
    return sheet(
        say,
        name=NAME,
        title=say("Outages and availability", "Sự cố và độ sẵn sàng"),
        description=say(
            "Outages of the last hour, how many there were over time, and availability by district and carrier.",
            "Sự cố trong một giờ qua, số sự cố theo thời gian, độ sẵn sàng theo quận huyện và nhà mạng.",
        ),
        panels=[*_list(say), *_history(say), *_availability(say)],
        since="now-24h",
    )


def _list(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    by_outage = ("outage",)
    since = say("Since", "Từ lúc")
    lasts = palette.mapping(
        {0: (say("ended", "đã hết"), palette.GREEN), 1: (say("lasts", "đang diễn ra"), palette.VERMILION)}
    )
    yes_no = palette.mapping(
        {0: (say("nobody", "chưa ai"), palette.ORANGE), 1: (say("yes", "đã nhận"), palette.GREEN)}
    )
    return [
        panels.rows(
            Frame(
                1,
                say("Outages of the last hour", "Sự cố trong một giờ qua"),
                say(
                    "Those that last, and those that ended less than an hour ago. Older ones are in citynoc's journal.",
                    "Sự cố đang diễn ra và đã hết trong một giờ qua. Sự cố cũ hơn có trong nhật ký của citynoc.",
                ),
                say(
                    "No outage is reported. Is the monitor watching?",
                    "Không có sự cố nào được báo. Hệ thống giám sát có đang chạy không?",
                ),
                (0, 0, 24, 9),
            ),
            [
                Query(KNOWN, table=True),
                Query(_among(SEVERITY), table=True),
                Query(_among(f"min by (outage) ({select(OUTAGE_STARTED)}) * 1000"), table=True),
                Query(_among(worst(by_outage, select(OUTAGE_AFFECTED_SITES))), table=True),
                Query(_among(worst(by_outage, select(OUTAGE_ACKNOWLEDGED))), table=True),
                Query(
                    _among(
                        worst(
                            ("outage", "cause", "carrier", "site", "site_name", "district_name"),
                            select(OUTAGE_INFO),
                        )
                    ),
                    table=True,
                ),
            ],
            [
                Column("Value #A", say("Lasts", "Tình trạng"), values=lasts, width=120, coloured=True),
                Column(
                    "Value #B",
                    say("Severity", "Mức độ"),
                    values=palette.states(OUTAGE_SEVERITY, say),
                    width=110,
                    coloured=True,
                ),
                Column("Value #C", since, unit="dateTimeAsLocal", width=180),
                Column("site_name", say("Place", "Nơi"), link=site_link(say)),
                Column("district_name", say("District", "Quận, huyện")),
                Column("kind", say("Kind", "Loại"), width=90),
                Column("cause", say("Cause", "Nguyên nhân")),
                Column("Value #D", say("Sites", "Số điểm"), unit="none", width=80),
                Column("carrier", say("Carrier", "Nhà mạng"), width=100),
                Column("Value #E", say("Acknowledged", "Đã nhận"), values=yes_no, width=110, coloured=True),
                Column("site", say("Code", "Mã"), width=80),
                Column("outage", say("Id", "Mã sự cố")),
            ],
            by="outage",
            first=since,
        )
    ]


def _history(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    pages, warnings = say("outages", "sự cố"), say("degraded", "suy giảm dự phòng")
    return [
        panels.lines(
            Frame(
                2,
                say("Alerts over time", "Cảnh báo theo thời gian"),
                say(
                    "Outages that paged and warnings about lost redundancy, as Prometheus fired them.",
                    "Sự cố đã báo động và cảnh báo mất dự phòng, theo Prometheus.",
                ),
                say("None has fired", "Chưa có cảnh báo nào"),
                (0, 9, 24, 7),
            ),
            [
                Query(
                    f"count({select(queries.ALERTS, alertname='CitynocOutage', alertstate='firing')})", pages
                ),
                Query(
                    f"count({select(queries.ALERTS, alertname='CitynocDegraded', alertstate='firing')})",
                    warnings,
                ),
            ],
            unit="none",
            colours={pages: palette.VERMILION, warnings: palette.YELLOW},
        )
    ]


def _availability(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    by_district = ("district",)
    communes = f"count by (district, district_name) ({queries.communes(district=DISTRICT)})"
    names = worst(("district", "district_name"), select(SITE_INFO, kind="commune", district=DISTRICT))
    connected = worst(
        by_district, f"avg_over_time({select(queries.DISTRICT_CONNECTED, district=DISTRICT)}[$__range])"
    )
    return [
        panels.bars(
            Frame(
                3,
                say("Availability by district", "Độ sẵn sàng theo quận, huyện"),
                say(
                    "Mean share of a district's communes that were connected in the chosen time. Time without watching is left out.",
                    "Tỷ lệ trung bình xã, phường có kết nối trong thời gian đã chọn. Không tính lúc không giám sát.",
                ),
                say("Nothing recorded yet", "Chưa có số liệu"),
                (0, 16, 14, 18),
            ),
            [
                Query(
                    f"sort({connected} / on (district) group_right () ({communes} * on (district, district_name) {names}))",
                    "{{district_name}}",
                    instant=True,
                )
            ],
            unit="percentunit",
            steps=SERVED,
        ),
        panels.bars(
            Frame(
                4,
                say("Availability by carrier", "Độ sẵn sàng theo nhà mạng"),
                say(
                    "Mean share of a carrier's uplinks that worked in the chosen time.",
                    "Tỷ lệ trung bình đường lên của nhà mạng hoạt động trong thời gian đã chọn.",
                ),
                say("Nothing recorded yet", "Chưa có số liệu"),
                (14, 16, 10, 9),
            ),
            [
                Query(
                    worst(queries.LINKED, f"avg_over_time({select(queries.CARRIER_WORKING)}[$__range])"),
                    "{{carrier}}",
                    instant=True,
                )
            ],
            unit=palette.unit(queries.CARRIER_WORKING),
            steps=SERVED,
        ),
        panels.lines(
            Frame(
                5,
                say("Carriers over time", "Nhà mạng theo thời gian"),
                say("Share of a carrier's uplinks that worked.", "Tỷ lệ đường lên của nhà mạng hoạt động."),
                say("Nothing recorded yet", "Chưa có số liệu"),
                (14, 25, 10, 9),
            ),
            [Query(worst(queries.LINKED, select(queries.CARRIER_WORKING)), "{{carrier}}")],
            unit=palette.unit(queries.CARRIER_WORKING),
        ),
    ]
