"""The controls: a guard and a committer that look first and take afterwards, as one does naively.

Both use the real Redis and the real SQL; only the step between looking and taking is open.
"""

import asyncio
from collections.abc import Sequence

from sqlalchemy import func, insert, select

from live.sales.commit import EventBatch, OrderCommitter, Outcome, Verdict
from live.sales.facts import OrderReserved
from live.sales.order_rows import ORDERS, read_orders
from live.sales.orders import HOLDING
from live.sales.stored_order import StoredOrder
from live.sales.tables import OfferRow
from live.stock.guard import Admitted, Position, StaleStock, StockGuard
from live.stock.rules import Admission, Hold, UnitsIntent
from live.storage.database import Database
from live.storage.facts import record
from tests.support.faults import Faults, FaultyGuard

GAP_SECONDS = 0.01  # between looking and taking; a slow network does the same


class CheckThenTakeGuard(FaultyGuard):
    """Looks whether there is enough, and takes it a moment later."""

    def __init__(self, guard: StockGuard) -> None:
        super().__init__(guard, Faults())

    async def reserve(
        self, event_id: str, at: Position, intents: Sequence[UnitsIntent]
    ) -> Admitted:
        reading = await self.read(event_id)
        if reading is None or reading.position.epoch != at.epoch:
            raise StaleStock(event_id)
        await asyncio.sleep(GAP_SECONDS)
        words = [
            Admission.RESERVED
            if reading.offers[intent.offer_id].available >= intent.units
            else Admission.SOLD_OUT
            for intent in intents
        ]
        holds = [
            Hold(intent.order_id, intent.offer_id, intent.buyer_id, intent.units)
            for intent, word in zip(intents, words, strict=True)
            if word is Admission.RESERVED
        ]
        await self.adopt(event_id, at.epoch, holds)
        return Admitted(reading.position.seq, words)


class CheckThenTakeCommitter(OrderCommitter):
    """Counts what is sold, and inserts a moment later; no fence, no guarded row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def commit(self, batches: Sequence[EventBatch]) -> list[list[Outcome]]:
        return [[await self._place(c.order, c.word) for c in b.candidates] for b in batches]

    async def close(self) -> None:
        """Nothing of its own to close."""

    async def _place(self, order: StoredOrder, word: Admission) -> Outcome:
        if not word.has_hold:
            return Outcome(Verdict.REFUSED, word=word)
        async with self._database.reading() as session:
            known = await read_orders(session, [order.id])
            offer = await session.get_one(OfferRow, order.offer_id)
            held = await session.scalar(
                select(func.coalesce(func.sum(ORDERS.c.units), 0)).where(
                    ORDERS.c.offer_id == order.offer_id, ORDERS.c.status.in_(sorted(HOLDING))
                )
            )
        if known:
            return Outcome(Verdict.STORED, known[order.id])
        if offer.allotment - (held or 0) < order.units:
            return Outcome(Verdict.OVERRULED, word=Admission.SOLD_OUT)
        await asyncio.sleep(GAP_SECONDS)
        async with self._database.transaction() as session:
            await (await session.connection()).execute(insert(ORDERS), [order._asdict()])
            fact = OrderReserved.of(order, order.created_ms, pay_by_ms=order.pay_by_ms)
            await record(session, [fact])
        return Outcome(Verdict.PLACED, order)
