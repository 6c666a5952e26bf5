"""What a room shows of its event and offers, from SQL; stock numbers are then laid over it."""

import msgspec

from live.clock import Clock
from live.errors import NotFound
from live.events.rows import read_event
from live.events.views import event_view
from live.realtime.definition import RoomDefinition
from live.sales.offer_views import offers_shown, read_offers
from live.storage.database import Database

SECTION = "offers"  # as ``live.stock.redis_guard.OffersSection`` calls it


class RoomViews:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def load(self, event_id: str) -> RoomDefinition | None:
        """An event's room as a stranger may see it, so without drafts; None for no such event."""
        async with self._database.reading() as session:
            try:
                # Before all else: what follows may be newer than this revision, never older.
                event = await read_event(session, event_id)
            except NotFound:
                return None
            view = await event_view(session, event)
            rows = (await read_offers(session, [event_id])).get(event_id, ())
        offers = offers_shown(event, rows, None, self._clock.now_ms())
        return RoomDefinition(
            revision=event.revision,
            event=msgspec.to_builtins(view),
            staff=frozenset({event.host_id}),
            items={SECTION: {offer.id: msgspec.to_builtins(offer) for offer in offers}},
            views_total=event.views_total,
            likes_total=event.likes_total,
        )
