"""Orders that end without being paid: expiry and cancellation, each unit returned once.

One compare-and-set in SQL decides who wins against a payment in the same instant. The units
then go back to the guard through the fact, once, however often it is delivered.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import select

from live.clock import Clock
from live.errors import Conflict, NotFound
from live.sales.facts import OrderCancelled, OrderExpired
from live.sales.fences import hold_fences
from live.sales.order_rows import ORDERS, move_orders, read_orders
from live.sales.schemas import OrderStatus
from live.sales.stored_order import StoredOrder
from live.sales.units import return_reserved
from live.storage.database import Database
from live.storage.facts import record

EXPIRE_BATCH_MAX = 500  # orders expired in one transaction


class Closing:
    """Closes reserved orders.

    Args:
        on_commit: called after each commit that recorded facts.
    """

    def __init__(self, database: Database, clock: Clock, on_commit: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._on_commit = on_commit

    async def expire_due(self) -> int:
        """Expire every order whose payment window is over. Returns how many."""
        expired = 0
        while True:
            due = await self._due()
            if not due:
                return expired
            expired += len(await self._close(due, OrderStatus.EXPIRED))

    async def cancel(self, order_id: str, buyer_id: str) -> StoredOrder:
        """Cancel the buyer's own reserved order; a repeat gets the same answer.

        Raises: NotFound, Conflict ``not_cancellable``.
        """
        async with self._database.reading() as session:
            order = (await read_orders(session, [order_id])).get(order_id)
        if order is None or order.buyer_id != buyer_id:
            raise NotFound()
        closed = await self._close([(order.id, order.event_id)], OrderStatus.CANCELLED)
        if closed:
            return closed[0]
        async with self._database.reading() as session:
            order = (await read_orders(session, [order_id]))[order_id]
        if order.status != OrderStatus.CANCELLED:
            raise Conflict("not_cancellable", f"the order is {order.status}")
        return order

    async def _due(self) -> list[tuple[str, str]]:
        query = (
            select(ORDERS.c.id, ORDERS.c.event_id)
            .where(ORDERS.c.status == OrderStatus.RESERVED.value)
            .where(ORDERS.c.pay_by_ms < self._clock.now_ms())
            .order_by(ORDERS.c.pay_by_ms)
            .limit(EXPIRE_BATCH_MAX)
        )
        async with self._database.reading() as session:
            return [(row.id, row.event_id) for row in await session.execute(query)]

    async def _close(self, orders: Sequence[tuple[str, str]], to: OrderStatus) -> list[StoredOrder]:
        """``orders`` are (order id, event id)."""
        fact = OrderExpired if to is OrderStatus.EXPIRED else OrderCancelled
        now_ms = self._clock.now_ms()
        async with self._database.transaction() as session:
            await hold_fences(session, (event_id for _, event_id in orders))
            closed = await move_orders(
                session, (order_id for order_id, _ in orders), to, closed_ms=now_ms
            )
            await return_reserved(session, closed)
            await record(session, [fact.of(order, now_ms) for order in closed])
        if closed:
            self._on_commit()
        return closed
