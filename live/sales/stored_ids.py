"""Which of many orders exist: the look at SQL before somebody is sent away; see known_orders.py."""

from functools import partial
from typing import Any

import asyncpg
from sqlalchemy import select
from sqlalchemy.engine import Connection

from live.sales.order_rows import ORDERS
from live.storage.among import among
from live.storage.database import Database

STORED_IDS = select(ORDERS.c.id).where(among(ORDERS.c.id, "ids"))
_IN_POSTGRES = "SELECT id FROM orders WHERE id = ANY($1::text[])"


async def stored_ids(database: Database, order_ids: list[str]) -> set[str]:
    """Those of the orders that exist, whatever has become of them.

    Raises: any of SQL_AWAY.
    """
    if database.is_sqlite:
        return await database.read(partial(_read, order_ids))
    # One round trip, where a transaction takes three.
    async with database.engine.connect() as borrowed:
        raw = await borrowed.get_raw_connection()
        driver: Any = raw.driver_connection
        try:
            rows = await driver.fetch(_IN_POSTGRES, order_ids)
        except BaseException as error:
            # A connection that failed or was interrupted mid-way is not used again.
            await borrowed.invalidate()
            if isinstance(error, (asyncpg.PostgresError, asyncpg.InterfaceError)):
                raise ConnectionError(repr(error)) from error
            raise
    return {row["id"] for row in rows}


def _read(order_ids: list[str], connection: Connection) -> set[str]:
    return set(connection.execute(STORED_IDS, {"ids": order_ids}).scalars())
