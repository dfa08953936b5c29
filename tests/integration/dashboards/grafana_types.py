"""Grafana's own types as a judge: each panel is written as TypeScript of the panel's type, and tsc reads it.

Needs Node and the packages of tests/dashboards-types (`bash tests/run.sh setup`).
"""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.binaries import require, require_packages
from tests.house.tree import ROOT

PACKAGE = ROOT / "tests" / "dashboards-types"
COMPLAINT = re.compile(r"^(\w+)\.ts\((\d+),\d+\): (error .*)$")


def typescript(board: Mapping[str, Any], judged: Sequence[Mapping[str, Any]]) -> str:
    """The dashboard as constants: each panel by itself, so that what is said of one is not lost in a union."""

    def text(value: object) -> str:
        return json.dumps(value, indent=1, ensure_ascii=False)

    rest = {key: value for key, value in board.items() if key != "panels"}
    lines = ["import type { Board, PanelOf } from './grafana';", f"export const board: Board = {text(rest)};"]
    lines += [
        f"export const panel_{number}: PanelOf<{text(panel.get('type'))}> = {text(panel)};"
        for number, panel in enumerate(board["panels"])
        if panel not in judged
    ]
    return "\n".join(lines)


def complaints(
    boards: Mapping[str, Mapping[str, Any]], folder: Path, *, judged: Sequence[Mapping[str, Any]] = ()
) -> dict[str, list[str]]:
    """What tsc says of each dashboard, by the names given (letters, digits and underscores).

    Panels equal to one of `judged` are left out: they have been read before.
    """
    modules = require_packages(PACKAGE)
    compiler = [require("node"), str(modules / "typescript" / "bin" / "tsc")]
    for name in ("grafana.ts", "tsconfig.json"):
        shutil.copy(PACKAGE / name, folder)
    (folder / "node_modules").symlink_to(modules)
    for name, board in boards.items():
        (folder / f"{name}.ts").write_text(typescript(board, judged))
    done = subprocess.run(
        [*compiler, "--project", folder, "--pretty", "false"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[str, list[str]] = {name: [] for name in boards}
    for line in done.stdout.splitlines():
        said = COMPLAINT.match(line)
        if said is not None:
            found[said[1]].append(f"line {said[2]}: {said[3]}")
        elif not line.startswith(" "):
            raise AssertionError(f"tsc: {line}")
    assert done.returncode in {0, 1, 2}, done.stderr
    return found
