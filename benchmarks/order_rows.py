"""Orders written to SQLite past the platform, with what belongs to each."""

import sqlite3
from collections.abc import Sequence

from live.sales.facts import OrderReserved
from live.sales.stored_order import ORDER_COLUMNS, StoredOrder
from live.storage.facts import FACT_COLUMNS, fact_columns


def insert_orders(
    connection: sqlite3.Connection, orders: Sequence[StoredOrder], *, are_relayed: bool = False
) -> None:
    """Orders and their facts, within the caller's transaction.

    Args:
        are_relayed: the facts have been, when the orders were placed.
    """
    facts = [
        (
            *fact_columns(OrderReserved.of(o, o.created_ms, pay_by_ms=o.pay_by_ms)),
            o.created_ms if are_relayed else None,
        )
        for o in orders
    ]
    connection.executemany(insert("orders", ORDER_COLUMNS), orders)
    connection.executemany(insert("facts", (*FACT_COLUMNS, "relayed_ms")), facts)


def insert(table: str, columns: Sequence[str]) -> str:
    """SQLite's INSERT of one row."""
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 (our names)
