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
        "points": Title("{n} điểm %", "{n} points"),
        "missing": Title("Còn thiếu", "Missing"),
        "unknown": Title("Chưa rõ", "Unknown"),
        "measured": Title("Đo được", "Measured"),
        "pace": Title("Tốc độ mỗi tháng", "Pace a month"),
        "outlook": Title("Dự báo", "Outlook"),
        "kept": Title("đạt từ {day}", "kept since {day}"),
        "never": Title("không đạt với tốc độ này", "never at this pace"),
        "no.pace": Title("chưa đủ khảo sát để tính tốc độ", "too few surveys for a pace"),
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
        "declared.fails": Title(
            "có kê khai, đường truyền thiếu: {fails}", "declared, but its link lacks: {fails}"
        ),
        "works.undeclared": Title(
            "đường truyền đạt, không kê khai", "its link is as asked, nothing is declared"
        ),
        "measured.over": Title("Đo được, {period}", "Measured, {period}"),
        "measured.asked": Title(
            "Đường truyền của trụ sở xã, phường được tính khi: {rule}.",
            "The link of a commune's office counts with: {rule}.",
        ),
        "asked.availability": Title("hoạt động {share} thời gian theo dõi", "{share} of the watched time"),
        "asked.capacity": Title("ít nhất {n} Mbit/s", "at least {n} Mbit/s"),
        "asked.backup": Title("có đường dự phòng", "a second uplink"),
        "asked.latency": Title("trễ không quá {n} ms", "a delay within {n} ms"),
        "lack": Title("Thiếu {what}: {n}", "Lacking {what}: {n}"),
        "lack.availability": Title("độ sẵn sàng", "availability"),
        "lack.capacity": Title("băng thông", "capacity"),
        "lack.backup": Title("đường dự phòng", "a second uplink"),
        "lack.latency": Title("độ trễ", "delay"),
        "none": Title("không có", "none"),
        "more": Title(" và {n} nữa", " and {n} more"),
        "now": Title("hiện tại", "now"),
        "source": Title("Căn cứ", "Source"),
        "table": Title("Theo đơn vị", "By unit"),
        "table.district": Title("Theo quận, huyện", "By district"),
        "unit": Title("Đơn vị", "Unit"),
        "read": Title("Cách đọc", "How to read it"),
        "read.declared": Title(
            "Kê khai (ít nhất): con số lớn nhất mà một nhà mạng kê khai cho mỗi xã, phường. Đó là phần chắc chắn, vì các nhà mạng có thể cùng phủ những hộ giống nhau.",
            "Declared (at least): the largest single claim of each commune. That much is proven, for carriers may speak of the same households.",
        ),
        "read.most": Title(
            "Nhiều nhất: tổng mọi kê khai, nếu không hộ nào bị tính hai lần. Trên 100 % nghĩa là chắc chắn có trùng lặp.",
            "At most: the sum of all claims, if none overlapped. Above 100% some must.",
        ),
        "read.unknown": Title(
            "Chưa rõ: chưa ai kê khai. Vẫn nằm trong mẫu số và không bao giờ được tính là đã phủ.",
            "Unknown: nobody speaks about them. They stay in the denominator and never count as covered.",
        ),
        "read.measured": Title(
            "Đo được: đường truyền của trụ sở xã, phường do hệ thống giám sát thấy. Nó không chứng minh gì cho hộ gia đình hay di động, và không bao giờ cộng vào số kê khai.",
            "Measured: the links of communes' offices as the monitor saw them. They prove nothing about households or phones and are never added to what is declared.",
        ),
        "estimated": Title(
            "≈ có phần ước tính theo diện tích; ! cao hơn điều tra dân số; ? có xã chưa rõ",
            "≈ partly estimated by area; ! above the census; ? with communes unknown",
        ),
        "evidence": Title("Bằng chứng", "Evidence"),
        "evidence.how": Title(
            "Mọi kê khai được tính, theo xã, phường của bản đồ gốc. Sau mỗi số là nơi ghi: số thứ tự của tệp và dòng trong tệp.",
            "Every claim that counts, by commune of the base map. After each number stands where it is written: the file's number, and the line in it.",
        ),
        "carrier": Title("Nhà mạng", "Carrier"),
        "last": Title("Khảo sát gần nhất", "Latest survey"),
        "claims": Title(
            "{n} kê khai được tính. Sau tên xã, phường: {base} theo điều tra dân số 2019; sau mỗi nhà mạng: {columns}.",
            "{n} claims that count. After each commune's name: {base} of the 2019 census; after each carrier: {columns}.",
        ),
        "column.households_passed": Title("số hộ có mạng đi qua", "households passed"),
        "column.households_connected": Title("số hộ đã kết nối", "households connected"),
        "column.population_4g": Title("số người trong vùng 4G", "people within 4G"),
        "column.population_5g": Title("số người trong vùng 5G", "people within 5G"),
        "no.survey": Title("chưa từng", "never"),
        "file": Title("Tệp đã dùng", "Files that were used"),
    }
)


UNBROKEN = "\N{NO-BREAK SPACE}"
NOTHING = "\N{EN DASH}"
"""Stands where there is no number, and between two."""


def _unbroken(text: str) -> str:
    """A number and its sign stay on one line."""
    return text.replace(" %", f"{UNBROKEN}%")


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
        return _unbroken(title.vi if self._vietnamese else title.en)

    def number(self, number: float) -> str:
        """A whole number with its thousands parted."""
        text = f"{number:,.0f}"
        return text.replace(",", ".") if self._vietnamese else text

    def percent(self, ratio: Fraction | None) -> str:
        """A counted share as per cent, to the hundredth, rounded half to even wherever it stands; a dash for nothing."""
        return NOTHING if ratio is None else self._percent(f"{float(round(ratio * 100, 2)):.2f}")

    def written(self, share: Fraction) -> str:
        """A share that somebody wrote, as it is: `99.5%` is not rounded to a promise of everybody."""
        return self._percent(f"{float(share * 100):g}")

    def _percent(self, text: str) -> str:
        return f"{text.replace('.', ',')}{UNBROKEN}%" if self._vietnamese else f"{text}%"

    def points(self, gap: Fraction | None) -> str:
        """The difference of two shares, in points of per cent."""
        if gap is None:
            return NOTHING
        text = f"{float(round(gap * 100, 2)):.2f}"
        return self("points", n=text.replace(".", ",") if self._vietnamese else text)

    def day(self, day: date) -> str:
        """A day as it is written."""
        return f"{day:%d/%m/%Y}" if self._vietnamese else f"{day.day} {day:%B %Y}"
