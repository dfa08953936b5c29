import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from citynoc.demo import supervisor as subject
from citynoc.demo.supervisor import DemoError, Program, Supervisor, tail

pytestmark = pytest.mark.integration


def shell(name: str, script: str, logs: Path, *, word: str = "up", within: float = 10) -> Program:
    async def ready() -> bool:
        return word in "\n".join(tail(logs / f"{name}.log"))

    return Program(name, ("/bin/bash", "-c", script), ready, ready_within=within)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


async def test_leaving_the_context_stops_every_child_last_started_first(tmp_path: Path):
    order = tmp_path / "order"
    say = "trap 'echo {0} >> {1}; exit 0' TERM; echo up; while :; do sleep 0.05; done"
    async with Supervisor(tmp_path) as supervisor:
        for name in ("first", "second", "third"):
            await supervisor.start(shell(name, say.format(name, order), tmp_path))
        pids = [child.process.pid for child in supervisor.children.values()]
    assert order.read_text().split() == ["third", "second", "first"]
    assert not any(map(alive, pids))


async def test_a_child_that_ignores_sigterm_is_killed_after_the_grace(tmp_path: Path):
    async with Supervisor(tmp_path, grace=0.2) as supervisor:
        child = await supervisor.start(
            shell("deaf", "trap '' TERM; echo up; while :; do sleep 0.05; done", tmp_path)
        )
    assert child.process.returncode == -signal.SIGKILL


async def test_a_stopped_child_still_ends_when_told_to(tmp_path: Path):
    async with Supervisor(tmp_path) as supervisor:
        child = await supervisor.start(shell("frozen", "echo up; exec sleep 600", tmp_path))
        supervisor.send("frozen", signal.SIGSTOP)
    assert child.process.returncode == -signal.SIGTERM


async def test_a_program_that_ends_before_it_is_ready_is_told_with_its_last_words(tmp_path: Path):
    async with Supervisor(tmp_path) as supervisor:
        with pytest.raises(
            DemoError, match=r"broken did not start: broken ended with exit code 3(.|\n)*address in use"
        ):
            await supervisor.start(shell("broken", "echo address in use; exit 3", tmp_path))
        assert supervisor.deaths.empty()


async def test_a_program_that_is_not_there_is_told_by_name(tmp_path: Path):
    async def never() -> bool:
        return False

    async with Supervisor(tmp_path) as supervisor:
        with pytest.raises(DemoError, match="no-such-program: No such file or directory"):
            await supervisor.start(Program("absent", ("no-such-program",), never))


async def test_a_program_that_is_never_ready_is_stopped_and_told(tmp_path: Path):
    async with Supervisor(tmp_path) as supervisor:
        with pytest.raises(DemoError, match=r"slow did not become ready within 0.3 s(.|\n)*thinking"):
            await supervisor.start(shell("slow", "echo thinking; exec sleep 600", tmp_path, within=0.3))
        assert not alive(supervisor.children["slow"].process.pid)


async def test_a_death_is_reported_with_the_tail_of_the_log_and_nothing_is_restarted(tmp_path: Path):
    async with Supervisor(tmp_path) as supervisor:
        child = await supervisor.start(shell("mortal", "echo up; echo last words; exec sleep 600", tmp_path))
        os.kill(child.process.pid, signal.SIGKILL)  # not by the supervisor
        dead = await supervisor.deaths.get()
        assert dead is child
        assert "mortal was killed by SIGKILL" in dead.epitaph()
        assert "last words" in dead.epitaph()
        assert not supervisor.children["mortal"].running


async def test_a_restart_adds_to_the_log_of_the_same_run(tmp_path: Path):
    async with Supervisor(tmp_path) as supervisor:
        await supervisor.start(shell("twice", "echo once; exec sleep 600", tmp_path, word="once"))
        await supervisor.kill("twice")
        await supervisor.start(shell("twice", "echo again; exec sleep 600", tmp_path, word="again"))
        assert tail(tmp_path / "twice.log") == ["once", "again"]
        assert supervisor.deaths.empty()


async def test_two_of_one_name_are_refused_and_the_first_goes_on(tmp_path: Path):
    async with Supervisor(tmp_path) as supervisor:
        program = shell("one", "echo up; exec sleep 600", tmp_path)
        child = await supervisor.start(program)
        with pytest.raises(DemoError, match="one runs already"):
            await supervisor.start(program)
        assert child.running


def test_no_child_survives_a_killed_supervisor(tmp_path: Path):
    script = f"""
import asyncio
from pathlib import Path
from citynoc.demo.supervisor import Program, Supervisor, tail

async def main():
    logs = Path({str(tmp_path)!r})
    async def ready():
        return tail(logs / "orphan.log") != []
    async with Supervisor(logs) as supervisor:
        child = await supervisor.start(Program("orphan", ("/bin/bash", "-c", "echo up; exec sleep 600"), ready))
        print(child.process.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""
    root = Path(subject.__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=root
    ) as parent:
        assert parent.stdout is not None
        orphan = int(parent.stdout.readline())
        watch = os.pidfd_open(orphan)
        assert alive(orphan)
        parent.kill()
        os.waitid(os.P_PID, parent.pid, os.WEXITED | os.WNOWAIT)

    async def gone() -> None:
        seen = asyncio.Event()
        asyncio.get_running_loop().add_reader(
            watch, seen.set
        )  # a pidfd is readable when its process has ended
        await seen.wait()
        asyncio.get_running_loop().remove_reader(watch)

    asyncio.run(gone())
    os.close(watch)
