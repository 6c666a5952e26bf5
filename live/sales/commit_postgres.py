"""Commits order batches on PostgreSQL: one transaction of a fixed number of round trips.

The event's fence row is locked first, so all writers that move an event's units stand in one
queue and what is read afterwards stays true until the commit.
"""

from collections.abc import Sequence
from typing import Any

import asyncpg

from live.sales.commit import (
    CommitUnknown,
    EventBatch,
    Ledger,
    Outcome,
    Writes,
    all_order_ids,
    coupons_of,
    decide,
    reserved_facts,
)
from live.sales.stored_order import ORDER_COLUMNS, StoredOrder
from live.sales.tables import USES_COUPON
from live.storage.database import Database
from live.storage.facts import fact_columns

_BIGINT = {"units", "price_fen", "shipping_fen", "amount_fen", "grams", "created_ms", "pay_by_ms",
           "paid_ms", "closed_ms", "discount_fen"}  # fmt: skip
_ORDER_ARRAYS = ", ".join(
    f"${n}::{'bigint' if column in _BIGINT else 'int' if column == 'hold_no' else 'text'}[]"
    for n, column in enumerate(ORDER_COLUMNS, start=1)
)
_INSERT_ORDERS = (
    f"INSERT INTO orders ({', '.join(ORDER_COLUMNS)}) SELECT * FROM unnest({_ORDER_ARRAYS})"  # noqa: S608
)
_SELECT_ORDERS = f"SELECT {', '.join(ORDER_COLUMNS)} FROM orders WHERE id = ANY($1::text[])"  # noqa: S608
_SELECT_FENCES = (
    "SELECT event_id, epoch FROM stock_fences WHERE event_id = ANY($1::text[]) ORDER BY event_id"
)
_SELECT_OFFERS = (
    "SELECT id, allotment - reserved - sold AS available, price_fen, per_buyer_limit FROM offers"
    " WHERE id = ANY($1::text[])"
)
_SELECT_BOUGHT = (
    "SELECT b.offer_id, b.buyer_id, b.units FROM unnest($1::text[], $2::text[])"
    " AS pair (offer_id, buyer_id) JOIN buyer_units AS b USING (offer_id, buyer_id)"
)
_SELECT_USED_COUPONS = (
    f"SELECT coupon_id FROM orders WHERE coupon_id = ANY($1::text[]) AND {USES_COUPON}"  # noqa: S608
)
_INSERT_BOUGHT = (
    "INSERT INTO buyer_units (offer_id, buyer_id, units)"
    " SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])"
    " ON CONFLICT (offer_id, buyer_id) DO UPDATE SET units = buyer_units.units + excluded.units"
)
_TAKE_UNITS = (
    "UPDATE offers SET reserved = reserved + $1 WHERE id = $2 AND reserved + sold + $1 <= allotment"
)
_INSERT_FACTS = (
    "INSERT INTO facts (kind, event_id, body, at_ms)"
    " SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])"
)
_ADVANCE_FENCE = (
    "UPDATE stock_fences SET seq = greatest(seq, $1) WHERE event_id = $2 AND epoch = $3"
)


class PostgresOrderCommitter:
    """See ``OrderCommitter``. Borrows one pooled connection for each commit."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine

    async def commit(self, batches: Sequence[EventBatch]) -> list[list[Outcome]]:
        try:
            async with self._engine.connect() as borrowed:
                raw = await borrowed.get_raw_connection()
                driver: Any = raw.driver_connection
                try:
                    return await self._commit(driver, batches)
                except BaseException:
                    # A connection that failed or was interrupted mid-way is not used again.
                    await borrowed.invalidate()
                    raise
        except (TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            raise CommitUnknown(repr(error)) from error

    async def _commit(
        self, connection: "asyncpg.Connection[Any]", batches: Sequence[EventBatch]
    ) -> list[list[Outcome]]:
        may_write = any(c.word.has_hold for batch in batches for c in batch.candidates)
        async with connection.transaction():
            outcomes, writes = decide(batches, await _read(connection, batches, lock=may_write))
            if writes.orders:
                await _write(connection, batches, writes)
        return outcomes


async def _read(
    connection: "asyncpg.Connection[Any]", batches: Sequence[EventBatch], *, lock: bool
) -> Ledger:
    event_ids = [batch.event_id for batch in batches]
    fences = await connection.fetch(_SELECT_FENCES + (" FOR UPDATE" if lock else ""), event_ids)
    orders = await connection.fetch(_SELECT_ORDERS, all_order_ids(batches))
    admitted = [c.order for batch in batches for c in batch.candidates if c.word.has_hold]
    if not admitted:
        return Ledger({}, {row["id"]: StoredOrder(*row) for row in orders}, {}, {}, {}, {})
    offers = await connection.fetch(_SELECT_OFFERS, sorted({order.offer_id for order in admitted}))
    bought = await connection.fetch(
        _SELECT_BOUGHT,
        [order.offer_id for order in admitted],
        [order.buyer_id for order in admitted],
    )
    used: frozenset[str] = frozenset()
    if coupons := coupons_of(admitted):
        rows = await connection.fetch(_SELECT_USED_COUPONS, coupons)
        used = frozenset(row["coupon_id"] for row in rows)
    return Ledger(
        fences={row["event_id"]: row["epoch"] for row in fences},
        orders={row["id"]: StoredOrder(*row) for row in orders},
        available={row["id"]: row["available"] for row in offers},
        prices={row["id"]: row["price_fen"] for row in offers},
        limits={row["id"]: row["per_buyer_limit"] for row in offers},
        bought={(row["offer_id"], row["buyer_id"]): row["units"] for row in bought},
        used_coupons=used,
    )


async def _write(
    connection: "asyncpg.Connection[Any]", batches: Sequence[EventBatch], writes: Writes
) -> None:
    await connection.execute(_INSERT_ORDERS, *zip(*writes.orders, strict=True))
    buyers = list(writes.units_by_buyer.items())
    await connection.execute(
        _INSERT_BOUGHT,
        [offer for (offer, _), _ in buyers],
        [buyer for (_, buyer), _ in buyers],
        [units for _, units in buyers],
    )
    for offer_id, units in sorted(writes.units_by_offer.items()):
        if await connection.execute(_TAKE_UNITS, units, offer_id) != "UPDATE 1":
            raise asyncpg.CheckViolationError(f"offer {offer_id} has no {units} units left")
    facts = [fact_columns(fact) for fact in reserved_facts(writes)]
    await connection.execute(_INSERT_FACTS, *zip(*facts, strict=True))
    for batch in batches:
        await connection.execute(_ADVANCE_FENCE, batch.seq, batch.event_id, batch.epoch)
