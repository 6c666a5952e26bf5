"""Many buyers, few boxes, several workers: exactly the boxes there are get sold.

Each race also runs with one of its two guards taken out, and with both: without both it must
oversell and the audit must say so, or the test would prove nothing.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from live.errors import Conflict, Unavailable
from live.sales.commit import Outcome, Verdict
from live.sales.schemas import OrderStatus
from live.stock.rules import Admission
from live.storage.database import Database
from live.storage.redis import RedisClient
from tests.concurrency.unguarded import CheckThenTakeCommitter, CheckThenTakeGuard, Meeting
from tests.support.selling import EVENT, HOLD_MS, Shelf, buyer, clock_now, seed
from tests.support.shop import Shop, Shops, Stock, open_shops
from tests.support.stock_audit import audit

pytestmark = pytest.mark.cluster
WORKERS = 4
BUYERS = 120
BOXES = 30


@pytest_asyncio.fixture
async def shops(database: Database, redis_url: str, redis: RedisClient) -> AsyncIterator[Shops]:
    await seed(database, Shelf(allotment=BOXES, per_buyer_limit=3), buyers=BUYERS)
    async with open_shops(database.url, redis_url, clock_now()) as shops:
        yield shops


async def rush(workers: list[Shop], copies: int) -> dict[str, list[Outcome]]:
    """Every buyer sends one wish to so many workers at once; buyer → the answers."""
    numbers = [n for n in range(BUYERS) for _ in range(copies)]
    random.Random(7).shuffle(numbers)
    wishes = [
        workers[at % WORKERS].buy(buyer(number), units=1) for at, number in enumerate(numbers)
    ]
    answers: dict[str, list[Outcome]] = {}
    outcomes = await asyncio.gather(*wishes, return_exceptions=True)
    for number, outcome in zip(numbers, outcomes, strict=True):
        if isinstance(outcome, Unavailable):
            continue
        assert isinstance(outcome, tuple), outcome
        answers.setdefault(buyer(number), []).append(outcome)
    return answers


def placed(answers: dict[str, list[Outcome]]) -> Counter[str]:
    """Orders that somebody was told are new."""
    return Counter(
        outcome.order.id
        for outcomes in answers.values()
        for outcome in outcomes
        if outcome.verdict is Verdict.PLACED and outcome.order is not None
    )


async def test_every_box_is_sold_once_and_every_key_is_one_order(shops: Shops) -> None:
    workers = [await shops.open(batch_max=16) for _ in range(WORKERS)]
    answers = await rush(workers, copies=2)
    sold = placed(answers)
    assert len(sold) == BOXES
    assert set(sold.values()) == {1}
    for outcomes in answers.values():
        ids = {outcome.order.id for outcome in outcomes if outcome.order is not None}
        assert len(outcomes) == 2
        assert len(ids) <= 1
    refused = [o for outcomes in answers.values() for o in outcomes if o.order is None]
    assert {outcome.word for outcome in refused} == {Admission.SOLD_OUT}
    assert await workers[0].sql_stock() == Stock(0, BOXES, 0)
    assert await workers[0].faults_found() == []


@pytest.mark.parametrize("is_redis_guarded", [True, False], ids=["redis", "no-redis-guard"])
@pytest.mark.parametrize("is_sql_guarded", [True, False], ids=["sql", "no-sql-guard"])
async def test_either_guard_alone_prevents_overselling_and_without_both_it_shows(
    shops: Shops, is_redis_guarded: bool, is_sql_guarded: bool
) -> None:
    workers = []
    at_guard, at_commit = Meeting(WORKERS), Meeting(WORKERS)
    for _ in range(WORKERS):
        shop = await shops.open()
        guard = shop.guard if is_redis_guarded else CheckThenTakeGuard(shop.guard, at_guard)
        committer = None if is_sql_guarded else CheckThenTakeCommitter(shop.database, at_commit)
        # A worker's first batch is a quarter of the boxes and one more.
        workers.append(shops.rewired(shop, guard, committer, batch_max=BOXES // WORKERS + 1))
    sold = placed(await rush(workers, copies=1))
    faults = [fault for fault in await audit(workers[0].database) if "oversold" in fault]
    if is_redis_guarded or is_sql_guarded:
        assert faults == []
        assert len(sold) <= BOXES
    else:
        assert len(faults) == 1
        assert len(sold) > BOXES


@pytest.mark.parametrize("chance", [1, 2])
async def test_a_storm_of_everything_at_once_adds_up(shops: Shops, chance: int) -> None:
    """Orders, repeats, payments, cancellations, restocks, expiries and rebuilds, in any order."""
    workers = [await shops.open(batch_max=8) for _ in range(3)]
    dice = random.Random(chance)
    await asyncio.gather(*[_live_through(dice, workers) for _ in range(40)])
    last = workers[0]
    await last.expire_all()
    await last.relay_all()
    for _ in range(2):  # the first round finds what contradicts SQL, the second rebuilds it
        await last.reconcile_later()
    assert await last.faults_found() == []
    assert (await last.sql_stock()).reserved == 0


async def _live_through(dice: random.Random, workers: list[Shop]) -> None:
    """A few steps of one buyer, and now and then of the world around."""
    number = dice.randrange(BUYERS)
    for step in range(3):
        shop = dice.choice(workers)
        try:
            outcome = await shop.buy(buyer(number), f"key-{step // 2}", units=dice.randint(1, 2))
            order = outcome.order
            if order is None or order.status != OrderStatus.RESERVED:
                continue
            match dice.randrange(6):
                case 0 | 1:
                    await dice.choice(workers).pay(order)
                case 2:
                    await dice.choice(workers).closing.cancel(order.id, order.buyer_id)
                case 3:
                    await dice.choice(workers).change_offer(allotment=BOXES + dice.randrange(9))
                case 4:
                    payment_id = await shop.start_payment(order)
                    shop.clock.advance(ms=HOLD_MS + 1)
                    await asyncio.gather(
                        dice.choice(workers).closing.expire_due(),
                        dice.choice(workers).notify_paid(payment_id, order),
                    )
                case 5:
                    seen = await shop.counters.position(EVENT)
                    await dice.choice(workers).counters.rebuild(EVENT, seen)
            await dice.choice(workers).relay.relay_waiting()
        except (Conflict, Unavailable):
            continue  # an honest answer; the buyer goes on
