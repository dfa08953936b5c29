"""A profile without a recorded device is a rumour: each is polled over the wire and compared with what it gave before."""

from pathlib import Path

import pytest

from collector.metrics import CATALOG
from collector.profile import best_match
from tests.integration.snmp_polls import shipped_profiles
from tests.walks.golden import exposition, golden_of, profile_of, recordings
from tests.walks.recorded import read

NOT_BY_IDENTITY = {
    "if-mib",
    "if-mib-full",
    "host-resources",
    "cisco-cts",
}  # bases, and one whose sysObjectIDs are not known
SYS_OBJECT_ID = (1, 3, 6, 1, 2, 1, 1, 2, 0)


@pytest.mark.parametrize("recording", recordings(), ids=lambda path: path.stem)
def test_a_recorded_device_is_exposed_as_before(recording: Path):
    first, second = exposition(recording, profile_of(recording, shipped_profiles()))
    assert first == second
    assert second == golden_of(recording), "python -m tests.walks writes it anew"


@pytest.mark.parametrize("recording", recordings(), ids=lambda path: path.stem)
def test_a_recorded_device_is_matched_to_its_profile(recording: Path):
    profiles = shipped_profiles()
    profile = profile_of(recording, profiles)
    if profile.name in NOT_BY_IDENTITY:
        pytest.skip("no sysObjectID of its own")
    identity = read(recording)[SYS_OBJECT_ID][1]
    assert isinstance(identity, tuple)
    found = best_match(profiles, ".".join(map(str, identity)))
    assert found is not None
    assert found[0].name == profile.name


@pytest.mark.parametrize("name", sorted(shipped_profiles()))
def test_every_profile_has_a_recorded_device_that_shows_each_of_its_metrics(name: str):
    profile = next(profile for profile in shipped_profiles().values() if profile.name == name)
    texts = [golden_of(path) or "" for path in recordings() if path.stem.partition("--")[0] == name]
    assert texts
    readings = [*profile.scalars, *(column for table in profile.tables for column in table.columns)]
    shown = {line.partition("{")[0] for text in texts for line in text.splitlines()}
    own = {reading.metric for reading in readings if not CATALOG[reading.metric].ietf}
    assert own - {"citynoc_device_temperature_celsius"} <= shown


def test_where_each_recording_is_from_is_said_in_it():
    for recording in recordings():
        assert (
            recording.read_text().splitlines()[0].startswith(("# Recorded device ", "# Written from the MIB"))
        )
