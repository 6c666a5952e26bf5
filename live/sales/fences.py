"""The lock order of everything that moves units: an event's fence first, then its rows.

Whoever moves units of an event in SQL (a batch of orders, a payment, an expiry, a refund, a
rebuild) holds the event's row in ``stock_fences`` until its commit. Fences are taken in sorted
order, so two writers cannot wait for each other. On SQLite the one write lock does all this.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from live.stock.tables import StockFenceRow


async def hold_fences(session: AsyncSession, event_ids: Iterable[str]) -> Mapping[str, str]:
    """Wait for and hold the events' fences; returns event id → epoch that SQL believes in."""
    query = (
        select(StockFenceRow.event_id, StockFenceRow.epoch)
        .where(StockFenceRow.event_id.in_(sorted(set(event_ids))))  # type: ignore[attr-defined]
        .order_by(StockFenceRow.event_id)
        .with_for_update()
    )
    return dict((await session.execute(query)).tuples().all())
