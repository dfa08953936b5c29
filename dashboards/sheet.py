"""A whole dashboard: panels with the variables, links, annotations and names that every dashboard of the house has."""

from collections.abc import Sequence

from grafana_foundation_sdk.cog import builder as cog
from grafana_foundation_sdk.models import dashboard as grafana

from collector.metrics.state import OUTAGE_ACTIVE, OUTAGE_STARTED, SITE_INFO
from dashboards import palette
from dashboards.panels import DATASOURCE
from dashboards.queries import DISTRICT, select, worst
from dashboards.words import Language, Speaker

FAMILY_TAG = "citynoc"


def uid(name: str, language: Language) -> str:
    """A dashboard's stable address: `/d/<uid>`; alerts and the live page link to it."""
    return f"citynoc-{name}-{language}"


def sheet(
    say: Speaker,
    *,
    name: str,
    title: str,
    description: str,
    panels: Sequence[cog.Builder[grafana.Panel]],
    since: str = "now-6h",
) -> grafana.Dashboard:
    """The dashboard with the house's variables (data source, district), links and annotations."""
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
        templating=grafana.DashboardDashboardTemplating(list_val=[_datasource(say), _district(say)]),
        annotations=grafana.AnnotationContainer(list_val=[_outages(say)]),
        links=_links(say, name),
    )


def _datasource(say: Speaker) -> grafana.VariableModel:
    return grafana.VariableModel(
        type_val=grafana.VariableType.DATASOURCE,
        name="datasource",
        label=say("Data source", "Nguồn dữ liệu"),
        query="prometheus",
        refresh=grafana.VariableRefresh.ON_DASHBOARD_LOAD,
        hide=grafana.VariableHide.HIDE_VARIABLE,
    )


def _district(say: Speaker) -> grafana.VariableModel:
    """Districts by name; the value is the code, which is what series carry and links pass on."""
    query = f"query_result({worst(('district', 'district_name'), select(SITE_INFO))})"
    return grafana.VariableModel(
        type_val=grafana.VariableType.QUERY,
        name="district",
        label=say("District", "Quận, huyện"),
        datasource=DATASOURCE,
        query=query,
        regex='/district="(?<value>[^"]+)",district_name="(?<text>[^"]+)"/',
        sort=grafana.VariableSort.NATURAL_ASC,
        refresh=grafana.VariableRefresh.ON_DASHBOARD_LOAD,
        multi=True,
        include_all=True,
        all_value=".*",
        current=grafana.VariableOption(selected=True, text=[say("All", "Tất cả")], value=["$__all"]),
    )


def _outages(say: Speaker) -> grafana.AnnotationQuery:
    """A mark where each outage began, on every panel with a time axis."""
    active = worst(("outage",), select(OUTAGE_ACTIVE, district=DISTRICT))
    started = f"min by (outage) ({select(OUTAGE_STARTED)}) * 1000"
    return grafana.AnnotationQuery(
        name=say("Outages", "Sự cố"),
        datasource=DATASOURCE,
        enable=True,
        icon_color=palette.VERMILION,
        expr=f"{started} and on (outage) {active}",
        step="60s",
        title_format=say("Outage began", "Sự cố bắt đầu"),
        text_format="{{outage}}",
        tag_keys="outage",
        use_value_for_time=True,
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
