"""A trial has every file of the directory, with the new texts in their places, wherever they lie."""

from pathlib import Path

import pytest

from citynoc.editing.trial import load_with
from collector.config import ConfigurationError
from collector.model import SiteCode
from tests.config.workshop import SECRETS, small_city

MORE = """\
district: "{code}"
name: More
sites:
  {site}:
    name: More
    devices:
      rt-{site}: {{address: {address}, role: router, profile: if-mib, uplinks: [core-1]}}
"""


def test_a_file_that_has_the_name_of_a_changed_one_elsewhere_stays(tmp_path: Path):
    config = small_city(tmp_path)
    core = (config / "core.yml").read_text()
    (config / "districts" / "core.yml").write_text(
        MORE.format(code="098", site="09801", address="127.98.1.1")
    )
    texts = {
        "core.yml": core,
        "districts/099-new.yml": MORE.format(code="099", site="09901", address="127.99.1.1"),
    }
    sites = load_with(config, texts, SECRETS).inventory.sites
    assert {SiteCode("09801"), SiteCode("09901"), SiteCode("00118")} <= sites.keys()


def test_a_mistake_is_told_by_the_directory_that_was_tried(tmp_path: Path):
    config = small_city(tmp_path)
    with pytest.raises(ConfigurationError) as wrong:
        load_with(config, {"districts/099-new.yml": "district: 1\n"}, SECRETS)
    assert {problem.place.file for problem in wrong.value.problems} == {str(config / "districts/099-new.yml")}
