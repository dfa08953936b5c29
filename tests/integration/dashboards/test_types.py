"""Every panel is what Grafana's own types say a panel of its kind is (@grafana/schema, read by tsc)."""

from pathlib import Path

import pytest

from dashboards.build import DASHBOARDS, plain
from dashboards.words import Language, Speaker
from tests.integration.dashboards import grafana_types

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]


def test_every_panel_has_its_type(tmp_path: Path):
    boards = {
        f"{name}_{language}": plain(make(Speaker(language)))
        for name, make in DASHBOARDS.items()
        for language in Language
    }
    assert grafana_types.complaints(boards, tmp_path) == {name: [] for name in boards}
