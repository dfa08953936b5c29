"""Runbooks over HTTP: in the reader's language, behind the same guard, and an answer for a name that is none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from exporters.live.pages import POLICY
from exporters.live.runbooks import Runbooks
from exporters.server import Server
from tests.unit.exporters.city import FakeViews

pytestmark = pytest.mark.integration

ENGLISH = {"Accept": "text/html", "Accept-Language": "en"}


@asynccontextmanager
async def serving(runbooks: Runbooks | None = None) -> AsyncIterator[aiohttp.ClientSession]:
    async with (
        Server(FakeViews(), "127.0.0.1", 0, runbooks=runbooks) as running,
        aiohttp.ClientSession(f"http://127.0.0.1:{running.port}") as client,
    ):
        yield client


async def page(
    client: aiohttp.ClientSession, path: str, **headers: str
) -> tuple[aiohttp.ClientResponse, str]:
    async with client.get(path, headers={**ENGLISH, **headers}, allow_redirects=False) as response:
        return response, await response.text()


async def test_a_runbook_is_in_the_language_of_its_reader():
    async with serving() as client:
        for language, own, other in (
            ("en", "Over when", "Khi nào xong"),
            ("vi", "Khi nào xong", "Over when"),
        ):
            answer, text = await page(client, "/runbook/CitynocOutage", **{"Accept-Language": language})
            assert answer.status == 200
            assert answer.headers["Content-Security-Policy"] == POLICY
            assert answer.headers["Content-Language"] == language
            assert f"<h2>{own}</h2>" in text
            assert other not in text
            assert f'<article class="runbook" lang="{language}">' in text
            assert " style=" not in text
        _, text = await page(client, "/runbook/CitynocOutage?lang=vi")
        assert "Khi nào xong" in text
        assert 'href="/runbook/CitynocOutage?lang=en"' in text


async def test_the_list_leads_to_every_one_and_one_to_the_other():
    async with serving() as client:
        for path in ("/runbook", "/runbook/"):
            answer, text = await page(client, path)
            assert answer.status == 200
            assert '<a href="/runbook/CitynocOutage">' in text
            assert "Something failed and sites are cut off." in text
            assert "README" not in text
        _, text = await page(client, "/runbook/OutageUnacknowledged")
        assert '<a href="/runbook/CitynocOutage">CitynocOutage</a>' in text
        _, text = await page(client, "/")
        assert '<a href="/runbook/">Runbooks</a>' in text


@pytest.mark.parametrize(
    "path",
    [
        "/runbook/CitynocOutag",
        "/runbook/citynocoutage",
        "/runbook/CitynocOutage.md",
        "/runbook/..%2Frunbooks%2FCitynocOutage",
    ],
)
async def test_a_name_that_is_none_is_said_with_those_that_resemble_it(path: str):
    async with serving() as client:
        answer, text = await page(client, path)
        assert answer.status == 404
        assert "There is no runbook “" in text
        assert '<a href="/runbook/CitynocOutage">CitynocOutage</a>' in text
        assert '<a href="/runbook/">' in text


@pytest.mark.parametrize(
    "path", ["..%2F..%2FREADME", "%2e%2e%2freadiness", "README", "%00", "a%2Fb", "<script>"]
)
async def test_nothing_but_runbooks_is_read(path: str):
    async with serving() as client:
        answer, text = await page(client, f"/runbook/{path}")
        assert answer.status == 404
        assert "There is no runbook “" in text
        assert "<script>" not in text


async def test_an_installation_without_them_says_so_and_goes_on(tmp_path: Path):
    async with serving(Runbooks(tmp_path)) as client:
        for path, status in (("/runbook/", 200), ("/runbook/CitynocOutage", 404)):
            answer, text = await page(client, path)
            assert answer.status == status
            assert "This installation came without its runbooks" in text
        _, text = await page(client, "/runbook/CitynocOutage", **{"Accept-Language": "vi"})
        assert "Bản cài đặt này thiếu sổ tay xử lý" in text


async def test_what_a_runbook_says_does_not_run(tmp_path: Path):
    (tmp_path / "Evil.md").write_text("# Evil\n\n<script>alert(1)</script> [x](javascript:alert(2)).\n")
    async with serving(Runbooks(tmp_path)) as client:
        for path in ("/runbook/Evil", "/runbook/"):
            _, text = await page(client, path)
            assert "&lt;script&gt;alert(1)" in text
            assert "<script>alert" not in text
            assert 'href="javascript' not in text
