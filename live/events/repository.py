"""The use cases of events: schedule, edit, start, end, cancel. One transaction each.

Every step is a compare-and-set in SQL, so of two hosts' clicks in the same instant one wins and
the other hears why not.
"""

from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from live.catalog.tables import CountyRow
from live.clock import Clock
from live.errors import Invalid
from live.events.access import require_host
from live.events.facts import EventCancelled, EventEnded, EventStarted
from live.events.lifecycle import EDITABLE, edit_refusal, refusal, sources_of
from live.events.moments import moment_ms
from live.events.rows import change_event, event_key, list_events, read_event
from live.events.schemas import Event, EventCreate, EventUpdate
from live.events.tables import EventRow
from live.events.views import event_view, event_views
from live.storage.database import Database, within
from live.storage.facts import Fact, record
from live.values import EventStatus, new_id
from live.web.pages import PageRequest, page_of
from live.web.routes import Identity, Page


class Events:
    """What hosts and operators do with events."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def read(self, event_id: str) -> Event:
        """Raises: NotFound ``event_not_found``."""
        async with self._database.reading() as session:
            return await event_view(session, await read_event(session, event_id))

    async def list(self, page: PageRequest, *, status: EventStatus | None = None) -> Page[Event]:
        """By their scheduled hour, the latest first."""
        async with self._database.reading() as session:
            rows = await list_events(session, page, status=status)
            shown = await event_views(session, rows)
        pairs = list(zip(rows, shown, strict=True))
        return page_of(pairs, page.limit, lambda pair: pair[1], lambda pair: event_key(pair[0]))

    async def create(self, host_id: str, asked: EventCreate) -> Event:
        """Schedule an event of this host, an existing account.

        Raises: Invalid for an unknown county, or a time that no calendar has.
        """
        event = EventRow(
            id=new_id("evt"),
            host_id=host_id,
            county_code=asked.county_code,
            title=asked.title,
            place=asked.place,
            description=asked.description,
            waiting_room=asked.waiting_room,
            starts_ms=moment_ms(asked.starts_at, "starts_at"),
            created_ms=self._clock.now_ms(),
        )
        async with self._database.transaction() as session:
            if await session.get(CountyRow, asked.county_code) is None:
                raise Invalid(fields={"county_code": "there is no such one"})
            session.add(event)
            await session.flush()
            return await event_view(session, event)

    async def update(self, by: Identity, event_id: str, asked: EventUpdate) -> Event:
        """Change what is said of an event that is not over.

        Raises: NotFound; Forbidden; Invalid; Conflict ``already_ended``, ``already_cancelled``.
        """
        values = _changes(asked)
        async with self._database.transaction() as session:
            require_host(await read_event(session, event_id), by)
            event = await change_event(session, event_id, EDITABLE, **values)
            if event is None:
                raise edit_refusal(await _status(session, event_id))
            return await event_view(session, event)

    async def start(self, by: Identity, event_id: str) -> Event:
        """Go live.

        Raises: NotFound; Forbidden; Conflict ``already_live``, ``already_ended``,
            ``already_cancelled``.
        """
        now_ms = self._clock.now_ms()
        fact = EventStarted(event_id=event_id, at_ms=now_ms)
        return await self._move(by, event_id, EventStatus.LIVE, fact, started_ms=now_ms)

    async def end(self, by: Identity, event_id: str) -> Event:
        """End a live event, for good.

        Raises: NotFound; Forbidden; Conflict ``not_live``.
        """
        now_ms = self._clock.now_ms()
        fact = EventEnded(event_id=event_id, at_ms=now_ms)
        return await self._move(by, event_id, EventStatus.ENDED, fact, ended_ms=now_ms)

    async def cancel(self, by: Identity, event_id: str) -> Event:
        """Call off a scheduled event.

        Raises: NotFound; Forbidden; Conflict ``already_live``, ``already_ended``,
            ``already_cancelled``.
        """
        fact = EventCancelled(event_id=event_id, at_ms=self._clock.now_ms())
        return await self._move(by, event_id, EventStatus.CANCELLED, fact)

    async def _move(
        self, by: Identity, event_id: str, to: EventStatus, fact: Fact, **values: int
    ) -> Event:
        async with self._database.transaction() as session:
            require_host(await read_event(session, event_id), by)
            event = await change_event(session, event_id, sources_of(to), status=to.value, **values)
            if event is None:
                raise refusal(await _status(session, event_id), to)
            await within(session, record, [fact])
            return await event_view(session, event)


async def _status(session: AsyncSession, event_id: str) -> EventStatus:
    """As it is now: a compare-and-set that failed may have waited for somebody else's."""
    return EventStatus((await read_event(session, event_id)).status)


def _changes(asked: EventUpdate) -> dict[str, Any]:
    """The columns that an edit sets."""
    changes = {
        name: value
        for name in ("title", "place", "description", "waiting_room")
        if (value := getattr(asked, name)) is not msgspec.UNSET
    }
    if asked.starts_at is not msgspec.UNSET:
        changes["starts_ms"] = moment_ms(asked.starts_at, "starts_at")
    return changes
