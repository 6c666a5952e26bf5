"""Orders that end unpaid: their units return once, whoever ends them."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from live.errors import Conflict, NotFound
from live.sales import closing as closing_module
from live.sales.commit import Verdict
from live.sales.schemas import OrderStatus
from live.sales.stored_order import StoredOrder
from live.storage.database import Database
from live.storage.redis import RedisClient
from tests.support.selling import HOLD_MS, Shelf, buyer, clock_now, seed
from tests.support.shop import Shop, Shops, Stock, open_shops


@pytest_asyncio.fixture
async def shops(database: Database, redis_url: str, redis: RedisClient) -> AsyncIterator[Shops]:
    await seed(database, Shelf(allotment=40, per_buyer_limit=5), buyers=20)
    async with open_shops(database.url, redis_url, clock_now()) as shops:
        yield shops


@pytest_asyncio.fixture
async def shop(shops: Shops) -> Shop:
    return await shops.open()


async def placed(shop: Shop, number: int = 0, *, units: int = 2) -> StoredOrder:
    order = (await shop.buy(buyer(number), units=units)).order
    assert order is not None
    return order


async def test_an_order_expires_when_its_window_is_over_and_not_before(shop: Shop) -> None:
    order = await placed(shop)
    shop.clock.advance(ms=HOLD_MS)
    assert await shop.closing.expire_due() == 0
    shop.clock.advance(ms=1)
    assert await shop.closing.expire_due() == 1
    expired = await shop.order(order.id)
    assert (expired.status, expired.closed_ms) == (OrderStatus.EXPIRED, shop.clock.now_ms())
    assert await shop.closing.expire_due() == 0


async def test_expired_units_are_back_on_sale_in_sql_and_then_in_the_guard(shop: Shop) -> None:
    await placed(shop)
    await shop.expire_all()
    assert await shop.sql_stock() == Stock(40, 0, 0)
    assert await shop.guard_stock() == Stock(38, 2, 0)
    await shop.relay_all()
    assert await shop.guard_stock() == Stock(40, 0, 0)
    assert (await shop.buy(key="key-2", units=5)).verdict is Verdict.PLACED
    assert await shop.faults_found() == []


async def test_paid_orders_do_not_expire(shop: Shop) -> None:
    paid = await placed(shop)
    await placed(shop, 1)
    await shop.pay(paid)
    assert await shop.expire_all() == 1
    assert (await shop.order(paid.id)).status == OrderStatus.PAID
    await shop.relay_all()
    assert await shop.guard_stock() == Stock(38, 0, 2)
    assert await shop.faults_found() == []


async def test_more_orders_than_fit_in_one_transaction(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing_module, "EXPIRE_BATCH_MAX", 3)
    await asyncio.gather(*[placed(shop, n) for n in range(10)])
    wakes = shop.wakes
    assert await shop.expire_all() == 10
    assert shop.wakes - wakes == 4
    await shop.relay_all()
    assert await shop.faults_found() == []


async def test_two_workers_expire_every_order_once(shops: Shops) -> None:
    first, second = await shops.open(), await shops.open()
    await asyncio.gather(*[placed(first, n) for n in range(20)])
    first.clock.advance(ms=HOLD_MS + 1)
    counts = await asyncio.gather(first.closing.expire_due(), second.closing.expire_due())
    assert sum(counts) == 20
    await first.relay_all()
    assert await first.faults_found() == []


async def test_a_buyer_cancels_and_may_say_so_twice(shop: Shop) -> None:
    order = await placed(shop)
    cancelled = await shop.closing.cancel(order.id, order.buyer_id)
    assert cancelled.status == OrderStatus.CANCELLED
    assert await shop.closing.cancel(order.id, order.buyer_id) == cancelled
    await shop.relay_all()
    assert await shop.guard_stock() == Stock(40, 0, 0)
    assert await shop.faults_found() == []


async def test_only_one_s_own_order_can_be_cancelled(shop: Shop) -> None:
    order = await placed(shop)
    with pytest.raises(NotFound):
        await shop.closing.cancel(order.id, buyer(1))
    with pytest.raises(NotFound):
        await shop.closing.cancel("ord_none", order.buyer_id)
    assert (await shop.order(order.id)).status == OrderStatus.RESERVED


async def test_cancels_of_one_batch_are_answered_each_for_itself(shop: Shop) -> None:
    orders = [await placed(shop, n) for n in range(3)]
    await shop.pay(orders[2])
    asked = [
        (orders[0].id, buyer(0)),
        (orders[1].id, buyer(1)),
        (orders[1].id, buyer(1)),  # tapped twice
        (orders[0].id, buyer(1)),
        (orders[2].id, buyer(2)),
        ("ord_none", buyer(0)),
    ]
    wakes = shop.wakes
    heard = await asyncio.gather(
        *[shop.closing.cancel(order_id, by) for order_id, by in asked], return_exceptions=True
    )
    assert [getattr(word, "status", None) for word in heard[:3]] == [OrderStatus.CANCELLED] * 3
    assert [type(word) for word in heard[3:]] == [NotFound, Conflict, NotFound]
    assert shop.wakes - wakes <= 2  # the first alone, then all that had gathered
    await shop.relay_all()
    assert await shop.guard_stock() == await shop.sql_stock() == Stock(38, 0, 2)
    assert await shop.faults_found() == []


async def test_what_is_paid_or_expired_cannot_be_cancelled(shop: Shop) -> None:
    paid, late = await placed(shop), await placed(shop, 1)
    await shop.pay(paid)
    await shop.expire_all()
    for order in (paid, late):
        with pytest.raises(Conflict) as raised:
            await shop.closing.cancel(order.id, order.buyer_id)
        assert raised.value.code == "not_cancellable"
    assert await shop.sql_stock() == Stock(38, 0, 2)


async def test_cancel_and_expiry_at_once_return_the_units_once(shops: Shops) -> None:
    first, second = await shops.open(), await shops.open()
    orders = [await placed(first, n) for n in range(10)]
    first.clock.advance(ms=HOLD_MS + 1)
    await asyncio.gather(
        second.closing.expire_due(),
        *[first.closing.cancel(order.id, order.buyer_id) for order in orders],
        return_exceptions=True,
    )
    await first.relay_all()
    assert await first.guard_stock() == await first.sql_stock() == Stock(40, 0, 0)
    assert await first.faults_found() == []
