"""Calls and the bridges that carry them: the lower half of the Conference dashboard."""

from grafana_foundation_sdk.cog import builder as cog
from grafana_foundation_sdk.models import dashboard as grafana

from collector.metrics import conference
from collector.metrics.state import SITE_INFO
from dashboards import palette, panels, queries
from dashboards.addresses import site_link
from dashboards.panels import Column, Frame
from dashboards.queries import DISTRICT, Query, select, worst
from dashboards.words import Speaker

DEVICE = ("device",)
IN_CALL = worst(DEVICE, select(conference.IN_CALL, district=DISTRICT))
QUALITY = worst(("device", "site", "district"), select(conference.QUALITY, district=DISTRICT))
PORTS_USED = worst(DEVICE, select(conference.BRIDGE_PORTS_USED))
PORTS = worst(DEVICE, select(conference.BRIDGE_PORTS_CAPACITY))
WORST = 20
"""Endpoints in the list of the worst."""


def quality(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    """How good calls are: over time, by district, and the worst of them."""
    quiet = say("Nobody is in a call", "Không ai đang gọi")
    words = {name: say(*palette.CODES[name][:2]) for _, name in conference.QUALITY.states}
    by_district = ("district", "quality")
    districts = worst(("district", "district_name"), select(SITE_INFO, kind="commune", district=DISTRICT))

    def graded(code: int) -> str:
        return f"count by (district) ({QUALITY} == {code})"

    return [
        panels.lines(
            Frame(
                11,
                say("Quality over time", "Chất lượng theo thời gian"),
                say(
                    "Endpoints in a call by how good it is.",
                    "Số thiết bị đang gọi theo chất lượng cuộc gọi.",
                ),
                quiet,
                (0, 24, 12, 8),
            ),
            [
                Query(
                    f"sum({worst(by_district, select(queries.QUALITY_SHARE, district=DISTRICT, quality=str(code)))})",
                    words[name],
                )
                for code, name in conference.QUALITY.states
            ],
            unit="none",
            colours={words[name]: palette.CODES[name][2] for _, name in conference.QUALITY.states},
        ),
        panels.rows(
            Frame(
                12,
                say("Quality by district", "Chất lượng theo quận, huyện"),
                say(
                    "Endpoints in a call, by district and by how good it is; an empty cell is none.",
                    "Số thiết bị đang gọi theo quận, huyện và chất lượng; ô trống là không có.",
                ),
                quiet,
                (12, 24, 12, 16),
            ),
            [
                Query(
                    f"count by (district) ({QUALITY}) * on (district) group_left (district_name) {districts}",
                    table=True,
                ),
                *(Query(graded(code), table=True) for code, _ in conference.QUALITY.states),
            ],
            [
                Column("district_name", say("District", "Quận, huyện")),
                Column("Value #A", say("In a call", "Đang gọi"), unit="none", width=100),
                Column("Value #D", words["poor"], unit="none", width=90),
                Column("Value #C", words["fair"], unit="none", width=110),
                Column("Value #B", words["good"], unit="none", width=90),
                Column("district", say("Code", "Mã"), width=70),
            ],
            by="district",
            first=words["poor"],
        ),
        _worst_endpoints(say, quiet),
        panels.lines(
            Frame(
                14,
                say("Endpoints in a call", "Thiết bị đang gọi"),
                say("How many endpoints were in a call.", "Số thiết bị đang trong cuộc gọi."),
                quiet,
                (0, 32, 12, 8),
            ),
            [
                Query(
                    f"sum({worst(('district',), select(queries.IN_CALLS, district=DISTRICT))})",
                    say("in a call", "đang gọi"),
                )
            ],
            unit="none",
            colours={say("in a call", "đang gọi"): palette.BLUE},
        ),
    ]


def _worst_endpoints(say: Speaker, quiet: str) -> cog.Builder[grafana.Panel]:
    loss = worst(DEVICE, select(conference.PACKET_LOSS, district=DISTRICT))
    # By grade, then by loss; one that tells no loss is not left out.
    graded = f"{QUALITY} * 10"
    worst_ones = f"topk({WORST}, {graded} + on (device) group_left () {loss} or {graded})"
    among = f"and on (device) {worst_ones}"
    grade = say("Quality", "Chất lượng")
    return panels.rows(
        Frame(
            13,
            say("Worst endpoints", "Thiết bị kém nhất"),
            say(
                f"The {WORST} endpoints in a call that suffer most, by grade, then by packet loss.",
                f"{WORST} thiết bị đang gọi có chất lượng kém nhất, theo mức rồi theo mất gói.",
            ),
            quiet,
            (0, 40, 24, 9),
        ),
        [
            Query(f"{QUALITY} {among}", table=True),
            Query(f"{loss} {among}", table=True),
            *(
                Query(f"{worst(DEVICE, select(family, district=DISTRICT))} {among}", table=True)
                for family in (conference.JITTER, conference.LATENCY, conference.BITRATE)
            ),
        ],
        [
            Column("device", say("Endpoint", "Thiết bị họp")),
            Column(
                "Value #A",
                grade,
                values=palette.states(conference.QUALITY, say),
                width=120,
                coloured=True,
            ),
            Column(
                "Value #B",
                say("Packet loss", "Mất gói"),
                unit=palette.unit(conference.PACKET_LOSS),
                width=120,
            ),
            Column("Value #C", say("Jitter", "Rung pha"), unit=palette.unit(conference.JITTER), width=110),
            Column("Value #D", say("Delay", "Độ trễ"), unit=palette.unit(conference.LATENCY), width=110),
            Column(
                "Value #E", say("Bit rate", "Tốc độ bit"), unit=palette.unit(conference.BITRATE), width=120
            ),
            Column("site", say("Site", "Điểm"), link=site_link(say), width=100),
            Column("district", say("District", "Quận, huyện"), width=110),
        ],
        by="device",
        first=grade,
    )


def bridges(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    """The bridges' ports, conferences and registrations."""
    none = say("No bridge tells", "Chưa cầu họp nào báo cáo")
    return [
        panels.lines(
            Frame(
                15,
                say("Ports of the bridges", "Cổng của cầu họp"),
                say("Ports in use, and how many there are.", "Số cổng đang dùng, và tổng số cổng."),
                none,
                (0, 49, 12, 8),
            ),
            [
                Query(PORTS_USED, say("{{device}} in use", "{{device}} đang dùng")),
                Query(PORTS, say("{{device}} of", "{{device}} trên")),
            ],
            unit="none",
        ),
        panels.rows(
            Frame(
                16,
                say("Bridges", "Cầu họp"),
                say(
                    "Ports, conferences and registrations of each bridge now.",
                    "Số cổng, số cuộc họp và số đăng ký trên mỗi cầu họp lúc này.",
                ),
                none,
                (12, 49, 12, 8),
            ),
            [
                Query(f"{PORTS_USED} / on (device) ({PORTS} > 0)", table=True),
                *(
                    Query(worst(DEVICE, select(family)), table=True)
                    for family in (
                        conference.BRIDGE_PORTS_USED,
                        conference.BRIDGE_PORTS_CAPACITY,
                        conference.BRIDGE_CONFERENCES,
                        conference.BRIDGE_REGISTRATIONS,
                    )
                ),
            ],
            [
                Column("device", say("Bridge", "Cầu họp")),
                Column("Value #A", say("Full", "Mức đầy"), unit="percentunit", width=90),
                Column("Value #B", say("In use", "Đang dùng"), unit="none", width=100),
                Column("Value #C", say("Ports", "Số cổng"), unit="none", width=90),
                Column("Value #D", say("Conferences", "Cuộc họp"), unit="none", width=110),
                Column("Value #E", say("Registrations", "Đăng ký"), unit="none", width=120),
            ],
            by="device",
            first=say("Full", "Mức đầy"),
        ),
    ]
