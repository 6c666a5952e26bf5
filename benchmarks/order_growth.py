"""Many orders in the table, as after months of events."""

import asyncio
import secrets
import sqlite3
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sqlalchemy.engine import make_url

from benchmarks.order_rows import insert_orders
from benchmarks.platform_server import PRICE_FEN, RunningPlatform, Sale, open_sale
from live.crowd.api import Api
from live.crowd.http_client import HttpPool
from live.sales.schemas import OrderStatus
from live.sales.stored_order import StoredOrder
from live.values import MS_PER_SECOND

ROWS_AT_ONCE = 20_000  # in one transaction, so that the server can write in between
BUSY_SECONDS = 60.0
DAY_MS = 86_400 * MS_PER_SECOND


async def fill_with_orders(platform: RunningPlatform, orders: int) -> None:
    """Give the platform an event of the past with so many delivered orders; SQLite."""
    path = make_url(platform.database_url).database
    assert path is not None
    async with HttpPool(platform.origin, 1) as pool:
        api = Api(pool, platform.host)
        past = await open_sale(api)
        await api.post(f"/api/events/{past.event_id}/end")
    await asyncio.to_thread(_fill, Path(path), past, orders)


def _fill(path: Path, past: Sale, orders: int) -> None:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    buyer_ids = [
        row[0] for row in connection.execute("SELECT id FROM accounts WHERE role = 'viewer'")
    ]
    event_id, offer_id = past
    rows = _delivered(event_id, offer_id, buyer_ids, orders)
    while some := list(islice(rows, ROWS_AT_ONCE)):
        connection.execute("BEGIN IMMEDIATE")
        insert_orders(connection, some, are_relayed=True)
        connection.execute("UPDATE offers SET sold = sold + ? WHERE id = ?", (len(some), offer_id))
        connection.execute("COMMIT")
    connection.execute("ANALYZE")
    connection.close()


def _delivered(
    event_id: str, offer_id: str, buyer_ids: list[str], orders: int
) -> Iterator[StoredOrder]:
    now_ms = time.time_ns() // 1_000_000
    for number in range(orders):
        created_ms = now_ms - DAY_MS - number
        yield StoredOrder(
            id=f"ord_{secrets.token_hex(12)}",  # as scattered in the index as real ones
            event_id=event_id,
            offer_id=offer_id,
            buyer_id=buyer_ids[number % len(buyer_ids)],
            request_digest=secrets.token_hex(16),
            units=1,
            price_fen=PRICE_FEN,
            shipping_fen=0,
            amount_fen=PRICE_FEN,
            grams=3_000,
            status=OrderStatus.DELIVERED.value,
            hold_no=0,
            ship_name="陈海燕",
            ship_phone="13100000000",
            ship_province_code="440000",
            ship_address="广州市天河区菠萝街 1 号",
            created_ms=created_ms,
            pay_by_ms=created_ms + DAY_MS,
            paid_ms=created_ms,
            closed_ms=None,
        )
