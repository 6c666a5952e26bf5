"""The lock order of everything that moves units: an event's fence first, then its rows.

Whoever moves units of an event in SQL (a batch of orders, a payment, an expiry, a refund, a
rebuild) holds the event's row in ``stock_fences`` until its commit. Fences are taken in sorted
order, so two writers cannot wait for each other. On SQLite the one write lock does all this.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from live.stock.tables import StockFenceRow

_FENCES: Any = StockFenceRow.__table__  # type: ignore[attr-defined]


async def hold_fences(session: AsyncSession, event_ids: Iterable[str]) -> Mapping[str, str]:
    """Wait for and hold the events' fences; returns event id → epoch that SQL believes in."""
    query = (
        select(_FENCES.c.event_id, _FENCES.c.epoch)
        .where(_FENCES.c.event_id.in_(sorted(set(event_ids))))
        .order_by(_FENCES.c.event_id)
        .with_for_update()
    )
    return {row.event_id: row.epoch for row in await session.execute(query)}


async def hold_fence(session: AsyncSession, event_id: str) -> str:
    """Wait for and hold one event's fence, making it where there is none yet.

    For those who must keep a first rebuild out too, when there is no row to lock.

    Returns: the epoch that SQL believes in; empty where counters were never built.
    """
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert
    await session.execute(
        insert(_FENCES).values(event_id=event_id, epoch="", seq=0).on_conflict_do_nothing()
    )
    return (await hold_fences(session, [event_id]))[event_id]
