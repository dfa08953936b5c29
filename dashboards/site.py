"""One site: its state and devices, its way to the core, what its routers carry, its health and its outages."""

from grafana_foundation_sdk.cog import builder as cog
from grafana_foundation_sdk.models import dashboard as grafana

from collector.metrics import Family, conference
from collector.metrics.state import (
    DEVICE_INFO,
    DEVICE_STATE,
    LINK_INFO,
    LINK_UP,
    OUTAGE_ACTIVE,
    OUTAGE_INFO,
    SITE_INFO,
    SITE_STATE,
)
from dashboards import outage_rows, palette, panels, queries, variables
from dashboards.panels import Column, Frame
from dashboards.queries import Query, rate, select, worst
from dashboards.sheet import sheet
from dashboards.words import Speaker

NAME = "site"
SITE = "$site"
HERE = worst(("outage", "cause", "carrier"), select(OUTAGE_INFO, site=SITE))
BEYOND = "~aggregation|core|switch|gateway"
"""What a way to the core leads through; all routers of the city, over a day, would cost more than the rest of the page."""
WAN_PORTS = "~router|aggregation|core|switch|gateway"


def dashboard(say: Speaker) -> grafana.Dashboard:
    """The dashboard in the speaker's language."""
    return sheet(
        say,
        name=NAME,
        title=say("Site", "Một điểm"),
        description=say(
            "Everything about one commune or node: state, devices, links, traffic, health, outages.",
            "Mọi thứ về một xã, phường hoặc nút mạng: trạng thái, thiết bị, đường truyền, lưu lượng, sức khỏe, sự cố.",
        ),
        panels=[*_state(say), *_way(say), *_health(say), *_path(say)],
        chosen=[variables.site(say)],
    )


def _state(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    unknown_site = say("No such site", "Không có điểm này")
    state = say("State", "Trạng thái")
    return [
        panels.tile(
            Frame(
                1,
                say("State of the site", "Trạng thái của điểm"),
                say(
                    "The worst state on the site's router path.",
                    "Trạng thái xấu nhất trên đường kết nối của điểm.",
                ),
                unknown_site,
                (0, 0, 5, 5),
            ),
            [Query(worst(("site",), select(SITE_STATE, site=SITE)), instant=True)],
            values=palette.states(SITE_STATE, say),
            steps=palette.state_steps(SITE_STATE),
        ),
        panels.rows(
            Frame(
                2,
                say("Place", "Địa điểm"),
                say(
                    "Name, district and administrative units by date.",
                    "Tên, quận huyện và đơn vị hành chính theo thời điểm.",
                ),
                unknown_site,
                (5, 0, 19, 5),
            ),
            [
                Query(
                    worst(
                        ("site", "name", "district_name", "kind", "unit_526", "unit_126", "tags"),
                        select(SITE_INFO, site=SITE),
                    ),
                    table=True,
                )
            ],
            [
                Column("site", say("Code", "Mã"), width=90),
                Column("name", say("Name", "Tên")),
                Column("district_name", say("District", "Quận, huyện")),
                Column("kind", say("Kind", "Loại"), width=110),
                Column("unit_526", say("Unit of Jan 2025", "Đơn vị từ 1/2025")),
                Column("unit_126", say("Unit of Jul 2025", "Đơn vị từ 7/2025")),
            ],
            by="site",
            first=say("Code", "Mã"),
        ),
        panels.rows(
            Frame(
                3,
                say("Devices", "Thiết bị"),
                say(
                    "What stands here, in which state, and for how long it has run.",
                    "Thiết bị tại đây, trạng thái và thời gian đã chạy.",
                ),
                say("No device is known", "Chưa có thiết bị nào"),
                (0, 5, 14, 7),
            ),
            [
                Query(worst(("device", "role"), select(DEVICE_STATE, site=SITE)), table=True),
                Query(worst(("device",), select(queries.UPTIME, site=SITE)), table=True),
                Query(
                    worst(
                        ("device", "address", "vendor", "model", "software"), select(DEVICE_INFO, site=SITE)
                    ),
                    table=True,
                ),
            ],
            [
                Column("device", say("Device", "Thiết bị")),
                Column("Value #A", state, values=palette.states(DEVICE_STATE, say), width=130, coloured=True),
                Column("role", say("Role", "Vai trò"), width=110),
                Column("Value #B", say("Running for", "Đã chạy"), unit="dtdurations", width=130),
                Column("vendor", say("Maker", "Hãng"), width=110),
                Column("model", say("Model", "Kiểu máy")),
                Column("software", say("Software", "Phần mềm")),
                Column("address", say("Address", "Địa chỉ"), width=120),
            ],
            by="device",
            first=state,
        ),
        panels.timeline(
            Frame(
                4,
                say("Devices over time", "Thiết bị theo thời gian"),
                say("State of every device of the site.", "Trạng thái của từng thiết bị tại điểm."),
                say("No device is known", "Chưa có thiết bị nào"),
                (14, 5, 10, 7),
            ),
            [Query(worst(("device",), select(DEVICE_STATE, site=SITE)), "{{device}}")],
            palette.states(DEVICE_STATE, say),
        ),
    ]


def _way(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    link = worst(("link",), select(LINK_UP, site=SITE))
    ends = worst(("link", "parent"), select(LINK_INFO, site=SITE))
    port = ("device", "ifName")
    legend = "{{device}} {{ifName}}"
    column = outage_rows.Columns(say)
    here = outage_rows.among(HERE)
    return [
        panels.timeline(
            Frame(
                5,
                say("Uplinks", "Đường lên"),
                say(
                    "Every uplink of the site's devices, by the parent it leads to.",
                    "Từng đường lên của thiết bị tại điểm, theo thiết bị cấp trên.",
                ),
                say("No link is known", "Chưa có đường truyền nào"),
                (0, 12, 12, 6),
            ),
            [Query(f"{link} * on (link) group_left (parent) {ends}", "{{link}}")],
            palette.works(say),
        ),
        panels.lines(
            Frame(
                6,
                say("Traffic", "Lưu lượng"),
                say(
                    "What the site's network devices carry, by interface.",
                    "Lưu lượng qua thiết bị mạng tại điểm, theo giao diện.",
                ),
                say("No traffic has been counted", "Chưa đếm được lưu lượng"),
                (12, 12, 12, 9),
            ),
            [
                Query(
                    f"{worst(port, rate(queries.IN_OCTETS, site=SITE, role=WAN_PORTS))} * 8",
                    say(f"{legend} in", f"{legend} vào"),
                ),
                Query(
                    f"{worst(port, rate(queries.OUT_OCTETS, site=SITE, role=WAN_PORTS))} * 8",
                    say(f"{legend} out", f"{legend} ra"),
                ),
            ],
            unit="bps",
        ),
        panels.rows(
            Frame(
                7,
                say("Outages here", "Sự cố tại đây"),
                say(
                    "Outages whose cause stands at this site; ended ones stay for an hour.",
                    "Sự cố có nguyên nhân tại điểm này; sự cố đã hết còn hiện một giờ.",
                ),
                say("None has been reported", "Chưa có sự cố nào được báo"),
                (0, 18, 12, 6),
            ),
            [
                Query(HERE, table=True),
                here(worst(("outage",), select(OUTAGE_ACTIVE))),
                here(outage_rows.SEVERITY),
                here(f"{outage_rows.STARTED} * 1000"),
            ],
            [
                column.lasts("B"),
                column.severity("C"),
                column.since("D"),
                column.cause(),
                column.carrier(),
                column.id(),
            ],
            by="outage",
            first=column.since("D").title,
        ),
    ]


def _path(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    """The devices that the site's way out leads through: its parents, and theirs."""
    # As links are at the end of the time that is shown: Prometheus finds the devices once, not at every step.
    parents = _parents_of(f"{select(LINK_INFO, site=SITE)} @ end()")
    beyond = _parents_of(f"({select(LINK_INFO)} @ end() and on (device) {parents})")
    state = worst(("device", "role"), select(DEVICE_STATE, role=BEYOND))
    return [
        panels.timeline(
            Frame(
                12,
                say("The way to the core", "Đường tới lõi"),
                say(
                    "State of the aggregation, core and switch that the site's uplinks lead to, and of those beyond them.",
                    "Trạng thái của bộ tập trung, lõi và bộ chuyển mạch mà đường lên dẫn tới, và cấp trên nữa.",
                ),
                say("No link is known", "Chưa có đường truyền nào"),
                (0, 31, 24, 6),
            ),
            [Query(f"{state} and on (device) ({parents} or {beyond})", "{{role}} {{device}}")],
            palette.states(DEVICE_STATE, say),
        ),
    ]


def _parents_of(links: str) -> str:
    """The devices that the links lead to, as series with the label `device`."""
    return f'max by (device) (label_replace({links}, "device", "$1", "parent", "(.+)"))'


def _health(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    def by_device(family: Family) -> Query:
        return Query(worst(("device",), select(family, site=SITE)), "{{device}}")

    return [
        panels.lines(
            Frame(
                8,
                say("Processor", "Bộ xử lý"),
                say("The busiest processor of each device.", "Bộ xử lý bận nhất của mỗi thiết bị."),
                say("No device tells it", "Không thiết bị nào cung cấp"),
                (0, 24, 8, 7),
            ),
            [by_device(queries.CPU)],
            unit=palette.unit(queries.CPU),
        ),
        panels.lines(
            Frame(
                9,
                say("Memory", "Bộ nhớ"),
                say("The fullest memory of each device.", "Bộ nhớ đầy nhất của mỗi thiết bị."),
                say("No device tells it", "Không thiết bị nào cung cấp"),
                (8, 24, 8, 7),
            ),
            [by_device(queries.MEMORY)],
            unit=palette.unit(queries.MEMORY),
        ),
        panels.lines(
            Frame(
                10,
                say("Temperature", "Nhiệt độ"),
                say("The hottest sensor of each device.", "Cảm biến nóng nhất của mỗi thiết bị."),
                say("No device tells it", "Không thiết bị nào cung cấp"),
                (16, 24, 8, 7),
            ),
            [by_device(queries.TEMPERATURE)],
            unit=palette.unit(queries.TEMPERATURE),
        ),
        panels.lines(
            Frame(
                11,
                say("Packet loss in calls", "Mất gói trong cuộc họp"),
                say(
                    "Share of packets that the site's video endpoint lost, by medium. Nothing outside a call.",
                    "Tỷ lệ gói mà thiết bị họp tại điểm bị mất, theo loại. Ngoài cuộc họp thì trống.",
                ),
                say("Not in a call", "Không trong cuộc họp"),
                (12, 21, 12, 3),
            ),
            [
                Query(
                    worst(("device", "direction", "media"), select(conference.PACKET_LOSS, site=SITE)),
                    "{{device}} {{media}} {{direction}}",
                )
            ],
            unit=palette.unit(conference.PACKET_LOSS),
        ),
    ]
