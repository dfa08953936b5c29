"""The City overview: what is broken, where, since when, who is affected, read in five seconds from across the room."""

from grafana_foundation_sdk.cog import builder as cog
from grafana_foundation_sdk.models import dashboard as grafana

from collector.metrics.state import (
    BLIND,
    DEVICE_STATE,
    OUTAGE_ACKNOWLEDGED,
    OUTAGE_ACTIVE,
    OUTAGE_AFFECTED_DEVICES,
    OUTAGE_AFFECTED_SITES,
    OUTAGE_INFO,
    OUTAGE_SEVERITY,
    OUTAGE_STARTED,
    REDUNDANCY_LOST,
    SITE_INFO,
    SITE_STATE,
)
from dashboards import palette, panels, queries
from dashboards.panels import Column, Frame
from dashboards.queries import DISTRICT, Query, number_of, select, worst
from dashboards.sheet import sheet, site_link, uid
from dashboards.words import Speaker

NAME = "city"

SITE = worst(("site",), select(SITE_STATE, district=DISTRICT))
CONNECTED = f"({SITE} == 0 or {SITE} == 3)"
CUT_OFF = f"{SITE} >= 4"
COMMUNES = queries.communes(district=DISTRICT)
ACTIVE = f"({worst(('outage', 'kind', 'district'), select(OUTAGE_ACTIVE, district=DISTRICT))} == 1)"
PROBES = worst(("service", "title", "instance"), select(queries.PROBE_SUCCESS, district=DISTRICT))
SEVERITY = worst(("outage",), select(OUTAGE_SEVERITY))


def _lasting(expr: str) -> str:
    """The series of `expr` whose outage lasts."""
    return f"{expr} and on (outage) {ACTIVE}"


def dashboard(say: Speaker) -> grafana.Dashboard:
    """The dashboard in the speaker's language."""
    return sheet(
        say,
        name=NAME,
        title=say("City overview", "Toàn cảnh thành phố"),
        description=say(
            "The city's network at a glance: communes, outages, districts and services.",
            "Mạng của thành phố trong một cái nhìn: xã phường, sự cố, quận huyện và dịch vụ.",
        ),
        panels=[*_tiles(say), *_outages(say), *_districts(say), *_services(say)],
    )


def _tiles(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    alarm = palette.steps((None, palette.GREEN), (1, palette.VERMILION))
    caution = palette.steps((None, palette.GREEN), (1, palette.YELLOW))
    no_sites = say("No site is known", "Chưa có điểm nào")
    watched = palette.mapping(
        {
            0: (say("watching", "đang giám sát"), palette.GREEN),
            1: (say("BLIND", "KHÔNG NHÌN THẤY"), palette.VERMILION),
            2: (say("NOT WATCHING", "KHÔNG GIÁM SÁT"), palette.VERMILION),
        }
    )
    return [
        panels.tile(
            Frame(
                1,
                say("Communes connected", "Xã, phường có kết nối"),
                say(
                    "Communes whose office is reached, of all. One with a silent SNMP agent counts as connected.",
                    "Số xã, phường tới được, trên tổng số. Nơi chỉ SNMP im lặng vẫn tính là có kết nối.",
                ),
                no_sites,
                (0, 0, 6, 4),
            ),
            [
                Query(
                    number_of(f"{CONNECTED} and on (site) {COMMUNES}", among=COMMUNES),
                    say("connected", "có kết nối"),
                    instant=True,
                ),
                Query(number_of(COMMUNES, among=COMMUNES), say("of", "trên"), instant=True),
            ],
        ),
        panels.tile(
            Frame(
                2,
                say("Sites cut off", "Điểm mất kết nối"),
                say("Sites that are down or unreachable now.", "Số điểm hỏng hoặc không tới được lúc này."),
                no_sites,
                (6, 0, 4, 4),
            ),
            [Query(number_of(CUT_OFF, among=SITE), instant=True)],
            steps=alarm,
        ),
        panels.tile(
            Frame(
                3,
                say("Outages", "Sự cố"),
                say(
                    "Root causes that cut somebody off (major or critical). Each has paged once.",
                    "Nguyên nhân gốc đang làm mất kết nối (nghiêm trọng trở lên). Mỗi nguyên nhân báo động một lần.",
                ),
                say("No data", "Không có dữ liệu"),
                (10, 0, 4, 4),
            ),
            [Query(number_of(_lasting(f"{SEVERITY} >= 2"), among=select(BLIND)), instant=True)],
            steps=alarm,
        ),
        panels.tile(
            Frame(
                4,
                say("Degraded", "Suy giảm dự phòng"),
                say(
                    "Failures that cut nobody off yet: redundancy is lost.",
                    "Hỏng hóc chưa làm ai mất kết nối: mất dự phòng.",
                ),
                say("No data", "Không có dữ liệu"),
                (14, 0, 3, 4),
            ),
            [Query(number_of(_lasting(f"{SEVERITY} < 2"), among=select(BLIND)), instant=True)],
            steps=caution,
        ),
        panels.tile(
            Frame(
                5,
                say("Services down", "Dịch vụ hỏng"),
                say("City services that fail their probe.", "Dịch vụ của thành phố không qua được kiểm tra."),
                say("No probes", "Chưa kiểm tra"),
                (17, 0, 3, 4),
            ),
            [
                Query(
                    number_of(f"{PROBES} == 0", among=PROBES),
                    instant=True,
                )
            ],
            steps=alarm,
        ),
        panels.tile(
            Frame(
                6,
                say("The monitor", "Hệ thống giám sát"),
                say(
                    "Whether citynoc runs and sees the network. Anything but 'watching' makes the rest of this page stale.",
                    "citynoc có chạy và nhìn thấy mạng không. Khác 'đang giám sát' thì phần còn lại của trang là cũ.",
                ),
                say("NOT WATCHING", "KHÔNG GIÁM SÁT"),
                (20, 0, 4, 4),
            ),
            [Query(f"max({select(BLIND)}) or vector(2)", instant=True)],
            values=watched,
        ),
    ]


def _outages(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    by_outage = ("outage",)
    to_site = site_link(say)
    age = say("Age", "Thời gian")
    yes_no = palette.mapping(
        {0: (say("nobody", "chưa ai"), palette.ORANGE), 1: (say("yes", "đã nhận"), palette.GREEN)}
    )
    device = worst(("device",), select(DEVICE_STATE, district=DISTRICT))
    codes = [(code, palette.CODES[name]) for code, name in DEVICE_STATE.states]
    site_state = say("State", "Trạng thái")
    return [
        panels.rows(
            Frame(
                7,
                say("Outages now", "Sự cố đang diễn ra"),
                say(
                    "One row per root cause: where, how long, how many sites it cuts off, and whether somebody is on it.",
                    "Mỗi dòng một nguyên nhân gốc: ở đâu, bao lâu, bao nhiêu điểm mất kết nối, đã có người nhận chưa.",
                ),
                say(
                    "No outage is reported. Is the monitor watching?",
                    "Không có sự cố nào được báo. Hệ thống giám sát có đang chạy không?",
                ),
                (0, 4, 14, 9),
            ),
            [
                Query(ACTIVE, table=True),
                Query(_lasting(SEVERITY), table=True),
                Query(_lasting(worst(by_outage, select(OUTAGE_AFFECTED_SITES))), table=True),
                Query(_lasting(worst(by_outage, select(OUTAGE_AFFECTED_DEVICES))), table=True),
                Query(_lasting(f"time() - min by (outage) ({select(OUTAGE_STARTED)})"), table=True),
                Query(_lasting(worst(by_outage, select(OUTAGE_ACKNOWLEDGED))), table=True),
                Query(
                    _lasting(
                        worst(
                            ("outage", "cause", "carrier", "site", "site_name", "district_name"),
                            select(OUTAGE_INFO),
                        )
                    ),
                    table=True,
                ),
            ],
            [
                Column(
                    "Value #B",
                    say("Severity", "Mức độ"),
                    values=palette.states(OUTAGE_SEVERITY, say),
                    width=110,
                    coloured=True,
                ),
                Column("site_name", say("Place", "Nơi"), link=to_site),
                Column("district_name", say("District", "Quận, huyện")),
                Column("cause", say("Cause", "Nguyên nhân")),
                Column("Value #E", age, unit="dtdurations", width=110),
                Column("Value #C", say("Sites", "Số điểm"), unit="none", width=80),
                Column("Value #D", say("Devices", "Thiết bị"), unit="none", width=80),
                Column("carrier", say("Carrier", "Nhà mạng"), width=100),
                Column("Value #F", say("Acknowledged", "Đã nhận"), values=yes_no, width=110, coloured=True),
                Column("site", say("Code", "Mã"), width=80),
                Column("outage", say("Id", "Mã sự cố")),
            ],
            by="outage",
            first=age,
        ),
        panels.site_map(
            Frame(
                8,
                say("Communes", "Bản đồ xã, phường"),
                say(
                    "Every commune at its place, coloured by the state of its path.",
                    "Mỗi xã, phường tại vị trí của nó, màu theo trạng thái đường kết nối.",
                ),
                say("No commune has coordinates", "Chưa có tọa độ"),
                (14, 4, 10, 14),
            ),
            Query(
                f"{SITE} * on (site) group_left (name, district_name, latitude, longitude) {COMMUNES}",
                table=True,
            ),
            [
                Column("Value", site_state),
                Column("name", say("Commune", "Xã, phường"), link=to_site),
                Column("district_name", say("District", "Quận, huyện")),
                Column("site", say("Code", "Mã")),
            ],
            steps=palette.state_steps(SITE_STATE),
            values=palette.states(SITE_STATE, say),
        ),
        panels.bars(
            Frame(
                9,
                say("Devices by state", "Thiết bị theo trạng thái"),
                say(
                    "Unreachable devices stand in the shadow of another that is down; they raise no alert.",
                    "Thiết bị không tới được là do một thiết bị khác hỏng; chúng không báo động riêng.",
                ),
                say("No device is known", "Chưa có thiết bị nào"),
                (0, 13, 14, 5),
            ),
            [
                Query(number_of(f"{device} == {code}", among=device), say(english, vietnamese), instant=True)
                for code, (english, vietnamese, _) in codes
            ],
            {say(english, vietnamese): colour for _, (english, vietnamese, colour) in codes},
        ),
    ]


def _districts(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
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
                (0, 18, 14, 18),
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
                (14, 18, 10, 18),
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
                    link=(
                        say("Only this district", "Chỉ quận, huyện này"),
                        f"/d/{uid(NAME, say.language)}?var-district=${{__data.fields.district}}&${{__url_time_range}}",
                    ),
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
                (0, 36, 24, 7),
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


def _services(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    reached = palette.mapping(
        {0: (say("fails", "hỏng"), palette.VERMILION), 1: (say("answers", "trả lời"), palette.GREEN)}
    )
    none = say("No service is probed", "Chưa kiểm tra dịch vụ nào")
    by_service = ("service", "title", "instance")
    return [
        panels.timeline(
            Frame(
                13,
                say("City services", "Dịch vụ của thành phố"),
                say(
                    "Probes of documents, reports, procedures and others, as blackbox_exporter sees them.",
                    "Kiểm tra văn bản, báo cáo, thủ tục và các dịch vụ khác, theo blackbox_exporter.",
                ),
                none,
                (0, 43, 14, 7),
            ),
            [Query(PROBES, "{{title}}")],
            reached,
        ),
        panels.lines(
            Frame(
                14,
                say("Time to answer", "Thời gian trả lời"),
                say(
                    "How long a service takes to answer a probe.", "Dịch vụ mất bao lâu để trả lời kiểm tra."
                ),
                none,
                (14, 43, 10, 7),
            ),
            [Query(worst(by_service, select(queries.PROBE_DURATION, district=DISTRICT)), "{{title}}")],
            unit=palette.unit(queries.PROBE_DURATION),
        ),
    ]
