"""An operator refunds an order: it ends, and all that is left of its money goes back.

SQL decides and writes down what is owed; ``paying_back.py`` then has the provider do it.
"""

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncSession

from live.clock import Clock
from live.errors import Conflict, NotFound
from live.sales.facts import OrderRefunded
from live.sales.fences import hold_fences
from live.sales.order_rows import move_orders, read_orders
from live.sales.orders import do_units_return, sources_of
from live.sales.payments.ledger import owe_of_order
from live.sales.schemas import OrderStatus, RefundReason
from live.sales.stored_order import StoredOrder
from live.sales.units import return_sold
from live.storage.database import Database, within
from live.storage.facts import record

_SOURCES = sources_of(OrderStatus.REFUNDED)
_UNITS_RETURN = frozenset(status for status in _SOURCES if do_units_return(status))


class Refunds:
    def __init__(self, database: Database, clock: Clock, on_commit: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._on_commit = on_commit

    async def refund_order(self, order_id: str) -> StoredOrder:
        """Refund a paid order; its units go back on sale unless it is packed already.

        What was given back for claims before stays given back. A repeat gets the same answer.

        Raises: NotFound, Conflict ``not_refundable``.
        """
        async with self._database.reading() as session:
            found = (await within(session, read_orders, [order_id])).get(order_id)
        if found is None:
            raise NotFound()
        now_ms = self._clock.now_ms()
        async with self._database.transaction() as session:
            await within(session, hold_fences, [found.event_id])
            # Two steps, since packing needs no fence: which one succeeds tells for certain
            # whether the goods were still on the shelf.
            moved = await _refund(session, order_id, _UNITS_RETURN, now_ms)
            units_return = bool(moved)
            if moved:
                await within(session, return_sold, moved)
            else:
                moved = await _refund(session, order_id, _SOURCES - _UNITS_RETURN, now_ms)
            if not moved:
                order = (await within(session, read_orders, [order_id]))[order_id]
                if order.status != OrderStatus.REFUNDED:
                    raise Conflict("not_refundable", f"The order is {order.status}.")
                return order
            (order,) = moved
            reason = RefundReason.ORDER_REFUNDED
            dues = await within(session, owe_of_order, order.event_id, order_id, reason, now_ms)
            refunded = OrderRefunded.of(order, now_ms, units_return=units_return)
            await within(session, record, [refunded, *dues])
        self._on_commit()
        return order


async def _refund(
    session: AsyncSession, order_id: str, sources: frozenset[OrderStatus], now_ms: int
) -> list[StoredOrder]:
    return await within(
        session, move_orders, [order_id], OrderStatus.REFUNDED, only_from=sources, closed_ms=now_ms
    )
