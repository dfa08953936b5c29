"""City services: what blackbox_exporter sees of documents, reports and procedures, from outside their servers."""

from grafana_foundation_sdk.models import dashboard as grafana

from dashboards import components, palette, panels, queries
from dashboards.addresses import site_link
from dashboards.components import PROBED, PROBES
from dashboards.panels import Column, Frame
from dashboards.queries import DISTRICT, Query, select, worst
from dashboards.sheet import sheet
from dashboards.words import Speaker

NAME = "services"
BY_ADDRESS = ("instance",)


def dashboard(say: Speaker) -> grafana.Dashboard:
    """The dashboard in the speaker's language."""
    none = say("No service is probed", "Chưa kiểm tra dịch vụ nào")
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
            components.part(
                say,
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
                f"{PROBES} == 1",
                say("answer", "trả lời"),
                among=PROBES,
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
                        worst((*PROBED, "site"), select(queries.PROBE_SUCCESS, district=DISTRICT)), table=True
                    ),
                    Query(worst(BY_ADDRESS, select(queries.PROBE_DURATION, district=DISTRICT)), table=True),
                    Query(worst(BY_ADDRESS, select(queries.PROBE_STATUS, district=DISTRICT)), table=True),
                    Query(left, table=True),
                ],
                [
                    Column("title", say("Service", "Dịch vụ")),
                    Column("Value #A", state, values=palette.answers(say), width=110, coloured=True),
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
            components.services_over_time(
                say, 3, (0, 7, 24, 8), say("Services over time", "Dịch vụ theo thời gian")
            ),
            components.time_to_answer(say, 4, (0, 15, 24, 8)),
        ],
    )
