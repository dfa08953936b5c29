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
    SITE_STATE,
)
from dashboards import city_history, maps, palette, panels
from dashboards.city_history import CITY, COMMUNES, PROBES
from dashboards.panels import Column, Frame
from dashboards.queries import DISTRICT, Query, number_of, select, worst
from dashboards.sheet import sheet, site_link
from dashboards.words import Speaker

NAME = CITY

SITE = worst(("site",), select(SITE_STATE, district=DISTRICT))
CONNECTED = f"({SITE} == 0 or {SITE} == 3)"
CUT_OFF = f"{SITE} >= 4"
ACTIVE = f"({worst(('outage', 'kind', 'district'), select(OUTAGE_ACTIVE, district=DISTRICT))} == 1)"
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
        panels=[*_tiles(say), *_outages(say), *city_history.districts(say), *city_history.services(say)],
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
        maps.site_map(
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
