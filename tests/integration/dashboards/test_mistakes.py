"""The checks are checked: every seeded mistake is caught by inspection, by Grafana's types or by Prometheus' answers."""

import copy
import json
import re
from pathlib import Path

import pytest

from dashboards import build
from dashboards.build import DASHBOARDS, plain
from dashboards.words import Language, Speaker
from tests.integration.dashboards import answers, grafana_types, truth
from tests.integration.dashboards.filled_prometheus import Prometheus
from tests.integration.dashboards.mistakes import MISTAKES
from tests.unit.dashboards.inspection import faults

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

FEWEST = 100


def test_every_seeded_mistake_is_caught(prometheus: Prometheus, tmp_path: Path):
    good = {name: plain(make(Speaker(Language.ENGLISH))) for name, make in DASHBOARDS.items()}
    built = [json.loads(content) for content in build.build().values()]
    dashboards = {
        board["uid"]: {variable["name"] for variable in board["templating"]["list"]} for board in built
    }
    assert len({mistake.name for mistake in MISTAKES}) == len(MISTAKES) >= FEWEST
    boards = {}
    for mistake in MISTAKES:
        board = copy.deepcopy(good[mistake.board])
        mistake.make(board)
        assert board != good[mistake.board], f"{mistake.name} changes nothing"
        boards[re.sub(r"\W", "_", mistake.name)] = board
    typed = grafana_types.complaints(
        boards, tmp_path, judged=[panel for each in good.values() for panel in each["panels"]]
    )
    missed = []
    for name, board in boards.items():
        if faults(board, dashboards) or typed[name]:
            continue
        checks = (*answers.GENERAL, truth.untrue)
        if not any(sentence for check in checks for sentence in check(prometheus, board)):
            missed.append(name)
    assert not missed, " ".join(missed)
