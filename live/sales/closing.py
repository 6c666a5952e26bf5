"""Orders that end without being paid: expiry and cancellation, each unit returned once.

One compare-and-set in SQL decides who wins against a payment in the same instant. The units
then go back to the guard through the fact, once, however often it is delivered.
"""

from collections.abc import Callable, Collection, Sequence
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
from live.storage.batcher import Batcher
from live.storage.database import Database
from live.storage.facts import record

EXPIRE_BATCH_MAX = 500  # orders expired in one transaction


class _OrderKey(NamedTuple):
    order_id: str
    event_id: str


class _Cancel(NamedTuple):
    order_id: str
    buyer_id: str


class Closing:
    """Closes reserved orders; many cancellations at once share one transaction.

    Args:
        on_commit: called after each commit that recorded facts.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        on_commit: Callable[[], None],
        *,
        batch_max: int,
        queue_max: int,
    ) -> None:
        self._database = database
        self._clock = clock
        self._on_commit = on_commit
        self._batcher: Batcher[_Cancel, StoredOrder] = Batcher(
            "cancellations", self._cancel_all, batch_max=batch_max, queue_max=queue_max
        )

    async def expire_due(self) -> int:
        """Expire every order whose payment window is over. Returns how many."""
        expired = 0
        while True:
            due = await self._due()
            if not due:
                return expired
            work = partial(_close_in_sql, due, OrderStatus.EXPIRED, self._clock.now_ms())
            closed = await self._database.write(work)
            if closed:
                self._on_commit()
            expired += len(closed)

    async def cancel(self, order_id: str, buyer_id: str) -> StoredOrder:
        """Cancel the buyer's own reserved order; a repeat gets the same answer.

        Raises: NotFound, Conflict ``not_cancellable``, Unavailable.
        """
        return await self._batcher.ask(_Cancel(order_id, buyer_id))

    async def close(self) -> None:
        await self._batcher.close()

    async def _cancel_all(self, asks: Sequence[_Cancel]) -> Sequence[StoredOrder | BaseException]:
        work = partial(_cancel_in_sql, asks, self._clock.now_ms())
        outcomes, is_anything_closed = await self._database.write(work)
        if is_anything_closed:
            self._on_commit()
        return outcomes

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


def _cancel_in_sql(
    asks: Sequence[_Cancel], now_ms: int, connection: Connection
) -> tuple[list[StoredOrder | BaseException], bool]:
    """What each asker hears, and whether anything was closed."""
    orders = read_orders(connection, {ask.order_id for ask in asks})
    own = {
        order.id: _OrderKey(order.id, order.event_id)
        for ask in asks
        if (order := orders.get(ask.order_id)) is not None and order.buyer_id == ask.buyer_id
    }
    closed = {
        order.id: order
        for order in _close_in_sql(own.values(), OrderStatus.CANCELLED, now_ms, connection)
    }
    # Those were not reserved any more, or somebody else has just been before us.
    others = read_orders(connection, own.keys() - closed.keys())
    now = closed | others
    return [_heard(ask, now.get(ask.order_id)) for ask in asks], bool(closed)


def _heard(ask: _Cancel, order: StoredOrder | None) -> StoredOrder | BaseException:
    if order is None or order.buyer_id != ask.buyer_id:
        return NotFound()
    if order.status != OrderStatus.CANCELLED:
        return Conflict("not_cancellable", f"The order is {order.status}.")
    return order


def _close_in_sql(
    orders: Collection[_OrderKey], to: OrderStatus, now_ms: int, connection: Connection
) -> list[StoredOrder]:
    fact = OrderExpired if to is OrderStatus.EXPIRED else OrderCancelled
    hold_fences(connection, (order.event_id for order in orders))
    closed = move_orders(connection, (order.order_id for order in orders), to, closed_ms=now_ms)
    return_reserved(connection, closed)
    record(connection, [fact.of(order, now_ms) for order in closed])
    return closed
