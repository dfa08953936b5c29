"""Grafana's own types as a judge: each panel is written as TypeScript of the panel's type, and tsc reads it.

Needs Node and, once, `npm install --no-package-lock --ignore-scripts` in tests/dashboards-types.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.binaries import require
from tests.house.tree import ROOT

PACKAGE = ROOT / "tests" / "dashboards-types"
INSTALL = ["npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"]
COMPLAINT = re.compile(r"^(\w+)\.ts\((\d+),\d+\): (error .*)$")


def compiler() -> list[str]:
    """The command of tsc; skips the test without Node or the packages.

    Where programs must be there (CITYNOC_REQUIRE_BINARIES=1), missing packages are installed once, or the test fails.
    """
    node = require("node")
    program = PACKAGE / "node_modules" / "typescript" / "bin" / "tsc"
    if not (program.is_file() and (PACKAGE / "node_modules" / "@grafana" / "schema").is_dir()):
        if os.environ.get("CITYNOC_REQUIRE_BINARIES") != "1":
            pytest.skip(f"run '{' '.join(INSTALL)}' in {PACKAGE.relative_to(ROOT)}")
        done = subprocess.run(
            [require("npm"), *INSTALL[1:]], cwd=PACKAGE, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            pytest.fail(f"{' '.join(INSTALL)} in {PACKAGE.relative_to(ROOT)}: {done.stderr}")
    return [node, str(program)]


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
    command = compiler()
    for name in ("grafana.ts", "tsconfig.json"):
        shutil.copy(PACKAGE / name, folder)
    (folder / "node_modules").symlink_to(PACKAGE / "node_modules")
    for name, board in boards.items():
        (folder / f"{name}.ts").write_text(typescript(board, judged))
    done = subprocess.run(
        [*command, "--project", folder, "--pretty", "false"],
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
