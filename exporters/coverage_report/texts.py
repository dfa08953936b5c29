"""Every text of the coverage report in both languages, and numbers and days as each writes them. Pure."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from types import MappingProxyType

from collector.coverage.target import Title
from exporters.live.texts import Language

TEXTS: Mapping[str, Title] = MappingProxyType(
    {
        "title": Title("Báo cáo phủ băng rộng", "Broadband coverage report"),
        "as.of": Title("Theo số liệu đến ngày {day}", "As known on {day}"),
        "map": Title("Bản đồ hành chính {map} đơn vị", "Administrative map of {map} units"),
        "tagged": Title("Chỉ {n} xã, phường có nhãn {tag}", "Only {n} communes tagged {tag}"),
        "invented": Title(
            "Có khảo sát trong báo cáo này là SỐ LIỆU BỊA để minh họa: không nói gì về thành phố hay doanh nghiệp nào.",
            "Surveys in this report are INVENTED, for illustration: they say nothing about any city or firm.",
        ),
        "summary": Title("Tóm tắt", "Summary"),
        "target": Title("Chỉ tiêu", "Target"),
        "promised": Title("Cam kết", "Promised"),
        "deadline": Title("Thời hạn", "Deadline"),
        "declared": Title("Kê khai (ít nhất)", "Declared (at least)"),
        "at.most": Title("Nhiều nhất", "At most"),
        "gap": Title("Khoảng cách", "Gap"),
        "missing": Title("Còn thiếu", "Missing"),
        "unknown": Title("Chưa rõ", "Unknown"),
        "measured": Title("Đo được", "Measured"),
        "pace": Title("Tốc độ mỗi tháng", "Pace a month"),
        "outlook": Title("Dự báo", "Outlook"),
        "kept": Title("đạt từ {day}", "kept since {day}"),
        "never": Title("không đạt với tốc độ này", "never at this pace"),
        "reaches": Title("dự kiến đạt ngày {day}", "expected on {day}"),
        "late": Title("{text}: chậm", "{text}: too late"),
        "not.measured": Title("không đo", "not measured"),
        "of.households": Title("hộ", "households"),
        "of.population": Title("người", "people"),
        "of.communes": Title("xã, phường", "communes"),
        "where": Title("Ở đâu", "Where"),
        "trend": Title("Theo thời gian", "Over time"),
        "next": Title("Nên làm trước", "What to do next"),
        "gains": Title("thêm {gain}, cộng dồn {together}", "gains {gain}, together {together}"),
        "above": Title("Kê khai cao hơn điều tra dân số 2019", "Declared above the 2019 census"),
        "silent": Title("Xã, phường chưa ai kê khai", "Communes that nobody speaks about"),
        "odd": Title("Kê khai và đo được khác nhau", "Where declared and measured disagree"),
        "declared.fails": Title("có kê khai, đường truyền đang đứt", "declared, but its link fails"),
        "works.undeclared": Title("đường truyền chạy, không kê khai", "its link works, nothing is declared"),
        "none": Title("không có", "none"),
        "source": Title("Căn cứ", "Source"),
        "table": Title("Theo đơn vị", "By unit"),
        "table.district": Title("Theo quận, huyện", "By district"),
        "unit": Title("Đơn vị", "Unit"),
        "estimated": Title(
            "≈ có phần ước tính theo diện tích; ! cao hơn điều tra dân số; ? có xã chưa rõ",
            "≈ partly estimated by area; ! above the census; ? with communes unknown",
        ),
        "evidence": Title("Bằng chứng", "Evidence"),
        "evidence.how": Title(
            "Danh sách đầy đủ sau mỗi con số: citynoc coverage --evidence. Các tệp đã dùng:",
            "The full list behind each number: citynoc coverage --evidence. The files that were used:",
        ),
        "carrier": Title("Nhà mạng", "Carrier"),
        "last": Title("Khảo sát gần nhất", "Latest survey"),
        "claims": Title("Dòng kê khai được tính", "Claims that count"),
        "no.survey": Title("chưa từng", "never"),
        "file": Title("Tệp", "File"),
    }
)


class Writer:
    """Texts, numbers and days of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._vietnamese = language is Language.VIETNAMESE

    def __call__(self, key: str, **filled: object) -> str:
        """The text of a key."""
        return self.either(TEXTS[key]).format(**filled)

    def either(self, title: Title) -> str:
        """The title in this language."""
        return title.vi if self._vietnamese else title.en

    def number(self, number: float) -> str:
        """A whole number with its thousands parted."""
        text = f"{number:,.0f}"
        return text.replace(",", ".") if self._vietnamese else text

    def percent(self, ratio: Fraction | None, decimals: int = 2) -> str:
        """A share as per cent, rounded half to even; a dash for nothing."""
        if ratio is None:
            return "-"
        text = f"{float(round(ratio * 100, decimals)):.{decimals}f}"
        return f"{text.replace('.', ',')} %" if self._vietnamese else f"{text}%"

    def day(self, day: date) -> str:
        """A day as it is written."""
        return f"{day:%d/%m/%Y}" if self._vietnamese else f"{day.day} {day:%B %Y}"
