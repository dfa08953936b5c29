"""Panels that hang on several dashboards, each written once: counts, carriers over time, probed services."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import stat, statetimeline, timeseries
from grafana_foundation_sdk.models import dashboard as grafana

from dashboards import palette, panels, queries
from dashboards.panels import Frame
from dashboards.queries import DISTRICT, Query, number_of, select, worst
from dashboards.words import Speaker

PROBED = ("service", "title", "instance")
PROBES = worst(PROBED, select(queries.PROBE_SUCCESS, district=DISTRICT))


def count(frame: Frame, expr: str, *, among: str, steps: Sequence[grafana.Threshold]) -> stat.Panel:
    """How many series `expr` has; no data, never 0, when `among` has none."""
    return panels.tile(frame, [Query(number_of(expr, among=among), instant=True)], steps=steps)


def part(say: Speaker, frame: Frame, expr: str, word: str, *, among: str) -> stat.Panel:
    """How many series `expr` has, and of how many."""
    return panels.tile(
        frame,
        [
            Query(number_of(expr, among=among), word, instant=True),
            Query(number_of(among, among=among), say("of", "trên"), instant=True),
        ],
    )


def carriers_over_time(
    say: Speaker, number: int, at: tuple[int, int, int, int], carrier: str
) -> timeseries.Panel:
    """Share of each carrier's uplinks that worked. `carrier` is a matcher for `select`."""
    return panels.lines(
        Frame(
            number,
            say("Carriers over time", "Nhà mạng theo thời gian"),
            say(
                "Share of each carrier's uplinks that worked.",
                "Tỷ lệ đường lên của mỗi nhà mạng đã hoạt động.",
            ),
            say("Nothing recorded yet", "Chưa có số liệu"),
            at,
        ),
        [Query(worst(queries.LINKED, select(queries.CARRIER_WORKING, carrier=carrier)), "{{carrier}}")],
        unit=palette.unit(queries.CARRIER_WORKING),
    )


def services_over_time(
    say: Speaker, number: int, at: tuple[int, int, int, int], title: str
) -> statetimeline.Panel:
    """Whether each service's probes succeeded."""
    return panels.timeline(
        Frame(
            number,
            title,
            say(
                "Probes of documents, reports, procedures and others, as blackbox_exporter sees them.",
                "Kiểm tra văn bản, báo cáo, thủ tục và các dịch vụ khác, theo blackbox_exporter.",
            ),
            say("No service is probed", "Chưa kiểm tra dịch vụ nào"),
            at,
        ),
        [Query(PROBES, "{{title}}")],
        palette.answers(say),
    )


def time_to_answer(say: Speaker, number: int, at: tuple[int, int, int, int]) -> timeseries.Panel:
    """How long each service took."""
    return panels.lines(
        Frame(
            number,
            say("Time to answer", "Thời gian trả lời"),
            say("How long a service takes to answer a probe.", "Dịch vụ mất bao lâu để trả lời kiểm tra."),
            say("No service is probed", "Chưa kiểm tra dịch vụ nào"),
            at,
        ),
        [Query(worst(PROBED, select(queries.PROBE_DURATION, district=DISTRICT)), "{{title}}")],
        unit=palette.unit(queries.PROBE_DURATION),
    )
