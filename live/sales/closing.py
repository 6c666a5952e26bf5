"""Orders that end without being paid: expiry and cancellation, each unit returned once.

One compare-and-set in SQL decides who wins against a payment in the same instant. The units
then go back to the guard through the fact, once, however often it is delivered.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.engine import Connection

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


class _OrderKey(NamedTuple):
    order_id: str
    event_id: str


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
        order = (await self._database.read(partial(_read, order_id))).get(order_id)
        if order is None or order.buyer_id != buyer_id:
            raise NotFound()
        closed = await self._close([_OrderKey(order.id, order.event_id)], OrderStatus.CANCELLED)
        if closed:
            return closed[0]
        order = (await self._database.read(partial(_read, order_id)))[order_id]
        if order.status != OrderStatus.CANCELLED:
            raise Conflict("not_cancellable", f"the order is {order.status}")
        return order

    async def _due(self) -> list[_OrderKey]:
        query = (
            select(ORDERS.c.id, ORDERS.c.event_id)
            .where(ORDERS.c.status == OrderStatus.RESERVED.value)
            .where(ORDERS.c.pay_by_ms < self._clock.now_ms())
            .order_by(ORDERS.c.pay_by_ms)
            .limit(EXPIRE_BATCH_MAX)
        )
        return await self._database.read(
            lambda connection: [_OrderKey(*row) for row in connection.execute(query)]
        )

    async def _close(self, orders: Sequence[_OrderKey], to: OrderStatus) -> list[StoredOrder]:
        now_ms = self._clock.now_ms()
        closed = await self._database.write(partial(_close_in_sql, orders, to, now_ms))
        if closed:
            self._on_commit()
        return closed


def _read(order_id: str, connection: Connection) -> dict[str, StoredOrder]:
    return read_orders(connection, [order_id])


def _close_in_sql(
    orders: Sequence[_OrderKey], to: OrderStatus, now_ms: int, connection: Connection
) -> list[StoredOrder]:
    fact = OrderExpired if to is OrderStatus.EXPIRED else OrderCancelled
    hold_fences(connection, (order.event_id for order in orders))
    closed = move_orders(connection, (order.order_id for order in orders), to, closed_ms=now_ms)
    return_reserved(connection, closed)
    record(connection, [fact.of(order, now_ms) for order in closed])
    return closed
