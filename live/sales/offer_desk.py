"""The use cases of an event's host: make offers, change, open, close and pin them.

SQL decides, in one transaction that holds the event's fence; the guard and the room hear of it
after the commit. A lost word costs a little time, never a box: the fact brings it again, and an
order that slips through an older word meets SQL's own numbers.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from live.catalog.tables import LotRow
from live.clock import Clock
from live.errors import Conflict, Invalid, NotFound
from live.events.access import require_host
from live.events.facts import EventCancelled, EventEnded, EventStarted
from live.events.lifecycle import EDITABLE
from live.events.rows import change_event, read_event
from live.events.tables import EventRow
from live.realtime.feed import Entry, Feed
from live.sales.fences import hold_fence
from live.sales.offer_facts import OfferChanged
from live.sales.offer_views import OFFERS, offer_view, read_offers
from live.sales.offers import close_changes, is_draft, new_offer, open_changes, update_changes
from live.sales.schemas import Offer, OfferCreate, OfferUpdate
from live.sales.tables import OfferRow
from live.sales.terms import offer_terms
from live.stock.guard import StockGuard
from live.stock.rules import OfferTerms
from live.storage.database import SQL_AWAY, Database, within
from live.storage.facts import Fact, Reaction, record
from live.storage.redis import REDIS_AWAY
from live.values import EventStatus, new_id
from live.web.routes import Identity

PIN = "pin"  # the feed entry's kind

log = structlog.get_logger(__name__)


class OfferDesk:
    """What hosts and operators do with offers. Every call is one transaction."""

    def __init__(self, database: Database, guard: StockGuard, feed: Feed, clock: Clock) -> None:
        self._database = database
        self._guard = guard
        self._feed = feed
        self._clock = clock

    async def create(self, by: Identity, event_id: str, asked: OfferCreate) -> Offer:
        """Add a draft to an event that is not over.

        Raises: NotFound, Forbidden, Invalid; Conflict ``event_over``, ``too_many_offers``.
        """
        async with self._database.transaction() as session:
            await _lock(session, by, event_id)
            event = await _revise(session, event_id)
            if asked.lot_id is not None and await session.get(LotRow, asked.lot_id) is None:
                raise Invalid(fields={"lot_id": "there is no such one"})
            query = select(func.count()).where(OFFERS.c.event_id == event_id)
            position = await session.scalar(query) or 0
            offer = new_offer(new_id("off"), event_id, asked, position, self._clock.now_ms())
            session.add(offer)
            await session.flush()
            await self._record(session, offer)
        return await self._told(event, offer)

    async def update(self, by: Identity, offer_id: str, asked: OfferUpdate) -> Offer:
        """Change terms; ``allotment`` restocks, or takes back what nobody holds or has bought.

        Raises: NotFound, Forbidden, Invalid; Conflict ``event_over``, ``below_committed``.
        """
        return await self._change(by, offer_id, partial(update_changes, asked=asked))

    async def open(self, by: Identity, offer_id: str) -> Offer:
        """Put on sale: at once, or within its window once the event is live.

        Raises: NotFound, Forbidden; Conflict ``event_over``, ``already_open``.
        """
        return await self._change(by, offer_id, open_changes)

    async def close(self, by: Identity, offer_id: str) -> Offer:
        """Take off sale; what is held may still be paid.

        Raises: NotFound, Forbidden; Conflict ``not_open``, ``already_closed``.
        """
        return await self._change(by, offer_id, close_changes, only_in=EventStatus)

    async def pin(self, by: Identity, offer_id: str) -> Offer:
        """Hold it up in the room, in place of whichever is; a repeat changes nothing.

        A draft may be pinned in advance; nobody is told of it before it opens.

        Raises: NotFound, Forbidden; Conflict ``event_over``.
        """
        async with self._database.transaction() as session:
            offer, event = await _lock_offer(session, by, offer_id)
            if event.pinned_offer_id == offer_id:
                return self._view(event, offer)
            event = await _revise(session, event.id, pinned_offer_id=offer_id)
            await self._record(session, offer)
        entry = Entry(PIN, {"offer_id": offer.id, "title": offer.title})
        return await self._told(event, offer, [] if is_draft(offer) else [entry])

    async def unpin(self, by: Identity, offer_id: str) -> Offer:
        """Hold it up no longer; where another one is pinned, that stays.

        Raises: NotFound, Forbidden.
        """
        async with self._database.transaction() as session:
            offer, event = await _lock_offer(session, by, offer_id)
            if event.pinned_offer_id != offer_id:
                return self._view(event, offer)
            event = await _revise(session, event.id, EventStatus, pinned_offer_id=None)
            await self._record(session, offer)
        return await self._told(event, offer)

    async def refresh(self, event_id: str) -> None:
        """Bring guard and room up to SQL after the event itself has changed.

        Where SQL or Redis is away it only logs: the change is committed, and its fact brings
        this again.
        """
        try:
            await self._refresh(event_id)
        except (*SQL_AWAY, *REDIS_AWAY) as error:
            log.warning("offers not refreshed yet", event_id=event_id, error=repr(error))

    def reactions(self) -> list[Reaction]:
        """Where a crash, or a Redis that was away, kept the word from the guard."""
        facts = (OfferChanged, EventStarted, EventEnded, EventCancelled)
        return [Reaction(fact, self._refresh_all) for fact in facts]

    async def _change(
        self,
        by: Identity,
        offer_id: str,
        decide: Callable[[OfferRow], Mapping[str, Any]],
        only_in: Iterable[EventStatus] = EDITABLE,
    ) -> Offer:
        """Set the columns that ``decide`` names for the offer as it is, under the event's fence."""
        async with self._database.transaction() as session:
            offer, event = await _lock_offer(session, by, offer_id)
            event = await _revise(session, event.id, only_in)
            offer = await _set(session, offer, decide(offer))
            await self._record(session, offer)
        return await self._told(event, offer)

    async def _record(self, session: AsyncSession, offer: OfferRow) -> None:
        now_ms = self._clock.now_ms()
        await within(
            session,
            record,
            [OfferChanged(event_id=offer.event_id, at_ms=now_ms, offer_id=offer.id)],
        )

    async def _told(self, event: EventRow, offer: OfferRow, entries: Sequence[Entry] = ()) -> Offer:
        """After the commit: tell guard and room, as far as Redis is there."""
        terms = offer_terms(offer, event.status, event.revision)
        try:
            await self._tell(event.id, event.revision, [terms])
            if entries:
                await self._feed.publish(event.id, entries)
        except REDIS_AWAY as error:
            log.warning("offer told later", offer_id=offer.id, error=repr(error))
        return self._view(event, offer)

    async def _tell(self, event_id: str, revision: int, offers: Iterable[OfferTerms]) -> None:
        for terms in offers:
            await self._guard.put_offer(event_id, terms)
        await self._feed.announce(event_id, revision)

    async def _refresh_all(self, facts: Sequence[Fact]) -> None:
        for event_id in dict.fromkeys(fact.event_id for fact in facts):
            await self._refresh(event_id)

    async def _refresh(self, event_id: str) -> None:
        async with self._database.transaction() as session:
            # A rebuild that read before the change is let finish first: until then the guard
            # takes no terms, and would be left with the old ones.
            await within(session, hold_fence, event_id)
            # The event first: terms may be newer than the revision they go by, never older.
            event = await read_event(session, event_id)
            offers = (await read_offers(session, [event_id])).get(event_id, ())
        terms = [offer_terms(offer, event.status, event.revision) for offer in offers]
        await self._tell(event_id, event.revision, terms)

    def _view(self, event: EventRow, offer: OfferRow) -> Offer:
        return offer_view(offer, event.status, self._clock.now_ms())


async def _lock(session: AsyncSession, by: Identity, event_id: str) -> EventRow:
    """The event, and its fence until the transaction ends: one change of its offers at a time."""
    require_host(await read_event(session, event_id), by)
    await within(session, hold_fence, event_id)
    return await read_event(session, event_id)


async def _lock_offer(
    session: AsyncSession, by: Identity, offer_id: str
) -> tuple[OfferRow, EventRow]:
    query = select(OFFERS.c.event_id).where(OFFERS.c.id == offer_id)
    event_id = await session.scalar(query)
    if event_id is None:
        raise NotFound(detail="There is no such offer.")
    event = await _lock(session, by, event_id)
    return await session.get_one(OfferRow, offer_id), event


async def _revise(
    session: AsyncSession,
    event_id: str,
    only_in: Iterable[EventStatus] = EDITABLE,
    **values: str | None,
) -> EventRow:
    """The event at a new revision. Raises: Conflict ``event_over`` where its status is another."""
    event = await change_event(session, event_id, only_in, **values)
    if event is None:
        raise Conflict("event_over", "The event is over.")
    return event


async def _set(session: AsyncSession, offer: OfferRow, values: Mapping[str, Any]) -> OfferRow:
    """Raises: Conflict ``below_committed``."""
    statement = update(OfferRow).where(OFFERS.c.id == offer.id)
    if (allotment := values.get("allotment")) is not None:
        # In the statement itself, so that it holds even against a writer without the fence.
        statement = statement.where(OFFERS.c.reserved + OFFERS.c.sold <= allotment)
    options = {"synchronize_session": False, "populate_existing": True}
    changed = (
        await session.scalars(
            statement.values(**values).returning(OfferRow), execution_options=options
        )
    ).one_or_none()
    if changed is None:
        committed = offer.reserved + offer.sold
        raise Conflict("below_committed", f"{committed} units are held or sold.")
    return changed
