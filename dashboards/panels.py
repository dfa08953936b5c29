"""The house's panels: every one with title, description, unit, no-data text and data source, looking alike.

A panel is made from a `Frame` (what it says of itself and where it hangs) and `Query` values; it knows no metric.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

from grafana_foundation_sdk.builders import (
    bargauge,
    stat,
    statetimeline,
    table,
    timeseries,
)
from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard as dashboard_builders
from grafana_foundation_sdk.builders import prometheus as prometheus_builders
from grafana_foundation_sdk.cog import builder as cog
from grafana_foundation_sdk.cog import variants
from grafana_foundation_sdk.models import common, prometheus
from grafana_foundation_sdk.models import dashboard as grafana

from dashboards import palette
from dashboards.queries import Query

DATASOURCE = common.DataSourceRef(type_val="prometheus", uid="${datasource}")
"""Every panel asks the data source that the dashboard's variable names, so that one build fits every Grafana."""

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Frame:
    """What a panel says of itself and where it hangs.

    `number` is its id in links to it and never changes; `at` is x, y, width, height on the grid of 24 columns;
    `empty` is what it says when there is nothing to show, so that nobody takes a gap for good news.
    """

    number: int
    title: str
    description: str
    empty: str
    at: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: the field as the query names it (`Value #B` is query B's value) and how it reads."""

    field: str
    title: str
    unit: str | None = None
    values: Sequence[grafana.ValueMapping] = ()
    width: int | None = None
    link: tuple[str, str] | None = None  # title, url
    coloured: bool = False


class _Panel(Protocol):
    """What all the panels of the SDK have in common."""

    def id(self, id_val: int, /) -> Self: ...
    def title(self, title: str, /) -> Self: ...
    def description(self, description: str, /) -> Self: ...
    def no_value(self, no_value: str, /) -> Self: ...
    def datasource(self, datasource: common.DataSourceRef, /) -> Self: ...
    def grid_pos(self, grid_pos: grafana.GridPos, /) -> Self: ...
    def unit(self, unit: str, /) -> Self: ...
    def targets(self, targets: list[cog.Builder[variants.Dataquery]], /) -> Self: ...


P = TypeVar("P", bound=_Panel)


def furnished(panel: P, frame: Frame, queries: Sequence[Query], unit: str) -> P:
    """The panel with all that the house asks of every panel."""
    x, y, width, height = frame.at
    return (
        panel.id(frame.number)
        .title(frame.title)
        .description(frame.description)
        .no_value(frame.empty)
        .datasource(DATASOURCE)
        .unit(unit)
        .grid_pos(grafana.GridPos(x=x, y=y, w=width, h=height))
        .targets([_target(query, letter) for query, letter in zip(queries, LETTERS, strict=False)])
    )


def _target(query: Query, letter: str) -> cog.Builder[variants.Dataquery]:
    target = (
        prometheus_builders.Dataquery()
        .ref_id(letter)
        .datasource(DATASOURCE)
        .expr(query.expr)
        .legend_format(query.legend or "__auto")
        .editor_mode(prometheus.QueryEditorMode.CODE)
        .format(prometheus.PromQueryFormat.TABLE if query.table else prometheus.PromQueryFormat.TIME_SERIES)
    )
    return target.instant() if query.table or query.instant else target.range()


def thresholds(steps: Sequence[grafana.Threshold]) -> dashboard_builders.ThresholdsConfig:
    """Colours from a value upwards, as builders take them."""
    return dashboard_builders.ThresholdsConfig().mode(grafana.ThresholdsMode.ABSOLUTE).steps(list(steps))


def coloured_by(mode: grafana.FieldColorModeId) -> dashboard_builders.FieldColor:
    """Where a field's colour comes from."""
    return dashboard_builders.FieldColor().mode(mode)


def _last() -> common_builders.ReduceDataOptions:
    return common_builders.ReduceDataOptions().calcs(["lastNotNull"])


def tile(
    frame: Frame,
    queries: Sequence[Query],
    *,
    unit: str = "none",
    steps: Sequence[grafana.Threshold] = (),
    values: Sequence[grafana.ValueMapping] = (),
) -> stat.Panel:
    """Big figures to be read across a room: the last value of each query, named if there are several."""
    several = len(queries) > 1
    return (
        furnished(stat.Panel(), frame, queries, unit)
        .mappings(list(values))
        .thresholds(thresholds(steps or palette.steps((None, palette.BLUE))))
        .color_scheme(coloured_by(grafana.FieldColorModeId.THRESHOLDS))
        .color_mode(common.BigValueColorMode.BACKGROUND_SOLID)
        .graph_mode(common.BigValueGraphMode.NONE)
        .text_mode(common.BigValueTextMode.VALUE_AND_NAME if several else common.BigValueTextMode.VALUE)
        .orientation(common.VizOrientation.VERTICAL)
        .reduce_options(_last())
    )


def bars(
    frame: Frame,
    queries: Sequence[Query],
    colours: Mapping[str, str] | None = None,
    *,
    unit: str = "none",
    steps: Sequence[grafana.Threshold] = (),
) -> bargauge.Panel:
    """One bar a series, coloured by its legend or else by its value."""
    panel = (
        furnished(bargauge.Panel(), frame, queries, unit)
        .thresholds(thresholds(steps or palette.steps((None, palette.BLUE))))
        .color_scheme(coloured_by(grafana.FieldColorModeId.THRESHOLDS))
        .orientation(common.VizOrientation.HORIZONTAL)
        .display_mode(common.BarGaugeDisplayMode.BASIC)
        .value_mode(common.BarGaugeValueMode.TEXT)
        .min(0)
        .reduce_options(_last())
    )
    for legend, colour in (colours or {}).items():
        panel.override_by_name(
            legend, [grafana.DynamicConfigValue("color", {"mode": "fixed", "fixedColor": colour})]
        )
    return panel


def rows(
    frame: Frame,
    queries: Sequence[Query],
    columns: Sequence[Column],
    *,
    by: str,
    first: str,
    descending: bool = True,
) -> table.Panel:
    """A table of the queries' last values joined by the label `by`.

    The largest of the column titled `first` is on top, or the smallest.
    """
    panel = furnished(table.Panel(), frame, queries, "none")
    if len(queries) > 1:
        panel.with_transformation(
            grafana.DataTransformerConfig("joinByField", options={"byField": by, "mode": "outer"})
        )
    panel = (
        panel.with_transformation(
            grafana.DataTransformerConfig(
                "filterFieldsByName", options={"include": {"names": [column.field for column in columns]}}
            )
        )
        .with_transformation(
            grafana.DataTransformerConfig(
                "organize",
                options={
                    "excludeByName": {},
                    "indexByName": {column.field: place for place, column in enumerate(columns)},
                    "renameByName": {column.field: column.title for column in columns},
                },
            )
        )
        .sort_by([common_builders.TableSortByFieldState().display_name(first).desc(descending)])
        .cell_height(common.TableCellHeight.SM)
        .filterable(True)
    )
    for column in columns:
        panel.override_by_name(column.title, list(properties_of(column)))
    return panel


def properties_of(column: Column) -> Sequence[grafana.DynamicConfigValue]:
    """What an override sets to make the column read as it says."""
    # An empty cell would otherwise repeat what the panel says when it has no rows at all.
    found = [grafana.DynamicConfigValue("noValue", "-")]
    if column.unit is not None:
        found.append(grafana.DynamicConfigValue("unit", column.unit))
    if column.values:
        found.append(grafana.DynamicConfigValue("mappings", list(column.values)))
    if column.coloured:
        found.append(grafana.DynamicConfigValue("custom.cellOptions", {"type": "color-background"}))
    if column.width is not None:
        found.append(grafana.DynamicConfigValue("custom.width", column.width))
    if column.link is not None:
        title, url = column.link
        found.append(grafana.DynamicConfigValue("links", [{"title": title, "url": url}]))
    return found


def timeline(
    frame: Frame, queries: Sequence[Query], values: Sequence[grafana.ValueMapping]
) -> statetimeline.Panel:
    """States over time, one row a series, each stretch in its state's colour and word."""
    return (
        furnished(statetimeline.Panel(), frame, queries, "none")
        .mappings(list(values))
        .thresholds(thresholds(palette.steps((None, palette.GREY))))
        .color_scheme(coloured_by(grafana.FieldColorModeId.THRESHOLDS))
        .merge_values(True)
        .show_value(common.VisibilityMode.AUTO)
        .row_height(0.85)
        .fill_opacity(85)
        .line_width(0)
        .legend(common_builders.VizLegendOptions().show_legend(False))
    )


def lines(
    frame: Frame, queries: Sequence[Query], *, unit: str, colours: Mapping[str, str] | None = None
) -> timeseries.Panel:
    """Curves over time from zero up; the legend as a table with the last and the highest value."""
    panel = (
        furnished(timeseries.Panel(), frame, queries, unit)
        .min(0)
        .line_width(2)
        .fill_opacity(10)
        .span_nulls(False)
        .tooltip(
            common_builders.VizTooltipOptions()
            .mode(common.TooltipDisplayMode.MULTI)
            .sort(common.SortOrder.DESCENDING)
        )
        .legend(
            common_builders.VizLegendOptions()
            .show_legend(True)
            .display_mode(common.LegendDisplayMode.TABLE)
            .placement(common.LegendPlacement.RIGHT)
            .calcs(["lastNotNull", "max"])
        )
    )
    for legend, colour in (colours or {}).items():
        panel.override_by_name(
            legend, [grafana.DynamicConfigValue("color", {"mode": "fixed", "fixedColor": colour})]
        )
    return panel
