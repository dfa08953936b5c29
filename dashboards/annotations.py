"""What is marked on every panel with a time axis: where outages began, when meetings ran, what was being worked on.

Grafana joins marks that are no further apart than the step into one stretch of time; an outage is marked once, at the
moment that its value says.
"""

from grafana_foundation_sdk.models import dashboard as grafana

from collector.metrics import meeting
from collector.metrics.state import OUTAGE_STARTED
from dashboards import palette, queries
from dashboards.outage_rows import KNOWN
from dashboards.panels import DATASOURCE
from dashboards.queries import DISTRICT, select, worst
from dashboards.words import Speaker

STEP = "60s"


def outages(say: Speaker) -> grafana.AnnotationQuery:
    """Where each outage of the chosen districts began."""
    return grafana.AnnotationQuery(
        name=say("Outages", "Sự cố"),
        datasource=DATASOURCE,
        enable=True,
        icon_color=palette.VERMILION,
        expr=f"min by (outage) ({select(OUTAGE_STARTED)}) * 1000 and on (outage) {KNOWN}",
        step=STEP,
        title_format=say("Outage began", "Sự cố bắt đầu"),
        text_format="{{outage}}",
        tag_keys="outage",
        use_value_for_time=True,
    )


def meetings(say: Speaker) -> grafana.AnnotationQuery:
    """While a meeting ran."""
    title = f"title_{say.language}"
    named = worst(("meeting", title), select(meeting.INFO))
    running = f"({worst(('meeting',), select(meeting.STATE))} == 2)"
    return grafana.AnnotationQuery(
        name=say("Meetings", "Cuộc họp"),
        datasource=DATASOURCE,
        enable=True,
        icon_color=palette.BLUE,
        expr=f"{running} * on (meeting) group_left ({title}) {named}",
        step=STEP,
        title_format=say("Meeting", "Cuộc họp"),
        text_format=f"{{{{{title}}}}}",
        tag_keys="meeting",
        use_value_for_time=False,
    )


def maintenance(say: Speaker) -> grafana.AnnotationQuery:
    """While something was worked on at a site of the chosen districts."""
    return grafana.AnnotationQuery(
        name=say("Maintenance", "Bảo trì"),
        datasource=DATASOURCE,
        enable=True,
        icon_color=palette.SKY,
        expr=worst(("site",), select(queries.SITE_WORKED_ON, district=DISTRICT)),
        step=STEP,
        title_format=say("Maintenance", "Bảo trì"),
        text_format="{{site}}",
        tag_keys="site",
        use_value_for_time=False,
    )
