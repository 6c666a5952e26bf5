"""The lock order of everything that moves units: an event's fence first, then its rows.

Whoever moves units of an event in SQL (a batch of orders, a payment, an expiry, a refund, a
rebuild) holds the event's row in ``stock_fences`` until its commit. Fences are taken in sorted
order, so two writers cannot wait for each other. On SQLite the one write lock does all this.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection

from live.stock.tables import StockFenceRow
from live.storage.among import among

_FENCES: Any = StockFenceRow.__table__  # type: ignore[attr-defined]
_HOLD = (
    select(_FENCES.c.event_id, _FENCES.c.epoch)
    .where(among(_FENCES.c.event_id, "ids"))
    .order_by(_FENCES.c.event_id)
    .with_for_update()
)


def hold_fences(connection: Connection, event_ids: Iterable[str]) -> None:
    """Wait for and hold the events' fences."""
    if _has_rows_to_lock(connection):
        _hold(connection, event_ids)


def hold_fences_of(
    connection: Connection, event_ids: Select[Any], parameters: Mapping[str, Any]
) -> None:
    """The same for events that a query finds."""
    if _has_rows_to_lock(connection):
        _hold(connection, connection.execute(event_ids, parameters).scalars())


def hold_fence(connection: Connection, event_id: str) -> str:
    """Wait for and hold one event's fence, making it where there is none yet.

    For those who must keep a first rebuild out too, when there is no row to lock.

    Returns: the epoch that SQL believes in; empty where counters were never built.
    """
    insert = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    connection.execute(
        insert(_FENCES).values(event_id=event_id, epoch="", seq=0).on_conflict_do_nothing()
    )
    return _hold(connection, [event_id])[event_id]


def _has_rows_to_lock(connection: Connection) -> bool:
    """SQLite has not: its one write lock is held by whoever writes at all."""
    return connection.dialect.name != "sqlite"


def _hold(connection: Connection, event_ids: Iterable[str]) -> dict[str, str]:
    rows = connection.execute(_HOLD, {"ids": sorted(set(event_ids))})
    return {row.event_id: row.epoch for row in rows}
