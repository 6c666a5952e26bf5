"""What may happen between two steps of a sale: one test or more per row of the design's table."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from live.errors import Unavailable
from live.sales.commit import Outcome, Verdict
from live.sales.fences import hold_fence
from live.sales.schemas import OrderStatus
from live.stock.rules import Admission, OfferTerms
from live.storage.database import Database, within
from live.storage.redis import RedisClient
from live.storage.redis_cluster import ClusterClient
from tests.support.interleaving import BOXES, order_of, sell_out_but_one
from tests.support.selling import EVENT, OFFER, PRICE_FEN, buyer, clock_now, seed
from tests.support.shop import Shop, Shops, Stock, open_shops

pytestmark = pytest.mark.cluster
ROOT = Path(__file__).parents[4]


async def expect_unknown(shop: Shop, *args: str) -> None:
    with pytest.raises(Unavailable) as raised:
        await shop.buy(*args)
    assert raised.value.code == "commit_unknown"


class TestLastBoxTakenReplyLostSameKeyAgain:
    async def test_the_same_order_comes_back_and_not_sold_out(self, shop: Shop) -> None:
        await sell_out_but_one(shop)
        shop.faults.die("after_commit")
        await expect_unknown(shop)
        shop.faults.heal()
        again = await shop.buy()
        assert again.verdict is Verdict.STORED
        assert order_of(again).status == OrderStatus.RESERVED
        assert (await shop.buy(buyer(1))).word is Admission.SOLD_OUT
        assert await shop.faults_found() == []

    async def test_on_another_worker_too(self, shops: Shops) -> None:
        first, second = await shops.open(), await shops.open()
        await sell_out_but_one(first)
        order = order_of(await first.buy())
        assert await second.buy() == Outcome(Verdict.STORED, order)


class TestWorkerTwoMeetsWorkerOnesHoldBeforeItsCommitWhichThenFails:
    async def test_worker_two_stores_the_order_itself(self, shops: Shops) -> None:
        one, two = await shops.open(), await shops.open()
        answers: list[Outcome] = []

        async def meanwhile() -> None:
            answers.append(await two.buy())
            raise ConnectionError

        one.faults.hooks["before_commit"] = meanwhile
        await expect_unknown(one)
        assert [answer.verdict for answer in answers] == [Verdict.PLACED]
        assert await two.order(order_of(answers[0]).id) == answers[0].order
        assert await two.faults_found() == []

    async def test_where_both_commits_fail_nobody_has_an_order(self, shops: Shops) -> None:
        one, two = await shops.open(), await shops.open()
        one.faults.die("before_commit")
        two.faults.die("before_commit")
        await expect_unknown(one)
        await expect_unknown(two)
        assert await two.guard_stock() == Stock(BOXES - 1, 1, 0)
        await two.reconcile_later()
        assert await two.faults_found() == []
        assert await two.guard_stock() == Stock(BOXES, 0, 0)

    async def test_where_the_first_commit_succeeds_after_all_there_is_one_order(
        self, shops: Shops
    ) -> None:
        one, two = await shops.open(), await shops.open()

        async def meanwhile() -> None:
            await two.buy()

        one.faults.hooks["before_commit"] = meanwhile
        assert (await one.buy()).verdict is Verdict.STORED
        assert await one.sql_stock() == Stock(BOXES - 1, 1, 0)
        assert await one.faults_found() == []


class TestCommitOutcomeUnknown:
    @pytest.mark.parametrize(
        ("point", "found"), [("before_commit", Verdict.PLACED), ("after_commit", Verdict.STORED)]
    )
    async def test_the_hold_is_kept_and_the_retry_finds_out(
        self, shop: Shop, point: str, found: Verdict
    ) -> None:
        await sell_out_but_one(shop)
        shop.faults.die(point)  # type: ignore[arg-type]
        await expect_unknown(shop)
        shop.faults.heal()
        assert await shop.guard_stock() == Stock(0, BOXES, 0)
        assert (await shop.buy(buyer(1))).word is Admission.SOLD_OUT
        assert (await shop.buy()).verdict is found
        assert await shop.faults_found() == []

    async def test_a_connection_that_is_lost_for_real(
        self, postgres_url: str, redis_url: str, redis: RedisClient
    ) -> None:
        database = Database(postgres_url)
        await seed(database)
        async with open_shops(postgres_url, redis_url, clock_now()) as shops:
            shop = await shops.open()
            await shop.counters.position(EVENT)
            async with database.transaction() as session:
                await within(session, hold_fence, EVENT)
                wish = asyncio.create_task(shop.buy())
                await kill_waiting(database)
            with pytest.raises(Unavailable):
                await wish
            assert await shop.guard_stock() == Stock(BOXES - 1, 1, 0)
            assert (await shop.buy()).verdict is Verdict.PLACED
            assert await shop.faults_found() == []
        await database.close()


async def kill_waiting(database: Database) -> None:
    """End the PostgreSQL connection that waits for a lock, once there is one."""
    query = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(1_000):
        async with database.reading() as session:
            if (await session.execute(text(query))).all():
                return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")


class TestSqlGuardRefusesPartOfABatch:
    async def test_the_prefix_commits_the_rest_hears_sold_out_redis_is_stale(
        self, shop: Shop
    ) -> None:
        await shop.counters.position(EVENT)
        too_many = OfferTerms(OFFER, 99, BOXES + 90, PRICE_FEN, BOXES, "open")
        await shop.guard.put_offer(EVENT, too_many)
        before = await shop.fence()
        outcomes = await asyncio.gather(*[shop.buy(buyer(n), units=3) for n in range(5)])
        assert [o.verdict for o in outcomes] == [Verdict.PLACED] * 3 + [Verdict.OVERRULED] * 2
        assert {o.word for o in outcomes[3:]} == {Admission.SOLD_OUT}
        # The next admission rebuilds, and the box that is left can be had.
        assert (await shop.buy(buyer(9), units=1)).verdict is Verdict.PLACED
        assert (await shop.fence()).epoch != before.epoch
        assert await shop.faults_found() == []


class TestWorkerKilledBetweenScriptAndCommitMidRush:
    async def test_its_units_are_on_sale_again_within_the_commit_timeout(
        self, shop: Shop, database: Database, redis_url: str
    ) -> None:
        command = [sys.executable, "-m", "tests.support.doomed_worker"]
        dead = await asyncio.to_thread(
            subprocess.run, [*command, database.url, redis_url, "8"], cwd=ROOT, check=False
        )
        assert dead.returncode < 0
        assert await shop.sql_stock() == Stock(BOXES, 0, 0)
        assert await shop.guard_stock() == Stock(BOXES - 8, 8, 0)
        refused = await asyncio.gather(*[shop.buy(buyer(n), "mine") for n in range(20, 24)])
        assert [o.verdict for o in refused].count(Verdict.PLACED) == 2
        await shop.reconcile_later()
        assert await shop.guard_stock() == Stock(8, 2, 0)
        outcomes = await asyncio.gather(*[shop.buy(buyer(n)) for n in range(12)])
        assert [o.verdict for o in outcomes].count(Verdict.PLACED) == 8
        assert await shop.faults_found() == []


class TestTwoIntentsOfOneBuyerOrOneOfferTwiceInOneBatch:
    async def test_limit_and_stock_see_their_sum(self, shop: Shop) -> None:
        await shop.change_offer(per_buyer_limit=3)
        outcomes = await asyncio.gather(
            shop.buy(buyer(1), "a", units=2),
            shop.buy(buyer(1), "b", units=2),
            shop.buy(buyer(1), "a", units=2),
            shop.buy(buyer(2), "a", units=3),
            shop.buy(buyer(3), "a", units=3),
            shop.buy(buyer(4), "a", units=3),
        )
        assert [outcome.verdict for outcome in outcomes] == [
            Verdict.PLACED,
            Verdict.REFUSED,
            Verdict.STORED,
            Verdict.PLACED,
            Verdict.PLACED,
            Verdict.REFUSED,
        ]
        assert outcomes[1].word is Admission.BUYER_LIMIT
        assert outcomes[5].word is Admission.SOLD_OUT
        assert await shop.faults_found() == []


@asynccontextmanager
async def exhausted(redis: RedisClient) -> AsyncIterator[None]:
    """Its one connection is somebody else's."""
    if isinstance(redis, ClusterClient):
        async with redis.turns:
            yield
        return
    pool = redis.connection_pool
    taken = await pool.get_connection()  # type: ignore[no-untyped-call]
    yield
    await pool.release(taken)


class TestRedisPausedOrThePoolExhausted:
    async def test_a_paused_redis_is_answered_soon_by_503_and_nothing_is_retried(
        self, shops: Shops, redis: RedisClient
    ) -> None:
        shop = await shops.open(redis_timeout_ms=150)
        await shop.buy()
        await redis.client_pause(1200)
        began = time.monotonic()
        wishes = [shop.buy(buyer(n)) for n in range(1, 6)]
        answers = await asyncio.gather(*wishes, return_exceptions=True)
        seconds = time.monotonic() - began
        assert [type(answer) for answer in answers] == [Unavailable] * 5
        assert seconds < 1.0
        await asyncio.sleep(max(0.0, began + 1.3 - time.monotonic()))
        # What Redis did with the calls nobody waited for is freed like any orphan.
        await shop.reconcile_later()
        assert (await shop.buy(buyer(9), units=BOXES - 1)).verdict is Verdict.PLACED
        assert await shop.faults_found() == []

    async def test_an_exhausted_pool_is_503_too(self, shops: Shops) -> None:
        shop = await shops.open(redis_timeout_ms=150, redis_connections=1)
        await shop.buy()
        assert shop.redis is not None
        async with exhausted(shop.redis):
            with pytest.raises(Unavailable) as raised:
                await shop.buy(buyer(1))
        assert raised.value.code == "stock_unavailable"
        assert (await shop.buy(buyer(1))).verdict is Verdict.PLACED


class TestRestockAndCutAgainstTheCheckout:
    async def test_a_restock_in_the_middle_of_a_rush(self, shops: Shops) -> None:
        one, two = await shops.open(batch_max=4), await shops.open()

        async def meanwhile() -> None:
            assert await two.change_offer(allotment=BOXES + 5)

        one.faults.once("before_commit", meanwhile)
        outcomes = await asyncio.gather(*[one.buy(buyer(n)) for n in range(30)])
        assert [o.verdict for o in outcomes].count(Verdict.PLACED) == BOXES + 5
        assert await one.faults_found() == []

    async def test_a_cut_while_units_are_on_their_way_to_sql(self, shops: Shops) -> None:
        one, two = await shops.open(), await shops.open()
        await one.buy(buyer(1), units=2)

        async def meanwhile() -> None:
            assert await two.change_offer(allotment=2)

        one.faults.once("before_commit", meanwhile)
        late = await one.buy(buyer(2), units=3)
        assert (late.verdict, late.word) == (Verdict.OVERRULED, Admission.SOLD_OUT)
        assert (await one.buy(buyer(3))).word is Admission.SOLD_OUT
        assert await one.faults_found() == []

    async def test_a_cut_below_what_is_held_is_refused(self, shop: Shop) -> None:
        await shop.buy(units=4)
        assert not await shop.change_offer(allotment=3)
        assert await shop.change_offer(allotment=4)
        assert (await shop.buy(buyer(1))).word is Admission.SOLD_OUT
        assert await shop.faults_found() == []
