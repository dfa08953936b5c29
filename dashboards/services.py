"""City services: what blackbox_exporter sees of documents, reports and procedures, from outside their servers."""

from grafana_foundation_sdk.models import dashboard as grafana

from dashboards import palette, panels, queries
from dashboards.panels import Column, Frame
from dashboards.queries import DISTRICT, Query, number_of, select, worst
from dashboards.sheet import sheet, site_link
from dashboards.words import Speaker

NAME = "services"
WHICH = ("service", "title", "instance")
BY_ADDRESS = ("instance",)
PROBES = worst(WHICH, select(queries.PROBE_SUCCESS, district=DISTRICT))


def dashboard(say: Speaker) -> grafana.Dashboard:
    """The dashboard in the speaker's language."""
    none = say("No service is probed", "Chưa kiểm tra dịch vụ nào")
    answers = palette.mapping(
        {0: (say("fails", "hỏng"), palette.VERMILION), 1: (say("answers", "trả lời"), palette.GREEN)}
    )
    state = say("State", "Trạng thái")
    left = f"{worst(BY_ADDRESS, select(queries.PROBE_EXPIRY, district=DISTRICT))} - time()"
    return sheet(
        say,
        name=NAME,
        title=say("City services", "Dịch vụ của thành phố"),
        description=say(
            "Probes of the city's information systems over HTTP.",
            "Kiểm tra các hệ thống thông tin của thành phố qua HTTP.",
        ),
        panels=[
            panels.tile(
                Frame(
                    1,
                    say("Services answering", "Dịch vụ trả lời"),
                    say(
                        "Services whose last probe succeeded, of all.",
                        "Số dịch vụ qua được lần kiểm tra cuối, trên tổng số.",
                    ),
                    none,
                    (0, 0, 6, 7),
                ),
                [
                    Query(number_of(f"{PROBES} == 1", among=PROBES), say("answer", "trả lời"), instant=True),
                    Query(number_of(PROBES, among=PROBES), say("of", "trên"), instant=True),
                ],
            ),
            panels.rows(
                Frame(
                    2,
                    say("Services now", "Dịch vụ lúc này"),
                    say(
                        "The last probe of each service: did it answer, how fast, with what, and how long its certificate lasts.",
                        "Lần kiểm tra cuối của mỗi dịch vụ: có trả lời không, nhanh chậm, mã trả về, chứng thư còn bao lâu.",
                    ),
                    none,
                    (6, 0, 18, 7),
                ),
                [
                    Query(
                        worst((*WHICH, "site"), select(queries.PROBE_SUCCESS, district=DISTRICT)), table=True
                    ),
                    Query(worst(BY_ADDRESS, select(queries.PROBE_DURATION, district=DISTRICT)), table=True),
                    Query(worst(BY_ADDRESS, select(queries.PROBE_STATUS, district=DISTRICT)), table=True),
                    Query(left, table=True),
                ],
                [
                    Column("title", say("Service", "Dịch vụ")),
                    Column("Value #A", state, values=answers, width=110, coloured=True),
                    Column(
                        "Value #B",
                        say("Time", "Thời gian"),
                        unit=palette.unit(queries.PROBE_DURATION),
                        width=100,
                    ),
                    Column("Value #C", say("Code", "Mã trả về"), unit="none", width=90),
                    Column(
                        "Value #D", say("Certificate lasts", "Chứng thư còn"), unit="dtdurations", width=150
                    ),
                    Column("site", say("Site", "Điểm"), width=90, link=site_link(say)),
                    Column("instance", say("Address", "Địa chỉ")),
                ],
                by="instance",
                first=say("Time", "Thời gian"),
            ),
            panels.timeline(
                Frame(
                    3,
                    say("Services over time", "Dịch vụ theo thời gian"),
                    say("Whether each probe succeeded.", "Từng lần kiểm tra có thành công không."),
                    none,
                    (0, 7, 24, 8),
                ),
                [Query(PROBES, "{{title}}")],
                answers,
            ),
            panels.lines(
                Frame(
                    4,
                    say("Time to answer", "Thời gian trả lời"),
                    say(
                        "How long each service takes to answer a probe.",
                        "Mỗi dịch vụ mất bao lâu để trả lời kiểm tra.",
                    ),
                    none,
                    (0, 15, 24, 8),
                ),
                [Query(worst(WHICH, select(queries.PROBE_DURATION, district=DISTRICT)), "{{title}}")],
                unit=palette.unit(queries.PROBE_DURATION),
            ),
        ],
    )
