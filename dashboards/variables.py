"""The choices at the head of a dashboard: data source, district, site, carrier, role, map, meeting, target.

A variable's value is the code that series carry and links pass on; what is shown is the name.
"""

from grafana_foundation_sdk.models import dashboard as grafana

from collector.metrics import coverage, meeting
from collector.metrics.state import DEVICE_INFO, LINK_INFO, SITE_INFO
from dashboards.panels import DATASOURCE
from dashboards.queries import DISTRICT, select, worst
from dashboards.words import Speaker


def datasource(say: Speaker) -> grafana.VariableModel:
    """Any Prometheus of this Grafana; hidden, because there is usually one."""
    return grafana.VariableModel(
        type_val=grafana.VariableType.DATASOURCE,
        name="datasource",
        label=say("Data source", "Nguồn dữ liệu"),
        query="prometheus",
        refresh=grafana.VariableRefresh.ON_DASHBOARD_LOAD,
        hide=grafana.VariableHide.HIDE_VARIABLE,
    )


def district(say: Speaker) -> grafana.VariableModel:
    """The fixed network areas; several, or all."""
    return _choice(
        "district",
        say("District", "Quận, huyện"),
        worst(("district", "district_name"), select(SITE_INFO)),
        '/district="(?<value>[^"]+)",district_name="(?<text>[^"]+)"/',
        everything=say("All", "Tất cả"),
    )


def site(say: Speaker) -> grafana.VariableModel:
    """One commune or node of the chosen districts."""
    return _choice(
        "site",
        say("Commune or node", "Xã, phường hoặc nút mạng"),
        worst(("site", "name"), select(SITE_INFO, district=DISTRICT)),
        '/name="(?<text>[^"]+)",site="(?<value>[^"]+)"/',
    )


def carrier(say: Speaker) -> grafana.VariableModel:
    """Whose cables; several, or all."""
    return _choice(
        "carrier",
        say("Carrier", "Nhà mạng"),
        worst(("carrier",), select(LINK_INFO)),
        '/carrier="(?<value>[^"]+)"/',
        everything=say("All", "Tất cả"),
    )


def role(say: Speaker) -> grafana.VariableModel:
    """What devices are for: router, aggregation, core, …; several, or all."""
    return _choice(
        "role",
        say("Role", "Vai trò"),
        worst(("role",), select(DEVICE_INFO)),
        '/role="(?<value>[^"]+)"/',
        everything=say("All", "Tất cả"),
    )


def sitting(say: Speaker) -> grafana.VariableModel:
    """Meetings that run, come within a day or have just ended; several, or all."""
    title = f"title_{say.language}"
    return _choice(
        "meeting",
        say("Meeting", "Cuộc họp"),
        worst(("meeting", title), select(meeting.INFO)),
        f'/meeting="(?<value>[^"]+)",{title}="(?<text>[^"]+)"/',
        everything=say("All", "Tất cả"),
    )


def target(say: Speaker) -> grafana.VariableModel:
    """What was promised; several, or all."""
    return _choice(
        "target",
        say("Target", "Mục tiêu"),
        worst((NAMES[say.language], "target"), select(coverage.INFO)),
        f'/{NAMES[say.language]}="(?<text>[^"]+)",target="(?<value>[^"]+)"/',
        everything=say("All", "Tất cả"),
    )


def area_map(say: Speaker) -> grafana.VariableModel:
    """The map by which coverage is told: the fixed districts, or a dated map's units."""
    return _choice(
        "map",
        say("Map", "Bản đồ hành chính"),
        worst(("map",), select(coverage.UNIT_RATIO)),
        '/map="(?<value>[^"]+)"/',
    )


NAMES = {"en": "name", "vi": "name_vi"}
"""The label of `citynoc_coverage_info` that names a target, by language."""


def _choice(
    name: str, label: str, expr: str, pattern: str, *, everything: str | None = None
) -> grafana.VariableModel:
    """A variable whose values are read by `pattern` out of the series of `expr`.

    `everything` is the word for all of them at once, for a variable that can take several; without it the variable
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
