"""The controls: a guard and a committer that look first and take afterwards, as one does naively.

Both use the real Redis and the real SQL; only the step between looking and taking is open.
So that this shows every time, the workers wait for each other there once.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, insert, select

from live.sales.commit import Candidate, EventBatch, OrderCommitter, Outcome, Verdict
from live.sales.facts import OrderReserved
from live.sales.order_rows import ORDERS
from live.sales.orders import HOLDING
from live.sales.tables import OfferRow
from live.stock.guard import Admitted, Position, StaleStock, StockGuard
from live.stock.rules import Admission, Hold, UnitsIntent
from live.storage.database import Database, within
from live.storage.facts import record
from tests.support.faults import Faults, FaultyGuard

WAIT_SECONDS = 20
_OFFERS: Any = OfferRow.__table__  # type: ignore[attr-defined]


class Meeting:
    """Where each of several workers waits for the others the first time it comes."""

    def __init__(self, workers: int) -> None:
        self._barrier = asyncio.Barrier(workers)
        self._seen: set[object] = set()

    async def attend(self, who: object) -> None:
        if who not in self._seen:
            self._seen.add(who)
            async with asyncio.timeout(WAIT_SECONDS):
                await self._barrier.wait()


class CheckThenTakeGuard(FaultyGuard):
    """Looks whether there is enough, and takes it a moment later."""

    def __init__(self, guard: StockGuard, meeting: Meeting) -> None:
        super().__init__(guard, Faults())
        self._meeting = meeting

    async def reserve(
        self, event_id: str, at: Position, intents: Sequence[UnitsIntent]
    ) -> Admitted:
        reading = await self.read(event_id)
        if reading is None or reading.position.epoch != at.epoch:
            raise StaleStock(event_id)
        await self._meeting.attend(self)
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

    def __init__(self, database: Database, meeting: Meeting) -> None:
        self._database = database
        self._meeting = meeting

    async def commit(self, batches: Sequence[EventBatch]) -> list[list[Outcome]]:
        available = await self._look()
        await self._meeting.attend(self)
        outcomes: list[list[Outcome]] = []
        async with self._database.transaction() as session:
            for batch in batches:
                outcomes.append([])
                for candidate in batch.candidates:
                    outcome = _decide(candidate, available)
                    available -= candidate.order.units if outcome.order else 0
                    outcomes[-1].append(outcome)
            placed = [o.order for batch in outcomes for o in batch if o.order]
            if placed:
                rows = [order._asdict() for order in placed]
                await (await session.connection()).execute(insert(ORDERS), rows)
            await within(
                session,
                record,
                [OrderReserved.of(o, o.created_ms, pay_by_ms=o.pay_by_ms) for o in placed],
            )
        return outcomes

    async def close(self) -> None:
        """Nothing of its own to close."""

    async def _look(self) -> int:
        async with self._database.reading() as session:
            allotment = await session.scalar(select(_OFFERS.c.allotment))
            query = select(func.sum(ORDERS.c.units)).where(ORDERS.c.status.in_(sorted(HOLDING)))
            return (allotment or 0) - (await session.scalar(query) or 0)


def _decide(candidate: Candidate, available: int) -> Outcome:
    if not candidate.word.has_hold:
        return Outcome(Verdict.REFUSED, word=candidate.word)
    if available < candidate.order.units:
        return Outcome(Verdict.OVERRULED, word=Admission.SOLD_OUT)
    return Outcome(Verdict.PLACED, candidate.order)
