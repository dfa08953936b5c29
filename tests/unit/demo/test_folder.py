from pathlib import Path

import pytest

from citynoc.demo.folder import opened
from citynoc.demo.supervisor import DemoError


def test_secrets_are_for_the_owner_alone_and_new_each_time(tmp_path: Path):
    seen = set()
    for _ in range(2):
        with opened(tmp_path / "demo", fresh=False) as folder:
            seen.add(folder.community)
            assert (
                folder.environment_file.read_text() == f"export CITYNOC_SNMP_COMMUNITY={folder.community}\n"
            )
            for path in (folder.environment_file, folder.etc / "secrets" / "webhook-token"):
                assert path.stat().st_mode & 0o777 == 0o600
    assert len(seen) == 2


def test_other_peoples_files_are_never_touched(tmp_path: Path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(DemoError, match="holds other files"), opened(tmp_path, fresh=True):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_two_demos_do_not_share_a_folder(tmp_path: Path):
    place = tmp_path / "demo"
    with (
        opened(place, fresh=False),
        pytest.raises(DemoError, match="another demo runs"),
        opened(place, fresh=False),
    ):
        pass


def test_fresh_clears_the_stores_and_a_later_demo_keeps_them(tmp_path: Path):
    with opened(tmp_path, fresh=False) as folder:
        (folder.store("prometheus") / "block").write_text("old")
    with opened(tmp_path, fresh=False) as folder:
        assert (folder.store("prometheus") / "block").exists()
    with opened(tmp_path, fresh=True) as folder:
        assert list(folder.store("prometheus").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DemoError, match="file"), opened(tmp_path / "file" / "demo", fresh=False):
        pass
