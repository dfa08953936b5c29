"""Who hears of which alert when, as Alertmanager's routing tree and time intervals. Pure.

One outage is one group and one page. A route that is muted swallows its notification instead of passing it on, so a
rota becomes sibling routes, each muted in the hours of those before it: at any minute exactly one of them speaks.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from collector.config.oncall import Desk, OnCall
from collector.oncall import Shift, Span, turns

Settings = dict[str, Any]

HEARTBEAT = "citynoc.heartbeat"
"""Name of the Watchdog's receiver: with a point in it, as no role has."""
FULL_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
GROUP_WAIT = "1s"  # one outage is one alert: there is nothing to wait for
PAGES = ["alertname", "outage", "service"]


def route_tree(on_call: OnCall) -> Settings:
    """Alertmanager's `route`."""
    return {
        "receiver": on_call.desk.receiver,  # what no rule of ours sent is lost on nobody
        "group_by": ["outage"],
        "group_wait": GROUP_WAIT,
        "group_interval": "5s",
        "repeat_interval": "4h",
        "routes": [
            _heartbeat(on_call.heartbeat.every),
            *_escalation(on_call),
            # told twice a meeting at most, so never again because it lasts
            {
                "matchers": ['alertname="MeetingNotReady"'],
                "group_by": ["alertname", "meeting", "stage"],
                "repeat_interval": "2d",
                "routes": _pages(on_call.shifts),
            },
            {"matchers": ['severity="page"'], "group_by": PAGES, "routes": _pages(on_call.shifts)},
            _told_in(on_call.desk, 'severity="warning"', ["alertname", "outage"]),
            _weekly(on_call.desk, on_call.owners),
        ],
    }


def time_intervals(on_call: OnCall) -> list[Settings]:
    """Alertmanager's `time_intervals`: all hours that a route names."""
    named = {
        hours.name: hours
        for hours in (on_call.desk.hours, *(shift.hours for shift in on_call.shifts))
        if not hours.always
    }
    return [
        {"name": name, "time_intervals": [_interval(span, on_call.timezone) for span in named[name].spans]}
        for name in sorted(named)
    ]


def _interval(span: Span, timezone: str) -> Settings:
    return {
        "weekdays": [FULL_DAYS[day] for day in span.days],
        "times": [{"start_time": _clock(span.start), "end_time": _clock(span.end)}],
        "location": timezone,
    }


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _heartbeat(every: float) -> Settings:
    """A message as often as it is wanted: repeated a second early, or every other one would be held back."""
    return {
        "matchers": ['alertname="Watchdog"'],
        "receiver": HEARTBEAT,
        "group_by": ["alertname"],
        "group_wait": "0s",
        "group_interval": _seconds(every),
        "repeat_interval": _seconds(every - 1),
    }


def _escalation(on_call: OnCall) -> list[Settings]:
    """The alert fires when the first step is due; later steps wait as long as they come later, unless it ends."""
    steps = on_call.escalation
    if not steps:
        return []
    routes = [
        {
            "receiver": step.receiver,
            "group_wait": _seconds(max(1.0, step.after - steps[0].after)),
            **({"continue": True} if step is not steps[-1] else {}),
        }
        for step in steps
    ]
    matchers = ['alertname="OutageUnacknowledged"']
    return [{"matchers": matchers, "group_by": ["alertname", "outage"], "routes": routes}]


def _pages(shifts: Sequence[Shift]) -> list[Settings]:
    """Districts with the same rota share a route; the last one takes everything else."""
    rotas: dict[tuple[int, ...], list[str]] = {}
    for district in dict.fromkeys(d for shift in shifts for d in shift.districts):
        rotas.setdefault(_rota(shifts, district), []).append(district)
    city = _rota(shifts, "")
    rotas.pop(city, None)
    found = [
        {"matchers": [f'district=~"{"|".join(districts)}"'], "routes": _turns(shifts, districts[0])}
        for districts in rotas.values()
    ]
    return [*found, {"routes": _turns(shifts, "")}]


def _rota(shifts: Sequence[Shift], district: str) -> tuple[int, ...]:
    return tuple(i for i, shift in enumerate(shifts) if shift.covers(district))


def _turns(shifts: Sequence[Shift], district: str) -> list[Settings]:
    found = []
    for turn in turns(shifts, district):
        route: Settings = {"receiver": turn.shift.receiver}
        if not turn.shift.hours.always:
            route["active_time_intervals"] = [turn.shift.hours.name]
        if turn.after:
            route["mute_time_intervals"] = list(dict.fromkeys(hours.name for hours in turn.after))
        found.append({**route, "continue": True})
    found[-1].pop("continue")
    return found


def _told_in(desk: Desk, matcher: str, group_by: list[str]) -> Settings:
    """To the desk in its hours; what comes outside them is told when they begin, if it lasts."""
    route: Settings = {"matchers": [matcher], "receiver": desk.receiver, "group_by": group_by}
    if not desk.hours.always:
        route["active_time_intervals"] = [desk.hours.name]
    return route


def _weekly(desk: Desk, owners: Mapping[str, str]) -> Settings:
    """What is late by weeks is told by the week, in the desk's hours, to whoever owns it; the desk hears the rest."""
    route = _told_in(desk, 'severity="info"', ["alertname", "owner"])
    route |= {"group_wait": "5m", "group_interval": "1d", "repeat_interval": "7d"}
    if owners:
        hours = {key: route[key] for key in ("active_time_intervals",) if key in route}  # not inherited
        route["routes"] = [
            {"matchers": [f'owner="{owner}"'], "receiver": receiver, **hours}
            for owner, receiver in owners.items()
        ]
    return route


def _seconds(duration: float) -> str:
    return f"{round(duration)}s"
