"""The checkout on real databases and a real Redis: who gets an order, and who hears what."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from live.errors import Unavailable
from live.sales.commit import Outcome, Verdict
from live.sales.fences import hold_fence
from live.stock.rules import Admission
from live.storage.database import Database, within
from live.storage.redis import RedisClient
from tests.support.selling import EVENT, OTHER_OFFER, PRICE_FEN, Shelf, buyer, clock_now, seed
from tests.support.shop import Shop, Shops, Stock, open_shops

FEW = Shelf(allotment=3, per_buyer_limit=2)
MANY = Shelf(allotment=1_000, offer_id=OTHER_OFFER)


@pytest_asyncio.fixture
async def shops(database: Database, redis_url: str, redis: RedisClient) -> AsyncIterator[Shops]:
    await seed(database, FEW, MANY, buyers=100)
    async with open_shops(database.url, redis_url, clock_now()) as shops:
        yield shops


@pytest_asyncio.fixture
async def shop(shops: Shops) -> Shop:
    return await shops.open()


async def test_a_placed_order_is_in_sql_as_it_was_asked(shop: Shop) -> None:
    outcome = await shop.buy(units=2)
    assert outcome.verdict is Verdict.PLACED
    assert outcome.order is not None
    assert await shop.order(outcome.order.id) == outcome.order
    assert await shop.sql_stock() == await shop.guard_stock() == Stock(1, 2, 0)
    assert shop.wakes == 1
    assert await shop.faults_found() == []


async def test_a_repeat_gets_the_same_order(shop: Shop) -> None:
    first = await shop.buy(units=2)
    again = await shop.buy(units=2)
    assert again == Outcome(Verdict.STORED, first.order)
    assert await shop.sql_stock() == Stock(1, 2, 0)


async def test_a_repeat_that_asks_for_something_else_gets_the_first_order(shop: Shop) -> None:
    first = await shop.buy(units=1)
    again = await shop.buy(units=2, price_fen=1)
    assert again == Outcome(Verdict.STORED, first.order)
    assert await shop.faults_found() == []


async def test_refusals_change_nothing(shop: Shop) -> None:
    words = [
        (await shop.buy(units=4)).word,
        (await shop.buy(units=3)).word,
        (await shop.buy(price_fen=PRICE_FEN - 1)).word,
        (await shop.buy(offer_id="off_none")).word,
    ]
    assert words == [
        Admission.SOLD_OUT,
        Admission.BUYER_LIMIT,
        Admission.PRICE_CHANGED,
        Admission.UNKNOWN_OFFER,
    ]
    await shop.change_offer(status="closed")
    assert (await shop.buy()).word is Admission.NOT_OPEN
    assert await shop.sql_stock() == await shop.guard_stock() == Stock(3, 0, 0)
    assert await shop.faults_found() == []


async def test_a_rush_is_taken_in_few_batches_and_every_buyer_is_answered(shop: Shop) -> None:
    commits = 0

    async def count() -> None:
        nonlocal commits
        commits += 1

    shop.faults.hooks["before_commit"] = count
    wishes = [shop.buy(buyer(n), offer_id=OTHER_OFFER, units=1 + n % 3) for n in range(100)]
    outcomes = await asyncio.gather(*wishes)
    assert {outcome.verdict for outcome in outcomes} == {Verdict.PLACED}
    assert commits <= 3
    assert await shop.faults_found() == []


async def test_a_batch_holds_no_more_than_its_limit(shops: Shops) -> None:
    shop = await shops.open(batch_max=10)
    wishes = [shop.buy(buyer(n), offer_id=OTHER_OFFER) for n in range(100)]
    outcomes = await asyncio.gather(*wishes)
    assert {outcome.verdict for outcome in outcomes} == {Verdict.PLACED}
    reading = await shop.guard.read(EVENT)
    assert reading is not None
    assert reading.position.seq == 10  # scripts


async def test_both_offers_and_one_buyer_twice_in_one_rush(shop: Shop) -> None:
    outcomes = await asyncio.gather(
        shop.buy(buyer(1), "a", units=1),
        shop.buy(buyer(1), "b", units=1),
        shop.buy(buyer(1), "c", units=1),
        shop.buy(buyer(2), "a", units=1, offer_id=OTHER_OFFER),
        shop.buy(buyer(2), "a", units=2),
        shop.buy(buyer(3), "a", units=1),
    )
    words = [outcome.word if outcome.order is None else None for outcome in outcomes]
    assert words == [None, None, Admission.BUYER_LIMIT, None, Admission.SOLD_OUT, None]
    assert await shop.faults_found() == []


async def test_the_queue_is_bounded(shops: Shops) -> None:
    shop = await shops.open(queue_max=5)
    wishes = [shop.buy(buyer(n), offer_id=OTHER_OFFER) for n in range(8)]
    answers = await asyncio.gather(*wishes, return_exceptions=True)
    full = [answer for answer in answers if isinstance(answer, Unavailable)]
    assert [error.code for error in full] == ["checkout_full"] * 3
    assert full[0].retry_after_seconds == 1
    assert (await shop.buy(buyer(7), offer_id=OTHER_OFFER)).verdict is Verdict.PLACED


async def test_a_buyer_who_hangs_up_has_the_order_all_the_same(shop: Shop) -> None:
    wish = asyncio.create_task(shop.buy())
    await asyncio.sleep(0)
    wish.cancel()
    await asyncio.gather(wish, return_exceptions=True)
    assert (await shop.buy()).verdict in (Verdict.PLACED, Verdict.STORED)
    assert await shop.sql_stock() == Stock(2, 1, 0)


async def test_closing_answers_everybody_who_waits(shop: Shop) -> None:
    wishes = [asyncio.create_task(shop.buy(buyer(n), offer_id=OTHER_OFFER)) for n in range(20)]
    await asyncio.sleep(0)
    await shop.close()
    assert all(wish.done() for wish in wishes)
    assert {(await wish).verdict for wish in wishes} == {Verdict.PLACED}


async def test_a_failing_admission_answers_all_who_wait_at_once(shop: Shop) -> None:
    shop.faults.die("after_reserve")
    wishes = [shop.buy(buyer(n), offer_id=OTHER_OFFER) for n in range(20)]
    answers = await asyncio.gather(*wishes, return_exceptions=True)
    assert {a.code for a in answers if isinstance(a, Unavailable)} == {"stock_unavailable"}
    assert len([a for a in answers if isinstance(a, Unavailable)]) == 20
    shop.faults.heal()
    assert (await shop.buy()).verdict is Verdict.PLACED


async def test_a_commit_that_takes_too_long_is_given_up(shops: Shops) -> None:
    shop = await shops.open(commit_timeout_seconds=0.1)

    async def hang() -> None:
        await asyncio.sleep(60)

    shop.faults.hooks["before_commit"] = hang
    with pytest.raises(Unavailable) as raised:
        await shop.buy()
    assert raised.value.code == "commit_unknown"
    assert await shop.sql_stock() == Stock(3, 0, 0)
    assert await shop.guard_stock() == Stock(2, 1, 0)  # the hold stays until it is known


async def test_orders_whose_buyers_have_gone_wait_all_the_same(shops: Shops) -> None:
    """The queue is as long as what is in it, so a database that stands still cannot fill memory."""
    shop = await shops.open(queue_max=2)
    go_on = asyncio.Event()

    async def wait() -> None:
        await go_on.wait()

    shop.faults.hooks["before_commit"] = wait
    gone = [asyncio.create_task(shop.buy(buyer(n), key="mine")) for n in (1, 2)]
    await asyncio.sleep(0)
    for buying in gone:
        buying.cancel()
    await asyncio.wait(gone)
    with pytest.raises(Unavailable) as raised:
        await shop.buy(buyer(3))
    assert raised.value.code == "checkout_full"
    go_on.set()
    await shop.checkout.close()
    assert (await shop.buy(buyer(1), key="mine")).verdict is Verdict.STORED
    assert await shop.sql_stock() == Stock(1, 2, 0)


async def test_the_time_a_batch_waits_for_the_one_before_counts(shops: Shops) -> None:
    shop = await shops.open(commit_timeout_seconds=1.0)

    async def take_long() -> None:
        await asyncio.sleep(0.7)

    shop.faults.hooks["before_commit"] = take_long
    first = asyncio.create_task(shop.buy(buyer(1)))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(shop.buy(buyer(2)))
    assert (await first).verdict is Verdict.PLACED
    with pytest.raises(Unavailable):  # admitted at 0.05 s, it would be done at 1.4 s
        await second


async def test_what_is_given_up_is_not_stored_behind_the_buyer_s_back(shops: Shops) -> None:
    """Another process holds SQL for longer than the commit may take; then it lets go."""
    shop, other = await shops.open(commit_timeout_seconds=0.3), await shops.open()
    await shop.counters.position(EVENT)
    async with other.database.transaction() as session:
        await within(session, hold_fence, EVENT)
        with pytest.raises(Unavailable):
            await shop.buy()
    await asyncio.sleep(0.3)
    assert await shop.sql_stock() == Stock(3, 0, 0)
    assert (await shop.buy()).verdict is Verdict.PLACED


async def test_a_price_that_changed_before_the_commit_is_refused_and_its_units_return(
    shop: Shop,
) -> None:
    await shop.counters.position(EVENT)

    async def change() -> None:
        await shop.change_offer(price_fen=PRICE_FEN + 100)

    shop.faults.once("after_reserve", change)
    assert (await shop.buy()).word is Admission.PRICE_CHANGED
    await shop.at_rest()
    assert await shop.guard_stock() == Stock(3, 0, 0)
    assert (await shop.buy(price_fen=PRICE_FEN + 100)).verdict is Verdict.PLACED
    assert await shop.faults_found() == []


async def test_nobody_buys_at_a_price_of_their_own(shops: Shops) -> None:
    """One key to two workers, once at the right price: the hold of one must not help the other."""
    honest, other = await shops.open(), await shops.open()
    honest.faults.die("before_commit")
    with pytest.raises(Unavailable):
        await honest.buy()
    cheap = await other.buy(price_fen=1)
    assert cheap == Outcome(Verdict.REFUSED, word=Admission.PRICE_CHANGED)
    honest.faults.heal()
    assert (await honest.buy()).verdict is Verdict.PLACED
    assert await honest.faults_found() == []


async def test_orders_of_an_unknown_fault_are_still_answered(shop: Shop) -> None:
    async def break_down() -> None:
        raise ZeroDivisionError

    shop.faults.hooks["before_commit"] = break_down
    with pytest.raises(Unavailable):
        await shop.buy()
    shop.faults.heal()
    assert (await shop.buy()).verdict is Verdict.PLACED
