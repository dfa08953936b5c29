"""Targets of coverage, as City and Coverage show them: how far each is on the way to its promise."""

from grafana_foundation_sdk.builders import bargauge

from collector.metrics import coverage
from dashboards import palette, panels
from dashboards.panels import Frame
from dashboards.queries import Query, select, worst
from dashboards.variables import NAMES
from dashboards.words import Speaker

BY = ("target",)
CHOSEN = "~$target"
EVERY = "~.*"
KEPT = palette.steps((None, palette.ORANGE), (0.95, palette.YELLOW), (1, palette.GREEN))


def title_of(say: Speaker) -> str:
    """The label that names a target in the speaker's language."""
    return NAMES[say.language]


def shares(say: Speaker, frame: Frame, chosen: str) -> bargauge.Panel:
    """A bar a target: the declared share against what was promised, so that all end at 100 %."""
    title = title_of(say)
    declared = worst(BY, select(coverage.RATIO, basis="declared", target=chosen))
    promised = worst(BY, select(coverage.TARGET_RATIO, target=chosen))
    named = worst(("target", title), select(coverage.INFO, target=chosen))
    return panels.bars(
        frame,
        [
            Query(
                f"sort({declared} / on (target) {promised} * on (target) group_left ({title}) {named})",
                f"{{{{{title}}}}}",
                instant=True,
            )
        ],
        unit=palette.unit(coverage.RATIO),
        steps=KEPT,
    )
