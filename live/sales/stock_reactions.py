"""Carries SQL's decisions about orders to the guard: each hold is settled once.

The hold is the receipt: a fact that comes twice, or after a rebuild, finds nothing to move.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from live.sales.counters import Counters
from live.sales.facts import OrderCancelled, OrderExpired, OrderFact, OrderPaid, OrderRefunded
from live.stock.guard import Move, StockGuard
from live.stock.rules import Settlement
from live.storage.facts import Reaction


class StockReactions:
    def __init__(self, guard: StockGuard, counters: Counters) -> None:
        self._guard = guard
        self._counters = counters

    def reactions(self) -> list[Reaction]:
        return [
            Reaction(OrderPaid, self._sell),
            Reaction(OrderExpired, self._release),
            Reaction(OrderCancelled, self._release),
            Reaction(OrderRefunded, self._release_refunded),
        ]

    async def _sell(self, facts: Sequence[OrderPaid]) -> None:
        await self._settle(facts, Settlement.SOLD)

    async def _release(self, facts: Sequence[OrderFact]) -> None:
        await self._settle(facts, Settlement.RELEASED)

    async def _release_refunded(self, facts: Sequence[OrderRefunded]) -> None:
        await self._settle([fact for fact in facts if fact.units_return], Settlement.RELEASED)

    async def _settle(self, facts: Sequence[OrderFact], to: Settlement) -> None:
        by_event: dict[str, list[Move]] = defaultdict(list)
        for fact in facts:
            by_event[fact.event_id].append(Move(fact.order_id, fact.hold_no, to))
        settled = [self._guard.settle(event_id, moves) for event_id, moves in by_event.items()]
        for event_id, of_event in zip(by_event, await asyncio.gather(*settled), strict=True):
            self._counters.observe_settled(event_id, of_event)
