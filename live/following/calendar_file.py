"""An event as a file for people's calendars: RFC 5545, by the icalendar library. Pure.

One ``UID`` for ever, so a calendar that has the event replaces it; ``SEQUENCE`` is the event's
revision, which grows with every change, so it takes the newer word. Times are the counties' own:
all of China keeps Asia/Shanghai.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Timezone

from live.events.schemas import Event as EventView
from live.values import EventStatus

USUAL_HOURS = 2  # of an event whose end nobody knows yet
_ZONE_NAME = "Asia/Shanghai"
_ZONE = ZoneInfo(_ZONE_NAME)
_FROM, _UNTIL = date(2000, 1, 1), date(2100, 1, 1)  # as ``live.events.moments``
_STATUS = {EventStatus.CANCELLED: "CANCELLED"}


def calendar_file(
    event: EventView, revision: int, *, url: str, lead: timedelta, now_ms: int
) -> bytes:
    """The file, UTF-8.

    Args:
        url: of the room; empty where nobody has said where this server is reached.
        lead: before the start, the calendar reminds of it.
    """
    starts = _local(event.started_at or event.starts_at)
    ends = _local(event.ended_at) if event.ended_at else starts + timedelta(hours=USUAL_HOURS)
    entry = Event()
    entry.add("uid", f"{event.id}@tiantou-live")
    entry.add("dtstamp", datetime.fromtimestamp(now_ms // 1000, UTC))
    entry.add("sequence", revision)
    entry.add("status", _STATUS.get(event.status, "CONFIRMED"))
    entry.add("dtstart", starts)
    entry.add("dtend", max(ends, starts + timedelta(minutes=1)))
    entry.add("summary", event.title)
    county = event.county
    entry.add("location", f"{county.province_name}{county.name} {event.place}".strip())
    entry.add("description", "\n".join(filter(None, (event.description, event.host_name, url))))
    if url:
        entry.add("url", url)
    if event.status is EventStatus.SCHEDULED:
        entry.add_component(_alarm(event.title, lead))
    calendar = Calendar()
    calendar.add("prodid", "-//Tiantou Live//Events//ZH")
    calendar.add("version", "2.0")
    calendar.add_component(_timezone())
    calendar.add_component(entry)
    text: bytes = calendar.to_ical()
    return text


def _alarm(title: str, lead: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -lead)
    alarm.add("description", title)
    return alarm


@cache
def _timezone() -> Timezone:
    return Timezone.from_tzid(_ZONE_NAME, first_date=_FROM, last_date=_UNTIL)


def _local(moment: str) -> datetime:
    """RFC 3339 as the county's own time, to the second."""
    return datetime.fromisoformat(moment).astimezone(_ZONE).replace(microsecond=0)
