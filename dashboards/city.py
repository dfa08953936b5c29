"""The City overview: what is broken, where, since when, who is affected, read in five seconds from across the room."""

from grafana_foundation_sdk.cog import builder as cog
from grafana_foundation_sdk.models import dashboard as grafana

from collector.metrics.state import BLIND, DEVICE_STATE, SITE_STATE
from dashboards import city_history, components, maps, meetings, outage_rows, palette, panels, targets
from dashboards.addresses import site_link
from dashboards.city_history import CITY, COMMUNES
from dashboards.components import PROBES
from dashboards.outage_rows import LASTING, SEVERITY
from dashboards.panels import Column, Frame
from dashboards.queries import DISTRICT, Query, number_of, select, worst
from dashboards.sheet import sheet
from dashboards.words import Speaker

NAME = CITY

SITE = worst(("site",), select(SITE_STATE, district=DISTRICT))
CONNECTED = f"({SITE} == 0 or {SITE} == 3)"
CUT_OFF = f"{SITE} >= 4"


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
        panels=[
            *_tiles(say),
            *_outages(say),
            *_ahead(say),
            *city_history.districts(say),
            *city_history.services(say),
        ],
    )


def _tiles(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    no_sites = say("No site is known", "Chưa có điểm nào")
    watched = palette.mapping(
        {
            0: (say("watching", "đang giám sát"), palette.GREEN),
            1: (say("BLIND", "KHÔNG NHÌN THẤY"), palette.VERMILION),
            2: (say("NOT WATCHING", "KHÔNG GIÁM SÁT"), palette.VERMILION),
        }
    )
    return [
        components.part(
            say,
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
            f"{CONNECTED} and on (site) {COMMUNES}",
            say("connected", "có kết nối"),
            among=COMMUNES,
        ),
        components.count(
            Frame(
                2,
                say("Sites cut off", "Điểm mất kết nối"),
                say("Sites that are down or unreachable now.", "Số điểm hỏng hoặc không tới được lúc này."),
                no_sites,
                (6, 0, 4, 4),
            ),
            CUT_OFF,
            among=SITE,
            steps=palette.alarm(),
        ),
        components.count(
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
            f"{SEVERITY} >= 2 and on (outage) {LASTING}",
            among=select(BLIND),
            steps=palette.alarm(),
        ),
        components.count(
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
            f"{SEVERITY} < 2 and on (outage) {LASTING}",
            among=select(BLIND),
            steps=palette.caution(),
        ),
        components.count(
            Frame(
                5,
                say("Services down", "Dịch vụ hỏng"),
                say("City services that fail their probe.", "Dịch vụ của thành phố không qua được kiểm tra."),
                say("No probes", "Chưa kiểm tra"),
                (17, 0, 3, 4),
            ),
            f"{PROBES} == 0",
            among=PROBES,
            steps=palette.alarm(),
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
    column = outage_rows.Columns(say)
    lasting = outage_rows.among(LASTING)
    age = say("Age", "Thời gian")
    to_site = site_link(say)
    device = worst(("device",), select(DEVICE_STATE, district=DISTRICT))
    codes = [(code, palette.CODES[name]) for code, name in DEVICE_STATE.states]
    site_state = say("State", "Trạng thái")
    return [
        panels.rows(
            Frame(
                7,
                say("Outages now", "Sự cố đang diễn ra"),
                say(
                    "One row per root cause: where, how long, how many sites it cuts off, when the next meeting begins that it puts at risk, and whether somebody is on it.",
                    "Mỗi dòng một nguyên nhân gốc: ở đâu, bao lâu, bao nhiêu điểm mất kết nối, cuộc họp bị đe dọa sắp bắt đầu khi nào, đã có người nhận chưa.",
                ),
                say(
                    "No outage is reported. Is the monitor watching?",
                    "Không có sự cố nào được báo. Hệ thống giám sát có đang chạy không?",
                ),
                (0, 4, 14, 9),
            ),
            [
                Query(LASTING, table=True),
                lasting(SEVERITY),
                lasting(outage_rows.SITES),
                lasting(outage_rows.DEVICES),
                lasting(f"clamp_min(time() - {outage_rows.STARTED}, 0)"),  # a clock that was set back
                lasting(outage_rows.TAKEN),
                lasting(outage_rows.PLACED),
                lasting(outage_rows.MEETING_IN),
            ],
            [
                column.severity("B"),
                *column.place(),
                column.cause(),
                Column("Value #E", age, unit="dtdurations", width=110),
                column.sites("C"),
                column.devices("D"),
                column.carrier(),
                column.meeting_in("H"),
                column.taken("F"),
                column.code(),
                column.id(),
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


def _ahead(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    """The next meeting, and how far the city is from what it promised."""
    return [
        meetings.listed(
            say,
            Frame(
                15,
                say("Next meetings", "Cuộc họp sắp tới"),
                say(
                    "Meetings that run, come within a day or ended within the hour, and how many of their sites can join.",
                    "Cuộc họp đang diễn ra, trong một ngày tới hoặc vừa hết trong một giờ, và số điểm có thể vào họp.",
                ),
                say("No meeting within a day", "Không có cuộc họp nào trong một ngày tới"),
                (0, 18, 14, 6),
            ),
            meetings.EVERY,
        ),
        targets.shares(
            say,
            Frame(
                16,
                say("Broadband targets", "Mục tiêu băng rộng"),
                say(
                    "Declared share of each target against what was promised: 100 % is kept.",
                    "Tỷ lệ kê khai của từng mục tiêu so với cam kết: 100 % là đạt.",
                ),
                say("Nothing is promised", "Chưa có mục tiêu nào"),
                (14, 18, 10, 6),
            ),
            targets.EVERY,
        ),
    ]
