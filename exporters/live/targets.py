"""The city's broadband promises as tiles: what is declared and what is measured, against the target. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from collector.coverage.reckoning import Share, measured_share
from collector.coverage.standing import Standing
from exporters.live.scene import Scene
from exporters.live.texts import Language


@dataclass(frozen=True, slots=True)
class TargetTile:
    """One promise. Shares are whole per cents, rounded down so that 100 means all; `width` is at most 100."""

    title: str
    declared: str
    measured: str
    threshold: str
    deadline: str
    width: int
    goal: int
    reached: bool
    late: bool
    unknown: int


def targets(scene: Scene, standing: Standing | None) -> Sequence[TargetTile]:
    """A tile a target, in the file's order; none where there are no targets."""
    if standing is None:
        return ()
    found = []
    for one in standing.reckonings:
        target = one.target
        title = target.title.vi if scene.say.language is Language.VIETNAMESE else target.title.en
        measured = ""
        if target.measured is not None:
            seen = standing.measured(scene.state, target.measured)
            measured = percent(measured_share(target, seen, standing.evidence.maps.communes))
        share = one.declared.ratio
        found.append(
            TargetTile(
                title=title,
                declared=percent(one.declared),
                measured=measured,
                threshold=f"{float(target.threshold * 100):g} %",
                deadline=target.deadline.strftime("%d/%m/%Y"),
                width=0 if share is None else min(100, floor(share * 100)),
                goal=min(100, floor(target.threshold * 100)),
                reached=one.declared.reached(target.threshold),
                late=standing.as_of > target.deadline and not one.declared.reached(target.threshold),
                unknown=one.declared.unknown,
            )
        )
    return found


def percent(share: Share) -> str:
    """The proven share, never rounded up to a promise kept."""
    return "?" if share.ratio is None else f"{floor(share.ratio * 1000) / 10:g} %"
