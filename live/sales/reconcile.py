"""Puts right what crashes leave between Redis and SQL, by age and always.

A hold older than the commit timeout whose order SQL does not have (or has as over) is
released; a live order that old without a hold gets one. Each hold and each order is looked at
once, so the work follows the sales, not the size of the tables.
"""

from collections import defaultdict

import structlog
from prometheus_client import Counter
from sqlalchemy import select

from live.clock import Clock
from live.events.tables import EventRow
from live.sales.counters import Counters
from live.sales.order_rows import ORDERS, read_orders
from live.sales.orders import HOLDING, SELLING
from live.sales.stored_order import StoredOrder
from live.stock.guard import Move, StaleStock, StockGuard
from live.stock.rules import Hold, HoldState, Settlement
from live.storage.database import Database

log = structlog.get_logger(__name__)
REPAIRS = Counter("live_stock_repairs_total", "What reconciliation repaired", ["kind"])
BATCH_MAX = 1_000  # holds or orders looked at in one step
OVERLAP_MS = 2_000  # clocks of several processes differ; looking twice is harmless


class Reconciliation:
    """Args:
    commit_timeout_ms: beyond this age an admitted order is in SQL or never will be.
    """

    def __init__(
        self,
        database: Database,
        guard: StockGuard,
        counters: Counters,
        clock: Clock,
        *,
        commit_timeout_ms: int,
    ) -> None:
        self._database = database
        self._guard = guard
        self._counters = counters
        self._clock = clock
        self._commit_timeout_ms = commit_timeout_ms
        # Event id → orders created up to then have been compared.
        self._compared_ms: dict[str, int] = defaultdict(int)

    async def run(self) -> None:
        """One round over every event that sells."""
        async with self._database.reading() as session:
            query = select(EventRow.id).where(EventRow.status == "live")  # type: ignore[arg-type, call-overload]
            event_ids = list((await session.execute(query)).scalars())
        for event_id in event_ids:
            await self.release_orphans(event_id)
            await self.adopt_orders(event_id)

    async def release_orphans(self, event_id: str) -> int:
        """Release old holds without a live order. Returns how many."""
        holds = await self._guard.unverified(event_id, self._commit_timeout_ms, BATCH_MAX)
        if not holds:
            return 0
        async with self._database.reading() as session:
            orders = await read_orders(session, [hold.order_id for hold in holds])
        orphans = [hold for hold in holds if not _is_due(hold, orders.get(hold.order_id))]
        released = 0
        if orphans:
            moves = [Move(hold.order_id, hold.hold_no, Settlement.RELEASED) for hold in orphans]
            released = await self._guard.settle(event_id, moves)
            REPAIRS.labels("released").inc(released)
            log.warning("orphaned holds released", event_id=event_id, holds=released)
        orphan_ids = {hold.order_id for hold in orphans}
        await self._guard.verified(
            event_id, [hold.order_id for hold in holds if hold.order_id not in orphan_ids]
        )
        return released

    async def adopt_orders(self, event_id: str) -> int:
        """Give old live orders the holds they lack. Returns how many lacked one."""
        since_ms = self._compared_ms[event_id] - OVERLAP_MS
        until_ms = self._clock.now_ms() - self._commit_timeout_ms
        query = (
            select(*[ORDERS.c[n] for n in ("id", "offer_id", "buyer_id", "units", "hold_no", "status", "created_ms")])
            .where(ORDERS.c.event_id == event_id)
            .where(ORDERS.c.created_ms > since_ms, ORDERS.c.created_ms <= until_ms)
            .order_by(ORDERS.c.created_ms)
            .limit(BATCH_MAX)
        )
        async with self._database.reading() as session:
            rows = (await session.execute(query)).all()
        live = {row.id: row for row in rows if row.status in HOLDING}
        missing = await self._guard.missing(event_id, list(live))
        adopted = 0
        if missing:
            holds = [
                Hold(
                    row.id,
                    row.offer_id,
                    row.buyer_id,
                    row.units,
                    row.hold_no,
                    HoldState.SOLD if row.status in SELLING else HoldState.RESERVED,
                )
                for row in (live[order_id] for order_id in missing)
            ]
            position = await self._counters.position(event_id)
            try:
                adopted = await self._guard.adopt(event_id, position.epoch, holds)
            except StaleStock:  # a rebuild adopts everything
                await self._counters.rebuild(event_id, seen=position)
            REPAIRS.labels("adopted").inc(adopted)
            log.warning("live orders without a hold got one", event_id=event_id, orders=adopted)
        # A full page may have cut a millisecond in two: begin the next one before its last.
        is_full = len(rows) == BATCH_MAX
        self._compared_ms[event_id] = rows[-1].created_ms - 1 + OVERLAP_MS if is_full else until_ms
        return adopted


def _is_due(hold: Hold, order: StoredOrder | None) -> bool:
    """Whether the hold belongs to an order that still has its units."""
    return order is not None and order.status in HOLDING and order.hold_no == hold.hold_no
