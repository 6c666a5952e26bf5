"""Events as anyone sees them: with the county they are from and the name of their host."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from live.accounts.rows import read_names
from live.catalog.repository import county_of
from live.catalog.schemas import County
from live.catalog.tables import CountyRow
from live.events.schemas import Event
from live.events.tables import EventRow
from live.storage.database import within
from live.values import EventId, EventStatus, OfferId, rfc3339

_COUNTIES: Any = CountyRow.__table__  # type: ignore[attr-defined]


async def event_view(session: AsyncSession, event: EventRow) -> Event:
    """One event, as ``event_views`` shows it."""
    return (await event_views(session, [event]))[0]


async def event_views(session: AsyncSession, events: Sequence[EventRow]) -> list[Event]:
    """In the order given, in two queries however many there are.

    The host's name is shown as it is: hosts are public persons.
    """
    if not events:
        return []
    host_ids = {event.host_id for event in events}
    names = await within(session, partial(read_names, host_ids))
    codes = {event.county_code for event in events}
    placed = select(CountyRow).where(_COUNTIES.c.code.in_(sorted(codes)))
    counties = {row.code: county_of(row) for row in await session.scalars(placed)}
    return [_view(event, names[event.host_id], counties[event.county_code]) for event in events]


def _view(event: EventRow, host_name: str, county: County) -> Event:
    return Event(
        id=EventId(event.id),
        title=event.title,
        status=EventStatus(event.status),
        host_id=event.host_id,
        host_name=host_name,
        county=county,
        place=event.place,
        description=event.description,
        starts_at=rfc3339(event.starts_ms),
        started_at=None if event.started_ms is None else rfc3339(event.started_ms),
        ended_at=None if event.ended_ms is None else rfc3339(event.ended_ms),
        pinned_offer_id=None if event.pinned_offer_id is None else OfferId(event.pinned_offer_id),
        waiting_room=event.waiting_room,
    )
