"""The lower half of the City overview: districts and services, now and over time."""

from grafana_foundation_sdk.cog import builder as cog
from grafana_foundation_sdk.models import dashboard as grafana

from collector.metrics.state import REDUNDANCY_LOST, SITE_INFO, SITE_STATE
from dashboards import components, palette, panels, queries
from dashboards.addresses import district_link
from dashboards.panels import Column, Frame
from dashboards.queries import DISTRICT, Query, select, worst
from dashboards.words import Speaker

CITY = "city"
COMMUNES = queries.communes(district=DISTRICT)


def districts(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    """Districts over time and now, and how many communes were connected."""
    by_district = ("district",)
    named = worst(("district", "district_name"), select(SITE_INFO, kind="commune", district=DISTRICT))
    in_commune = f"and on (site) {COMMUNES}"
    site = worst(("site", "district"), select(SITE_STATE, district=DISTRICT))
    lost = say("Cut off", "Mất kết nối")
    return [
        panels.timeline(
            Frame(
                10,
                say("Districts", "Quận, huyện theo thời gian"),
                say(
                    "The worst state among a district's sites, over the chosen time.",
                    "Trạng thái xấu nhất trong các điểm của quận, huyện, theo thời gian đã chọn.",
                ),
                say("Nothing recorded yet", "Chưa có số liệu"),
                (0, 24, 14, 18),
            ),
            [
                Query(
                    f"{worst(by_district, select(queries.DISTRICT_STATE, district=DISTRICT))}"
                    f" * on (district) group_left (district_name) {named}",
                    "{{district_name}}",
                )
            ],
            palette.states(SITE_STATE, say),
        ),
        panels.rows(
            Frame(
                11,
                say("Districts now", "Quận, huyện lúc này"),
                say(
                    "Communes by district: all, cut off, not judged, and those that have lost their spare path.",
                    "Xã, phường theo quận, huyện: tất cả, mất kết nối, chưa rõ, và nơi mất đường dự phòng.",
                ),
                say("No site is known", "Chưa có điểm nào"),
                (14, 24, 10, 18),
            ),
            [
                Query(f"count by (district, district_name) ({COMMUNES})", table=True),
                Query(f"sum by (district) (({site} >= bool 4) {in_commune})", table=True),
                Query(f"sum by (district) (({site} == bool 2) {in_commune})", table=True),
                Query(
                    "sum by (district) "
                    f"({worst(('site', 'district'), select(REDUNDANCY_LOST, district=DISTRICT))})",
                    table=True,
                ),
            ],
            [
                Column(
                    "district_name",
                    say("District", "Quận, huyện"),
                    link=district_link(say, CITY),
                ),
                Column("Value #A", say("Communes", "Xã, phường"), unit="none", width=90),
                Column("Value #B", lost, unit="none", width=100),
                Column("Value #C", say("Unknown", "Chưa rõ"), unit="none", width=90),
                Column("Value #D", say("No spare", "Mất dự phòng"), unit="none", width=110),
                Column("district", say("Code", "Mã"), width=70),
            ],
            by="district",
            first=lost,
        ),
        panels.lines(
            Frame(
                12,
                say("Communes connected over time", "Xã, phường có kết nối theo thời gian"),
                say(
                    "How many communes were reached. A dip is an outage; a gap means that nobody was watching.",
                    "Số xã, phường tới được. Chỗ lõm là sự cố; chỗ đứt là lúc không ai giám sát.",
                ),
                say("Nothing recorded yet", "Chưa có số liệu"),
                (0, 42, 24, 7),
            ),
            [
                Query(
                    f"sum({worst(by_district, select(queries.DISTRICT_CONNECTED, district=DISTRICT))})",
                    say("connected", "có kết nối"),
                )
            ],
            unit="none",
            colours={say("connected", "có kết nối"): palette.BLUE},
        ),
    ]


def services(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    """The city's services, as they were probed."""
    return [
        components.services_over_time(say, 13, (0, 49, 14, 7), say("City services", "Dịch vụ của thành phố")),
        components.time_to_answer(say, 14, (14, 49, 10, 7)),
    ]
