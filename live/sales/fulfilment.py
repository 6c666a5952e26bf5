"""From a paid order to a parcel at the door: paid → packed → shipped → delivered.

Each step is a compare-and-set: of two packers one gets the order, the other hears that it is
packed. No units move, but a refund returns them only before packing, so steps stand in the same
queue as whatever moves units.
"""

from collections.abc import Callable
from typing import Any

from live.accounts.schemas import Shipment
from live.clock import Clock
from live.errors import Conflict, NotFound
from live.events.access import require_host
from live.events.rows import read_event
from live.sales.facts import OrderFact
from live.sales.fences import hold_fences
from live.sales.fulfilment_facts import OrderDelivered, OrderPacked, OrderShipped
from live.sales.order_reads import find_order
from live.sales.order_rows import move_orders
from live.sales.schemas import Order, OrderStatus
from live.sales.stored_order import StoredOrder
from live.storage.database import Database, within
from live.storage.facts import record
from live.web.routes import Identity

_REFUSALS = {
    OrderStatus.PACKED: "not_packable",
    OrderStatus.SHIPPED: "not_shippable",
    OrderStatus.DELIVERED: "not_deliverable_yet",
}

# What happened, from the order as it now is and the time in ms.
_FactOf = Callable[[StoredOrder, int], OrderFact]


class Fulfilment:
    """The event's host and operators do this; a host sees the order masked."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def pack(self, by: Identity, order_id: str) -> Order:
        """Raises: NotFound, Forbidden; Conflict ``not_packable``."""
        return await self._step(by, order_id, OrderStatus.PACKED, OrderPacked.of)

    async def ship(self, by: Identity, order_id: str, shipment: Shipment) -> Order:
        """Raises: NotFound, Forbidden; Conflict ``not_shippable``."""
        parcel = {"carrier": shipment.carrier, "tracking_number": shipment.tracking_number}

        def shipped(order: StoredOrder, at_ms: int) -> OrderShipped:
            return OrderShipped.of(order, at_ms, **parcel)

        return await self._step(by, order_id, OrderStatus.SHIPPED, shipped, **parcel)

    async def deliver(self, by: Identity, order_id: str) -> Order:
        """Raises: NotFound, Forbidden; Conflict ``not_deliverable_yet``."""
        now_ms = self._clock.now_ms()
        return await self._step(
            by, order_id, OrderStatus.DELIVERED, OrderDelivered.of, delivered_ms=now_ms
        )

    async def _step(
        self, by: Identity, order_id: str, to: OrderStatus, fact_of: _FactOf, **values: Any
    ) -> Order:
        async with self._database.transaction() as session:
            found = await find_order(session, order_id)
            if found is None:
                raise NotFound(detail="There is no such order.")
            require_host(await read_event(session, found.order.event_id), by)
            # A refund, which holds it too, must not see an order unpacked that then is packed.
            await within(session, hold_fences, [found.order.event_id])
            moved = await within(session, move_orders, [order_id], to, **values)
            # Read anew: a step that failed may have waited for somebody else's.
            found = await find_order(session, order_id)
            assert found is not None, "orders are never deleted"
            if not moved:
                raise Conflict(_REFUSALS[to], f"The order is {found.order.status}.")
            await within(session, record, [fact_of(moved[0], self._clock.now_ms())])
        return found.view(masked=not by.is_operator)
