"""What a full poll of a recorded device exposes, as text."""

import asyncio
import time
from pathlib import Path

from collector.model import ProfileName
from collector.outcome import Answer
from collector.profile import Profile
from collector.sources.snmp import SnmpSource
from tests.integration.snmp_polls import ask, poll_of
from tests.walks.recorded import agent, read

HERE = Path(__file__).parent


def recordings() -> list[Path]:
    """Every recorded device, in order."""
    return sorted(HERE.glob("*.snmprec"))


def profile_of(recording: Path, profiles: dict[ProfileName, Profile]) -> Profile:
    """The profile that a recording belongs to, by its name."""
    return profiles[ProfileName(recording.stem.partition("--")[0])]


def exposition(recording: Path, profile: Profile) -> tuple[str, str]:
    """Facts and series of the first full poll, and of the second."""

    async def run(port: int) -> tuple[str, str]:
        async with SnmpSource(clock=time.monotonic) as source:
            poll = poll_of(port, profile, timeout=5.0)
            return text_of(await ask(source, poll)), text_of(await ask(source, poll))

    with agent(read(recording)) as port:
        return asyncio.run(run(port))


def text_of(outcome: object) -> str:
    """An answer for people to compare: facts as comments, then series by name."""
    assert isinstance(outcome, Answer), outcome
    facts = [f"# {name}: {value}\n" for name, value in sorted((outcome.facts or {}).items())]
    lines = [line + "\n" for block in outcome.measured for line in block.text().decode().split("\n") if line]
    return "".join([*facts, *sorted(lines)])


def golden_of(recording: Path) -> str | None:
    """What the recording gave before, with its line ends as they are; None if that is not known."""
    golden = recording.with_suffix(".prom")
    return golden.read_bytes().decode() if golden.exists() else None
