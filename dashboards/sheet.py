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


def site_link(say: Speaker, field: str = "site") -> tuple[str, str]:
    """Title and address of a link from a table's row to the page of its site."""
    return (
        say("Everything about this site", "Mọi thứ về điểm này"),
        f"/d/{uid('site', say.language)}?var-site=${{__data.fields.{field}}}&${{__url_time_range}}",
    )


def sheet(
    say: Speaker,
    *,
    name: str,
    title: str,
    description: str,
    panels: Sequence[cog.Builder[grafana.Panel]],
    variables: Sequence[grafana.VariableModel] = (),
    since: str = "now-6h",
) -> grafana.Dashboard:
    """The dashboard with the house's variables (data source, district, and its own), links and annotations."""
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
            list_val=[_datasource(say), _district(say), *variables]
        ),
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
    return choice(
        "district",
        say("District", "Quận, huyện"),
        worst(("district", "district_name"), select(SITE_INFO)),
        '/district="(?<value>[^"]+)",district_name="(?<text>[^"]+)"/',
        everything=say("All", "Tất cả"),
    )


def choice(
    name: str, label: str, expr: str, pattern: str, *, everything: str | None
) -> grafana.VariableModel:
    """A variable whose values are read by `pattern` out of the series of `expr`.

    `everything` is the word for all of them at once, for a variable that can take several; None for one that
    takes exactly one, the first until somebody chooses.
    """
    several = everything is not None
    return grafana.VariableModel(
        type_val=grafana.VariableType.QUERY,
        name=name,
        label=label,
        datasource=DATASOURCE,
        query=f"query_result({expr})",
        regex=pattern,
        sort=grafana.VariableSort.NATURAL_ASC,
        refresh=grafana.VariableRefresh.ON_DASHBOARD_LOAD,
        multi=several,
        include_all=several,
        all_value=".*" if several else None,
        current=grafana.VariableOption(selected=True, text=[everything], value=["$__all"])
        if everything is not None
        else None,
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
