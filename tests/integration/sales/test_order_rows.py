"""Moving orders that were read before."""

from functools import partial

import pytest
from sqlalchemy.engine import Connection

from live.sales.order_rows import move_held_orders, read_orders
from live.sales.schemas import OrderStatus
from live.sales.stored_order import StoredOrder
from live.storage.redis import RedisClient
from tests.support.till import till


async def test_an_order_that_changed_since_it_was_read_is_not_moved(
    database_url: str, redis: RedisClient
) -> None:
    async with till(database_url, redis) as shop:
        kept, closed = await shop.order(buyer=1), await shop.order(buyer=2)
        read = await shop.database.read(lambda connection: read_orders(connection, [kept, closed]))
        await shop.closing.cancel(closed, read[closed].buyer_id)
        with pytest.raises(RuntimeError, match="1 of 2"):
            await shop.database.write(partial(_pay, list(read.values()), shop.clock.now_ms()))
        assert await shop.status(kept) == "reserved", "nothing of it happens"
        assert await shop.status(closed) == "cancelled"


def _pay(orders: list[StoredOrder], now_ms: int, connection: Connection) -> None:
    move_held_orders(
        connection, orders, OrderStatus.PAID, only_from=[OrderStatus.RESERVED], paid_ms=now_ms
    )
