import os
import subprocess
import sys
from pathlib import Path

import pytest

from citynoc.alone import LOCK, NotAloneError, claimed


def test_a_second_service_is_told_who_is_there(tmp_path: Path):
    whose = rf"works in .*data \(process {os.getpid()}\)"
    with claimed(tmp_path / "data"), pytest.raises(NotAloneError, match=whose), claimed(tmp_path / "data"):
        raise AssertionError("two at once")
    with claimed(tmp_path / "data"):
        pass


def test_a_process_that_was_killed_leaves_no_claim(tmp_path: Path):
    code = "import sys, pathlib, os, signal\nfrom citynoc.alone import claimed\n"
    code += "with claimed(pathlib.Path(sys.argv[1])): os.kill(os.getpid(), signal.SIGKILL)"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert done.returncode == -9
    assert (tmp_path / LOCK).exists()
    with claimed(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_left_to_the_service(tmp_path: Path):
    (tmp_path / "file").touch()
    with claimed(tmp_path / "file"):
        pass


def test_what_stands_in_the_lock_is_believed_only_if_it_is_a_number(tmp_path: Path):
    with claimed(tmp_path):
        (tmp_path / LOCK).write_bytes(b"\x1b[2J not a number")
        with pytest.raises(NotAloneError) as told, claimed(tmp_path):
            pass
    assert "\x1b" not in str(told.value)
    assert "process" not in str(told.value)
