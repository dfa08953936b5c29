"""citynoc about itself: is it on time, what does it ask and hear, does it keep its journal, what does a scrape cost."""

from grafana_foundation_sdk.cog import builder as cog
from grafana_foundation_sdk.models import dashboard as grafana

from collector.metrics import Family, service
from collector.metrics.state import BLIND
from dashboards import palette, panels, queries
from dashboards.panels import Column, Frame
from dashboards.queries import Query, rate, select, worst
from dashboards.sheet import sheet
from dashboards.words import Speaker

NAME = "monitor"


def dashboard(say: Speaker) -> grafana.Dashboard:
    """The dashboard in the speaker's language."""
    return sheet(
        say,
        name=NAME,
        title=say("The monitor itself", "Chính hệ thống giám sát"),
        description=say(
            "Whether citynoc keeps up: lateness, failures, broker, journal, configuration, scrapes.",
            "citynoc có theo kịp không: độ trễ, lỗi, máy chủ MQTT, nhật ký, cấu hình, việc đọc số liệu.",
        ),
        panels=[*_health(say), *_questions(say), *_wire(say), *_scrapes(say), *_journal(say)],
    )


def _silent(say: Speaker) -> str:
    return say("citynoc says nothing", "citynoc không trả lời")


def _health(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    good, bad = palette.GREEN, palette.VERMILION

    def tile(
        place: tuple[int, int], family: Family, title: str, text: str, words: dict[int, tuple[str, str]]
    ) -> cog.Builder[grafana.Panel]:
        number, x = place
        return panels.tile(
            Frame(number, title, text, _silent(say), (x, 0, 4, 4)),
            [Query(f"max({select(family)})", instant=True)],
            values=palette.mapping(words),
        )

    return [
        tile(
            (1, 0),
            BLIND,
            say("Sight", "Tầm nhìn"),
            say("Whether its own first hop answers.", "Thiết bị ngay cạnh nó có trả lời không."),
            {0: (say("sees", "nhìn thấy"), good), 1: (say("BLIND", "KHÔNG NHÌN THẤY"), bad)},
        ),
        tile(
            (2, 4),
            service.MQTT_CONNECTED,
            say("Broker", "Máy chủ MQTT"),
            say("Whether it is connected to the MQTT broker.", "Có kết nối tới máy chủ MQTT không."),
            {0: (say("LOST", "MẤT"), bad), 1: (say("connected", "đã nối"), good)},
        ),
        tile(
            (3, 8),
            service.JOURNAL_BEHIND,
            say("Journal", "Nhật ký"),
            say("Whether all verdicts are on the disk.", "Mọi kết luận đã ghi xuống đĩa chưa."),
            {0: (say("kept", "đã ghi"), good), 1: (say("BEHIND", "CHẬM"), bad)},
        ),
        tile(
            (4, 12),
            service.CONFIG_RELOAD_OK,
            say("Configuration", "Cấu hình"),
            say("Whether the last one read was taken into use.", "Cấu hình đọc lần cuối có được dùng không."),
            {0: (say("REFUSED", "BỊ TỪ CHỐI"), bad), 1: (say("in use", "đang dùng"), good)},
        ),
        panels.tile(
            Frame(
                5,
                say("Devices asked", "Thiết bị được hỏi"),
                say(
                    "Devices in the running plan whose life is asked about.",
                    "Số thiết bị trong kế hoạch được hỏi còn sống không.",
                ),
                _silent(say),
                (16, 0, 4, 4),
            ),
            [Query(f"max({select(service.POLL_TARGETS, question='liveness')})", instant=True)],
        ),
        panels.rows(
            Frame(
                6,
                say("Version", "Phiên bản"),
                say("What runs, and where.", "Phiên bản đang chạy và chạy ở đâu."),
                _silent(say),
                (20, 0, 4, 4),
            ),
            [Query(worst(("instance", "version"), select(service.BUILD_INFO)), table=True)],
            [
                Column("instance", say("Address", "Địa chỉ")),
                Column("version", say("Version", "Phiên bản")),
            ],
            by="instance",
            first=say("Address", "Địa chỉ"),
        ),
    ]


def _questions(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    return [
        panels.lines(
            Frame(
                7,
                say("Questions finished", "Lượt hỏi hoàn tất"),
                say(
                    "Per second, by kind and result: answer, or whose desk the failure belongs to.",
                    "Mỗi giây, theo loại và kết quả: trả lời, hoặc lỗi thuộc về ai.",
                ),
                _silent(say),
                (0, 4, 12, 8),
            ),
            [Query(f"sum by (question, result) ({rate(service.POLLS)})", "{{question}} {{result}}")],
            unit="cps",
        ),
        panels.lines(
            Frame(
                8,
                say("Lateness", "Độ trễ"),
                say(
                    "How late the scheduler's tick was. Late polls delay verdicts, and so pages.",
                    "Nhịp của bộ lập lịch trễ bao lâu. Hỏi trễ thì kết luận và báo động cũng trễ.",
                ),
                _silent(say),
                (12, 4, 12, 8),
            ),
            [
                Query(worst(("instance",), select(service.POLL_LATENESS)), say("scheduler", "bộ lập lịch")),
            ],
            unit=palette.unit(service.POLL_LATENESS),
        ),
        panels.lines(
            Frame(
                9,
                say("Skipped and open questions", "Lượt hỏi bỏ qua và đang mở"),
                say(
                    "Questions skipped per second because the last one was still open, and how many are open.",
                    "Số lượt bỏ qua mỗi giây vì lượt trước chưa xong, và số lượt đang mở.",
                ),
                _silent(say),
                (0, 12, 12, 7),
            ),
            [
                Query(
                    f"sum by (question) ({rate(service.POLL_SKIPPED)})",
                    say("skipped {{question}}", "bỏ qua {{question}}"),
                ),
                Query(f"sum({select(service.POLL_IN_FLIGHT)})", say("open", "đang mở")),
            ],
            unit="none",
        ),
    ]


def _wire(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    return [
        panels.lines(
            Frame(
                10,
                say("SNMP on the wire", "SNMP trên đường truyền"),
                say(
                    "Packets per second sent, re-asks included, and received.",
                    "Số gói mỗi giây gửi, kể cả hỏi lại, và nhận.",
                ),
                _silent(say),
                (12, 12, 12, 7),
            ),
            [
                Query(f"sum({rate(service.SNMP_SENT_PACKETS)})", say("sent", "gửi")),
                Query(f"sum({rate(service.SNMP_RECEIVED_PACKETS)})", say("received", "nhận")),
            ],
            unit="pps",
        ),
        panels.lines(
            Frame(
                11,
                say("Datagrams ignored", "Gói bị bỏ qua"),
                say(
                    "Per second and by reason: late, foreign or broken answers.",
                    "Mỗi giây, theo lý do: trễ, lạ hoặc hỏng.",
                ),
                say("None was ignored", "Không có gói nào bị bỏ qua"),
                (0, 19, 12, 7),
            ),
            [Query(f"sum by (reason) ({rate(service.SNMP_IGNORED)})", "{{reason}}")],
            unit="pps",
        ),
        panels.lines(
            Frame(
                12,
                say("MQTT messages", "Tin MQTT"),
                say("Per second, by what became of them.", "Mỗi giây, theo kết quả xử lý."),
                say("No message has come", "Chưa có tin nào"),
                (12, 19, 12, 7),
            ),
            [
                Query(f"sum by (result) ({rate(service.MQTT_MESSAGES)})", "{{result}}"),
            ],
            unit="cps",
        ),
    ]


def _scrapes(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    by_endpoint = ("endpoint",)
    return [
        panels.lines(
            Frame(
                13,
                say("Time of a scrape", "Thời gian một lần đọc"),
                say(
                    "From request to the last byte, by endpoint.",
                    "Từ lúc yêu cầu đến byte cuối, theo địa chỉ.",
                ),
                say("Nothing was scraped", "Chưa có lần đọc nào"),
                (0, 26, 8, 7),
            ),
            [Query(worst(by_endpoint, select(service.SCRAPE_DURATION)), "{{endpoint}}")],
            unit=palette.unit(service.SCRAPE_DURATION),
        ),
        panels.lines(
            Frame(
                14,
                say("Series exposed", "Số chuỗi số liệu"),
                say(
                    "Series in the last complete answer, by endpoint.",
                    "Số chuỗi trong lần trả lời cuối, theo địa chỉ.",
                ),
                say("Nothing was scraped", "Chưa có lần đọc nào"),
                (8, 26, 8, 7),
            ),
            [Query(worst(by_endpoint, select(service.EXPOSED_SERIES)), "{{endpoint}}")],
            unit="short",
        ),
        panels.timeline(
            Frame(
                15,
                say("Scrapes by Prometheus", "Prometheus đọc số liệu"),
                say(
                    "Whether Prometheus' scrapes succeed, by job.",
                    "Prometheus đọc được không, theo công việc.",
                ),
                say("Prometheus scrapes nothing", "Prometheus không đọc gì"),
                (16, 26, 8, 7),
            ),
            [Query(f"min by (job) ({select(queries.UP)})", "{{job}}")],
            palette.works(say),
        ),
    ]


def _journal(say: Speaker) -> list[cog.Builder[grafana.Panel]]:
    return [
        panels.lines(
            Frame(
                16,
                say("Journal rows given up", "Dòng nhật ký bị bỏ"),
                say(
                    "Per second: rows that no file would take, by reason, and times its writer began anew.",
                    "Mỗi giây: số dòng không ghi được, theo lý do, và số lần bộ ghi bắt đầu lại.",
                ),
                _silent(say),
                (0, 33, 24, 6),
            ),
            [
                Query(f"sum by (reason) ({rate(service.JOURNAL_LOST)})", "{{reason}}"),
                Query(f"sum({rate(service.JOURNAL_RESTARTS)})", say("writer anew", "bộ ghi bắt đầu lại")),
            ],
            unit="cps",
        ),
    ]
