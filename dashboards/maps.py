"""The house's map: a dot per site at its coordinates, in its state's colour."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import geomap
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models import dashboard as grafana

from dashboards import palette
from dashboards.panels import Column, Frame, coloured_by, furnished, properties_of, thresholds
from dashboards.queries import Query


def site_map(
    frame: Frame,
    query: Query,
    columns: Sequence[Column],
    *,
    steps: Sequence[grafana.Threshold],
    values: Sequence[grafana.ValueMapping],
) -> geomap.Panel:
    """A dot per site, coloured by its value. The query's series carry `latitude` and `longitude` as labels.

    The ground is Grafana's own default layer, so that an operator without the Internet can set one for all
    maps (`geomap.default_baselayer_config`) instead of editing each.
    """
    shown = {"latitude": "latitude", "longitude": "longitude"}
    shown |= {column.field: column.title for column in columns}
    value = shown["Value"]
    dot = {
        "style": {
            "color": {"field": value, "fixed": palette.GREY},
            "opacity": 0.9,
            "size": {"fixed": 6, "min": 2, "max": 12},
            "symbol": {"mode": "fixed", "fixed": "img/icons/marker/circle.svg"},
        },
        "showLegend": True,
    }
    layer = (
        common_builders.MapLayerOptions()
        .type("markers")
        .name(frame.title)
        .tooltip(True)
        .location(
            common_builders.FrameGeometrySource()
            .mode(common.FrameGeometrySourceMode.COORDS)
            .latitude("latitude")
            .longitude("longitude")
        )
        .config(dot)
    )
    panel = (
        furnished(geomap.Panel(), frame, [query], "none")
        .mappings(list(values))
        .thresholds(thresholds(steps))
        .color_scheme(coloured_by(grafana.FieldColorModeId.THRESHOLDS))
        .with_transformation(
            grafana.DataTransformerConfig(
                "convertFieldType",
                options={
                    "fields": {},
                    "conversions": [
                        {"targetField": field, "destinationType": "number"}
                        for field in ("latitude", "longitude")
                    ],
                },
            )
        )
        .with_transformation(
            grafana.DataTransformerConfig("filterFieldsByName", options={"include": {"names": list(shown)}})
        )
        .with_transformation(
            grafana.DataTransformerConfig(
                "organize",
                options={
                    "excludeByName": {},
                    "indexByName": {field: place for place, field in enumerate(shown)},
                    "renameByName": {field: title for field, title in shown.items() if field != title},
                },
            )
        )
        .basemap(common_builders.MapLayerOptions().type("default").name("ground"))
        .layers([layer])
        .view(geomap.MapViewConfig().id("fit").all_layers(True).padding(5).zoom(10))
        .controls(geomap.ControlsOptions().show_zoom(True).mouse_wheel_zoom(False).show_attribution(True))
    )
    for column in columns:
        if column.link is not None:
            panel.override_by_name(column.title, list(properties_of(column)))
    return panel
