"""An event as other programs' calendars read it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import msgspec
import pytest

from live.catalog.schemas import County
from live.events.schemas import Event
from live.following.calendar_file import calendar_file
from live.values import EventId, EventStatus, rfc3339

STARTS_MS = 1_771_466_400_000  # 2026-02-19T02:00:00Z, ten in the morning in Xuwen
URL = "https://live.example/events/evt_1"
EVENT = Event(
    id=EventId("evt_1"),
    title="徐闻菠萝：县长请你来, 菠萝的海; 第一场",
    status=EventStatus.SCHEDULED,
    host_id="acc_1",
    host_name="林知夏",
    county=County(
        code="440825", name="徐闻县", name_en="Xuwen", province_code="440000",
        province_name="广东省",
    ),
    place="曲界镇菠萝田",
    description="现摘现发\nEND:VCALENDAR",
    starts_at=rfc3339(STARTS_MS),
    started_at=None,
    ended_at=None,
    pinned_offer_id=None,
    waiting_room=False,
)  # fmt: skip


def read(event: Event = EVENT, revision: int = 3, now_ms: int = 0) -> Any:
    """The one entry of the file, as the library reads it."""
    lead = timedelta(minutes=10)
    text = calendar_file(event, revision, url=URL, lead=lead, now_ms=now_ms)
    (entry,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    return entry


def test_says_what_when_and_where() -> None:
    entry = read()
    assert entry["SUMMARY"] == EVENT.title
    assert entry["LOCATION"] == "广东省徐闻县 曲界镇菠萝田"
    assert entry["URL"] == URL
    assert EVENT.description in entry["DESCRIPTION"]
    assert entry["DTSTART"].dt == datetime(2026, 2, 19, 2, tzinfo=UTC)
    assert entry["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert entry["DTSTART"].dt.hour == 10
    assert entry["DTEND"].dt - entry["DTSTART"].dt == timedelta(hours=2)
    (alarm,) = entry.walk("VALARM")
    assert alarm["TRIGGER"].dt == -timedelta(minutes=10)


def test_the_zone_is_told_with_it() -> None:
    text = calendar_file(EVENT, 0, url="", lead=timedelta(minutes=1), now_ms=0)
    zone: Any
    (zone,) = icalendar.Calendar.from_ical(text).walk("VTIMEZONE")
    assert zone["TZID"] == "Asia/Shanghai"
    (kept,) = zone.walk("STANDARD")
    assert kept["TZOFFSETTO"].td == timedelta(hours=8)
    assert b"URL" not in text


def test_lines_are_folded_and_end_as_the_standard_wants() -> None:
    text = calendar_file(EVENT, 0, url=URL, lead=timedelta(minutes=1), now_ms=0)
    assert text.count(b"\n") == text.count(b"\r\n")
    assert max(len(line) for line in text.split(b"\r\n")) <= 75
    assert text.endswith(b"END:VCALENDAR\r\n")


def test_one_that_moves_is_the_same_entry_in_a_newer_version() -> None:
    moved = msgspec.structs.replace(EVENT, starts_at=rfc3339(STARTS_MS + 3_600_000))
    before, after = read(), read(moved, revision=4)
    assert before["UID"] == after["UID"] == "evt_1@tiantou-live"
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (3, 4)
    assert after["DTSTART"].dt - before["DTSTART"].dt == timedelta(hours=1)


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (EventStatus.SCHEDULED, "CONFIRMED"),
        (EventStatus.CANCELLED, "CANCELLED"),
    ],
)
def test_one_that_is_called_off_says_so(status: EventStatus, word: str) -> None:
    entry = read(msgspec.structs.replace(EVENT, status=status))
    assert entry["STATUS"] == word
    assert len(entry.walk("VALARM")) == (status is EventStatus.SCHEDULED)


def test_one_that_is_over_says_when_it_was() -> None:
    over = msgspec.structs.replace(
        EVENT,
        status=EventStatus.ENDED,
        started_at=rfc3339(STARTS_MS + 60_000),
        ended_at=rfc3339(STARTS_MS + 60_500),
    )
    entry = read(over)
    assert entry["DTSTART"].dt == datetime(2026, 2, 19, 2, 1, tzinfo=UTC)
    assert entry["DTEND"].dt - entry["DTSTART"].dt == timedelta(minutes=1)
