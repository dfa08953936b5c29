"""The video conference: who is registered and in a call, how good it is, the bridges, and which meeting is ready."""

from grafana_foundation_sdk.cog import builder as cog
from grafana_foundation_sdk.models import dashboard as grafana

from collector.metrics import conference, meeting
from collector.metrics.state import SITE_INFO
from dashboards import calls, components, meetings, palette, panels, variables
from dashboards.addresses import site_link
from dashboards.calls import DEVICE, IN_CALL, PORTS, PORTS_USED, QUALITY
from dashboards.meetings import CHOSEN
from dashboards.panels import Column, Frame
from dashboards.queries import DISTRICT, Query, select, worst
from dashboards.sheet import sheet
from dashboards.words import Speaker

NAME = "conference"

REGISTERED = worst(DEVICE, select(conference.REGISTERED, district=DISTRICT))
FULL = palette.steps((None, palette.BLUE), (0.8, palette.ORANGE), (0.95, palette.VERMILION))


def dashboard(say: Speaker) -> grafana.Dashboard:
    """The dashboard in the speaker's language."""
    return sheet(
        say,
        name=NAME,
        title=say("Conference", "Hội nghị truyền hình"),
        description=say(
            "Endpoints, calls and their quality, bridges, and the meetings with their readiness.",
            "Thiết bị họp, cuộc gọi và chất lượng, cầu họp, các cuộc họp và mức sẵn sàng.",
        ),
        panels=[*_tiles(say), *_meetings(say), *calls.quality(say), *calls.bridges(say)],
        chosen=[variables.sitting(say)],
    )


def _tiles(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    no_endpoint = say("No endpoint speaks", "Chưa có thiết bị họp nào")
    return [
        components.part(
            say,
            Frame(
                1,
                say("Endpoints registered", "Thiết bị họp đã đăng ký"),
                say(
                    "Endpoints registered by at least one protocol, of those that tell.",
                    "Thiết bị họp đã đăng ký bằng ít nhất một giao thức, trên số có báo cáo.",
                ),
                no_endpoint,
                (0, 0, 6, 4),
            ),
            f"{REGISTERED} == 1",
            say("registered", "đã đăng ký"),
            among=REGISTERED,
        ),
        components.part(
            say,
            Frame(
                2,
                say("In a call", "Đang trong cuộc gọi"),
                say("Endpoints in a call, of those that tell.", "Thiết bị đang gọi, trên số có báo cáo."),
                no_endpoint,
                (6, 0, 6, 4),
            ),
            f"{IN_CALL} == 1",
            say("in a call", "đang gọi"),
            among=IN_CALL,
        ),
        components.count(
            Frame(
                3,
                say("Poor quality", "Chất lượng kém"),
                say(
                    "Endpoints whose picture or sound suffers: loss, jitter or delay beyond what a call bears.",
                    "Thiết bị có hình hoặc tiếng kém: mất gói, rung pha hoặc trễ quá mức chịu được.",
                ),
                no_endpoint,
                (12, 0, 4, 4),
            ),
            f"{QUALITY} == 2",
            among=IN_CALL,
            steps=palette.alarm(),
        ),
        components.count(
            Frame(
                4,
                say("Fair quality", "Chất lượng trung bình"),
                say("Endpoints whose call is still usable.", "Thiết bị mà cuộc gọi vẫn dùng được."),
                no_endpoint,
                (16, 0, 4, 4),
            ),
            f"{QUALITY} == 1",
            among=IN_CALL,
            steps=palette.caution(),
        ),
        panels.tile(
            Frame(
                5,
                say("Fullest bridge", "Cầu họp đầy nhất"),
                say("Share of its ports that a bridge has in use.", "Tỷ lệ cổng đang dùng của cầu họp."),
                say("No bridge tells", "Chưa cầu họp nào báo cáo"),
                (20, 0, 4, 4),
            ),
            [Query(f"max({PORTS_USED} / on (device) ({PORTS} > 0))", instant=True)],
            unit="percentunit",
            steps=FULL,
        ),
    ]


def _meetings(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    title = f"title_{say.language}"
    named = worst(("meeting", title), select(meeting.INFO, meeting=CHOSEN))
    no_meeting = say("No meeting within a day", "Không có cuộc họp nào trong một ngày tới")
    counted = (
        (meeting.READY, say("ready", "sẵn sàng"), palette.GREEN),
        (meeting.NOT_READY, say("not ready", "chưa sẵn sàng"), palette.VERMILION),
        (meeting.UNKNOWN, say("unknown", "chưa rõ"), palette.GREY),
        (meeting.CONNECTED, say("in the call", "đã vào họp"), palette.BLUE),
    )
    # The site's name is looked up, and a site that has none keeps its row.
    names = worst(("site", "name", "district_name"), select(SITE_INFO, district=DISTRICT))
    not_ready = worst(("meeting", "site"), select(meeting.SITE_READY, meeting=CHOSEN, district=DISTRICT))
    reasons = worst(("meeting", "reason"), select(meeting.NOT_READY_REASON, meeting=CHOSEN))
    counts = f"sum by (reason) ({reasons})"
    words = f"words_{say.language}"
    worded = worst(("reason", words), select(meeting.REASON_INFO))
    return [
        meetings.listed(
            say,
            Frame(
                6,
                say("Meetings", "Các cuộc họp"),
                say(
                    "Meetings that run, come within a day or ended within the hour, and how many of their sites can join.",
                    "Cuộc họp đang diễn ra, trong một ngày tới hoặc vừa hết trong một giờ, và số điểm có thể vào họp.",
                ),
                no_meeting,
                (0, 4, 24, 6),
            ),
            CHOSEN,
        ),
        panels.timeline(
            Frame(
                7,
                say("Meetings over time", "Cuộc họp theo thời gian"),
                say(
                    "When each was prepared, ran and ended.",
                    "Lúc mỗi cuộc họp được chuẩn bị, diễn ra và kết thúc.",
                ),
                no_meeting,
                (0, 10, 12, 6),
            ),
            [
                Query(
                    f"{meetings.figure(meeting.STATE, CHOSEN)} * on (meeting) group_left ({title}) {named}",
                    f"{{{{{title}}}}}",
                )
            ],
            palette.states(meeting.STATE, say),
        ),
        panels.lines(
            Frame(
                8,
                say("Readiness over time", "Mức sẵn sàng theo thời gian"),
                say(
                    "Sites of the chosen meetings by whether they can join, from an hour before to the end.",
                    "Số điểm của cuộc họp đã chọn theo mức sẵn sàng, từ một giờ trước đến khi kết thúc.",
                ),
                say("No meeting is near", "Chưa đến giờ họp"),
                (12, 10, 12, 6),
            ),
            [Query(f"sum({meetings.figure(family, CHOSEN)})", word) for family, word, _ in counted],
            unit="none",
            colours={word: colour for _, word, colour in counted},
        ),
        panels.rows(
            Frame(
                9,
                say("Sites that are not ready", "Điểm chưa sẵn sàng"),
                say(
                    "Sites of the chosen meetings that cannot join now. Their page, and 'citynoc meeting readiness', say why.",
                    "Điểm của cuộc họp đã chọn hiện không thể vào họp. Trang của điểm và 'citynoc meeting readiness' cho biết vì sao.",
                ),
                say("None is known to be unready", "Không có điểm nào được biết là chưa sẵn sàng"),
                (0, 16, 14, 8),
            ),
            [
                Query(
                    f"(1 - ({not_ready} == 0)) * on (site) group_left (name, district_name) {names}",
                    table=True,
                )
            ],
            [
                Column("name", say("Place", "Nơi"), link=site_link(say)),
                Column("district_name", say("District", "Quận, huyện")),
                Column("meeting", say("Meeting", "Cuộc họp")),
                Column("site", say("Code", "Mã"), width=80),
            ],
            by="site",
            first=say("District", "Quận, huyện"),
        ),
        panels.bars(
            Frame(
                10,
                say("Why they are not ready", "Vì sao chưa sẵn sàng"),
                say(
                    "Sites of the chosen meetings by their worst reason; for a bridge that is short, the ports that are missing.",
                    "Số điểm của cuộc họp đã chọn theo lý do nặng nhất; với cầu họp thiếu cổng là số cổng thiếu.",
                ),
                say("No reason is reported", "Không có lý do nào được báo"),
                (14, 16, 10, 8),
            ),
            [
                Query(
                    f"{counts} * on (reason) group_left ({words}) {worded}", f"{{{{{words}}}}}", instant=True
                )
            ],
            steps=palette.steps((None, palette.BLUE), (1, palette.ORANGE)),
        ),
    ]
