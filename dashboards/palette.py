"""Colours and words for values: what a state, a severity or a unit looks like, in every panel the same.

The colours are Okabe and Ito's (2008), chosen to be told apart with any colour vision; tests check the pairs under
simulated protanopia, deuteranopia and tritanopia. No panel says anything by colour alone: the word stands beside it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from grafana_foundation_sdk.models import dashboard as grafana

from collector.metrics import Family
from dashboards.words import Speaker

GREEN = "#009E73"
SKY = "#56B4E9"
GREY = "#B0B0B0"
YELLOW = "#F0E442"
ORANGE = "#E69F00"
VERMILION = "#D55E00"
BLUE = "#0072B2"
PURPLE = "#CC79A7"

CODES: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        # code in Family.states: English, Vietnamese, colour
        "up": ("up", "hoạt động", GREEN),
        "maintenance": ("maintenance", "bảo trì", SKY),
        "unknown": ("unknown", "chưa rõ", GREY),
        "agent_down": ("agent silent", "SNMP im lặng", YELLOW),
        "unreachable": ("unreachable", "không tới được", ORANGE),
        "down": ("down", "hỏng", VERMILION),
        "notice": ("notice", "lưu ý", BLUE),
        "warning": ("warning", "cảnh báo", YELLOW),
        "major": ("major", "nghiêm trọng", ORANGE),
        "critical": ("critical", "khẩn cấp", VERMILION),
        "good": ("good", "tốt", GREEN),
        "fair": ("fair", "trung bình", YELLOW),
        "poor": ("poor", "kém", VERMILION),
        "planned": ("planned", "đã lên lịch", GREY),
        "preparing": ("preparing", "chuẩn bị", SKY),
        "running": ("running", "đang họp", BLUE),
        "ended": ("ended", "đã hết", GREEN),
    }
)
"""How every code of the catalogue's coded gauges is said and coloured."""

UNITS: Mapping[str, str] = MappingProxyType(
    {
        "": "none",
        "ratio": "percentunit",
        "seconds": "s",
        "bytes": "bytes",
        "bits_per_second": "bps",
        "celsius": "celsius",
        "hertz": "hertz",
        "volts": "volt",
        "pixels": "pixel",
        "timestamp_seconds": "dateTimeAsIso",
    }
)
"""Grafana's name of a catalogue's base unit."""


def unit(family: Family) -> str:
    """Grafana's unit for the family's values; KeyError if nobody has said what it is."""
    return UNITS[family.unit]


def mapping(words: Mapping[int, tuple[str, str]]) -> list[grafana.ValueMapping]:
    """Texts and colours for single values."""
    return [
        grafana.ValueMap(
            options={
                str(value): grafana.ValueMappingResult(text=text, color=colour, index=index)
                for index, (value, (text, colour)) in enumerate(sorted(words.items()))
            }
        )
    ]


def states(family: Family, say: Speaker) -> list[grafana.ValueMapping]:
    """Texts and colours for the codes of a coded gauge; ValueError if the family has none."""
    if not family.states:
        raise ValueError(f"{family.name} is not coded")
    return mapping({code: (say(*CODES[name][:2]), CODES[name][2]) for code, name in family.states})


def steps(*steps: tuple[float | None, str]) -> list[grafana.Threshold]:
    """Colours from a value upwards; the first begins at None, which is minus infinity."""
    return [grafana.Threshold(value=value, color=colour) for value, colour in steps]


def alarm() -> list[grafana.Threshold]:
    """Nothing is good, one is an alarm."""
    return steps((None, GREEN), (1, VERMILION))


def caution() -> list[grafana.Threshold]:
    """Nothing is good, one wants a look."""
    return steps((None, GREEN), (1, YELLOW))


def state_steps(family: Family) -> list[grafana.Threshold]:
    """The colours of the codes as thresholds, for what colours by number (the map)."""
    first, *rest = sorted(family.states)
    return steps((None, CODES[first[1]][2]), *((float(code), CODES[name][2]) for code, name in rest))


def _two(zero: tuple[str, str], one: tuple[str, str]) -> list[grafana.ValueMapping]:
    return mapping({0: zero, 1: one})


def works(say: Speaker) -> list[grafana.ValueMapping]:
    """1 works, 0 fails: links, scrapes."""
    return _two((say("fails", "hỏng"), VERMILION), (say("works", "hoạt động"), GREEN))


def answers(say: Speaker) -> list[grafana.ValueMapping]:
    """1 answers, 0 fails: services that are probed."""
    return _two((say("fails", "hỏng"), VERMILION), (say("answers", "trả lời"), GREEN))


def taken(say: Speaker) -> list[grafana.ValueMapping]:
    """1 somebody is on it, 0 nobody."""
    return _two((say("nobody", "chưa ai"), ORANGE), (say("yes", "đã nhận"), GREEN))


def lasts(say: Speaker) -> list[grafana.ValueMapping]:
    """1 lasts, 0 has ended."""
    return _two((say("ended", "đã hết"), GREEN), (say("lasts", "đang diễn ra"), VERMILION))
