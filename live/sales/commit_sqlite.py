"""Commits order batches on SQLite, in one round of the process's writer with whatever else waits.

Few statements, whatever the number of orders, and each brings one row at most: Python gives up
its interpreter lock at every step of a statement and must win it back from a busy event loop. So
rows go in and come out as JSON.
"""

import sqlite3
from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from live.errors import Unavailable
from live.sales.commit import (
    CommitUnknown,
    EventBatch,
    Ledger,
    Outcome,
    Verdict,
    Writes,
    all_order_ids,
    coupons_of,
    decide,
    reserved_facts,
)
from live.sales.coupon_use import orders_with
from live.sales.order_rows import ORDERS
from live.sales.stored_order import ORDER_COLUMNS, StoredOrder
from live.storage.bulk import insert_from_json, insert_rows, json_rows
from live.storage.database import Database
from live.storage.facts import record

_READ_LEDGER = f"""
SELECT
  (SELECT json_group_array(json_array(event_id, epoch))
   FROM stock_fences WHERE event_id IN (SELECT value FROM json_each(:events))),
  (SELECT json_group_array(json_array({", ".join(ORDER_COLUMNS)}))
   FROM orders WHERE id IN (SELECT value FROM json_each(:orders))),
  (SELECT json_group_array(json_array(id, allotment - reserved - sold, price_fen, per_buyer_limit))
   FROM offers WHERE id IN (SELECT value FROM json_each(:offers))),
  (SELECT json_group_array(json_array(b.offer_id, b.buyer_id, b.units))
   FROM json_each(:buyers) AS pair JOIN buyer_units AS b
   ON b.offer_id = json_extract(pair.value, '$[0]')
   AND b.buyer_id = json_extract(pair.value, '$[1]'))
"""  # noqa: S608 (our own column names)
_TAKE_UNITS = """
UPDATE offers SET reserved = reserved + json_extract(taken.value, '$[1]')
FROM json_each(?) AS taken WHERE offers.id = json_extract(taken.value, '$[0]')
AND reserved + sold + json_extract(taken.value, '$[1]') <= allotment
"""
_ADD_TO_BUYERS = f"""
{insert_from_json("buyer_units", ("offer_id", "buyer_id", "units"))}
ON CONFLICT (offer_id, buyer_id) DO UPDATE SET units = buyer_units.units + excluded.units
"""
_ADVANCE_FENCES = """
UPDATE stock_fences SET seq = max(seq, json_extract(batch.value, '$[2]'))
FROM json_each(?) AS batch WHERE event_id = json_extract(batch.value, '$[0]')
AND epoch = json_extract(batch.value, '$[1]')
"""


_PLACED = Outcome(Verdict.PLACED)


class _Tables(msgspec.Struct, array_like=True):
    """What ``_READ_LEDGER`` brings, in its order."""

    fences: list[tuple[str, str]]
    orders: list[StoredOrder]
    offers: list[tuple[str, int, int, int]]
    bought: list[tuple[str, str, int]]


_decode = msgspec.json.Decoder(_Tables).decode


class SqliteOrderCommitter:
    """See ``OrderCommitter``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def commit(self, batches: Sequence[EventBatch]) -> list[list[Outcome]]:
        may_write = any(c.word.has_hold for batch in batches for c in batch.candidates)
        try:
            if not may_write:
                return await self._database.read(partial(_look, batches))
            outcomes = await self._database.write(partial(_commit, batches))
        except (sqlite3.Error, SQLAlchemyError, ConnectionError, Unavailable) as error:
            raise CommitUnknown(str(error)) from error
        for batch, some in zip(batches, outcomes, strict=True):
            for place, outcome in enumerate(some):
                if outcome.verdict is Verdict.PLACED:
                    some[place] = Outcome(Verdict.PLACED, batch.candidates[place].order)
        return outcomes


# Everything below runs on the database's threads.


def _look(batches: Sequence[EventBatch], connection: Connection) -> list[list[Outcome]]:
    """The guard has refused them all: they can only be repeats."""
    outcomes, _ = decide(batches, _read(connection, batches))
    return outcomes


def _commit(batches: Sequence[EventBatch], connection: Connection) -> list[list[Outcome]]:
    """The outcomes, those of new orders without the order: whoever asks has it (8 µs each)."""
    outcomes, writes = decide(batches, _read(connection, batches))
    if writes.orders:
        _write(connection, batches, writes)
    return [
        [_PLACED if outcome.verdict is Verdict.PLACED else outcome for outcome in some]
        for some in outcomes
    ]


def _read(connection: Connection, batches: Sequence[EventBatch]) -> Ledger:
    admitted = [c.order for batch in batches for c in batch.candidates if c.word.has_hold]
    asked: dict[str, Sequence[Any]] = {
        "events": [batch.event_id for batch in batches],
        "orders": all_order_ids(batches),
        "offers": sorted({order.offer_id for order in admitted}),
        "buyers": sorted({(order.offer_id, order.buyer_id) for order in admitted}),
    }
    parameters = {name: json_rows(rows) for name, rows in asked.items()}
    [texts] = connection.exec_driver_sql(_READ_LEDGER, parameters)
    found = _decode(f"[{','.join(texts)}]")
    coupons = coupons_of(admitted)
    return Ledger(
        fences=dict(found.fences),
        orders={order.id: order for order in found.orders},
        available={offer_id: available for offer_id, available, _, _ in found.offers},
        prices={offer_id: price_fen for offer_id, _, price_fen, _ in found.offers},
        limits={offer_id: limit for offer_id, _, _, limit in found.offers},
        bought={(offer_id, buyer_id): units for offer_id, buyer_id, units in found.bought},
        used_coupons=orders_with(connection, coupons).keys() if coupons else frozenset(),
    )


def _write(connection: Connection, batches: Sequence[EventBatch], writes: Writes) -> None:
    insert_rows(connection, ORDERS, ORDER_COLUMNS, writes.orders)
    buyers = [(offer, buyer, units) for (offer, buyer), units in writes.units_by_buyer.items()]
    connection.exec_driver_sql(_ADD_TO_BUYERS, (json_rows(buyers),))
    taken = sorted(writes.units_by_offer.items())
    updated = connection.exec_driver_sql(_TAKE_UNITS, (json_rows(taken),)).rowcount
    if updated != len(taken):
        raise sqlite3.IntegrityError(f"{len(taken) - updated} offers have no such units left")
    record(connection, reserved_facts(writes))
    # The last of each event: an UPDATE takes any one of several rows that fit.
    last = {(b.event_id, b.epoch): b.seq for b in sorted(batches, key=lambda batch: batch.seq)}
    rows = [(event_id, epoch, seq) for (event_id, epoch), seq in last.items()]
    connection.exec_driver_sql(_ADVANCE_FENCES, (json_rows(rows),))
