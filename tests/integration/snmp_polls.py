"""Polls of one device for tests of the SNMP source, and one coroutine to await an outcome."""

import asyncio
from ipaddress import ip_address
from pathlib import Path

from collector.config.profiles import load_profiles
from collector.model import (
    Credential,
    CredentialName,
    Device,
    DeviceName,
    DistrictCode,
    ProfileName,
    Role,
    Secret,
    SiteCode,
    SnmpAccess,
    SnmpV3User,
    SnmpVersion,
)
from collector.outcome import Outcome
from collector.plan import Poll, PollKey, Question
from collector.profile import Profile
from collector.sources.snmp import SnmpSource

ROOT = Path(__file__).resolve().parents[2]


def shipped_profiles() -> dict[ProfileName, Profile]:
    """The profiles that the product ships, which must have no problem."""
    profiles, problems = load_profiles(ROOT / "config" / "profiles", ROOT / "config")
    assert not problems
    return dict(profiles)


def poll_of(
    port: int,
    profile: Profile,
    question: Question = Question.POLL,
    *,
    host: str = "127.0.0.1",
    name: str = "rt-00115",
    community: str = "example",
    version: SnmpVersion = SnmpVersion.V2C,
    timeout: float = 1.0,
    v3: SnmpV3User | None = None,
) -> Poll:
    """A question about the agent at this port; with `v3` in that user's name."""
    credential = Credential(CredentialName("c"), version, Secret(community))
    if v3 is not None:
        credential = Credential(CredentialName("c"), SnmpVersion.V3, v3=v3)
    access = SnmpAccess(port, profile.name, credential.name, 5.0, 30.0, timeout)
    device = Device(
        DeviceName(name), SiteCode("00115"), DistrictCode("004"), Role.ROUTER, ip_address(host), snmp=access
    )
    return Poll(device, access, question, 30.0, 0.0, profile, credential)


async def ask(source: SnmpSource, poll: Poll) -> Outcome:
    """The outcome of one question."""
    end: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

    def deliver(key: PollKey, outcome: Outcome) -> None:
        assert key == poll.key
        end.set_result(outcome)  # raises if it is delivered twice

    source.ask([poll], deliver)
    return await end
