"""Outages and availability: what lasts and what has just ended, how long repairs take, what share of time was served."""

from grafana_foundation_sdk.cog import builder as cog
from grafana_foundation_sdk.models import dashboard as grafana

from dashboards import availability, components, outage_rows, palette, panels, queries, variables
from dashboards.outage_rows import KNOWN, SEVERITY, STARTED
from dashboards.panels import Frame
from dashboards.queries import CARRIER, Query, select
from dashboards.sheet import sheet
from dashboards.words import Speaker

NAME = "outages"


def dashboard(say: Speaker) -> grafana.Dashboard:
    """The dashboard in the speaker's language."""
    return sheet(
        say,
        name=NAME,
        title=say("Outages and availability", "Sự cố và độ sẵn sàng"),
        description=say(
            "Outages of the last hour, how long repairs took, and availability by carrier and district.",
            "Sự cố trong một giờ qua, thời gian khắc phục, độ sẵn sàng theo nhà mạng và quận huyện.",
        ),
        panels=[
            *_list(say),
            *availability.repairs(say),
            *availability.carriers(say),
            *_history(say),
            *availability.districts(say),
        ],
        chosen=[variables.carrier(say)],
        since="now-24h",
    )


def _list(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    column = outage_rows.Columns(say)
    known = outage_rows.among(KNOWN)
    since = column.since("C")
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
                known(SEVERITY),
                known(f"{STARTED} * 1000"),
                known(outage_rows.SITES),
                known(outage_rows.TAKEN),
                known(outage_rows.PLACED),
            ],
            [
                column.lasts("A"),
                column.severity("B"),
                since,
                *column.place(),
                panels.Column("kind", say("Kind", "Loại"), width=90),
                column.cause(),
                column.sites("D"),
                column.carrier(),
                column.taken("E"),
                column.code(),
                column.id(),
            ],
            by="outage",
            first=since.title,
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
                (0, 20, 12, 8),
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
        ),
        components.carriers_over_time(say, 5, (12, 20, 12, 8), CARRIER),
    ]
