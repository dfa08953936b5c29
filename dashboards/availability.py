"""How well the network was served in the chosen time: repairs and how long they took, carriers, districts.

Repairs are those of a recorded series, which has the length of each outage once, at its end
(config/rules/dashboards.yml). The journal, which `citynoc outages` reads, has them to the second.
"""

from grafana_foundation_sdk.cog import builder as cog
from grafana_foundation_sdk.models import dashboard as grafana

from collector.metrics.state import LINK_UP, SITE_INFO
from dashboards import palette, panels, queries
from dashboards.outage_rows import LASTING
from dashboards.panels import Column, Frame
from dashboards.queries import CARRIER, DISTRICT, Query, number_of, select, worst
from dashboards.words import Speaker

SERVED = palette.steps((None, palette.VERMILION), (0.99, palette.YELLOW), (0.999, palette.GREEN))

BY_CARRIER = ("carrier",)
LASTED = select(queries.REPAIR, district=DISTRICT)
OF_CARRIERS = select(queries.REPAIR, carrier=CARRIER)
LINKS = worst(("link", "carrier"), select(LINK_UP, carrier=CARRIER, district=DISTRICT))
SHARE = worst(BY_CARRIER, f"avg_over_time({select(queries.CARRIER_WORKING, carrier=CARRIER)}[$__range])")


def _in_range(function: str, series: str) -> str:
    return f"{function}_over_time({series}[$__range])"


def repairs(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    """How many outages were repaired, and how long that took."""
    none = say("None was repaired", "Chưa có sự cố nào được khắc phục")
    total, number = f"sum({_in_range('sum', LASTED)})", f"sum({_in_range('count', LASTED)})"
    return [
        panels.tile(
            Frame(
                6,
                say("Outages now", "Sự cố lúc này"),
                say(
                    "Root causes that last now, warnings included.",
                    "Nguyên nhân gốc đang diễn ra, kể cả cảnh báo.",
                ),
                say("No data", "Không có dữ liệu"),
                (0, 9, 6, 4),
            ),
            [Query(number_of(LASTING, among=worst(("site",), select(SITE_INFO))), instant=True)],
            steps=palette.alarm(),
        ),
        panels.tile(
            Frame(
                7,
                say("Mean time to repair", "Thời gian khắc phục trung bình"),
                say(
                    "From the first missed answer to the end, of the outages that ended in the chosen time.",
                    "Từ lần không trả lời đầu tiên đến khi hết, của các sự cố kết thúc trong thời gian đã chọn.",
                ),
                none,
                (6, 9, 6, 4),
            ),
            [Query(f"{total} / {number}", instant=True)],
            unit="dtdurations",
        ),
        panels.tile(
            Frame(
                8,
                say("Longest", "Lâu nhất"),
                say(
                    "The longest of the outages that ended in the chosen time.",
                    "Sự cố lâu nhất trong các sự cố kết thúc trong thời gian đã chọn.",
                ),
                none,
                (12, 9, 6, 4),
            ),
            [Query(f"max({_in_range('max', LASTED)})", instant=True)],
            unit="dtdurations",
        ),
        panels.tile(
            Frame(
                9,
                say("Repaired", "Đã khắc phục"),
                say("Outages that ended in the chosen time.", "Số sự cố kết thúc trong thời gian đã chọn."),
                none,
                (18, 9, 6, 4),
            ),
            [Query(number, instant=True)],
        ),
    ]


def carriers(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    """What each carrier was worth."""
    served = say("Available", "Độ sẵn sàng")
    shares = palette.unit(queries.CARRIER_WORKING)
    total, number = _in_range("sum", OF_CARRIERS), _in_range("count", OF_CARRIERS)
    return [
        panels.rows(
            Frame(
                10,
                say("Service by carrier", "Chất lượng dịch vụ theo nhà mạng"),
                say(
                    "In the chosen time: share of uplink time that worked, downtime of an uplink on average, outages repaired and how long that took. Time without watching is left out.",
                    "Trong thời gian đã chọn: tỷ lệ thời gian đường lên hoạt động, thời gian hỏng trung bình mỗi đường, số sự cố đã khắc phục và thời gian khắc phục. Không tính lúc không giám sát.",
                ),
                say("Nothing recorded yet", "Chưa có số liệu"),
                (0, 13, 24, 7),
            ),
            [
                Query(SHARE, table=True),
                Query(f"(1 - {SHARE}) * $__range_s", table=True),
                Query(f"count by (carrier) ({LINKS})", table=True),
                Query(f"sum by (carrier) ({LINKS} == bool 0)", table=True),
                Query(f"sum by (carrier) ({number})", table=True),
                Query(f"sum by (carrier) ({total}) / sum by (carrier) ({number})", table=True),
            ],
            [
                Column("carrier", say("Carrier", "Nhà mạng")),
                Column("Value #A", served, unit=shares, width=130),
                Column("Value #B", say("Down per uplink", "Hỏng mỗi đường"), unit="dtdurations", width=160),
                Column("Value #C", say("Uplinks", "Số đường lên"), unit="none", width=120),
                Column("Value #D", say("Down now", "Đang hỏng"), unit="none", width=120),
                Column("Value #E", say("Repairs", "Số lần khắc phục"), unit="none", width=150),
                Column("Value #F", say("Mean repair", "Khắc phục trung bình"), unit="dtdurations", width=180),
            ],
            by="carrier",
            first=served,
        ),
    ]


def districts(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    """Districts and carriers as bars, and what was repaired."""
    none = say("Nothing recorded yet", "Chưa có số liệu")
    communes = f"count by (district, district_name) ({queries.communes(district=DISTRICT)})"
    names = worst(("district", "district_name"), select(SITE_INFO, kind="commune", district=DISTRICT))
    connected = worst(("district",), _in_range("avg", select(queries.DISTRICT_CONNECTED, district=DISTRICT)))
    longest = say("Longest", "Lâu nhất")
    return [
        panels.bars(
            Frame(
                3,
                say("Availability by district", "Độ sẵn sàng theo quận, huyện"),
                say(
                    "Mean share of a district's communes that were connected in the chosen time. Time without watching is left out.",
                    "Tỷ lệ trung bình xã, phường có kết nối trong thời gian đã chọn. Không tính lúc không giám sát.",
                ),
                none,
                (0, 28, 12, 18),
            ),
            [
                Query(
                    f"sort({connected} / on (district) group_right () ({communes} * on (district, district_name) {names}))",
                    "{{district_name}}",
                    instant=True,
                )
            ],
            unit="percentunit",
            steps=SERVED,
        ),
        panels.bars(
            Frame(
                4,
                say("Availability by carrier", "Độ sẵn sàng theo nhà mạng"),
                say(
                    "Mean share of a carrier's uplinks that worked in the chosen time.",
                    "Tỷ lệ trung bình đường lên của nhà mạng hoạt động trong thời gian đã chọn.",
                ),
                none,
                (12, 28, 12, 6),
            ),
            [Query(SHARE, "{{carrier}}", instant=True)],
            unit=palette.unit(queries.CARRIER_WORKING),
            steps=SERVED,
        ),
        panels.rows(
            Frame(
                11,
                say("Repaired in this time", "Đã khắc phục trong thời gian này"),
                say(
                    "Outages that ended in the chosen time: how often, the longest, and all of it together.",
                    "Sự cố kết thúc trong thời gian đã chọn: số lần, lần lâu nhất, tổng thời gian.",
                ),
                say("None was repaired", "Chưa có sự cố nào được khắc phục"),
                (12, 34, 12, 12),
            ),
            [
                Query(worst(("outage", "kind", "carrier"), _in_range("max", LASTED)), table=True),
                Query(f"sum by (outage) ({_in_range('count', LASTED)})", table=True),
                Query(f"sum by (outage) ({_in_range('sum', LASTED)})", table=True),
            ],
            [
                Column("outage", say("Id", "Mã sự cố")),
                Column("kind", say("Kind", "Loại"), width=90),
                Column("carrier", say("Carrier", "Nhà mạng"), width=110),
                Column("Value #B", say("Times", "Số lần"), unit="none", width=90),
                Column("Value #A", longest, unit="dtdurations", width=130),
                Column("Value #C", say("Together", "Tổng cộng"), unit="dtdurations", width=130),
            ],
            by="outage",
            first=longest,
        ),
    ]
