"""What killed writers left goes, and nothing else that lies there."""

from pathlib import Path

from citynoc.editing.change import sweep
from collector import atomic


def test_only_drafts_are_swept(tmp_path: Path):
    kept = {".city.yml.original", ".city.yml.disabled", ".city.yml.swp", "city.yml"}
    for name in kept:
        (tmp_path / name).write_text("a person's")
    with atomic.draft(tmp_path / "city.yml", "new") as draft:
        pass
    draft.write_text("as a killed writer leaves it")
    sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == kept
