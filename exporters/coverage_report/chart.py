"""A target's trend as points and lines of a drawing, against what was promised. Pure."""

from collections.abc import Sequence
from fractions import Fraction

from collector.coverage.reckoning import Point
from exporters.coverage_report.texts import Writer

WIDTH, HEIGHT = 560, 230
LEFT, RIGHT, TOP, BOTTOM = 48, 70, 14, 40
GRID = (Fraction(0), Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(1))
MOST_DAYS = 7
"""Points that have room for their day and number; of more only every so manieth is written, and the last."""


def chart(trend: Sequence[Point], threshold: Fraction, say: Writer) -> dict[str, object] | None:
    """The drawing in the units of its view box, from zero to 100 per cent or to what is more; None without a survey."""
    if not trend:
        return None
    ratios = [(point.date, point.share.ratio or Fraction(0)) for point in trend]
    top = max(Fraction(1), *(ratio for _, ratio in ratios))
    first, days = trend[0].date, max((trend[-1].date - trend[0].date).days, 1)
    step = -(-len(trend) // MOST_DAYS)
    inset = 24  # so that the first number does not lie on the axis

    def y(ratio: Fraction) -> float:
        return float(round(HEIGHT - BOTTOM - ratio / top * (HEIGHT - TOP - BOTTOM), 1))

    points = [
        {
            "x": round(LEFT + inset + (day - first).days / days * (WIDTH - LEFT - RIGHT - 2 * inset), 1),
            "y": y(ratio),
            "day": say.day(day),
            "value": say.percent(ratio),
            "written": (len(ratios) - 1 - number) % step == 0,
        }
        for number, (day, ratio) in enumerate(ratios)
    ]
    return {
        "points": points,
        "line": " ".join(f"{point['x']},{point['y']}" for point in points),
        "grid": [{"y": y(ratio), "text": say.written(ratio)} for ratio in GRID],
        "goal": y(threshold),
        "goal_text": say.written(threshold),
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "width": WIDTH,
        "height": HEIGHT,
    }
