"""A whole dashboard: panels with the variables, links, annotations and names that every dashboard of the house has."""

from collections.abc import Sequence

from grafana_foundation_sdk.cog import builder as cog
from grafana_foundation_sdk.models import dashboard as grafana

from dashboards import annotations, variables
from dashboards.addresses import uid
from dashboards.words import Speaker

FAMILY_TAG = "citynoc"


def sheet(
    say: Speaker,
    *,
    name: str,
    title: str,
    description: str,
    panels: Sequence[cog.Builder[grafana.Panel]],
    chosen: Sequence[grafana.VariableModel] = (),
    since: str = "now-6h",
) -> grafana.Dashboard:
    """The dashboard with the house's variables (data source, district, and those chosen), links and annotations."""
    return grafana.Dashboard(
        uid=uid(name, say.language),
        title=title,
        description=description,
        tags=[FAMILY_TAG, say.language.value],
        timezone="browser",
        editable=False,
        graph_tooltip=grafana.DashboardCursorSync.CROSSHAIR,
        time=grafana.DashboardDashboardTime(from_val=since, to="now"),
        refresh="10s",
        panels=[panel.build() for panel in panels],
        templating=grafana.DashboardDashboardTemplating(
            list_val=[variables.datasource(say), variables.district(say), *chosen]
        ),
        annotations=grafana.AnnotationContainer(
            list_val=[
                mark(say) for mark in (annotations.outages, annotations.meetings, annotations.maintenance)
            ]
        ),
        links=_links(say, name),
    )


def _links(say: Speaker, name: str) -> list[grafana.DashboardLink]:
    """To the same page in the other language, to its wall layout, and to the family's other dashboards."""
    other = say.language.other
    return [
        grafana.DashboardLink(
            title=other.endonym,
            url=f"/d/{uid(name, other)}",
            icon="external link",
            tooltip=say("This page in Vietnamese", "Trang này bằng tiếng Anh"),
            include_vars=True,
            keep_time=True,
        ),
        grafana.DashboardLink(
            title=say("Wall", "Màn hình lớn"),
            url=f"/d/{uid(name, say.language)}?kiosk",
            icon="external link",
            tooltip=say("Without menus, for a wall", "Không có trình đơn, cho màn hình lớn"),
            include_vars=True,
            keep_time=True,
        ),
        grafana.DashboardLink(
            title=say("Dashboards", "Các bảng điều khiển"),
            type_val=grafana.DashboardLinkType.DASHBOARDS,
            tags=[FAMILY_TAG, say.language.value],
            as_dropdown=True,
            icon="external link",
            tooltip=say("All dashboards of citynoc", "Mọi bảng điều khiển của citynoc"),
            include_vars=True,
            keep_time=True,
        ),
    ]
