"""Keeps the guard's counters true to SQL: where they stand, and how they are rebuilt.

Redis holds no truth. When the counters turn out lost, rolled back or contradicted by SQL,
they are rebuilt from SQL as a new epoch. The rebuild holds the event's fence from its first
read to its commit, so no order, payment or expiry can slip in between what it read and what
it installed; and whatever was admitted by the old counters meets the new epoch and is refused.
"""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import structlog
from prometheus_client import Counter
from sqlalchemy import update

from live.sales.each_event import of_each
from live.sales.fences import hold_fence
from live.sales.holds import read_holds
from live.sales.stock_truth import StockTruth, read_terms, read_truths
from live.stock.guard import Position, Settled, StockGuard, StockReading
from live.stock.rules import OfferTerms
from live.stock.tables import StockFenceRow
from live.storage.database import Database, within

log = structlog.get_logger(__name__)
_READ_AT_ONCE = 16  # connections to Redis at most
REBUILDS = Counter("live_stock_rebuilds_total", "Rebuilds of an event's counters from SQL")


class Counters:
    """What this process knows of every event's counters."""

    def __init__(self, database: Database, guard: StockGuard) -> None:
        self._database = database
        self._guard = guard
        self._positions: dict[str, Position] = {}
        self._distrusted: dict[str, str] = {}  # event id → epoch that SQL contradicted
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def observe(self, event_id: str, epoch: str, seq: int) -> None:
        """A script answered at this position; counters that later show less are an old snapshot.

        An answer from another epoch than the known one is ignored: it was under way when the
        counters were rebuilt.
        """
        known = self._positions.get(event_id)
        if known is None or (known.epoch == epoch and known.seq < seq):
            self._positions[event_id] = Position(epoch, seq)

    def observe_settled(self, event_id: str, settled: Settled) -> None:
        """A settlement took effect; an older snapshot would undo it."""
        if settled.position is not None:
            self.observe(event_id, settled.position.epoch, settled.position.seq)

    async def position(self, event_id: str) -> Position:
        """Where the counters must at least be; builds them where there are none yet."""
        known = self._positions.get(event_id)
        if known is None:
            return await self.rebuild(event_id, seen=None)
        if self._distrusted.get(event_id) == known.epoch:
            return await self.rebuild(event_id, seen=known)
        return known

    def distrust(self, event_id: str, seen: Position) -> None:
        """SQL contradicted the counters at this position: the next admission rebuilds them."""
        self._distrusted[event_id] = seen.epoch

    async def check(self, event_ids: Sequence[str]) -> None:
        """Compare counters with SQL, before a buyer has to meet what is wrong with them.

        Counters that are missing, of another epoch or older than what was seen are rebuilt;
        terms that the guard never heard of, or heard wrong, are told again. An event for which
        that fails is left out.
        """
        known = await of_each(event_ids, self.position, at_once=1)
        truths = await self._database.read(partial(read_truths, event_ids=list(known)))
        # Read after SQL was: healthy counters are at least as far as anything known before.
        readings = await of_each(list(known), self._guard.read, at_once=_READ_AT_ONCE)
        await of_each(
            list(readings),
            lambda event_id: self._mend(
                event_id, known[event_id], truths[event_id], readings[event_id]
            ),
            at_once=1,
        )

    async def _mend(
        self, event_id: str, position: Position, truth: StockTruth, reading: StockReading | None
    ) -> None:
        if position.epoch != truth.position.epoch:  # another process has rebuilt them
            position = self._positions[event_id] = truth.position
        least = replace(position, seq=max(position.seq, truth.position.seq))
        if reading is None or not _is_at(reading.position, least):
            await self.rebuild(event_id, seen=position)
            return
        for terms in _unlike(truth.offers, reading):
            await self._guard.put_offer(event_id, terms)

    async def rebuild(self, event_id: str, seen: Position | None) -> Position:
        """Replace counters that were ``seen`` to be wrong (None: never seen), once.

        Of many callers that saw the same position go wrong, in this process or in others, one
        rebuilds and the rest get its result.
        """
        async with self._locks[event_id]:
            known = self._positions.get(event_id)
            if known is not None and (seen is None or known.epoch != seen.epoch):
                return known
            position = await self._rebuild(event_id, seen)
            self._positions[event_id] = position
            return position

    async def _rebuild(self, event_id: str, seen: Position | None) -> Position:
        epoch = secrets.token_hex(8)
        async with self._database.transaction() as session:
            believed = await within(session, hold_fence, event_id)
            if believed and (seen is None or believed != seen.epoch):
                # Another process has been here; if its counters are gone too, the next
                # reservation will say so.
                fence = await session.get_one(StockFenceRow, event_id)
                return Position(fence.epoch, fence.seq)
            await session.execute(
                update(StockFenceRow)
                .where(StockFenceRow.event_id == event_id)  # type: ignore[arg-type]
                .values(epoch=epoch, seq=0)
            )
            offers = (await within(session, read_terms, [event_id]))[event_id]
            holds = await read_holds(session, event_id)
            await self._guard.install(event_id, epoch, offers, holds)
        REBUILDS.inc()
        log.info("stock counters rebuilt", event_id=event_id, offers=len(offers), holds=len(holds))
        return Position(epoch, 0)


def _is_at(position: Position, least: Position) -> bool:
    return position.epoch == least.epoch and position.seq >= least.seq


def _unlike(offers: list[OfferTerms], reading: StockReading) -> list[OfferTerms]:
    """Those of the terms that the guard does not have, whatever revision it has them by."""
    return [
        terms
        for terms in offers
        if (stock := reading.offers.get(terms.offer_id)) is None
        or replace(stock.terms, revision=terms.revision) != terms
    ]
