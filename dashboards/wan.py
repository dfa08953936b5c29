"""The WAN: links and their carriers, redundancy, how full the core and the Government's uplinks are, and what they lose."""

from grafana_foundation_sdk.cog import builder as cog
from grafana_foundation_sdk.models import dashboard as grafana

from collector.metrics import Family
from collector.metrics.state import DEVICE_STATE, LINK_INFO, LINK_UP, REDUNDANCY_LOST, SITE_INFO
from dashboards import components, palette, panels, queries, variables
from dashboards.addresses import site_link
from dashboards.panels import Column, Frame
from dashboards.queries import CARRIER, DISTRICT, Query, rate, select, worst
from dashboards.sheet import sheet
from dashboards.words import Speaker

NAME = "wan"
BACKBONE = "~core|aggregation"
PORT = ("device", "ifName")
PORT_LEGEND = "{{device}} {{ifName}}"
BUSY = palette.steps((None, palette.BLUE), (0.7, palette.ORANGE), (0.9, palette.VERMILION))

LINKS = worst(("link", "site", "carrier"), select(LINK_UP, district=DISTRICT, carrier=CARRIER))
SPARE = worst(("site",), select(REDUNDANCY_LOST, district=DISTRICT))


def dashboard(say: Speaker) -> grafana.Dashboard:
    """The dashboard in the speaker's language."""
    return sheet(
        say,
        name=NAME,
        title=say("WAN", "Mạng diện rộng"),
        description=say(
            "Links, carriers, redundancy, load and loss of the network.",
            "Đường truyền, nhà mạng, dự phòng, tải và tổn thất của mạng.",
        ),
        panels=[*_links(say), *_load(say), *_loss(say)],
        chosen=[variables.carrier(say), variables.role(say)],
    )


def _links(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    empty = say("No link is known", "Chưa có đường truyền nào")
    core = worst(("device",), select(DEVICE_STATE, role=BACKBONE, district=DISTRICT))
    ends = ("link", "device", "parent", "carrier", "cable", "interface")
    broken = f"and on (link) ({LINKS} == 0)"
    names = worst(("site", "name"), select(SITE_INFO))
    return [
        components.part(
            say,
            Frame(
                1,
                say("Links working", "Đường truyền hoạt động"),
                say(
                    "Uplinks that work, of those whose state is known.",
                    "Số đường lên hoạt động, trên số đã rõ trạng thái.",
                ),
                empty,
                (0, 0, 6, 4),
            ),
            f"{LINKS} == 1",
            say("working", "hoạt động"),
            among=LINKS,
        ),
        components.count(
            Frame(
                2,
                say("Links down", "Đường truyền hỏng"),
                say("Uplinks that do not work now.", "Số đường lên không hoạt động lúc này."),
                empty,
                (6, 0, 4, 4),
            ),
            f"{LINKS} == 0",
            among=LINKS,
            steps=palette.alarm(),
        ),
        components.count(
            Frame(
                3,
                say("Sites without a spare path", "Điểm mất dự phòng"),
                say(
                    "Sites that are served and would be cut off by one more failure.",
                    "Điểm còn kết nối nhưng thêm một sự cố nữa sẽ mất.",
                ),
                say("No site is known", "Chưa có điểm nào"),
                (10, 0, 5, 4),
            ),
            f"{SPARE} == 1",
            among=SPARE,
            steps=palette.caution(),
        ),
        components.count(
            Frame(
                4,
                say("Backbone devices not up", "Thiết bị trục không hoạt động"),
                say(
                    "Core and aggregation routers in any state but up.",
                    "Bộ định tuyến lõi và tập trung không ở trạng thái hoạt động.",
                ),
                say("No device is known", "Chưa có thiết bị nào"),
                (15, 0, 4, 4),
            ),
            f"{core} > 0",
            among=core,
            steps=palette.caution(),
        ),
        panels.bars(
            Frame(
                5,
                say("Carriers", "Nhà mạng"),
                say(
                    "Share of each carrier's uplinks that work now.",
                    "Tỷ lệ đường lên của mỗi nhà mạng đang hoạt động.",
                ),
                empty,
                (19, 0, 5, 4),
            ),
            [
                Query(
                    worst(queries.LINKED, select(queries.CARRIER_WORKING, carrier=CARRIER)),
                    "{{carrier}}",
                    instant=True,
                )
            ],
            unit=palette.unit(queries.CARRIER_WORKING),
            steps=palette.steps((None, palette.VERMILION), (0.95, palette.YELLOW), (0.99, palette.GREEN)),
        ),
        panels.rows(
            Frame(
                6,
                say("Links that are down", "Các đường truyền hỏng"),
                say(
                    "Where, between which devices, on whose cable: what a carrier asks for.",
                    "Ở đâu, giữa thiết bị nào, cáp của ai: những gì nhà mạng sẽ hỏi.",
                ),
                say("No link is reported down", "Không có đường truyền nào được báo hỏng"),
                (0, 4, 14, 8),
            ),
            [
                Query(f"{worst(ends, select(LINK_INFO, district=DISTRICT))} {broken}", table=True),
                Query(
                    f"{worst(('link', 'site'), select(LINK_INFO, district=DISTRICT))}"
                    f" * on (site) group_left (name) {names} {broken}",
                    table=True,
                ),
            ],
            [
                Column("name", say("Place", "Nơi"), link=site_link(say)),
                Column("site", say("Code", "Mã"), width=80),
                Column("carrier", say("Carrier", "Nhà mạng"), width=100),
                Column("cable", say("Cable", "Cáp")),
                Column("device", say("Device", "Thiết bị")),
                Column("parent", say("Towards", "Đi tới")),
                Column("interface", say("Interface", "Giao diện")),
                Column("link", say("Link", "Đường truyền")),
            ],
            by="link",
            first=say("Link", "Đường truyền"),
        ),
        components.carriers_over_time(say, 7, (14, 4, 10, 8), CARRIER),
    ]


def _load(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    empty = say("No traffic has been counted", "Chưa đếm được lưu lượng")

    def fullest(family: Family) -> str:
        use = worst(PORT, select(family, role="~$role", district=DISTRICT))
        return f"topk(10, {use})"

    return [
        panels.bars(
            Frame(
                8,
                say("Fullest links, inwards", "Đường tải cao nhất, chiều vào"),
                say(
                    "The ten interfaces that receive the largest share of their speed.",
                    "Mười giao diện nhận nhiều nhất so với tốc độ.",
                ),
                empty,
                (0, 12, 12, 9),
            ),
            [Query(fullest(queries.IN_USE), PORT_LEGEND, instant=True)],
            unit=palette.unit(queries.IN_USE),
            steps=BUSY,
        ),
        panels.bars(
            Frame(
                9,
                say("Fullest links, outwards", "Đường tải cao nhất, chiều ra"),
                say(
                    "The ten interfaces that send the largest share of their speed.",
                    "Mười giao diện gửi nhiều nhất so với tốc độ.",
                ),
                empty,
                (12, 12, 12, 9),
            ),
            [Query(fullest(queries.OUT_USE), PORT_LEGEND, instant=True)],
            unit=palette.unit(queries.OUT_USE),
            steps=BUSY,
        ),
        panels.lines(
            Frame(
                10,
                say("Core, share of speed", "Lõi, tỷ lệ so với tốc độ"),
                say(
                    "The fullest interface of each core router, either way.",
                    "Giao diện đầy nhất của mỗi bộ định tuyến lõi, cả hai chiều.",
                ),
                empty,
                (0, 21, 12, 8),
            ),
            [
                Query(
                    worst(("device",), select(queries.IN_USE, role="core")),
                    say("{{device}} in", "{{device}} vào"),
                ),
                Query(
                    worst(("device",), select(queries.OUT_USE, role="core")),
                    say("{{device}} out", "{{device}} ra"),
                ),
            ],
            unit=palette.unit(queries.IN_USE),
        ),
        panels.lines(
            Frame(
                11,
                say("Government's uplinks", "Đường lên mạng Chính phủ"),
                say(
                    "Traffic of the gateways to the Government's dedicated network.",
                    "Lưu lượng của cổng nối tới mạng dùng riêng của Chính phủ.",
                ),
                empty,
                (12, 21, 12, 8),
            ),
            [
                Query(
                    f"max by (device, ifName) ({rate(queries.IN_OCTETS, role='gateway')}) * 8",
                    say(f"{PORT_LEGEND} in", f"{PORT_LEGEND} vào"),
                ),
                Query(
                    f"max by (device, ifName) ({rate(queries.OUT_OCTETS, role='gateway')}) * 8",
                    say(f"{PORT_LEGEND} out", f"{PORT_LEGEND} ra"),
                ),
            ],
            unit="bps",
        ),
    ]


def _loss(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    def by_device(received: Family, sent: Family) -> str:
        both = " + ".join(f"sum by (device) ({rate(family, role=BACKBONE)})" for family in (received, sent))
        return f"topk(10, {both})"

    none = say("No interface counts them", "Không giao diện nào đếm")
    return [
        panels.lines(
            Frame(
                12,
                say("Errors of the backbone", "Lỗi trên trục"),
                say(
                    "Packets with errors per second, the ten worst core and aggregation routers.",
                    "Số gói lỗi mỗi giây, mười bộ định tuyến lõi và tập trung xấu nhất.",
                ),
                none,
                (0, 29, 12, 8),
            ),
            [Query(by_device(queries.IN_ERRORS, queries.OUT_ERRORS), "{{device}}")],
            unit="pps",
        ),
        panels.lines(
            Frame(
                13,
                say("Discards of the backbone", "Gói bị bỏ trên trục"),
                say(
                    "Packets dropped per second for want of room, the ten worst core and aggregation routers.",
                    "Số gói bị bỏ mỗi giây vì hết chỗ, mười bộ định tuyến lõi và tập trung xấu nhất.",
                ),
                none,
                (12, 29, 12, 8),
            ),
            [Query(by_device(queries.IN_DISCARDS, queries.OUT_DISCARDS), "{{device}}")],
            unit="pps",
        ),
    ]
