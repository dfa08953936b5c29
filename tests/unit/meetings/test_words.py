"""What is said of participants and reports reads as people write it, in both languages."""

import unicodedata
from zoneinfo import ZoneInfo

from citynoc.verbs.meetings.readiness import WORDS
from collector.meetings.reasons import SHORT, TEXTS, Code, Teller
from exporters.meeting_report.texts import TEXTS as REPORT
from tests.unit.meetings.stage import START, Stage, city
from tests.unit.meetings.test_readiness import ports


def test_times_shares_and_single_things_are_told_as_each_language_tells_them():
    tell = Teller(START, ZoneInfo("Asia/Ho_Chi_Minh"))
    over = tell.say(Code.CERTIFICATE, "over", device="vc-1", when=START).text
    assert over == {
        "vi": "chứng thư của vc-1 đã hết hạn lúc 08:00",
        "en": "certificate of vc-1 expired at 08:00",
    }
    soon = tell.say(Code.CERTIFICATE, device="vc-1", when=START + 86400).text
    assert soon["en"] == "certificate of vc-1 expires at 2023-11-16 08:00"
    assert soon["vi"] == "chứng thư của vc-1 hết hạn lúc 08:00 16/11/2023"
    lost = tell.say(Code.UPLINK_LOSS, percent="0.6 %", link="rt-1--ag-1").text
    assert (lost["en"], lost["vi"]) == (
        "0.6 % loss on the uplink rt-1--ag-1",
        "mất 0,6 % gói trên đường lên của rt-1--ag-1",
    )


def test_one_missing_port_is_one_port():
    stage = Stage(city(3, 36, per_cable=12))
    stage.run(20)
    ports(stage, "mcu-1", 0, 35)
    ports(stage, "mcu-2", 0, 0)
    [short] = stage.look().hall
    assert short.text["en"] == "bridge short of 1 port: 36 wanted, 35 free"
    assert short.text["vi"] == "cầu họp thiếu 1 cổng: cần 36, còn trống 35"


def test_every_text_is_composed_and_tidy():
    texts = [one for words in (*TEXTS.values(), *SHORT.values(), *REPORT.values()) for one in words]
    texts += [str(one) for words in WORDS.values() for one in words.values()]
    for text in texts:
        assert text == unicodedata.normalize("NFC", text).strip()
        assert "  " not in text
