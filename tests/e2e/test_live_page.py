"""The live page as a person sees it: the whole city simulated, a district cut and repaired, in headless Chromium.

Pictures are made on the way; CITYNOC_PICTURES=DIR keeps them for somebody to look at.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.integration.mosquitto import free_port
from tests.integration.service.process import ROOT, Service, Simulator, eventually
from tests.page.browser import Browser, browsing

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

DEVICES = 1228
COMMUNES = 14
CUT = ("ag-004-1", "ag-004-2")
OUTAGE = "group:ag-004-1+ag-004-2"
AFFECTED = ("00115", "00118", "00154")
TURN_SECONDS = 5.0
"""From the verdict to the map, at most."""

STILL = ("/search?q=thuong", "/runbook/", "/runbook/CitynocOutage", "/runbook/MeetingNotReady")
"""What does not change by itself."""
PAGES = (
    "/",
    "/?map=units",
    "/wall",
    "/site/00115",
    "/device/rt-00115",
    "/district/004",
    "/unit/00127",
    "/meeting/drill",
    "/meeting/drill?show=NO-GO&q=long+bien",
    *STILL,
)
MEETING = """\
meetings:
  drill:
    title: {{vi: Diễn tập, en: Drill}}
    day: {day}
    at: {at}
    duration: 1h
    participants: all
"""
DESKTOP = {"width": 1600, "height": 1000}
PHONE = {"width": 390, "height": 844}
LOCALES = {"vi": "vi-VN", "en": "en-US"}


@contextmanager
def simulated(folder: Path) -> Iterator[tuple[Simulator, Service]]:
    config = folder / "config"
    shutil.copytree(ROOT / "config", config)
    core = config / "core.yml"
    core.write_text(core.read_text().replace(":1180/", f":{free_port()}/"))
    start = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")) + timedelta(minutes=40)
    (config / "meetings.yml").write_text(MEETING.format(day=start.date(), at=f"{start:%H:%M}"))
    with Simulator(config, folder).running() as simulator:
        yield simulator, Service(config, folder, simulator.port, free_port())


def test_a_district_is_cut_and_repaired_before_everybodys_eyes(tmp_path: Path):
    with browsing() as browser, simulated(tmp_path) as (simulator, service):
        base = f"http://127.0.0.1:{service.port}"
        pictures = Path(os.environ.get("CITYNOC_PICTURES") or tmp_path)
        with service.running():
            service.wait_for_all(DEVICES)
            browser.open(f"{base}/", **DESKTOP)
            live(browser)
            assert browser.evaluate("document.querySelectorAll('#map .main .areas .s-up').length") == 579
            cut(simulator, service, browser)
            a_meeting_is_at_risk(browser, base)
            every_page_is_sound(browser, base)
            keys_are_enough(browser, base)
            it_tells_without_scripts_too(browser, base)
            look(browser, base, pictures)
            repair(simulator, service, browser, base)
        browser.wait("!document.getElementById('lost').hidden")
        with service.running():
            live(browser)
            assert browser.evaluate("document.getElementById('lost').hidden")


def live(browser: Browser) -> None:
    browser.wait("document.body.classList.contains('live')")


def area(code: str, state: str) -> str:
    return f"""[...document.querySelectorAll('#map [data-s="{code}"]')].every(one => one.getAttribute('class') === 's-{state}')"""


def cut(simulator: Simulator, service: Service, browser: Browser) -> None:
    for device in CUT:
        simulator.act("kill", device=device)
    eventually("the verdict", lambda: OUTAGE in service.get("/api/v1/outages"))
    browser.wait(" && ".join(area(code, "unreachable") for code in AFFECTED), TURN_SECONDS)
    browser.wait("document.querySelector('#outages li:first-child h3')", TURN_SECONDS)
    settled = (
        f"/{COMMUNES} communes/.test(document.querySelector('#outages li:first-child summary').textContent)"
    )
    browser.wait(settled)
    first = browser.evaluate("document.querySelector('#outages li:first-child').textContent")
    assert all(device in first for device in CUT), first
    listed = json.loads(service.get("/api/v1/outages"))["outages"]
    assert [one["outage"] for one in listed if one["ended"] is None] == [OUTAGE]
    assert browser.evaluate("document.querySelectorAll('#map .areas .s-down').length") == 0
    assert (
        browser.evaluate("document.querySelectorAll('#map .main .areas .s-unreachable').length") == COMMUNES
    )
    assert browser.evaluate("document.title").startswith("(1) ")
    news = browser.evaluate("document.getElementById('news').textContent")
    assert f"{COMMUNES} communes cut off" in news
    browser.evaluate("document.querySelector('#outages summary').click()")
    assert browser.evaluate("document.querySelectorAll('#outages li li').length") == COMMUNES + 1
    nothing_from_elsewhere(browser)


def a_meeting_is_at_risk(browser: Browser, base: str) -> None:
    """The outage names the meeting, its page names who cannot join: filtered as one types, copied as text, full screen."""
    browser.wait("document.querySelector('#outages li:first-child .risk a')", TURN_SECONDS)
    assert browser.evaluate("document.querySelector('.risk a').getAttribute('href')") == "/meeting/drill"
    browser.wait("document.querySelector('#meetings .m-bad h3')?.textContent === 'Drill'")
    browser.open(f"{base}/meeting/drill", **DESKTOP)
    live(browser)
    rows = "document.querySelectorAll('.readiness tbody tr:not(.district, .fold)').length"
    browser.wait(f"{rows} === {COMMUNES}")  # who is ready is folded; of some it is not known so soon
    assert browser.evaluate("document.querySelectorAll('.readiness .fold li').length") == 579 - COMMUNES
    browser.evaluate("document.querySelector('.fold summary').focus()")
    browser.press("Enter")
    assert browser.evaluate("document.querySelector('.fold details').open")
    browser.evaluate("document.getElementById('copy').click()")
    copied = browser.evaluate("document.getElementById('copy').dataset.text").splitlines()
    assert sum("GO" in line.split("\t")[1:2][0] for line in copied if "\t" in line) == 579
    assert browser.axe() == []
    browser.evaluate("document.querySelector('#filter input').focus()")
    browser.press(*"long", "Space", *"bien")
    browser.wait(f"{rows} === {COMMUNES}")
    assert browser.evaluate("document.activeElement.name") == "q"
    browser.wait(f"document.querySelectorAll('.readiness tr.v-down').length === {COMMUNES}")
    browser.evaluate("document.getElementById('copy').click()")
    text = browser.evaluate("document.getElementById('copy').dataset.text")
    assert sum("NO-GO\tcut off by outage" in line for line in text.splitlines()) == COMMUNES
    browser.click("#full")
    browser.wait("document.body.classList.contains('room')")
    assert browser.axe() == []
    nothing_from_elsewhere(browser)


def nothing_from_elsewhere(browser: Browser) -> None:
    assert browser.said() == []
    assert all(one.startswith("http://127.0.0.1:") for one in browser.asked())


def every_page_is_sound(browser: Browser, base: str) -> None:
    for path in PAGES:
        for how in ({**DESKTOP, "locale": "vi-VN"}, {**PHONE, "locale": "en-US", "scheme": "dark"}):
            browser.open(base + path, **how)
            if path not in STILL:
                live(browser)
            assert browser.axe() == [], (path, how)
            wider = browser.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wider <= 0, f"{path} is {wider} px wider than a screen of {how['width']}"
            nothing_from_elsewhere(browser)


def keys_are_enough(browser: Browser, base: str) -> None:
    browser.open(f"{base}/", **DESKTOP)
    browser.press("Tab")
    assert browser.evaluate("document.activeElement.className") == "skip"
    browser.press("Enter")
    browser.evaluate("document.querySelector('input[type=search]').focus()")
    browser.press(*"thuong", "Space", *"thanh", "Enter")
    browser.wait("location.pathname === '/site/00115'")
    browser.open(f"{base}/wall", **DESKTOP)
    shown = "[...document.querySelectorAll('.slide')].findIndex(one => !one.hidden)"
    browser.wait("!document.getElementById('pause').hidden")
    browser.press("Space", "ArrowRight")
    assert browser.evaluate(shown) == 1
    browser.press("ArrowLeft", "ArrowLeft")
    assert browser.evaluate(f"{shown} === document.querySelectorAll('.slide').length - 1")


def it_tells_without_scripts_too(browser: Browser, base: str) -> None:
    assert browser.open(f"{base}/", **PHONE, scripts=False) == 200
    text = browser.evaluate("document.body.innerText")
    assert "14 communes cut off" in text
    assert "Without scripts the page reloads itself" in text


def look(browser: Browser, base: str, pictures: Path) -> None:
    """Pictures for a person to look at: nobody else sees whether a page is beautiful."""
    for name, path in (
        ("city", "/"),
        ("site", "/site/00115"),
        ("wall", "/wall"),
        ("device", "/device/rt-00115"),
        ("meeting", "/meeting/drill"),
    ):
        for language, locale in LOCALES.items():
            for screen, size in (("desktop", DESKTOP), ("phone", PHONE)):
                browser.open(base + path, **size, locale=locale)
                live(browser)
                browser.shot(pictures / f"{name}-{language}-{screen}.png", full=screen == "phone")


def repair(simulator: Simulator, service: Service, browser: Browser, base: str) -> None:
    browser.open(f"{base}/", **DESKTOP)
    browser.wait(area("00115", "unreachable"))
    for device in CUT:
        simulator.act("repair", device=device)
    service.wait_for_all(DEVICES)
    browser.wait("document.querySelectorAll('#map .main .areas .s-up').length === 579")
    browser.wait("document.querySelector('#outages .calm') && document.getElementById('past')")
    browser.wait("!document.title.startsWith('(')")
