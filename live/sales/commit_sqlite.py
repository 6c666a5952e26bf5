"""Commits order batches on SQLite, in one round of the process's writer with whatever else waits.

Past SQLAlchemy, and rows go in through a few many-row statements. Python gives up its interpreter
lock at every step of a statement and must win it back from a busy event loop, so one step for
256 rows costs one such wait where executemany would cost 256.
"""

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from functools import cache, partial
from threading import Event
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from live.errors import Unavailable
from live.sales.commit import (
    CommitUnknown,
    EventBatch,
    Ledger,
    Outcome,
    Writes,
    all_order_ids,
    decide,
    reserved_facts,
)
from live.sales.stored_order import ORDER_COLUMNS, StoredOrder
from live.storage.database import Database
from live.storage.facts import fact_columns

_FACT_COLUMNS = ("kind", "event_id", "body", "at_ms")
_BUYER_COLUMNS = ("offer_id", "buyer_id", "units")
# Few sizes, so that every statement is prepared once and then found in the driver's cache.
_CHUNK_ROWS = (256, 64, 16, 4, 1)


class SqliteOrderCommitter:
    """See ``OrderCommitter``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def commit(self, batches: Sequence[EventBatch]) -> list[list[Outcome]]:
        may_write = any(c.word.has_hold for batch in batches for c in batch.candidates)
        given_up = Event()
        try:
            if not may_write:
                return await self._database.read(partial(_look, batches))
            return await self._database.write(partial(_commit, batches, given_up))
        except (sqlite3.Error, SQLAlchemyError, Unavailable) as error:
            raise CommitUnknown(str(error)) from error
        except asyncio.CancelledError:
            # Nothing interrupts the thread, but it need not store what nobody waits for.
            given_up.set()
            raise


# Everything below runs on the database's threads.


def _look(batches: Sequence[EventBatch], connection: Connection) -> list[list[Outcome]]:
    """The guard has refused them all: they can only be repeats."""
    outcomes, _ = decide(batches, _read(_driver(connection), batches))
    return outcomes


def _commit(
    batches: Sequence[EventBatch], given_up: Event, connection: Connection
) -> list[list[Outcome]]:
    driver = _driver(connection)
    outcomes, writes = decide(batches, _read(driver, batches))
    if writes.orders:
        _write(driver, batches, writes)
    if given_up.is_set():
        raise sqlite3.OperationalError("given up before the commit")
    return outcomes


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def _read(connection: sqlite3.Connection, batches: Sequence[EventBatch]) -> Ledger:
    admitted = [c.order for batch in batches for c in batch.candidates if c.word.has_hold]
    fences = connection.execute(
        "SELECT event_id, epoch FROM stock_fences"
        " WHERE event_id IN (SELECT value FROM json_each(?))",
        (json.dumps([batch.event_id for batch in batches]),),
    ).fetchall()
    orders = connection.execute(
        f"SELECT {', '.join(ORDER_COLUMNS)} FROM orders"  # noqa: S608 (our own column names)
        " WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(all_order_ids(batches)),),
    ).fetchall()
    offers = connection.execute(
        "SELECT id, allotment - reserved - sold, price_fen, per_buyer_limit FROM offers"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted({order.offer_id for order in admitted})),),
    ).fetchall()
    bought = connection.execute(
        "SELECT b.offer_id, b.buyer_id, b.units FROM json_each(?) AS pair JOIN buyer_units AS b"
        " ON b.offer_id = json_extract(pair.value, '$[0]')"
        " AND b.buyer_id = json_extract(pair.value, '$[1]')",
        (json.dumps(sorted({(order.offer_id, order.buyer_id) for order in admitted})),),
    ).fetchall()
    return Ledger(
        fences=dict(fences),
        orders={row[0]: StoredOrder(*row) for row in orders},
        available={offer_id: available for offer_id, available, _, _ in offers},
        prices={offer_id: price_fen for offer_id, _, price_fen, _ in offers},
        limits={offer_id: limit for offer_id, _, _, limit in offers},
        bought={(offer_id, buyer_id): units for offer_id, buyer_id, units in bought},
    )


def _write(connection: sqlite3.Connection, batches: Sequence[EventBatch], writes: Writes) -> None:
    _insert(connection, "orders", ORDER_COLUMNS, writes.orders)
    _insert(
        connection,
        "buyer_units",
        _BUYER_COLUMNS,
        [(offer, buyer, units) for (offer, buyer), units in writes.units_by_buyer.items()],
        " ON CONFLICT (offer_id, buyer_id)"
        " DO UPDATE SET units = buyer_units.units + excluded.units",
    )
    for offer_id, units in sorted(writes.units_by_offer.items()):
        updated = connection.execute(
            "UPDATE offers SET reserved = reserved + ?1"
            " WHERE id = ?2 AND reserved + sold + ?1 <= allotment",
            (units, offer_id),
        )
        if updated.rowcount != 1:
            raise sqlite3.IntegrityError(f"offer {offer_id} has no {units} units left")
    _insert(connection, "facts", _FACT_COLUMNS, [fact_columns(f) for f in reserved_facts(writes)])
    for batch in batches:
        connection.execute(
            "UPDATE stock_fences SET seq = max(seq, ?) WHERE event_id = ? AND epoch = ?",
            (batch.seq, batch.event_id, batch.epoch),
        )


def _insert(
    connection: sqlite3.Connection,
    table: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    conflict: str = "",
) -> None:
    start = 0
    for size in _CHUNK_ROWS:
        while len(rows) - start >= size:
            values = [value for row in rows[start : start + size] for value in row]
            connection.execute(_insert_statement(table, columns, size, conflict), values)
            start += size


@cache
def _insert_statement(table: str, columns: tuple[str, ...], rows: int, conflict: str) -> str:
    row = f"({', '.join('?' * len(columns))})"
    values = ", ".join([row] * rows)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values}{conflict}"  # noqa: S608
