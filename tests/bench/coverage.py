"""How long coverage takes: `python -m tests.bench.coverage`.

579 communes, 24 monthly surveys, 4 carriers with fibre and mobile each: every target of the example reckoned with its whole
history on the map of 126 units. Reading the same surveys strictly from CSV is a figure of its own. A report is the whole
command on the shipped surveys; like the others in seconds of processor, which is what a person waits on an idle machine.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from citynoc.printing import BROWSERS
from collector.config.coverage import read_coverage
from collector.coverage.evidence import Evidence
from collector.coverage.survey import HEADING, Surveys, parse_survey
from tests.bench.figures import figure

EXAMPLE = Path(__file__).parents[2] / "config"
CARRIERS = tuple(f"carrier-{letter}" for letter in "abcd")
MONTHS = 24


def main() -> None:
    found, problems = read_coverage(EXAMPLE, EXAMPLE)
    assert found is not None, problems
    texts = [survey(found, month) for month in range(MONTHS)]
    communes = found.maps.communes

    def imported() -> Surveys:
        claims = []
        for text in texts:
            some, faults = parse_survey(text, "bench.csv", communes, CARRIERS)
            assert not faults, faults[:3]
            claims += some
        return Surveys.of(claims)

    surveys = imported()
    print(f"{len(surveys.claims)} claims", file=sys.stderr)
    evidence = Evidence(found.maps, found.targets, found.rules, surveys)
    on, day = found.maps.maps["126"], surveys.dates[-1]
    figure("coverage_reckoning_s", median(lambda: evidence.reckon(day, on), 5), "s", "<=", 0.5)
    figure("coverage_import_s", median(imported, 3), "s", "<=", 5)
    with tempfile.TemporaryDirectory() as folder:
        figure("coverage_report_s", spent(Path(folder) / "report.html"), "s", "<=", 5)
        if any(map(shutil.which, BROWSERS)):
            figure("coverage_report_pdf_s", spent(Path(folder) / "report.pdf"), "s", "<=", 5)
        else:
            print("no browser here: no PDF is measured", file=sys.stderr)


def survey(found: Evidence, month: int) -> str:
    day = date(2024, 1, 28) + timedelta(days=30 * month)
    rows = [",".join(HEADING)]
    for code, commune in found.maps.communes.items():
        for number, carrier in enumerate(CARRIERS):
            share = 300 + 20 * month + 40 * number
            homes, people = commune.households * share // 1000, commune.population * share // 1000
            rows.append(f"{code},{day},{carrier},fibre,{homes},{homes // 2},,,bench")
            rows.append(f"{code},{day},{carrier},mobile,,,{people},{people // 2},bench")
    return "\n".join(rows) + "\n"


def spent(output: Path) -> float:
    """Seconds of processor that `citynoc coverage --report` and its browser take, the median of three."""
    asked = ["--config", str(EXAMPLE), "--as-of", "2025-06-30", "--map", "126", "--report", "vi"]
    times = []
    for _ in range(3):
        before = os.times()
        subprocess.run(
            [sys.executable, "-m", "citynoc", "coverage", *asked, "--output", str(output)], check=True
        )
        after = os.times()
        times.append(
            after.children_user + after.children_system - before.children_user - before.children_system
        )
    return statistics.median(times)


def median(work: Callable[[], object], runs: int) -> float:
    work()
    times = []
    for _ in range(runs):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return statistics.median(times)


if __name__ == "__main__":
    main()
