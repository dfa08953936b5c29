"""Why a participant cannot join a meeting, in words: one catalogue, Vietnamese and English side by side. Pure.

`Code` is in order of badness: what stands first explains most of what stands behind it, and is told first. A code is
also the `reason` label of `citynoc_meeting_not_ready_reason`, so it never changes its name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import NamedTuple


class Code(StrEnum):
    """Every reason, the worst first."""

    NO_ENDPOINT = "no_endpoint"
    BLIND = "blind"
    SHADOW = "shadow"
    ROUTER_DOWN = "router_down"
    MAINTENANCE = "maintenance"
    ENDPOINT_DOWN = "endpoint_down"
    ENDPOINT_OFF = "endpoint_off"
    ENDPOINT_STALE = "endpoint_stale"
    GATEWAY_SILENT = "gateway_silent"
    BROKER_SILENT = "broker_silent"
    NO_EVIDENCE = "no_evidence"
    BRIDGE_DOWN = "bridge_down"
    BRIDGE_SHORT = "bridge_short"
    NOT_REGISTERED = "not_registered"
    REGISTRATION_UNKNOWN = "registration_unknown"
    CERTIFICATE = "certificate"
    CLOCK = "clock"
    MICROPHONE = "microphone"
    CAMERA = "camera"
    DISPLAY = "display"
    CALL_LOSS = "call_loss"
    UPLINK_LOSS = "uplink_loss"
    JITTER = "jitter"
    LATENCY = "latency"
    TEMPERATURE = "temperature"
    REFUSED = "telemetry_refused"
    REDUNDANCY_LOST = "redundancy_lost"
    ELSEWHERE = "elsewhere"
    NOT_IN_CALL = "not_in_call"


RANK: Mapping[Code, int] = MappingProxyType({code: place for place, code in enumerate(Code)})


class Weight(IntEnum):
    """What a reason does to the verdict."""

    NOTE = 0  # worth knowing: GO
    DOUBT = 1  # it cannot be said: UNKNOWN
    STOP = 2  # it cannot join, or cannot be seen, heard or understood: NO-GO


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason. `text` has "vi" and "en"; `since` is Unix time; `cause` is the id of the outage behind it."""

    code: Code
    text: Mapping[str, str]
    weight: Weight = Weight.STOP
    since: float | None = None
    cause: str = ""


class Words(NamedTuple):
    """A sentence in both languages; `{name}` marks what is filled in."""

    vi: str
    en: str


TEXTS: Mapping[str, Words] = MappingProxyType(
    {
        Code.NO_ENDPOINT: Words(
            "chưa khai báo thiết bị họp nào tại điểm này", "no endpoint is configured at this site"
        ),
        Code.BLIND: Words(
            "chính hệ thống giám sát đang bị cô lập: chưa rõ",
            "the monitor itself is cut off: nothing is known",
        ),
        Code.SHADOW: Words("bị cắt do sự cố {cause} từ {since}", "cut off by outage {cause} since {since}"),
        "shadow.plain": Words(
            "không tới được từ {since}: {device} không trả lời",
            "unreachable since {since}: {device} does not answer",
        ),
        Code.ROUTER_DOWN: Words(
            "bộ định tuyến {device} mất kết nối từ {since}", "router {device} down since {since}"
        ),
        Code.MAINTENANCE: Words(
            "{device} đang bảo trì theo kế hoạch và không trả lời",
            "planned work on {device}, which does not answer",
        ),
        "maintenance.planned": Words(
            "{device} nằm trong lịch bảo trì, vẫn trả lời",
            "a window of planned work covers {device}, which still answers",
        ),
        Code.ENDPOINT_DOWN: Words(
            "thiết bị họp {device} không trả lời từ {since}",
            "endpoint {device} has not answered since {since}",
        ),
        Code.ENDPOINT_OFF: Words(
            "thiết bị họp {device} đã tắt từ {since}", "endpoint {device} has been off since {since}"
        ),
        Code.ENDPOINT_STALE: Words(
            "thiết bị họp {device} ngừng gửi số liệu từ {since}: lỗi tại thiết bị",
            "endpoint {device} has been stale since {since}: the endpoint itself sends nothing any more",
        ),
        Code.GATEWAY_SILENT: Words(
            "không có số liệu của {device} từ {since}: cổng trung gian {gateway} im lặng",
            "endpoint {device} has been stale since {since}: its gateway {gateway} is silent",
        ),
        Code.BROKER_SILENT: Words(
            "không có số liệu của {device} từ {since}: broker MQTT im lặng hoặc không tới được",
            "endpoint {device} has been stale since {since}: the broker is silent or cannot be reached",
        ),
        Code.NO_EVIDENCE: Words("chưa nhận được gì từ {device}", "nothing has been heard from {device} yet"),
        Code.BRIDGE_DOWN: Words(
            "cầu họp {device} không trả lời từ {since}", "bridge {device} has not answered since {since}"
        ),
        Code.BRIDGE_SHORT: Words(
            "cầu họp thiếu {short} cổng: cần {wanted}, còn trống {free}",
            "bridge short of {short} ports: {wanted} wanted, {free} free",
        ),
        "bridge_short.shared": Words(
            "cầu họp thiếu {short} cổng: cần {wanted}, trong đó {others} cho cuộc họp khác cùng lúc, còn trống {free}",
            "bridge short of {short} ports: {wanted} wanted, {others} of them by meetings at the same time, {free} free",
        ),
        "bridge_short.one": Words(
            "cầu họp thiếu {short} cổng: cần {wanted}, còn trống {free}",
            "bridge short of {short} port: {wanted} wanted, {free} free",
        ),
        Code.NOT_REGISTERED: Words(
            "thiết bị họp {device} chưa đăng ký ({protocols})",
            "endpoint {device} is not registered ({protocols})",
        ),
        Code.REGISTRATION_UNKNOWN: Words(
            "{device} trả lời nhưng không cho biết đã đăng ký hay chưa",
            "{device} answers, but does not say whether it is registered",
        ),
        Code.CERTIFICATE: Words(
            "chứng thư của {device} hết hạn lúc {when}", "certificate of {device} expires at {when}"
        ),
        "certificate.over": Words(
            "chứng thư của {device} đã hết hạn lúc {when}", "certificate of {device} expired at {when}"
        ),
        "clock.ahead": Words(
            "đồng hồ của {device} chạy nhanh {seconds} giây", "clock of {device} is off by {seconds} s, ahead"
        ),
        "clock.behind": Words(
            "đồng hồ của {device} chạy chậm {seconds} giây", "clock of {device} is off by {seconds} s, behind"
        ),
        "clock.refused": Words(
            "đồng hồ của {device} lệch hơn {seconds} giây: bản tin bị từ chối",
            "clock of {device} is off by more than {seconds} s: its messages are refused",
        ),
        "clock.all.ahead": Words(
            "đồng hồ của {number}/{all} thiết bị họp cùng chạy nhanh {seconds} giây: chính đồng hồ của hệ thống giám sát, hoặc máy chủ giờ của chúng, sai",
            "the clocks of {number} of {all} endpoints are off by the same {seconds} s, ahead: the monitor's own clock is wrong, or their time server",
        ),
        "clock.all.behind": Words(
            "đồng hồ của {number}/{all} thiết bị họp cùng chạy chậm {seconds} giây: chính đồng hồ của hệ thống giám sát, hoặc máy chủ giờ của chúng, sai",
            "the clocks of {number} of {all} endpoints are off by the same {seconds} s, behind: the monitor's own clock is wrong, or their time server",
        ),
        "clock.all.refused": Words(
            "đồng hồ của {number}/{all} thiết bị họp lệch hơn {seconds} giây: chính đồng hồ của hệ thống giám sát, hoặc máy chủ giờ của chúng, sai",
            "the clocks of {number} of {all} endpoints are off by more than {seconds} s: the monitor's own clock is wrong, or their time server",
        ),
        Code.MICROPHONE: Words("micrô của {device} hỏng", "microphone fault on {device}"),
        Code.CAMERA: Words("camera của {device} hỏng", "camera fault on {device}"),
        Code.DISPLAY: Words("màn hình của {device} hỏng", "display fault on {device}"),
        "call_loss.rx": Words(
            "mất {percent} gói khi nhận trong cuộc gọi", "{percent} loss in the call, receiving"
        ),
        "call_loss.tx": Words(
            "mất {percent} gói khi gửi trong cuộc gọi", "{percent} loss in the call, sending"
        ),
        Code.UPLINK_LOSS: Words(
            "mất {percent} gói trên đường lên của {link}", "{percent} loss on the uplink {link}"
        ),
        "uplink_loss.asked": Words(
            "mất {percent} gói thăm dò gửi tới {link}",
            "{percent} loss on the uplink of {link}, by our own questions",
        ),
        Code.JITTER: Words("độ rung {ms} ms trong cuộc gọi", "{ms} ms jitter in the call"),
        Code.LATENCY: Words("độ trễ {ms} ms trong cuộc gọi", "{ms} ms latency in the call"),
        Code.TEMPERATURE: Words("{device} nóng {celsius} °C", "{device} is at {celsius} °C"),
        Code.REFUSED: Words(
            "bản tin của {device} bị từ chối, xem /api/v1/refused",
            "messages of {device} are refused, see /api/v1/refused",
        ),
        Code.REDUNDANCY_LOST: Words(
            "chỉ còn một đường lên, hết dự phòng", "only one uplink is left; nothing stands in for it"
        ),
        Code.ELSEWHERE: Words(
            "cùng lúc phải dự “{title}” đến {when}", "also wanted in “{title}” until {when}"
        ),
        Code.NOT_IN_CALL: Words("không ở trong cuộc gọi", "not in the call"),
    }
)
"""By code, or `code.variant`."""

SHORT: Mapping[Code, Words] = MappingProxyType(
    {
        Code.NO_ENDPOINT: Words("không có thiết bị", "no endpoint"),
        Code.BLIND: Words("giám sát bị cô lập", "monitor cut off"),
        Code.SHADOW: Words("sự cố mạng", "network outage"),
        Code.ROUTER_DOWN: Words("bộ định tuyến hỏng", "router down"),
        Code.MAINTENANCE: Words("đang bảo trì", "planned work"),
        Code.ENDPOINT_DOWN: Words("thiết bị không trả lời", "endpoint down"),
        Code.ENDPOINT_OFF: Words("thiết bị tắt", "endpoint off"),
        Code.ENDPOINT_STALE: Words("thiết bị ngừng gửi số liệu", "endpoint stale"),
        Code.GATEWAY_SILENT: Words("cổng trung gian im lặng", "gateway silent"),
        Code.BROKER_SILENT: Words("broker im lặng", "broker silent"),
        Code.NO_EVIDENCE: Words("chưa có số liệu", "nothing heard"),
        Code.BRIDGE_DOWN: Words("cầu họp hỏng", "bridge down"),
        Code.BRIDGE_SHORT: Words("cầu họp thiếu cổng", "bridge ports missing"),
        Code.NOT_REGISTERED: Words("chưa đăng ký", "not registered"),
        Code.REGISTRATION_UNKNOWN: Words("chưa rõ đăng ký", "registration unknown"),
        Code.CERTIFICATE: Words("chứng thư hết hạn", "certificate"),
        Code.CLOCK: Words("lệch đồng hồ", "clock"),
        Code.MICROPHONE: Words("hỏng micrô", "microphone"),
        Code.CAMERA: Words("hỏng camera", "camera"),
        Code.DISPLAY: Words("hỏng màn hình", "display"),
        Code.CALL_LOSS: Words("mất gói trong cuộc gọi", "loss in the call"),
        Code.UPLINK_LOSS: Words("mất gói trên đường lên", "loss on the uplink"),
        Code.JITTER: Words("độ rung", "jitter"),
        Code.LATENCY: Words("độ trễ", "latency"),
        Code.TEMPERATURE: Words("quá nóng", "too hot"),
        Code.REFUSED: Words("bản tin bị từ chối", "messages refused"),
        Code.REDUNDANCY_LOST: Words("hết dự phòng", "redundancy lost"),
        Code.ELSEWHERE: Words("họp khác cùng lúc", "wanted elsewhere too"),
        Code.NOT_IN_CALL: Words("ngoài cuộc gọi", "not in the call"),
    }
)
"""A code in two or three words, for counts."""


class Teller:
    """Makes reasons. `now` decides whether a time needs its day; `zone` is the city's."""

    def __init__(self, now: float, zone: tzinfo) -> None:
        self._zone = zone
        self._today = datetime.fromtimestamp(now, zone).date()

    def say(
        self,
        code: Code,
        variant: str = "",
        *,
        weight: Weight = Weight.STOP,
        since: float | None = None,
        cause: str = "",
        when: float | None = None,
        title: Mapping[str, str] | None = None,
        **values: object,
    ) -> Reason:
        """A reason in both languages. `since` and `when` are Unix times, `title` is a meeting's by language."""
        words = TEXTS[f"{code}.{variant}" if variant else code]
        texts = {}
        for language, text, clock in (("vi", words.vi, self.clock_vi), ("en", words.en, self.clock_en)):
            times = {
                "since": _told(since, clock, language),
                "when": _told(when, clock, language),
                "cause": cause,
                "title": "" if title is None else title.get(language) or next(iter(title.values()), ""),
            }
            texts[language] = text.format_map({**values, **times, **_share(values.get("percent"), language)})
        return Reason(code, texts, weight, since, cause)

    def clock_vi(self, at: float) -> str:
        """Local time as Vietnamese write it; with its day if that is not today."""
        local = datetime.fromtimestamp(at, self._zone)
        return f"{local:%H:%M}" if local.date() == self._today else f"{local:%H:%M %d/%m/%Y}"

    def clock_en(self, at: float) -> str:
        """Local time in English; with its day if that is not today."""
        local = datetime.fromtimestamp(at, self._zone)
        return f"{local:%H:%M}" if local.date() == self._today else f"{local:%Y-%m-%d %H:%M}"


def _share(percent: object, language: str) -> dict[str, str]:
    """A share as it is written: Vietnamese has a comma where English has a point."""
    if not isinstance(percent, str):
        return {}
    return {"percent": percent.replace(".", ",") if language == "vi" else percent}


def _told(at: float | None, clock: Callable[[float], str], language: str) -> str:
    if at is None:
        return "lúc chưa rõ" if language == "vi" else "an unknown time"
    return clock(at)
