"""For an hour after its end a meeting is told as it stood then, whatever breaks afterwards and whoever starts anew."""

from dataclasses import replace
from pathlib import Path

import pytest

from citynoc.verbs.meetings.readiness import _page
from collector.meetings.archive import Archive
from collector.meetings.model import Calendar
from collector.meetings.readiness import Phase, Readiness, Verdict
from collector.meetings.reasons import Code
from collector.model import Inventory
from exporters.api import Api
from exporters.readiness import document, listing
from tests.unit.meetings.stage import CALL, START, Plan, Stage, meeting
from tests.unit.meetings.test_whole_meeting import LENGTH, Desk, lived

pytestmark = pytest.mark.timeout(120)
Stood = list[tuple[str, str, str, bool | None]]


def stood(look: Readiness | None) -> Stood:
    """Site, verdict, first reason and call of everybody, the worst first."""
    assert look is not None
    return [
        (one.site, one.verdict, one.worst.code if one.worst else "", one.connected)
        for one in look.participants
    ]


AT_ITS_END: Stood = [
    ("00002", Verdict.NO_GO, Code.CAMERA, False),
    ("00000", Verdict.GO, "", True),
    ("00001", Verdict.GO, "", True),
    ("00003", Verdict.GO, "", True),
]


async def held(desk: Desk, stage: Stage) -> None:
    """A meeting to its end, of which one could not be seen."""
    stage.says("vc-00002", camera_ok=0)
    for name in ("vc-00000", "vc-00001", "vc-00003"):
        stage.says(name, **CALL)
    await desk.until(START + LENGTH + 10)


def test_what_breaks_after_the_end_is_nothing_of_the_meetings(small: Inventory, path: Path):
    stage = Stage(small, start=START - 300)

    async def play(desk: Desk) -> None:
        await held(desk, stage)
        stage.kill("rt-00000", "rt-00001")
        stage.says("vc-00002", camera_ok=1)
        await desk.wait(1800)
        sitting = desk.sitting
        assert (sitting.phase, sitting.look) == (Phase.ENDED, None)
        assert stood(sitting.final) == AT_ITS_END
        assert sitting.final is not None
        assert 0 < sitting.occurrence.end - sitting.final.at <= 5
        told = document(sitting, sitting.final, small, Api(small, stage.last.state))
        assert (told["state"], told["not_ready"], told["connected"]) == ("ended", 1, 3)
        assert str(told["at"]) < str(told["end"])
        assert "'ready': None" in str(listing(desk.conferring.standing, Api(small, stage.last.state)))
        await desk.until(START + LENGTH + 3700)
        assert desk.conferring.standing.sittings == ()

    lived(path, stage, Plan(meeting(small, length=LENGTH)), play)


def test_a_restart_after_the_end_tells_it_from_the_journal(small: Inventory, path: Path):
    stage, plan = Stage(small, start=START - 300), Plan(meeting(small, length=LENGTH))

    async def before(desk: Desk) -> None:
        await held(desk, stage)

    async def after(desk: Desk) -> None:
        await desk.wait(60)
        assert desk.sitting.final is not None
        assert stood(desk.sitting.final) == AT_ITS_END
        assert desk.sitting.final.at == START + LENGTH
        assert desk.sitting.final.participants[0].reasons[0].text == {"vi": "hỏng camera", "en": "camera"}

    lived(path, stage, plan, before)
    stage.kill("rt-00000")
    stage.run(60)
    lived(path, stage, plan, after)


def test_a_meeting_at_which_nobody_looked_is_unknown(small: Inventory, path: Path):
    stage, sitting = Stage(small, start=START + LENGTH + 60), meeting(small, length=LENGTH)

    async def play(desk: Desk) -> None:
        await desk.wait(60)
        assert stood(desk.sitting.final) == [
            (site, Verdict.UNKNOWN, Code.NO_EVIDENCE, None) for site in sorted(sitting.sites)
        ]

    lived(path, stage, Plan(sitting), play)


def test_what_was_cut_short_is_told_as_it_stood_then(small: Inventory, path: Path):
    stage, sitting = Stage(small, start=START - 300), meeting(small, length=LENGTH)

    async def play(desk: Desk) -> None:
        for device in stage.endpoints:
            stage.says(device.name, **CALL)
        await desk.until(START + 300)
        shorter = replace(sitting, end=START + 240)
        desk.conferring.reconfigure(Calendar((Plan(shorter),)), small)
        await desk.wait(30)
        final = desk.sitting.final
        assert final is not None
        assert (final.connected, final.occurrence) == (4, shorter)

    lived(path, stage, Plan(sitting), play)


def test_the_archive_knows_the_last_sitting_that_ended(small: Inventory, path: Path):
    stage = Stage(small, start=START - 300)

    async def play(desk: Desk) -> None:
        await held(desk, stage)

    lived(path, stage, Plan(meeting(small, length=LENGTH)), play)
    with Archive(path) as archive:
        [(started, rows)] = archive.ended(START, START + LENGTH).values()
        assert (started, rows[-1].verdict) == (START, "ended")
        assert archive.ended(START, START + LENGTH - 1) == {}
        assert archive.ended(START + LENGTH, START + LENGTH + 9) == {}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            (
                "over since 2023-11-15 08:15; this is how it stood at the end",
                "what happened: citynoc meeting report giao-ban",
            ),
        ),
        (
            "vi",
            (
                "đã kết thúc lúc 08:15 15/11/2023; đây là tình trạng khi kết thúc",
                "diễn biến cuộc họp: citynoc meeting report giao-ban",
            ),
        ),
    ],
)
def test_the_command_says_that_it_is_over(
    small: Inventory, path: Path, language: str, words: tuple[str, str]
):
    stage = Stage(small, start=START - 300)
    said: list[str] = []

    async def play(desk: Desk) -> None:
        await held(desk, stage)
        assert desk.sitting.final is not None
        told = document(desk.sitting, desk.sitting.final, small, Api(small, stage.last.state))
        said.extend(
            str(getattr(part, "plain", "")) for part in _page(told, language, everybody=False).renderables
        )

    lived(path, stage, Plan(meeting(small, length=LENGTH)), play)
    assert said[0].endswith(words[0])
    assert said[-1] == words[1]
