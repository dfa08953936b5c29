"""The live page over HTTP: every page in both languages, what is not there, what attackers write, and its weight."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import aiohttp
import pytest

from collector.config import load
from collector.meetings.model import Occurrence
from collector.meetings.readiness import Participant, Phase, Readiness, Verdict
from collector.meetings.reasons import Code, Reason
from collector.meetings.report import Sources, report
from collector.meetings.standing import Meetings, Sitting
from collector.model import DeviceName
from collector.outages.sittings import SittingRow
from collector.outages.state import CauseKind, CityState, DeviceVerdict, Outage, Severity, State
from collector.outcome import Answer, FailureKind
from collector.plan import Question
from exporters.live.pages import ALONE, POLICY
from exporters.server import Server
from tests.unit.exporters.city import (
    CENTRE,
    DISTRICT,
    NOW,
    ROUTER,
    SITE,
    Entry,
    FakeViews,
    all_up,
    inventory,
    key,
    measured,
    octets,
)

pytestmark = pytest.mark.integration

PAGES = (
    "/",
    "/wall",
    "/site/00115",
    "/device/rt-00115",
    "/district/004",
    "/unit/00118",
    "/search?q=phuc",
    "/meeting/briefing",
    "/meeting/briefing?show=GO&q=phuc",
    "/runbook/",
    "/runbook/CitynocOutage",
    "/nowhere",
)
HTML = "text/html,application/xhtml+xml"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>{{7*7}}"
ROOT = Path(__file__).parents[3]


def conferring(title: str = "Giao ban", reason: str = "router down") -> Meetings:
    """A meeting that is being prepared, one of whose two participants cannot join."""
    texts = {"vi": title, "en": title}
    one = Occurrence(
        "briefing", texts, NOW + 1800, NOW + 7200, frozenset({SITE, CENTRE}), ("vc-00115",), ("mcu-1",)
    )
    why = Reason(Code.ROUTER_DOWN, {"vi": reason, "en": reason})
    look = Readiness(
        one,
        NOW,
        Phase.PREPARING,
        (
            Participant(SITE, "vc-00115", Verdict.NO_GO, (why,)),
            Participant(CENTRE, "", Verdict.GO, (), connected=True),
        ),
        hall=(why,),
    )
    return Meetings(NOW, (Sitting(one, Phase.PREPARING, look),))


@asynccontextmanager
async def serving(views: FakeViews) -> AsyncIterator[aiohttp.ClientSession]:
    async with (
        Server(views, "127.0.0.1", 0) as running,
        aiohttp.ClientSession(f"http://127.0.0.1:{running.port}", auto_decompress=False) as client,
    ):
        yield client


async def page(
    client: aiohttp.ClientSession, path: str, **headers: str
) -> tuple[aiohttp.ClientResponse, str]:
    given = {"Accept": HTML, "Accept-Encoding": "identity", **headers}
    async with client.get(path, headers=given, allow_redirects=False) as response:
        return response, await response.text()


class Shape(HTMLParser):
    """Tags that a browser would see, their ids, and everything that could run or load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.scripts: list[str] = []
        self.loads: list[str] = []
        self.handlers: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name.startswith("on") or name == "style":
                self.handlers.append(f"{tag} {name}")
            if name in ("src", "href") and tag in ("script", "link", "img", "iframe", "use"):
                self.loads.append(value or "")
        if tag == "script":
            self.scripts.append(dict(attrs).get("src") or "inline")


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_every_page_is_whole_in_both_languages(language: str):
    async with serving(FakeViews(shown_meetings=conferring())) as client:
        for path in PAGES:
            response, text = await page(client, path, **{"Accept-Language": language})
            assert response.status == (404 if path == "/nowhere" else 200), path
            assert response.headers["Content-Security-Policy"] == POLICY
            assert response.headers["Content-Language"] == language
            assert response.headers["Cache-Control"] == "no-store"
            assert f'<html lang="{language}">' in text
            shape = Shape(text)
            assert len(set(shape.ids)) == len(shape.ids), path
            assert "inline" not in shape.scripts
            assert shape.handlers == []
            assert all(one.startswith("/static/") for one in shape.loads)


async def test_the_chosen_language_is_remembered():
    async with serving(FakeViews()) as client:
        response, text = await page(client, "/site/00115?lang=en")
        assert "Way to the core" in text
        cookie = response.cookies["citynoc_lang"]
        assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("en", True, "Lax")
        kept = {"Accept-Language": "vi", "Cookie": f"{cookie.key}={cookie.value}"}
        _, text = await page(client, "/site/00115", **kept)
        assert "Way to the core" in text


async def test_static_files_are_kept_for_ever_by_their_content():
    async with serving(FakeViews()) as client:
        _, text = await page(client, "/wall")
        for path in Shape(text).loads:
            response, _ = await page(client, path)
            assert response.status == 200
            assert "immutable" in response.headers["Cache-Control"]
            stale, _ = await page(client, path.partition("?")[0] + "?v=old")
            assert stale.headers["Cache-Control"] == "no-store"
        for path in ("/static/", "/static/none.js", "/static/..%2Fpages.py", "/static/../server.py"):
            response, _ = await page(client, path)
            assert response.status == 404


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/site/00151", "/site/00115"),
        ("/device/rt-0115", "/device/rt-00115"),
        ("/district/04", "/district/004"),
        ("/unit/99999", None),
        ("/meeting/brefing", "/meeting/briefing"),
        ("/site/" + "a" * 3000, None),
        ("/device/%00%ff", None),
    ],
)
async def test_what_is_not_there_is_a_page_with_near_names(path: str, near: str | None):
    async with serving(FakeViews(shown_meetings=conferring())) as client:
        response, text = await page(client, path)
        assert response.status == 404
        assert response.headers["Content-Type"].startswith("text/html")
        if near:
            assert f'href="{near}"' in text
        _, plain = await page(client, "/anything", Accept="*/*")
        assert plain.startswith("no such page")


async def test_a_whole_name_leads_straight_to_its_page():
    async with serving(FakeViews()) as client:
        response, _ = await page(client, "/search?q=Phúc+Lợi")
        assert (response.status, response.headers["Location"]) == (303, "/site/00115")
        _, text = await page(client, "/search?q=")
        assert "00115" not in text


def hostile() -> FakeViews:
    city = inventory(name=EVIL, site_name=EVIL)
    name = DeviceName(ROUTER)
    devices = {
        **city.devices,
        name: replace(city.devices[name], vendor=EVIL, model=EVIL, tags=frozenset({EVIL})),
    }
    outage = Outage(
        f"cable:{EVIL}",
        CauseKind.CABLE,
        DISTRICT,
        NOW,
        (EVIL,),
        frozenset({ROUTER}),
        frozenset({SITE}),
        Severity.MAJOR,
        carrier=EVIL,
    )
    entry = Entry(NOW, Question.TELEMETRY, ok=False, kind=FailureKind.DECODE, detail=EVIL, log=(EVIL, EVIL))
    verdict = replace(all_up().devices[name], state=State.UNREACHABLE, cause=outage.id)
    views = FakeViews(
        running=replace(city, devices=devices),
        state=replace(all_up(), outages=(outage,), devices={**all_up().devices, name: verdict}),
        known_facts={name: {"sysDescr": EVIL, EVIL: EVIL}},
        entries={name: [entry]},
        shown_meetings=conferring(EVIL, EVIL),
    )
    row = (EVIL, EVIL, "1", EVIL)
    views.devices.put(
        key(Question.POLL),
        Answer((measured("ifOperStatus", row, values=[2]), measured("ifHCInOctets", row, values=[5]))),
        100,
    )
    return views


@pytest.mark.parametrize(
    "views",
    [FakeViews(is_ready=False), FakeViews(state=replace(all_up(), blind=True))],
    ids=["not yet asked", "blind"],
)
async def test_whoever_cannot_see_does_not_say_that_all_is_well(views: FakeViews):
    async with serving(views) as client:
        for path in ("/", "/wall"):
            _, text = await page(client, f"{path}?lang=en")
            assert "Not known whether there is an outage." in text, path
            assert "No outage." not in text, path
            assert "All is well" not in text, path


async def test_a_calm_city_says_so():
    async with serving(FakeViews()) as client:
        assert "No outage." in (await page(client, "/?lang=en"))[1]
        assert "All is well" in (await page(client, "/wall?lang=en"))[1]


async def test_a_script_in_any_name_or_text_stays_text():
    async with serving(hostile()) as client:
        for path in (*PAGES, f"/search?q={EVIL}", "/?part=live", f"/{EVIL}"):
            _, text = await page(client, path)
            shape = Shape(text)
            assert all(one.startswith("/static/") for one in (*shape.scripts, *shape.loads)), path
            assert shape.handlers == [], path
            assert "<script>alert" not in text
            assert "49" not in re.findall(r"&gt;(\d\d)\b", text)
        _, text = await page(client, "/device/rt-00115")
        assert text.count("&lt;script&gt;alert(1)") > 8


@pytest.mark.parametrize(
    "made_up", ["//evil.example/", "///evil.example", "/%5Cevil.example", "/%2F/evil.example", "/a?b#c"]
)
async def test_no_link_leads_off_this_server_whatever_the_path(made_up: str):
    async with Server(FakeViews(), "127.0.0.1", 0) as running:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writer.write(f"GET {made_up} HTTP/1.0\r\nAccept: text/html\r\n\r\n".encode())
        text = (await reader.read()).decode()
        writer.close()
    links = re.findall(r'href="([^"]*)"', text)
    assert len(links) > 5
    for link in links:
        target = urlsplit(urljoin("http://citynoc/", link.replace("\\", "/")))
        assert target.netloc == "citynoc", link


async def test_meetings_are_on_the_city_and_have_a_page_and_an_answer_for_programs():
    outage = Outage(
        "device:rt",
        CauseKind.DEVICE,
        DISTRICT,
        NOW,
        ("rt",),
        frozenset({ROUTER}),
        frozenset({SITE}),
        Severity.CRITICAL,
    )
    views = FakeViews(shown_meetings=conferring(), state=replace(all_up(), outages=(outage,)))
    english = {"Accept-Language": "en"}
    async with serving(views) as client:
        _, city = await page(client, "/", **english)
        assert city.count('href="/meeting/briefing"') == 2  # its tile, and the outage that puts it at risk
        assert "Meeting at risk" in city
        _, wall = await page(client, "/wall", **english)
        assert "Giao ban" in wall
        _, text = await page(client, "/meeting/briefing", **english)
        assert text.index("Phúc Lợi") < text.index("Trung tâm dữ liệu 1")
        assert "router down" in text
        _, some = await page(client, "/meeting/briefing?show=GO", **english)
        assert "Trung tâm dữ liệu 1" in some
        assert "Phúc Lợi" not in some
        assert '<option value="GO" selected>' in some
        _, none = await page(client, "/meeting/briefing?q=nothing+like+it", **english)
        assert "Nobody fits the filter." in none
        _, meetings = await page(client, "/api/v1/meetings")
        [row] = json.loads(meetings)["meetings"]
        assert (row["meeting"], row["state"], row["participants"]) == ("briefing", "preparing", 2)
        assert (row["ready"], row["not_ready"]) == (1, 1)
        _, outages = await page(client, "/api/v1/outages")
        assert [one["meetings"] for one in json.loads(outages)["outages"]] == [["briefing"]]
        _, metrics = await page(client, "/metrics/state", Accept="text/plain")
        start = f'{{outage="device:rt",meeting="briefing"}} {NOW + 1800!r}'
        assert f"citynoc_outage_meeting_start_timestamp_seconds{start}" in metrics


def ended() -> Meetings:
    """The same meeting when it is over: what is known of it is of its end."""
    [sitting] = conferring().sittings
    assert sitting.look is not None
    one = replace(sitting.occurrence, start=NOW - 6300, end=NOW - 900)
    final = replace(sitting.look, occurrence=one, at=one.end - 60, phase=Phase.RUNNING)
    return Meetings(NOW, (Sitting(one, Phase.ENDED, final=final),))


async def test_a_meeting_that_is_over_is_said_to_be_and_shown_as_it_stood_at_its_end():
    down = {name: DeviceVerdict(State.DOWN, NOW, answered=False) for name in all_up().devices}
    views = FakeViews(shown_meetings=ended(), state=replace(all_up(), devices=down))
    async with serving(views) as client:
        _, text = await page(client, "/meeting/briefing", **{"Accept-Language": "en"})
        assert "The meeting ended at 20:58. The list shows how things stood at its end (as of 20:57)" in text
        assert "How it stood at the end, by district" in text
        assert "router down" in text
        assert "1 in a call at the end" in text
        assert 'href="/meeting/briefing/report"' in text
        _, vi = await page(client, "/meeting/briefing", **{"Accept-Language": "vi"})
        assert "Cuộc họp đã kết thúc lúc 20:58." in vi
        _, told = await page(client, "/api/v1/meetings/briefing")
        assert (json.loads(told)["state"], json.loads(told)["ready"]) == ("ended", 1)
    async with serving(FakeViews(shown_meetings=conferring())) as client:
        _, text = await page(client, "/meeting/briefing", **{"Accept-Language": "en"})
        assert "The meeting ended" not in text
        assert "/report" not in text


async def test_the_report_of_a_meeting_is_a_page_that_stands_alone():
    hurt = SittingRow("briefing", NOW - 6300, NOW - 6300, NOW - 900, False, EVIL, EVIL, "[]", "[]", "{}")
    found = report(Sources(hurt, ["00115"], [], []), inventory(), NOW)
    views = FakeViews(reports={("briefing", None): found, ("briefing", "2026-11-22"): found})
    async with serving(views) as client:
        for path in ("/meeting/briefing/report", "/meeting/briefing/report?on=2026-11-22&lang=en"):
            response, text = await page(client, path)
            assert response.status == 200
            assert response.headers["Content-Security-Policy"] == ALONE
            assert Shape(text).scripts == []
            assert "<script>alert" not in text
        _, english = await page(client, "/meeting/briefing/report?lang=en")
        assert "Meeting report" in english
        for path in (
            "/meeting/briefing/report?on=2026-11-21",
            "/meeting/nothing/report",
            f"/meeting/{EVIL[:8]}/report",
        ):
            response, text = await page(client, path, **{"Accept-Language": "en"})
            assert response.status == 404
            assert "Nothing is written down of a meeting “" in text
            assert "“<script" not in text


async def test_interfaces_and_failures_answer_why_it_is_red():
    failed = Entry(
        NOW, Question.POLL, ok=False, kind=FailureKind.AUTH, detail="wrong community", log=("asked",)
    )
    views = FakeViews(entries={ROUTER: [failed]}, known_facts={ROUTER: {"model": "AR6140"}})
    views.devices.put(key(Question.POLL), octets(1, 2), 100)
    async with serving(views) as client:
        _, text = await page(client, "/device/rt-00115", **{"Accept-Language": "en"})
    for words in (
        "wrong credential",
        "wrong community",
        "asked",
        "AR6140",
        "ether2",
        "rt-00115--core-1",
        "Hop 2",
    ):
        assert words in text


async def test_the_journal_tells_what_was_before():
    outage = Outage(
        "device:rt-00115",
        CauseKind.DEVICE,
        DISTRICT,
        NOW - 5 * 86400,
        (ROUTER,),
        frozenset({ROUTER}),
        frozenset({SITE}),
        Severity.MAJOR,
        ended=NOW - 5 * 86400 + 600,
    )
    old = replace(outage, started=NOW - 40 * 86400, ended=NOW - 39 * 86400)
    lasting = replace(outage, started=NOW - 60, ended=None)
    views = FakeViews(journal=(old, outage, lasting), state=replace(all_up(), outages=(lasting,)))
    async with serving(views) as client:
        for path in ("/site/00115", "/device/rt-00115"):
            _, text = await page(client, path, **{"Accept-Language": "en"})
            assert text.count('class="outage ') == 2
            assert "lasted 10 minutes" in text
        _, text = await page(client, "/device/core-1")
        assert 'class="outage ' not in text


async def test_the_real_city_weighs_little():
    known = load(ROOT / "config", {"CITYNOC_SNMP_COMMUNITY": "x"}).inventory
    async with serving(FakeViews(running=known, state=CityState(NOW))) as client:
        _, text = await page(client, "/")
        weight = 0
        for path in ("/", *Shape(text).loads):
            async with client.get(path, headers={"Accept-Encoding": "gzip", "Accept": HTML}) as response:
                weight += len(await response.read())
    assert weight <= 500_000
    assert text.count("data-s=") >= 579


async def test_viewers_of_one_moment_share_one_page():
    async with serving(FakeViews()) as client:
        first = (await page(client, "/?part=live"))[1]
        assert (await page(client, "/?part=live&utm=x"))[1] == first
        assert 'id="map"' not in first
        assert 'id="net"' in first
