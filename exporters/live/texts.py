"""Every text of the live page, in Vietnamese and English side by side. Pure.

A text that lacks a language cannot be written down here, and one that no page uses fails a test. `{name}` marks what
is filled in; a text that counts has an English form for one.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class Language(StrEnum):
    """What a page can be read in; the value is its BCP 47 tag."""

    VIETNAMESE = "vi"
    ENGLISH = "en"


class Text(NamedTuple):
    """One text. `one` is the English form for exactly one, where it differs."""

    vi: str
    en: str
    one: str = ""


TEXTS: Mapping[str, Text] = MappingProxyType(
    {
        # -- around every page
        "language": Text("Tiếng Việt", "English"),
        "languages": Text("Ngôn ngữ", "Language"),
        "skip": Text("Đến nội dung chính", "Skip to the main content"),
        "nav": Text("Các trang", "Pages"),
        "city": Text("Toàn thành phố", "City"),
        "wall": Text("Màn hình lớn", "Wall"),
        "search": Text("Tìm kiếm", "Search"),
        "search.hint": Text("Mã, tên, địa chỉ, thiết bị", "Code, name, address, device"),
        "as.of": Text("Tính đến", "As of"),
        "script.needed": Text(
            "Trình duyệt không chạy script: trang tự tải lại mỗi 15 giây.",
            "Without scripts the page reloads itself every 15 seconds.",
        ),
        "lost": Text(
            "Mất kết nối với hệ thống giám sát. Số liệu dưới đây là của lúc mất kết nối; đang thử kết nối lại…",
            "The connection to the monitor is lost. What you see is from when it was lost; trying to connect again…",
        ),
        "blind": Text(
            "Hệ thống giám sát bị cô lập: thiết bị đầu tiên trên đường ra không trả lời. Không thể kết luận về phần còn lại.",
            "The monitor is cut off: its first hop is silent. Nothing can be said about what lies beyond.",
        ),
        "starting": Text(
            "Đang khởi động: chưa hỏi hết các thiết bị lần đầu.",
            "Starting: not every device has been asked for the first time yet.",
        ),
        "machines": Text("Dành cho chương trình", "For programs"),
        # -- states
        "state.up": Text("Hoạt động", "Up"),
        "state.maintenance": Text("Bảo trì", "Maintenance"),
        "state.unknown": Text("Chưa rõ", "Unknown"),
        "state.agent_down": Text("SNMP im lặng", "Agent silent"),
        "state.unreachable": Text("Không tới được", "Unreachable"),
        "state.down": Text("Hỏng", "Down"),
        "means.up": Text("trả lời bình thường", "answers"),
        "means.maintenance": Text("đang bảo trì theo kế hoạch", "planned work"),
        "means.unknown": Text("không có bằng chứng", "no evidence either way"),
        "means.agent_down": Text("SNMP im lặng, thiết bị vẫn chạy", "SNMP is silent, the device lives"),
        "means.unreachable": Text(
            "bị cắt do sự cố ở nơi khác", "cut off by a fault somewhere else, not broken itself"
        ),
        "means.down": Text("nguyên nhân gốc", "a root cause"),
        # -- the city
        "counters": Text("Tình trạng", "State"),
        "sites": Text("{n} điểm", "{n} sites", "{n} site"),
        "communes": Text("{n} xã, phường", "{n} communes", "{n} commune"),
        "communes.word": Text("xã, phường", "communes", "commune"),
        "cut.off": Text("{n} xã, phường bị cắt", "{n} communes cut off", "{n} commune cut off"),
        "sites.word": Text("điểm", "sites", "site"),
        "cut.off.sites": Text("{n} điểm bị cắt", "{n} sites cut off", "{n} site cut off"),
        "devices": Text("{n} thiết bị", "{n} devices", "{n} device"),
        "redundancy.lost.count": Text(
            "{n} điểm chỉ còn một đường",
            "{n} sites are left with a single way",
            "{n} site is left with a single way",
        ),
        "map": Text("Bản đồ", "Map"),
        "map.communes": Text("579 xã, phường", "579 communes"),
        "map.units": Text("126 đơn vị từ 7/2025", "126 units since July 2025"),
        "map.described": Text(
            "Bản đồ theo tình trạng. Cùng nội dung ở dạng chữ: danh sách quận, huyện bên dưới.",
            "Map coloured by state. The same in words: the list of districts below.",
        ),
        "map.none": Text(
            "Chưa vẽ được: chưa điểm nào có tọa độ (location).",
            "Nothing to draw: no site has a location yet.",
        ),
        "map.centre": Text("Phóng to nội thành", "The centre, enlarged"),
        "legend": Text("Chú giải", "Legend"),
        "link.down": Text("tuyến mạng đứt", "link down"),
        "districts": Text("Quận, huyện", "Districts"),
        "targets": Text("Băng rộng so với mục tiêu", "Broadband against target"),
        "target.declared": Text("khai báo", "declared"),
        "target.measured": Text("đo được", "measured"),
        "target.goal": Text("mục tiêu {share}, hạn {day}", "target {share} by {day}"),
        "target.reached": Text("Đạt", "Reached"),
        "target.short": Text("Chưa đạt", "Not reached"),
        "target.late": Text("Quá hạn", "Overdue"),
        "core": Text("Mạng lõi", "Core"),
        # -- outages
        "outages": Text("Sự cố", "Outages"),
        "outages.none": Text("Không có sự cố nào.", "No outage."),
        "outages.unseen": Text("Chưa biết có sự cố hay không.", "Not known whether there is an outage."),
        "outages.count": Text("{n} sự cố đang diễn ra", "{n} outages", "{n} outage"),
        "outages.past": Text("Đã khắc phục trong giờ qua", "Ended within the hour"),
        "outages.more": Text("và {n} sự cố khác", "and {n} more"),
        "outages.by.size": Text("theo quy mô", "by size"),
        "outages.by.age": Text("theo thời gian", "by age"),
        "since": Text("từ", "since"),
        "lasted": Text("kéo dài", "lasted"),
        "affected": Text("Bị ảnh hưởng", "Affected"),
        "acknowledged": Text("Đã tiếp nhận", "Acknowledged"),
        "severity.notice": Text("Lưu ý", "Notice"),
        "severity.warning": Text("Cảnh báo", "Warning"),
        "severity.major": Text("Nghiêm trọng", "Major"),
        "severity.critical": Text("Khẩn cấp", "Critical"),
        "cause.device": Text("{role} {device} không trả lời", "{role} {device} does not answer"),
        "cause.link": Text("Tuyến {name} bị đứt", "Link {name} is down"),
        "cause.cable": Text("Cáp {name} bị đứt", "Cable {name} is cut"),
        "cause.site": Text(
            "Mọi thiết bị tại {site} đều im lặng (thường do mất điện)",
            "Every device at {site} is silent (power, most often)",
        ),
        "cause.site.battery": Text(
            "Mất điện tại {site}: mọi thiết bị đều im lặng, UPS đã chạy ắc quy",
            "No power at {site}: every device is silent, its UPS ran on the battery",
        ),
        "cause.battery": Text(
            "{cause}; UPS tại đó chạy ắc quy", "{cause}; the UPS there runs on its battery"
        ),
        "cause.group": Text("Cùng lúc không trả lời: {names}", "Silent together: {names}"),
        "cause.group.role": Text(
            "Cùng lúc không trả lời: {names} (mọi {role} ở đó)",
            "Silent together: {names} (every {role} there)",
        ),
        "cause.carrier": Text("nhà mạng {carrier}", "carrier {carrier}"),
        # -- meetings
        "meetings": Text("Cuộc họp", "Meetings"),
        "meeting": Text("Cuộc họp", "Meeting"),
        "meeting.risk": Text("Cuộc họp bị ảnh hưởng", "Meeting at risk"),
        "meeting.in": Text("còn", "in"),
        "meeting.ends.in": Text("kết thúc sau", "ends in"),
        "meeting.participants": Text("{n} điểm dự họp", "{n} participants", "{n} participant"),
        "meeting.connected": Text("{n} đang trong cuộc gọi", "{n} in a call"),
        "meeting.connected.over": Text("{n} trong cuộc gọi lúc kết thúc", "{n} in a call at the end"),
        "meeting.bridges": Text("Cầu họp (MCU)", "Bridges"),
        "meeting.early": Text(
            "Chưa đến giờ chuẩn bị: mức sẵn sàng tính từ {time}. Dưới đây là tình trạng lúc này; thiết bị họp thường tắt ngoài giờ họp.",
            "It is not being prepared yet: readiness counts from {time}. This is how things stand now; endpoints are usually off outside meetings.",
        ),
        "meeting.over": Text(
            "Cuộc họp đã kết thúc lúc {time}. Danh sách dưới đây là tình trạng cuối cùng trong giờ họp (lúc {seen}), không phải lúc này.",
            "The meeting ended at {time}. The list shows how things stood at its end (as of {seen}), not how they are now.",
        ),
        "meeting.report": Text("Xem báo cáo cuộc họp", "Read the meeting's report"),
        "meeting.report.so.far": Text("Báo cáo đến lúc này", "The report so far"),
        "meeting.readiness": Text("Mức sẵn sàng theo quận, huyện", "Readiness by district"),
        "meeting.readiness.over": Text(
            "Tình trạng khi kết thúc, theo quận, huyện", "How it stood at the end, by district"
        ),
        "meeting.why": Text("Vì sao chưa vào được", "Why they cannot join"),
        "meeting.why.over": Text("Vì sao không vào được", "Why they could not join"),
        "meeting.reasons": Text("Lý do", "Reasons"),
        "meeting.call": Text("Cuộc gọi", "Call"),
        "meeting.call.yes": Text("trong cuộc gọi", "in the call"),
        "meeting.call.no": Text("ngoài cuộc gọi", "not in the call"),
        "meeting.filter": Text("Lọc", "Filter"),
        "meeting.filter.hint": Text("Xã, quận, mã, lý do", "Commune, district, code, reason"),
        "meeting.all": Text("tất cả", "all"),
        "meeting.copy": Text("Chép danh sách", "Copy the list"),
        "meeting.copied": Text("Đã chép", "Copied"),
        "meeting.full": Text("Toàn màn hình", "Full screen"),
        "meeting.full.leave": Text("Thoát toàn màn hình", "Leave full screen"),
        "meeting.folded": Text("{n} điểm", "{n} participants"),
        "meeting.noted": Text("{n} điểm có lưu ý", "{n} with a note"),
        "meeting.listed": Text("{n} điểm trong danh sách", "{n} in the list"),
        "meeting.nobody": Text("Không có điểm nào khớp với bộ lọc.", "Nobody fits the filter."),
        "phase.planned": Text("Sắp tới", "Planned"),
        "phase.preparing": Text("Đang chuẩn bị", "Preparing"),
        "phase.running": Text("Đang họp", "Running"),
        "phase.ended": Text("Đã kết thúc", "Ended"),
        "verdict.go": Text("Sẵn sàng", "GO"),
        "verdict.no_go": Text("Chưa sẵn sàng", "NO-GO"),
        "verdict.unknown": Text("Chưa rõ", "UNKNOWN"),
        "today": Text("hôm nay", "today"),
        "tomorrow": Text("ngày mai", "tomorrow"),
        "day": Text("{weekday}, {date}", "{weekday}, {date}"),
        "weekday.0": Text("thứ Hai", "Monday"),
        "weekday.1": Text("thứ Ba", "Tuesday"),
        "weekday.2": Text("thứ Tư", "Wednesday"),
        "weekday.3": Text("thứ Năm", "Thursday"),
        "weekday.4": Text("thứ Sáu", "Friday"),
        "weekday.5": Text("thứ Bảy", "Saturday"),
        "weekday.6": Text("Chủ nhật", "Sunday"),
        # -- roles
        "role.router": Text("Bộ định tuyến", "Router"),
        "role.aggregation": Text("Bộ định tuyến gom", "Aggregation router"),
        "role.core": Text("Bộ định tuyến lõi", "Core router"),
        "role.switch": Text("Bộ chuyển mạch", "Switch"),
        "role.endpoint": Text("Thiết bị họp", "Video endpoint"),
        "role.bridge": Text("Cầu họp (MCU)", "Conference bridge"),
        "role.ups": Text("Bộ lưu điện", "UPS"),
        "role.gateway": Text("Cổng ra mạng Chính phủ", "Gateway"),
        "kind.commune": Text("Trụ sở xã, phường", "Commune office"),
        "kind.district": Text("Nút mạng quận, huyện", "District node"),
        "kind.data-centre": Text("Trung tâm dữ liệu", "Data centre"),
        "kind.agency": Text("Cơ quan", "Agency"),
        # -- a site, a device
        "site": Text("Điểm", "Site"),
        "device": Text("Thiết bị", "Device"),
        "role": Text("Vai trò", "Role"),
        "state": Text("Tình trạng", "State"),
        "address": Text("Địa chỉ", "Address"),
        "code": Text("Mã", "Code"),
        "kind": Text("Loại", "Kind"),
        "unit": Text("Đơn vị từ 7/2025", "Unit since July 2025"),
        "tags": Text("Nhãn", "Tags"),
        "written": Text("Khai báo tại", "Written in"),
        "location": Text("Vị trí", "Location"),
        "why.cause": Text("Nguyên nhân: {cause}", "Cause: {cause}"),
        "path": Text("Đường về mạng lõi", "Way to the core"),
        "path.none": Text("Nối thẳng với hệ thống giám sát.", "Directly at the monitor."),
        "path.level": Text("Chặng {n}", "Hop {n}"),
        "redundancy": Text("Dự phòng", "Redundancy"),
        "redundancy.kept": Text("Còn đường dự phòng.", "A second way works."),
        "redundancy.lost": Text(
            "Mất dự phòng: hỏng thêm một đường là bị cắt.", "Lost: one more fault cuts the site off."
        ),
        "redundancy.cut": Text("Không còn đường nào thông.", "No way works."),
        "redundancy.none": Text("Chưa biết, hoặc chỉ có một đường.", "Not known, or there is only one way."),
        "uplink": Text("Tuyến", "Link"),
        "link.up": Text("thông", "up"),
        "link.down.short": Text("đứt", "down"),
        "link.unknown": Text("chưa rõ", "not known"),
        "cable": Text("cáp {name}", "cable {name}"),
        "devices.here": Text("Thiết bị tại đây", "Devices here"),
        "behind": Text("Phụ thuộc vào đây", "Depends on it"),
        "behind.none": Text("Không có gì phụ thuộc.", "Nothing depends on it."),
        "last.heard": Text("Nghe lần cuối", "Last heard"),
        "answers.now": Text("đang trả lời", "answering"),
        "never": Text("chưa lần nào", "never"),
        "facts": Text("Thiết bị tự khai", "What it says of itself"),
        "facts.none": Text("Chưa cho biết gì.", "Nothing yet."),
        "vendor": Text("Hãng, kiểu máy", "Vendor, model"),
        "profile": Text("Cấu hình đọc", "Profile"),
        "interfaces": Text("Cổng mạng", "Interfaces"),
        "interface": Text("Cổng", "Interface"),
        "interface.state": Text("Trạng thái", "Status"),
        "interface.speed": Text("Tốc độ", "Speed"),
        "interface.errors": Text("Lỗi nhận / gửi", "Errors in / out"),
        "interface.discards": Text("Bỏ gói nhận / gửi", "Discards in / out"),
        "interface.carries": Text("Mang tuyến", "Carries"),
        "interface.off": Text("tắt", "off"),
        "readings": Text("Số đo hiện tại", "Readings now"),
        "readings.none": Text("Không có số đo nào còn hiệu lực.", "There is no reading that is still true."),
        "reading": Text("Số đo", "Reading"),
        "value": Text("Giá trị", "Value"),
        "history": Text("Các lần hỏi gần đây", "Last questions"),
        "history.none": Text("Chưa hỏi lần nào.", "Not asked yet."),
        "history.at": Text("Lúc", "At"),
        "history.question": Text("Câu hỏi", "Question"),
        "history.result": Text("Kết quả", "Result"),
        "history.log": Text("{n} dòng nhật ký", "{n} log lines", "{n} log line"),
        "history.ok": Text("trả lời", "answered"),
        "question.liveness": Text("còn sống?", "alive?"),
        "question.poll": Text("đọc số liệu", "full poll"),
        "question.telemetry": Text("tự báo (MQTT)", "telemetry (MQTT)"),
        "failure.timeout": Text("không trả lời kịp", "no answer in time"),
        "failure.unreachable": Text("mạng báo không tới được", "the network says unreachable"),
        "failure.refused": Text("từ chối phục vụ", "refused to serve"),
        "failure.auth": Text("sai mật khẩu SNMP", "wrong credential"),
        "failure.protocol": Text("trả lời sai giao thức", "answer breaks the protocol"),
        "failure.decode": Text("không đọc được nội dung", "cannot be read"),
        "failure.stalled": Text("chính hệ thống giám sát bị chậm", "the monitor itself was late"),
        "failure.bug": Text("lỗi của hệ thống giám sát", "a fault of the monitor"),
        "journal.note": Text(
            "Sự cố đang diễn ra và của {n} ngày qua, nhiều nhất {most}.",
            "What lasts, and what ended within {n} days; {most} at most.",
        ),
        # -- search and what is not there
        "search.found": Text("{n} kết quả cho “{q}”", "{n} results for “{q}”", "{n} result for “{q}”"),
        "search.none": Text("Không tìm thấy “{q}”.", "Nothing is called “{q}”."),
        "search.empty": Text(
            "Gõ mã, tên (có dấu hoặc không dấu), địa chỉ hay tên thiết bị.",
            "Type a code, a name (with or without accents), an address or a device.",
        ),
        "search.near": Text("Có phải bạn tìm:", "Did you mean:"),
        "missing.title": Text("Không có trang này", "There is no such page"),
        "missing.site": Text("Không có điểm nào mang mã “{q}”.", "There is no site “{q}”."),
        "missing.device": Text("Không có thiết bị “{q}”.", "There is no device “{q}”."),
        "missing.district": Text("Không có quận, huyện “{q}”.", "There is no district “{q}”."),
        "missing.unit": Text("Không có đơn vị “{q}”.", "There is no unit “{q}”."),
        "missing.meeting": Text("Không có cuộc họp “{q}”.", "There is no meeting “{q}”."),
        "missing.report": Text(
            "Chưa có gì được ghi lại về cuộc họp “{q}” trong ngày đó.",
            "Nothing is written down of a meeting “{q}” on that day.",
        ),
        "missing.runbook": Text("Không có sổ tay “{q}”.", "There is no runbook “{q}”."),
        "missing.page": Text("Không có trang “{q}”.", "There is no page “{q}”."),
        "back": Text("Về trang toàn thành phố", "Back to the city"),
        # -- runbooks
        "runbooks": Text("Sổ tay xử lý", "Runbooks"),
        "runbooks.what": Text(
            "Mỗi cảnh báo một trang: điều gì đang xảy ra, việc cần làm theo thứ tự, khi nào xong.",
            "One page per alert: what is true, what to do in order, how you know that it is over.",
        ),
        "runbooks.none": Text(
            "Bản cài đặt này thiếu sổ tay xử lý; trong mã nguồn, sổ tay nằm ở thư mục docs/runbooks.",
            "This installation came without its runbooks; in the source they stand in docs/runbooks.",
        ),
        "runbook.here": Text("Việc cần làm", "What to do"),
        "runbook.command": Text("Lệnh", "Command"),
        # -- the wall
        "wall.pause": Text("Dừng xoay", "Pause"),
        "wall.resume": Text("Xoay tiếp", "Go on"),
        "wall.calm": Text("Mọi nơi thông suốt", "All is well"),
        # -- time
        "seconds": Text("{n} giây", "{n} seconds", "{n} second"),
        "minutes": Text("{n} phút", "{n} minutes", "{n} minute"),
        "hours": Text("{n} giờ", "{n} hours", "{n} hour"),
        "days": Text("{n} ngày", "{n} days", "{n} day"),
    }
)


class Speech:
    """One language's texts: what templates and views say."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        """The text with `values` filled in. KeyError for a text that does not exist."""
        text = TEXTS[key]
        said = text.vi if self.language is Language.VIETNAMESE else text.en
        if self.language is Language.ENGLISH and values.get("n") == 1 and text.one:
            said = text.one
        return said.format(**values) if values else said

    def age(self, seconds: float) -> str:
        """How long, to the unit that matters."""
        seconds = max(0, int(seconds))
        for key, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
            if seconds >= 2 * length or (seconds >= length and key == "minutes"):
                return self(key, n=seconds // length)
        return self("seconds", n=seconds)
