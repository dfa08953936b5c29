"""The checks are checked: every seeded mistake is caught by inspection, by Grafana's types or by Prometheus' answers."""

import copy
import json
import re
from pathlib import Path

import pytest

from dashboards import build
from dashboards.build import DASHBOARDS, plain
from dashboards.words import Language, Speaker
from tests.integration.dashboards import answers, grafana_types
from tests.integration.dashboards.filled_prometheus import Prometheus
from tests.integration.dashboards.mistakes import MISTAKES
from tests.unit.dashboards.inspection import faults

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

FEWEST = 40


def test_every_seeded_mistake_is_caught(prometheus: Prometheus, tmp_path: Path):
    good = plain(DASHBOARDS["city"](Speaker(Language.ENGLISH)))
    built = [json.loads(content) for content in build.build().values()]
    dashboards = {
        board["uid"]: {variable["name"] for variable in board["templating"]["list"]} for board in built
    }
    assert len({mistake.name for mistake in MISTAKES}) == len(MISTAKES) >= FEWEST
    boards = {}
    for mistake in MISTAKES:
        board = copy.deepcopy(good)
        mistake.make(board)
        assert board != good, f"{mistake.name} changes nothing"
        boards[re.sub(r"\W", "_", mistake.name)] = board
    typed = grafana_types.complaints(boards, tmp_path, judged=good["panels"])
    missed = []
    for name, board in boards.items():
        if faults(board, dashboards) or typed[name]:
            continue
        checks = (*answers.GENERAL, answers.untrue)
        if not any(sentence for check in checks for sentence in check(prometheus, board)):
            missed.append(name)
    assert missed == []
