"""Every word of a message that is not in the alert itself, in Vietnamese and English side by side. Pure.

An alert brings its own summary and description in both languages (`config/rules`); here is what stands around them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from collector.oncall import Language


class Text(NamedTuple):
    """One text in every language; it cannot be written down without one of them."""

    vi: str
    en: str

    def into(self, language: Language) -> str:
        """The text in a language."""
        return self.vi if language is Language.VIETNAMESE else self.en


TEXTS: Mapping[str, Text] = MappingProxyType(
    {
        # -- how bad, at the beginning of a subject
        "page": Text("[BÁO ĐỘNG]", "[PAGE]"),
        "warning": Text("[Cảnh báo]", "[Warning]"),
        "resolved": Text("[ĐÃ HẾT]", "[RESOLVED]"),
        # -- the likely cause, by kind of outage
        "cause": Text("Nguyên nhân khả dĩ", "Likely cause"),
        "cause.device": Text(
            "thiết bị hỏng, treo hoặc mất nguồn", "the device is broken, hangs or has no power"
        ),
        "cause.link": Text("một đường truyền bị đứt", "one line is cut"),
        "cause.cable": Text(
            "cáp bị đứt: mọi đường truyền trong cáp cùng mất",
            "the cable is cut: every line in it went at once",
        ),
        "cause.site": Text(
            "mất điện tại điểm: mọi thiết bị cùng mất", "no power at the site: everything there went at once"
        ),
        "cause.group": Text(
            "các thiết bị dự phòng cho nhau cùng mất: nguồn điện hoặc phòng máy",
            "devices that back each other up went together: power or the room",
        ),
        # -- times
        "alerted": Text("Báo lúc", "Alerted at"),
        "ended": Text("Hết lúc", "Ended at"),
        # -- links
        "live": Text("Trang theo dõi", "Live page"),
        "dashboard": Text("Bảng điều khiển", "Dashboard"),
        "runbook": Text("Sổ tay xử lý", "Runbook"),
        "silence": Text("Nhận xử lý (đặt silence, ghi tên bạn)", "Take it (silence it with your name)"),
        # -- many at once
        "count": Text("cảnh báo", "alerts"),
    }
)

CLOCKS: Mapping[Language, str] = MappingProxyType(
    {Language.VIETNAMESE: "15:04:05 02/01/2006", Language.ENGLISH: "15:04:05 2006-01-02"}
)
"""How a time is written, as Go's reference time."""
