"""Reads from SQL what the closing report compares with: rows of orders, never counters."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from live.crowd.report import OrderTruth, Truth

_ORDERS = text(
    "SELECT id, offer_id, units, grams, amount_fen, status, paid_ms FROM orders"
    " WHERE event_id = :event_id"
)
_UNSETTLED = text("SELECT count(*) FROM orders WHERE event_id = :event_id AND status = 'reserved'")
_ALLOTMENTS = text("SELECT id, allotment FROM offers WHERE event_id = :event_id")


class Books:
    """A reader of the server's database, with a connection of its own."""

    def __init__(self, database_url: str) -> None:
        self._engine = create_async_engine(database_url)

    async def read(self, event_id: str) -> Truth:
        """Every order of an event, and what its offers were allotted."""
        event = {"event_id": event_id}
        async with self._engine.connect() as connection:
            orders = (await connection.execute(_ORDERS, event)).all()
            allotments = (await connection.execute(_ALLOTMENTS, event)).all()
        rows = (OrderTruth(*row) for row in orders)
        return Truth(
            {row.id: row for row in rows},
            {offer_id: allotment for offer_id, allotment in allotments},
        )

    async def unsettled_count(self, event_id: str) -> int:
        """Orders neither paid nor over."""
        async with self._engine.connect() as connection:
            count = await connection.scalar(_UNSETTLED, {"event_id": event_id})
        return int(count or 0)

    async def close(self) -> None:
        await self._engine.dispose()
