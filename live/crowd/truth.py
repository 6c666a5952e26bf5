"""Reads from SQL what the closing report compares with: rows of orders, never counters."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from live.crowd.report import OrderTruth, Truth

_ORDERS = text(
    "SELECT id, offer_id, units, grams, amount_fen, status, paid_ms FROM orders"
    " WHERE event_id = :event_id"
)
_REFUNDED = text(
    "SELECT refunds.order_id FROM refunds JOIN orders ON orders.id = refunds.order_id"
    " WHERE orders.event_id = :event_id AND refunds.status = 'done'"
)
# The others are joined from the few open payments and refunds, by an index, not from all orders.
_UNSETTLED = text(
    "SELECT (SELECT count(*) FROM orders WHERE event_id = :event_id AND status = 'reserved')"
    " + (SELECT count(*) FROM payments JOIN orders ON orders.id = payments.order_id"
    " WHERE orders.event_id = :event_id AND payments.status = 'started')"
    " + (SELECT count(*) FROM refunds JOIN orders ON orders.id = refunds.order_id"
    " WHERE orders.event_id = :event_id AND refunds.status = 'due')"
)
_ALLOTMENTS = text("SELECT id, allotment FROM offers WHERE event_id = :event_id")


class Books:
    """A reader of the server's database, with a connection of its own."""

    def __init__(self, database_url: str) -> None:
        self._engine = create_async_engine(database_url)

    async def read(self, event_id: str) -> Truth:
        """Every order of an event, what its offers were allotted, and whose money went back."""
        event = {"event_id": event_id}
        async with self._engine.connect() as connection:
            orders = (await connection.execute(_ORDERS, event)).all()
            allotments = (await connection.execute(_ALLOTMENTS, event)).all()
            refunded = await connection.scalars(_REFUNDED, event)
        rows = (OrderTruth(*row) for row in orders)
        return Truth(
            {row.id: row for row in rows},
            {row.id: row.allotment for row in allotments},
            frozenset(refunded),
        )

    async def unsettled_count(self, event_id: str) -> int:
        """Orders neither paid nor over, and payments on their way to us or back."""
        async with self._engine.connect() as connection:
            count = await connection.scalar(_UNSETTLED, {"event_id": event_id})
        return int(count or 0)

    async def close(self) -> None:
        await self._engine.dispose()
