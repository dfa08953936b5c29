"""What a reload keeps of a calendar that cannot be read: its meetings as they were last read. Pure.

Who takes part is worked out again, as the sites may be others by now.
"""

from dataclasses import replace

from collector.config.configuration import CalendarFile, Configuration
from collector.config.problems import Problem, Severity, in_order
from collector.meetings.model import Calendar, Series


def keep(new: Configuration, old: Configuration) -> Configuration:
    """`new`, with the meetings of `old` for every calendar that `new` could not read, and a warning for each.

    A calendar of another file has nothing to do with the old one, whatever its name; a meeting whose name is
    another's by now is gone.
    """
    before = {(one.name, one.file): one.series for one in old.calendars}
    lost = [one for one in new.calendars if not one.read and before.get((one.name, one.file))]
    if not lost:
        return new
    from collector.meetings.ical import Events  # noqa: PLC0415 - where there is a series of it, it is loaded already
    from collector.meetings.ical_guests import Guests  # noqa: PLC0415 - as above
    from collector.meetings.participants import Register  # noqa: PLC0415 - as above

    guests = Guests(Register(new.inventory), new.inventory)
    taken = {series.name for series in new.meetings.series}
    calendars: list[CalendarFile] = []
    added: list[Series] = []
    warnings: list[Problem] = []
    for one in new.calendars:
        if one not in lost:
            calendars.append(one)
            continue
        kept = tuple(
            series.among(guests)
            for series in before[one.name, one.file]
            if isinstance(series, Events) and series.name not in taken
        )
        calendars.append(replace(one, series=kept))
        added.extend(kept)
        message = f"calendar '{one.name}' cannot be read: its {len(kept)} events stay as they were last read"
        hint = "until it can be read and citynoc reloads, or is started anew"
        warnings.append(Problem(one.place, message, hint, Severity.WARNING))
    return replace(
        new,
        calendars=tuple(calendars),
        meetings=Calendar([*new.meetings.series, *added]),
        warnings=in_order([*new.warnings, *warnings]),
    )
