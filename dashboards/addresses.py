"""Where dashboards are found, and the links that lead from a row of a table to another dashboard."""

from dashboards.words import Language, Speaker


def uid(name: str, language: Language) -> str:
    """A dashboard's stable address: `/d/<uid>`; alerts and the live page link to it."""
    return f"citynoc-{name}-{language}"


def row_link(say: Speaker, name: str, variable: str, field: str) -> str:
    """Address of a dashboard with a variable set from the row's field, and the data source and time that are shown."""
    chosen = f"var-{variable}=${{__data.fields.{field}}}"
    return f"/d/{uid(name, say.language)}?{chosen}&${{datasource:queryparam}}&${{__url_time_range}}"


def site_link(say: Speaker, field: str = "site") -> tuple[str, str]:
    """Title and address of a link from a table's row to the page of its site."""
    return say("Everything about this site", "Mọi thứ về điểm này"), row_link(say, "site", "site", field)


def district_link(say: Speaker, name: str) -> tuple[str, str]:
    """Title and address of a link from a table's row to a dashboard of the row's district alone."""
    return say("Only this district", "Chỉ quận, huyện này"), row_link(say, name, "district", "district")


def meeting_link(say: Speaker) -> tuple[str, str]:
    """Title and address of a link from a meeting's row to its readiness."""
    return (
        say("Everything about this meeting", "Mọi thứ về cuộc họp này"),
        row_link(say, "conference", "meeting", "meeting"),
    )
