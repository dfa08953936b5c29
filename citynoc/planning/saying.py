"""A plan in words: first devices, then what they cost, then whom it concerns. Pure."""

from collections.abc import Iterable
from typing import Any

from citynoc.meetings.changes import lines as meeting_lines
from citynoc.planning.difference import Difference, questions_of
from citynoc.planning.sides import Comparison
from citynoc.planning.touched import Touched


def in_words(plan: Comparison, limit: int | None) -> list[str]:
    """The lines for a person; `limit` names of a kind, None for all."""
    difference = plan.difference
    lines = [*_devices(difference, limit), *_others(difference, limit)]
    rules = [f"~ alerts {what}: {_some(names, limit)}" for what, names in plan.touched.rules.items() if names]
    lines += [*rules, *meeting_lines(plan.meetings)]
    if lines:
        counts = ", ".join(f"{count:,} {kind}" for kind, count in questions_of(difference).items())
        lines += [f"polls: {counts}", *_cost(plan), *_concerned(plan.touched, limit)]
    else:
        lines = ["no difference"]
    if difference.secrets_unseen:
        lines.append(f"secrets were not compared: {_some(difference.secrets_unseen, limit)}")
    return lines


def _devices(difference: Difference, limit: int | None) -> list[str]:
    lines = []
    for mark, kind, names in (("+", "added", difference.added), ("-", "removed", difference.removed)):
        shown = names if limit is None else names[:limit]
        lines += [f"{mark} {name}" for name in shown]
        if len(shown) < len(names):
            lines.append(f"  … and {len(names) - len(shown):,} more {kind}")
    alike: dict[str, list[str]] = {}
    for name, what in difference.changed.items():
        alike.setdefault(", ".join(what), []).append(name)
    return [*lines, *(f"~ {what}: {_some(names, limit)}" for what, names in alike.items())]


def _others(difference: Difference, limit: int | None) -> list[str]:
    named = {"parts": "also"}
    return [
        f"~ {named.get(kind, kind)}: {_some(names, limit)}"
        for kind, names in difference.others.items()
        if names
    ]


def _cost(plan: Comparison) -> list[str]:
    """What costs otherwise afterwards; nothing where the estimate stays."""
    before, after = plan.before.to_json(), plan.after.to_json()
    lines = []
    if before["requests_per_second"] != after["requests_per_second"]:
        was, now = _rates(before["requests_per_second"]), _rates(after["requests_per_second"])
        lines.append(f"requests/s: {was} → {now}")
    if before["series"] != after["series"]:
        measured = ""
        if plan.running is not None:
            measured = f" (of devices {plan.running.series:,} measured now, then about {plan.series_after:,})"
        lines.append(f"series: about {before['series']:,} → {after['series']:,}{measured}")
    if (before["cores"], before["megabytes"]) != (after["cores"], after["megabytes"]):
        cores, memory = (
            f"{before['cores']} → {after['cores']}",
            f"{before['megabytes']} → {after['megabytes']}",
        )
        lines.append(f"load: about {cores} of a core, {memory} MB")
    return lines


def _rates(rates: Any) -> str:
    return ", ".join(f"{name} {rate:,}" for name, rate in rates.items())


def _concerned(touched: Touched, limit: int | None) -> list[str]:
    lines = []
    for what, words in (("gains", "begin to look at"), ("loses", "no longer look at"), ("moves", "see anew")):
        by_count: dict[int, list[str]] = {}
        for name, counts in touched.alerts.items():
            if counts.get(what):
                by_count.setdefault(counts[what], []).append(name)
        for count, names in sorted(by_count.items(), reverse=True):
            devices = "1 device" if count == 1 else f"{count:,} devices"
            lines.append(f"alerts that {words} {devices}: {_some(names, limit)}")
    return [*lines, *(f"open outage touched: {name}" for name in touched.outages)]


def _some(names: Iterable[str], limit: int | None) -> str:
    listed = [*names]
    shown = listed if limit is None else listed[:limit]
    hidden = len(listed) - len(shown)
    return ", ".join(shown) + (f" and {hidden:,} more" if hidden else "")


def as_json(plan: Comparison) -> dict[str, Any]:
    """The whole for a program."""
    difference, found = plan.difference, plan.touched
    running = plan.running
    return {
        "added": difference.added,
        "removed": difference.removed,
        "changed": difference.changed,
        "polls": questions_of(difference),
        "questions": sorted(difference.questions),
        **difference.others,
        "before": plan.before.to_json(),
        "after": plan.after.to_json(),
        "alerts": found.alerts,
        "rules": found.rules,
        "meetings": plan.meetings,
        "outages": found.outages,
        "secrets_not_compared": difference.secrets_unseen,
        "running": None
        if running is None
        else {"series": running.series, "series_after": plan.series_after, "last_reload": running.applied},
    }
