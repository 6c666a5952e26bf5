"""The guard's counters follow SQL: built, rebuilt and checked, in step with its writers."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from live.errors import Unavailable
from live.sales.commit import Verdict
from live.stock.guard import Position
from live.stock.rules import Admission
from live.storage.database import Database
from live.storage.redis import RedisClient
from tests.support.faults import Point
from tests.support.selling import (
    EVENT,
    OTHER_OFFER,
    PRICE_FEN,
    Shelf,
    buyer,
    clock_now,
    seed,
    set_event,
)
from tests.support.shop import Shop, Shops, Stock, open_shops

pytestmark = pytest.mark.cluster


@pytest_asyncio.fixture
async def shops(database: Database, redis_url: str, redis: RedisClient) -> AsyncIterator[Shops]:
    await seed(database, Shelf(allotment=10), Shelf(offer_id=OTHER_OFFER, per_buyer_limit=3))
    async with open_shops(database.url, redis_url, clock_now()) as shops:
        yield shops


@pytest_asyncio.fixture
async def shop(shops: Shops) -> Shop:
    return await shops.open()


async def epoch_of(shop: Shop) -> str:
    reading = await shop.guard.read(EVENT)
    assert reading is not None
    return reading.position.epoch


async def test_the_first_look_builds_them(shop: Shop) -> None:
    position = await shop.counters.position(EVENT)
    assert position == Position((await shop.fence()).epoch, 0)
    assert await shop.faults_found() == []
    assert await shop.counters.position(EVENT) == position


async def test_they_hold_what_sql_holds_in_every_status(shop: Shop) -> None:
    kept, paid, gone, packed, expired = [
        (await shop.buy(buyer(n), units=1 + n % 2)).order for n in range(5)
    ]
    for order in (paid, gone, packed):
        assert order is not None
        await shop.pay(order)
    assert kept is not None
    assert packed is not None
    assert gone is not None
    assert expired is not None
    await shop.pack(packed.id)
    await shop.pack(gone.id)
    await shop.refunds.refund_order(gone.id)
    await shop.closing.cancel(expired.id, expired.buyer_id)
    await shop.counters.rebuild(EVENT, seen=await shop.counters.position(EVENT))
    assert await shop.guard_stock() == Stock(4, 1, 5)
    assert await shop.faults_found() == []


async def test_units_that_left_with_a_refunded_parcel_stay_on_the_buyer_s_limit(
    shop: Shop,
) -> None:
    order = (await shop.buy(units=2, offer_id=OTHER_OFFER)).order
    assert order is not None
    await shop.pay(order)
    await shop.pack(order.id)
    await shop.refunds.refund_order(order.id)
    await shop.counters.rebuild(EVENT, seen=await shop.counters.position(EVENT))
    again = await shop.buy(key="key-2", units=2, offer_id=OTHER_OFFER)
    assert (again.verdict, again.word) == (Verdict.REFUSED, Admission.BUYER_LIMIT)


async def test_many_who_see_them_go_wrong_rebuild_them_once(shops: Shops) -> None:
    workers = [await shops.open() for _ in range(3)]
    seen = await workers[0].counters.position(EVENT)
    rebuilt = await asyncio.gather(
        *[worker.counters.rebuild(EVENT, seen) for worker in workers for _ in range(4)]
    )
    assert len({position.epoch for position in rebuilt}) == 1
    assert rebuilt[0].epoch != seen.epoch


async def test_a_worker_joins_the_epoch_that_others_made(shops: Shops) -> None:
    first, second = await shops.open(), await shops.open()
    await first.buy()
    position = await second.counters.position(EVENT)
    assert position.epoch == await epoch_of(first)
    assert position.seq == (await first.fence()).seq > 0


async def test_nobody_buys_while_they_are_built_and_sql_is_away(shop: Shop) -> None:
    shop.faults.die("after_install")
    with pytest.raises(Unavailable):
        await shop.buy()
    # Redis has an epoch that SQL never heard of: it admits nobody.
    assert (await shop.fence_or_none()) is None
    shop.faults.heal()
    assert (await shop.buy()).verdict is Verdict.PLACED
    assert await shop.faults_found() == []


async def test_a_rebuild_that_fails_leaves_the_old_epoch_and_is_tried_again(shop: Shop) -> None:
    position = await shop.counters.position(EVENT)
    shop.counters.distrust(EVENT, position)
    points: tuple[Point, ...] = ("before_install", "after_install")
    for point in points:
        shop.faults.die(point)
        with pytest.raises(Unavailable):
            await shop.buy()
        assert (await shop.fence()).epoch == position.epoch
        shop.faults.heal()
    assert (await shop.buy()).verdict is Verdict.PLACED
    assert (await shop.fence()).epoch != position.epoch


async def test_an_answer_from_before_a_rebuild_is_ignored(shop: Shop) -> None:
    old = await shop.counters.position(EVENT)
    new = await shop.counters.rebuild(EVENT, seen=old)
    shop.counters.observe(EVENT, old.epoch, 99)
    assert await shop.counters.position(EVENT) == new
    shop.counters.distrust(EVENT, old)
    assert await shop.counters.position(EVENT) == new


class TestCheck:
    async def test_it_builds_what_nobody_has_asked_for_yet(self, shop: Shop) -> None:
        await shop.counters.check([EVENT])
        assert await shop.guard_stock() == Stock(10, 0, 0)

    async def test_healthy_counters_are_left_alone(self, shop: Shop) -> None:
        await shop.buy()
        before = await shop.guard.read(EVENT)
        await shop.counters.check([EVENT])
        assert await shop.guard.read(EVENT) == before

    async def test_lost_counters_are_back_before_anybody_buys(
        self, shop: Shop, redis: RedisClient
    ) -> None:
        await shop.buy(units=3)
        await redis.flushall()
        await shop.counters.check([EVENT])
        assert await shop.guard_stock() == Stock(7, 3, 0)

    async def test_a_worker_that_slept_through_two_epochs(
        self, shops: Shops, redis: RedisClient
    ) -> None:
        asleep, awake = await shops.open(), await shops.open()
        seen = await asleep.counters.position(EVENT)
        await awake.counters.rebuild(EVENT, seen)
        await redis.flushall()
        await asleep.counters.check([EVENT])
        assert await asleep.guard_stock() == Stock(10, 0, 0)
        assert (await asleep.buy()).verdict is Verdict.PLACED

    async def test_terms_that_never_reached_the_guard_are_told_again(self, shop: Shop) -> None:
        await shop.counters.position(EVENT)
        await shop.change_offer(allotment=25, price_fen=PRICE_FEN + 1, is_told=False)
        assert (await shop.guard_stock()).available == 10
        await shop.counters.check([EVENT])
        assert (await shop.guard_stock()).available == 25
        assert (await shop.buy(price_fen=PRICE_FEN + 1)).verdict is Verdict.PLACED

    async def test_an_event_that_started_unheard_is_told_again(
        self, shop: Shop, database: Database
    ) -> None:
        await set_event(database, status="scheduled", started_ms=None)
        await shop.counters.position(EVENT)
        assert (await shop.buy()).word is Admission.NOT_OPEN
        await set_event(database, status="live", started_ms=1, revision=1)
        await shop.counters.check([EVENT])
        assert (await shop.buy()).verdict is Verdict.PLACED
