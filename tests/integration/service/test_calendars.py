"""Calendars from elsewhere with mistakes in them: the service starts, reloads and watches whatever they say."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.integration.mosquitto import free_port
from tests.integration.service.process import Service, eventually, free_udp_port, one_district

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]
READ = "citynoc_meeting_calendar_read"
MEETINGS = """\
calendars:
  office:
    file: calendars/office.ics
    rules: [{when: {attendee: "vc-{site}@city.example"}}]
  party:
    file: calendars/party.ics
    rules: [{when: {title: "*"}, participants: [00115]}]
"""


def calendar(title: str, *attendees: str) -> str:
    """One event in three hours, long enough to be there for as long as a test may take."""
    start = datetime.now(UTC) + timedelta(hours=3)
    event = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//city.example//test//EN", "BEGIN:VEVENT", "UID:a@city.example",
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}", "DURATION:PT1H", f"SUMMARY:{title}",
        *(f"ATTENDEE:mailto:{one}@city.example" for one in attendees), "END:VEVENT", "END:VCALENDAR", "",
    )  # fmt: skip
    return "\r\n".join(event)


def participants(service: Service) -> dict[str, int]:
    """How many take part in each meeting that the service knows."""
    listed = json.loads(service.get("/api/v1/meetings"))["meetings"]
    return {one["meeting"]: one["participants"] for one in listed}


def test_no_calendar_keeps_the_service_from_starting_reloading_and_watching(tmp_path: Path):
    config = one_district(tmp_path)
    (config / "meetings.yml").write_text(MEETINGS)
    office, party = (config / "calendars" / name for name in ("office.ics", "party.ics"))
    office.parent.mkdir()
    office.write_text(calendar("Giao ban", "vc-99999", "vc-00118"))  # and the other one is not there
    service = Service(config, tmp_path, free_udp_port(), free_port())
    with service.running():
        eventually("one takes part", lambda: participants(service) == {"office-giao-ban": 1})
        assert "there is no site '99999' — only who has this code is left out" in service.log
        assert "cannot read calendars/party.ics: No such file or directory" in service.log
        assert service.log.count('"config.warnings"') == 1
        assert read(service) == {"office": 1, "party": 0}

        office.write_text(calendar("Giao ban", "vc-00118", "vc-00115")[:150])
        status, said = service.reload()
        assert status == 200
        assert "calendar 'office' cannot be read: its 1 events stay as they were last read" in said
        assert read(service) == {"office": 0, "party": 0}
        eventually("it is known all the same", lambda: participants(service) == {"office-giao-ban": 1})
        assert service.series("/metrics", "citynoc_config_last_reload_successful") == {"": 1}

        (config / "meetings.yml").write_text(MEETINGS + "meetings: {drill: {title: Drill}}\n")
        status, said = service.reload()
        assert status == 422
        errors = [": warning: " not in line for line in said.splitlines()]
        assert errors == sorted(errors, reverse=True)
        assert 0 < sum(errors) < len(errors)
        assert f'"errors": {sum(errors)}, "warnings": {len(errors) - sum(errors)}, "first": ' in service.log
        assert read(service) == {"office": 0, "party": 0}

        (config / "meetings.yml").write_text(MEETINGS)
        office.write_text(calendar("Giao ban", "vc-00118", "vc-00115"))
        party.write_text(calendar("Liên hoan"))
        status, said = service.reload()
        assert status == 200
        assert ".ics" not in said
        assert read(service) == {"office": 1, "party": 1}
        known = {"office-giao-ban": 2, "party-lien-hoan": 1}
        eventually("both are known", lambda: participants(service) == known)


def read(service: Service) -> dict[str, float]:
    """Which calendar is read, as Prometheus has it."""
    found = service.series("/metrics", READ)
    return {
        labels.removeprefix('{calendar="calendars/').removesuffix('.ics"}'): value
        for labels, value in found.items()
    }
