"""The rows of the design's table about counters that are lost, old or being rebuilt."""

import asyncio
from pathlib import Path

import pytest

from live.errors import Unavailable
from live.sales.commit import Verdict
from live.storage.redis import RedisClient
from tests.support.interleaving import BOXES, order_of
from tests.support.selling import EVENT, HOLD_MS, buyer
from tests.support.shop import Shop, Shops, Stock
from tests.support.snapshots import bring_back, take_snapshot

pytestmark = pytest.mark.cluster
ROOT = Path(__file__).parents[4]


async def expect_unknown(shop: Shop, *args: str) -> None:
    with pytest.raises(Unavailable) as raised:
        await shop.buy(*args)
    assert raised.value.code == "commit_unknown"


class TestHourOldRedisSnapshotComesBack:
    async def test_it_is_noticed_by_the_sequence_number_and_rebuilt(
        self, shop: Shop, redis: RedisClient
    ) -> None:
        await shop.buy(buyer(1), units=2)
        old = await take_snapshot(redis, EVENT)
        await shop.buy(buyer(2), units=BOXES - 3)
        await bring_back(redis, EVENT, old)
        outcomes = await asyncio.gather(*[shop.buy(buyer(n)) for n in (3, 4)])
        assert [o.verdict for o in outcomes] == [Verdict.PLACED, Verdict.REFUSED]
        assert await shop.faults_found() == []

    async def test_a_worker_that_saw_nothing_newer_meets_it(
        self, shops: Shops, redis: RedisClient
    ) -> None:
        """Its first order is refused by SQL at worst; the second one meets new counters."""
        idle, busy = await shops.open(), await shops.open()
        await idle.buy(buyer(1))
        old = await take_snapshot(redis, EVENT)
        await busy.buy(buyer(2), units=BOXES - 1)
        await bring_back(redis, EVENT, old)
        assert (await idle.buy(buyer(3))).verdict is Verdict.OVERRULED
        assert (await idle.buy(buyer(4))).verdict is Verdict.REFUSED
        assert await idle.faults_found() == []

    async def test_it_is_noticed_where_nobody_buys(self, shops: Shops, redis: RedisClient) -> None:
        """Nobody would, while the old counters say sold out and SQL has units."""
        idle, busy = await shops.open(), await shops.open()
        order = order_of(await busy.buy(units=BOXES))
        old = await take_snapshot(redis, EVENT)
        await busy.closing.cancel(order.id, order.buyer_id)
        await busy.relay_all()
        await busy.buy(buyer(1), units=2)
        await bring_back(redis, EVENT, old)
        await idle.reconciliation.run()
        assert await idle.guard_stock() == Stock(BOXES - 2, 2, 0)

    async def test_it_undoes_nothing_but_a_release(self, shop: Shop, redis: RedisClient) -> None:
        order = order_of(await shop.buy(units=BOXES))
        old = await take_snapshot(redis, EVENT)
        await shop.closing.cancel(order.id, order.buyer_id)
        await shop.relay_all()
        await bring_back(redis, EVENT, old)
        assert (await shop.buy(buyer(1), units=BOXES)).verdict is Verdict.PLACED

    async def test_everything_is_lost_in_the_middle_of_the_sale(
        self, shop: Shop, redis: RedisClient
    ) -> None:
        paid = order_of(await shop.buy(buyer(1), units=3))
        await shop.buy(buyer(2), units=3)
        await shop.pay(paid)
        await redis.flushall()
        await shop.relay_all()  # settles nothing, and loses nothing
        outcomes = await asyncio.gather(*[shop.buy(buyer(n)) for n in range(3, 9)])
        assert [o.verdict for o in outcomes] == [Verdict.PLACED] * 4 + [Verdict.REFUSED] * 2
        assert await shop.guard_stock() == Stock(0, 7, 3)
        assert await shop.faults_found() == []

    async def test_the_scripts_are_forgotten(self, shop: Shop, redis: RedisClient) -> None:
        await shop.buy(buyer(1))
        before = await shop.fence()
        await redis.script_flush()
        assert (await shop.buy(buyer(2))).verdict is Verdict.PLACED
        assert (await shop.fence()).epoch == before.epoch


class TestRebuildReadsSqlAnExpiryCommitsRebuildInstalls:
    async def test_the_expiry_waits_for_the_rebuild_and_no_unit_leaks(self, shops: Shops) -> None:
        one, two = await shops.open(), await shops.open()
        await one.buy(units=4)
        one.clock.advance(ms=HOLD_MS + 1)
        seen = await one.counters.position(EVENT)
        expiries: list[asyncio.Task[int]] = []

        async def meanwhile() -> None:
            expiries.append(asyncio.create_task(two.closing.expire_due()))
            await asyncio.wait(expiries, timeout=0.3)
            assert not expiries[0].done()

        one.faults.hooks["before_install"] = meanwhile
        await one.counters.rebuild(EVENT, seen)
        assert await one.guard_stock() == Stock(BOXES - 4, 4, 0)
        assert await expiries[0] == 1
        await two.relay_all()
        assert await two.guard_stock() == Stock(BOXES, 0, 0)
        assert await two.faults_found() == []

    async def test_a_batch_in_flight_is_fenced_and_admitted_again(self, shops: Shops) -> None:
        one, two = await shops.open(), await shops.open()
        seen = await one.counters.position(EVENT)

        async def meanwhile() -> None:
            await two.counters.rebuild(EVENT, seen)

        one.faults.once("before_commit", meanwhile)
        outcomes = await asyncio.gather(*[one.buy(buyer(n)) for n in range(BOXES + 2)])
        assert [o.verdict for o in outcomes].count(Verdict.PLACED) == BOXES
        assert await one.faults_found() == []

    async def test_counters_that_keep_being_rebuilt_end_in_503(self, shops: Shops) -> None:
        one, two = await shops.open(), await shops.open()

        async def meanwhile() -> None:
            await two.counters.rebuild(EVENT, seen=await one.counters.position(EVENT))

        one.faults.hooks["before_commit"] = meanwhile
        with pytest.raises(Unavailable) as raised:
            await one.buy()
        assert raised.value.code == "stock_unavailable"
        one.faults.heal()
        assert (await one.buy()).verdict is Verdict.PLACED
        assert await one.faults_found() == []

    async def test_a_payment_while_the_counters_are_built(self, shops: Shops) -> None:
        one, two = await shops.open(), await shops.open()
        order = order_of(await one.buy(units=4))
        payments: list[asyncio.Task[None]] = []

        async def meanwhile() -> None:
            payments.append(asyncio.create_task(two.pay(order)))
            await asyncio.wait(payments, timeout=0.1)

        one.faults.hooks["before_install"] = meanwhile
        await one.counters.rebuild(EVENT, seen=await one.counters.position(EVENT))
        await payments[0]
        await two.relay_all()
        assert await two.guard_stock() == Stock(BOXES - 4, 0, 4)
        assert await two.faults_found() == []
