"""Events with what is for sale in them, as anyone may read."""

from collections.abc import Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from live.clock import Clock
from live.events.rows import event_key, list_events, read_event
from live.events.tables import EventRow
from live.events.views import event_views
from live.sales.offer_views import offers_shown, read_offers
from live.sales.schemas import EventWithOffers
from live.storage.database import Database
from live.values import EventStatus
from live.web.pages import PageRequest, page_of
from live.web.routes import Identity, Page


class Calendar:
    """Reads events; numbers are SQL's, a moment behind the room's."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def list(
        self, page: PageRequest, caller: Identity | None, *, status: EventStatus | None = None
    ) -> Page[EventWithOffers]:
        """By their scheduled hour, the latest first."""
        async with self._database.reading() as session:
            rows = await list_events(session, page, status=status)
            shown = await _with_offers(session, rows, caller, self._clock.now_ms())
        pairs = list(zip(rows, shown, strict=True))
        return page_of(pairs, page.limit, lambda pair: pair[1], lambda pair: event_key(pair[0]))

    async def read(self, event_id: str, caller: Identity | None) -> EventWithOffers:
        """Raises: NotFound ``event_not_found``."""
        async with self._database.reading() as session:
            row = await read_event(session, event_id)
            (shown,) = await _with_offers(session, [row], caller, self._clock.now_ms())
        return shown


async def _with_offers(
    session: AsyncSession, rows: Sequence[EventRow], caller: Identity | None, now_ms: int
) -> list[EventWithOffers]:
    """In the order given, in as many queries for a page as for one."""
    views = await event_views(session, rows)
    offers = await read_offers(session, [row.id for row in rows])
    return [
        EventWithOffers(
            **msgspec.structs.asdict(view),
            offers=offers_shown(row, offers.get(row.id, ()), caller, now_ms),
        )
        for row, view in zip(rows, views, strict=True)
    ]
