"""Every text of the meeting report in both languages, and numbers and times as each writes them. Pure."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from types import MappingProxyType

from collector.meetings.reasons import SHORT, Code, Words
from exporters.live.texts import Language

TEXTS: Mapping[str, Words] = MappingProxyType(
    {
        "title": Words("Báo cáo cuộc họp", "Meeting report"),
        "so.far": Words(
            "Cuộc họp chưa kết thúc: số liệu đến {when}", "The meeting is not over: as of {when}"
        ),
        "cancelled": Words("Cuộc họp đã bị hủy.", "The meeting was cancelled."),
        "unwatched": Words(
            "Không ai giám sát từ {begin} đến {end}: thời gian đó không tính là có mặt hay vắng mặt.",
            "Nobody watched from {begin} to {end}: that time counts neither as attended nor as missed.",
        ),
        "summary": Words("Tóm tắt", "Summary"),
        "participants": Words("Điểm dự họp", "Participants"),
        "joined": Words("Đã vào họp", "Joined"),
        "never": Words("Không vào họp", "Never joined"),
        "at.once": Words("Nhiều nhất cùng lúc", "Most at once"),
        "attended": Words("Có mặt", "Attended"),
        "incidents": Words("Sự cố", "Incidents"),
        "curve": Words("Số điểm trong cuộc gọi theo phút", "In the call, by minute"),
        "districts": Words("Chất lượng theo quận, huyện", "Quality by district"),
        "district": Words("Quận, huyện", "District"),
        "good": Words("Tốt", "Good"),
        "fair": Words("Trung bình", "Fair"),
        "poor": Words("Kém", "Poor"),
        "loss": Words("Mất gói trung bình", "Mean loss"),
        "loss.max": Words("Mất gói lớn nhất", "Worst loss"),
        "jitter.max": Words("Độ rung lớn nhất", "Worst jitter"),
        "latency.max": Words("Độ trễ lớn nhất", "Worst latency"),
        "begin": Words("Từ", "From"),
        "end": Words("Đến", "To"),
        "what": Words("Sự việc", "What"),
        "cause": Words("Nguyên nhân", "Cause"),
        "who": Words("Điểm", "Sites"),
        "outage": Words("sự cố mạng", "outage"),
        "left": Words("rời cuộc gọi", "left the call"),
        "absent": Words("không vào họp", "never came"),
        "poor.calls": Words("nhiều cuộc gọi kém trong một quận, huyện", "poor calls in one district"),
        "unexplained": Words("không thấy lỗi nào", "no fault was seen"),
        "lasted": Words("đến hết họp", "until the end"),
        "worst": Words("Mười đường truyền kém nhất", "Worst ten links"),
        "link": Words("Đường truyền", "Link"),
        "carrier": Words("Nhà mạng", "Carrier"),
        "cable": Words("Cáp", "Cable"),
        "site": Words("Xã, phường", "Commune"),
        "poor.minutes": Words("Số phút kém", "Minutes poor"),
        "cut.minutes": Words("Số phút mất mạng", "Minutes cut off"),
        "communes": Words("Có mặt theo xã, phường và phút", "Attendance by commune and minute"),
        "first": Words("Vào lúc", "Joined at"),
        "last": Words("Rời lúc", "Left at"),
        "minutes": Words("Số phút có mặt", "Minutes"),
        "drops": Words("Số lần rớt", "Drops"),
        "legend.in": Words("trong cuộc gọi", "in the call"),
        "legend.poor": Words("trong cuộc gọi, chất lượng kém", "in the call, poor"),
        "legend.out": Words("ngoài cuộc gọi", "not in the call"),
        "legend.unknown": Words("không rõ", "not known"),
        "none": Words("không có", "none"),
        "how": Words(
            "Một phút được tính là có mặt khi ở trong cuộc gọi ít nhất nửa phút. Rời trong hai phút cuối không tính là rớt.",
            "A minute counts as attended when the site was in the call for at least half of it. Leaving in the last two minutes is no drop.",
        ),
    }
)

NOTHING = "\N{EN DASH}"


class Writer:
    """Texts, numbers and times of one language, in the city's zone."""

    def __init__(self, language: Language, zone: tzinfo) -> None:
        self.language = language
        self._vi = language is Language.VIETNAMESE
        self._zone = zone

    def __call__(self, key: str, **filled: object) -> str:
        """The text of a key."""
        return self.either(TEXTS[key]).format(**filled)

    def either(self, words: Words) -> str:
        """The words in this language."""
        return words.vi if self._vi else words.en

    def reason(self, code: str) -> str:
        """A reason's short words; what no version of ours knows stands as it is."""
        try:
            return self.either(SHORT[Code(code)])
        except ValueError:
            return code

    def clock(self, at: float | None) -> str:
        """Hour and minute."""
        return NOTHING if at is None else f"{datetime.fromtimestamp(at, self._zone):%H:%M}"

    def day(self, at: float) -> str:
        """The day."""
        day = datetime.fromtimestamp(at, self._zone)
        return f"{day:%d/%m/%Y}" if self._vi else f"{day.day} {day:%B %Y}"

    def number(self, value: float | None, decimals: int = 0) -> str:
        """A number; a dash for nothing."""
        if value is None:
            return NOTHING
        text = f"{value:,.{decimals}f}"
        return text.translate(str.maketrans(",.", ".,")) if self._vi else text

    def percent(self, share: float | None, decimals: int = 1) -> str:
        """A share as per cent."""
        return NOTHING if share is None else f"{self.number(100 * share, decimals)}\N{NO-BREAK SPACE}%"

    def minutes(self, seconds: float) -> str:
        """Seconds as minutes with one decimal; a dash for none."""
        return self.number(seconds / 60, 1) if seconds else NOTHING

    def milliseconds(self, seconds: float | None) -> str:
        """Seconds as whole milliseconds."""
        return NOTHING if seconds is None else f"{self.number(1000 * seconds)}\N{NO-BREAK SPACE}ms"
