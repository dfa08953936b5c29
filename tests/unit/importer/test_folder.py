"""Files of the example keep their mode when they are written again."""

from pathlib import Path

from citynoc.importer.folder import compare, write


def test_a_file_that_is_there_keeps_its_mode_and_a_new_one_is_plain(tmp_path: Path):
    private = tmp_path / "city.yml"
    private.write_text("old\n")
    private.chmod(0o640)
    write(tmp_path, {"city.yml": "new\n", "districts/004.yml": "new\n"})
    assert compare(tmp_path, {"city.yml": "new\n"}).same == ("city.yml",)
    assert private.stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "districts" / "004.yml").stat().st_mode & 0o777 == 0o644
