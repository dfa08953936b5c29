"""What a person reads: messages rendered by a real Alertmanager from the files that `citynoc alertmanager` writes."""

import asyncio
import stat
from pathlib import Path
from urllib.parse import parse_qs, unquote

import pytest

from citynoc.__main__ import main
from tests.binaries import require
from tests.config.workshop import SECRETS, small_city
from tests.integration.alertmanager import Alertmanager, alertmanager
from tests.integration.ears import Ears, ears

pytestmark = pytest.mark.integration

OUTAGE = {
    "alertname": "CitynocOutage",
    "severity": "page",
    "outage": "device:rt-00115",
    "kind": "device",
    "district": "004",
}
SAID = {
    "summary": "Outage at Phường Thượng Thanh (00115), Quận Long Biên: rt-00115; sites cut off: 1",
    "summary_vi": "Sự cố mạng tại Phường Thượng Thanh (00115), Quận Long Biên: rt-00115; số điểm mất kết nối: 1",
    "description": "Root cause device:rt-00115, carrier carrier-a, since 15:53:20 2025-10-09 (+07).",
    "description_vi": "Nguyên nhân gốc device:rt-00115, nhà mạng carrier-a, từ 15:53:20 09/10/2025 (+07).",
    "live_url": "/site/00115",
    "runbook_url": "docs/runbooks/CitynocOutage.md",
    "dashboard_url": "/d/citynoc-city-en?var-district=004",
    "dashboard_url_vi": "/d/citynoc-city-vi?var-district=004",
}
PLAIN = {"alertname": "DiskFull", "severity": "warning", "instance": "core<1>", "mountpoint": '/srv "a"'}


def on_call(heard: Ears) -> str:
    return f"""
language: vi
links: {{grafana: "http://grafana.city.example", runbooks: "http://wiki.city.example/noc"}}
smtp: {{server: "{heard.smtp}", from: noc@city.example, tls: false}}
receivers:
  night-shift:
    telegram: {{chat: -100200, token: env:TELEGRAM, api: "{heard.web}"}}
    email: {{to: [night@city.example]}}
    webhook: {{url: "{heard.web}/hook", token: file:hook-token}}
  day-desk:
    language: en
    slack: {{url: env:SLACK, channel: "#noc"}}
    email: {{to: desk@city.example}}
  manager:
    language: en
    telegram: {{chat: 77, token: env:TELEGRAM, api: "{heard.web}"}}
shifts: [{{to: night-shift}}]
warnings: {{to: day-desk}}
escalation: [{{after: 10m, to: manager}}]
heartbeat: {{url: env:HEARTBEAT, every: 10s}}
"""


def test_what_people_read_in_both_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    require("amtool")

    async def story() -> None:
        async with ears() as heard:
            config = small_city(tmp_path)
            (config / "oncall.yml").write_text(on_call(heard))
            token = config / "hook-token"
            token.write_text("h00k-t0ken\n")
            token.chmod(0o600)
            secrets = {
                "TELEGRAM": "12:t3legram",
                "SLACK": f"{heard.web}/sl4ck",
                "HEARTBEAT": f"{heard.web}/h34rt",
            }
            for name, value in (*SECRETS.items(), *secrets.items()):
                monkeypatch.setenv(name, value)
            out = tmp_path / "alertmanager"
            assert main(["alertmanager", "--config", str(config), "--output", str(out)]) == 0
            written = (out / "alertmanager.yml").read_text()
            assert all(value in written for value in secrets.values())
            assert "h00k-t0ken" not in written
            assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o600}
            shown = capsys.readouterr()
            for value in (*secrets.values(), "h00k-t0ken"):
                assert value not in shown.out + shown.err
            async with alertmanager(out / "alertmanager.yml", tmp_path / "data") as server:
                await hear(server, heard)

    asyncio.run(story())


async def hear(server: Alertmanager, heard: Ears) -> None:
    await server.fire({"alertname": "Watchdog", "severity": "heartbeat"}, {})
    await heard.at("/h34rt").get()

    await server.fire(OUTAGE, SAID)
    _, sent = await heard.at("/bot12:t3legram/sendMessage").get()
    lines = sent["text"].splitlines()
    start = lines.pop(3)
    assert start.startswith("Báo lúc: ")
    assert start.endswith(" (+07)")
    silence = f"{server.url}/#/silences/new?filter=%7Boutage%3D%22device%3Art-00115%22%7D"
    assert lines == [
        SAID["summary_vi"],
        SAID["description_vi"],
        "Nguyên nhân khả dĩ: thiết bị hỏng, treo hoặc mất nguồn",
        "Trang theo dõi: http://127.0.0.1:9579/site/00115",
        "Bảng điều khiển: http://grafana.city.example/d/citynoc-city-vi?var-district=004",
        "Sổ tay xử lý: http://wiki.city.example/noc/docs/runbooks/CitynocOutage.md",
        f"Nhận xử lý (đặt silence, ghi tên bạn): {silence}",
    ]
    assert (sent["chat_id"], sent.get("parse_mode", "")) == ("-100200", "")

    mail = await heard.mails.get()
    assert mail["Subject"] == f"[BÁO ĐỘNG] {SAID['summary_vi']}"
    assert mail["To"] == "night@city.example"
    text, html = (part.get_content() for part in mail.iter_parts())
    assert text.split() == sent["text"].split()
    assert '<a href="http://grafana.city.example/d/citynoc-city-vi?var-district=004">' in html
    assert unquote(html.partition(f'<a href="{server.url}/#/silences/new?')[2].partition('"')[0]) == (
        'filter={outage="device:rt-00115"}'
    )
    assert '<html lang="vi">' in html

    headers, hook = await heard.at("/hook").get()
    assert headers["Authorization"] == "Bearer h00k-t0ken"
    assert [alert["labels"] for alert in hook["alerts"]] == [OUTAGE]

    # the next in line, in another language
    await server.fire(OUTAGE | {"alertname": "OutageUnacknowledged"}, SAID)
    _, sent = await heard.at("/bot12:t3legram/sendMessage").get()
    assert sent["chat_id"] == "77"
    assert sent["text"].startswith(
        f"{SAID['summary']}\n{SAID['description']}\nLikely cause: the device is broken"
    )

    # somebody's own rule, without a word of ours, and with what HTML and URLs must not swallow
    await server.fire(PLAIN, {"summary": "Disk full on <core> & more"})
    _, slack = await heard.at("/sl4ck").get()
    said = slack["attachments"][0]
    assert said["title"] == "[Warning] Disk full on <core> & more"
    assert "Live page: http://127.0.0.1:9579/\n" in said["text"]
    link = said["text"].rpartition("filter=")[2]
    matcher = '{alertname="DiskFull",instance="core<1>",mountpoint="/srv \\"a\\"",severity="warning"}'
    assert parse_qs(f"filter={link}") == {"filter": [matcher]}
    mail = await heard.mails.get()
    assert mail["Subject"] == "[Warning] Disk full on <core> & more"
    html = list(mail.iter_parts())[1].get_content()
    assert "Disk full on &lt;core&gt; &amp; more" in html
    assert parse_qs(html.partition("/#/silences/new?")[2].partition('"')[0]) == {"filter": [matcher]}

    await server.fire(OUTAGE, SAID, ended=True)
    _, sent = await heard.at("/bot12:t3legram/sendMessage").get()
    assert sent["text"].startswith(f"[ĐÃ HẾT] {SAID['summary_vi']}\n")
    assert "\nHết lúc: " in sent["text"]
    assert "silences/new" not in sent["text"]
    mail = await heard.mails.get()
    assert mail["Subject"] == f"[ĐÃ HẾT] {SAID['summary_vi']}"
