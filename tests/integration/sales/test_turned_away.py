"""Sold out is told from memory, but never to the repeat of an order that exists."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from prometheus_client import REGISTRY

from live.errors import Unavailable
from live.sales.commit import Outcome, Verdict
from live.sales.known_orders import KnownOrders
from live.stock.rules import Admission, UnitsIntent
from live.storage.database import Database
from live.storage.redis import RedisClient
from tests.support.fair import fair
from tests.support.selling import EVENT, OFFER, PRICE_FEN, Shelf, buyer, clock_now, seed
from tests.support.shop import Shop, Shops, open_shops

ALLOTMENT = 3
SOLD_OUT = Outcome(Verdict.REFUSED, word=Admission.SOLD_OUT)
A_WHILE = 60.0  # seconds that "sold out" is believed here, where a test may be slow
FRIEND = buyer(1)


class KnowsNone(KnownOrders):
    """The control: looks for no order that exists."""

    async def has(self, event_id: str, order_id: str) -> bool:
        return False


class LooksAtHoldsOnly(KnownOrders):
    """The control: Redis alone is asked."""

    async def _stored(self, order_ids: list[str]) -> set[str]:
        return set()


class LooksAtRowsOnly(KnownOrders):
    """The control: SQL alone is asked."""

    async def _held(self, event_id: str, order_ids: list[str]) -> set[str]:
        return set()


@pytest_asyncio.fixture
async def shops(database: Database, redis_url: str, redis: RedisClient) -> AsyncIterator[Shops]:
    await seed(database, Shelf(allotment=ALLOTMENT), buyers=10)
    async with open_shops(database.url, redis_url, clock_now()) as shops:
        yield shops


async def open_shop(shops: Shops, kind: type[KnownOrders] = KnownOrders) -> Shop:
    return await shops.open(sold_out_seconds=A_WHILE, known=kind)


async def sell_out(shop: Shop) -> None:
    """What is left goes to others."""
    left = (await shop.sql_stock()).available
    await asyncio.gather(*(shop.buy(buyer(2 + n)) for n in range(left)))


async def hear_sold_out(shop: Shop) -> None:
    assert await shop.buy(buyer(9), "none left") == SOLD_OUT


def count_scripts(shop: Shop) -> Callable[[], int]:
    """Counts from now on how often the guard is asked to reserve."""
    asked = 0

    async def count() -> None:
        nonlocal asked
        asked += 1

    shop.faults.hooks["after_reserve"] = count
    return lambda: asked


async def test_the_guard_is_asked_once_and_memory_answers_the_rest(shops: Shops) -> None:
    shop = await open_shop(shops)
    await sell_out(shop)
    await hear_sold_out(shop)
    asked = count_scripts(shop)
    answers = await asyncio.gather(*(shop.buy(buyer(n), "later") for n in range(10)))
    assert answers == [SOLD_OUT] * 10
    assert asked() == 0
    assert await shop.faults_found() == []


async def placed(shop: Shop, other: Shop) -> str:
    """An order of another worker, paid or not: it has its hold."""
    outcome = await other.buy(FRIEND, "mine")
    assert outcome.order is not None
    return outcome.order.id


async def over(shop: Shop, other: Shop) -> str:
    """An order of another worker that has expired: only its row is left."""
    order_id = await placed(shop, other)
    await other.expire_all()
    await other.relay_all()
    assert await other.guard.missing(EVENT, [order_id]) == [order_id]
    return order_id


Past = Callable[[Shop, Shop], Awaitable[str]]


@pytest.mark.parametrize("past", [placed, over])
async def test_a_repeat_on_another_worker_gets_its_order(shops: Shops, past: Past) -> None:
    shop, other = await open_shop(shops), await open_shop(shops)
    order_id = await past(shop, other)
    await sell_out(shop)
    await hear_sold_out(shop)
    again = await shop.buy(FRIEND, "mine")
    assert (again.verdict, again.order and again.order.id) == (Verdict.STORED, order_id)
    assert await shop.buy(FRIEND, "another") == SOLD_OUT
    assert await shop.faults_found() == []


@pytest.mark.parametrize(
    ("past", "kind"),
    [(placed, KnowsNone), (over, KnowsNone), (over, LooksAtHoldsOnly)],
)
async def test_without_the_look_it_would_hear_sold_out(
    shops: Shops, past: Past, kind: type[KnownOrders]
) -> None:
    hasty, other = await open_shop(shops, kind), await open_shop(shops)
    await past(hasty, other)
    await sell_out(hasty)
    await hear_sold_out(hasty)
    assert await hasty.buy(FRIEND, "mine") == SOLD_OUT


async def repeat_while_the_first_is_under_way(shop: Shop, other: Shop) -> tuple[Outcome, Outcome]:
    """Another worker has admitted it, and its commit is held up; here comes the same key."""
    go_on, is_there = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        is_there.set()
        await go_on.wait()

    other.faults.once("before_commit", wait)
    first = asyncio.create_task(other.buy(FRIEND, "mine"))
    await is_there.wait()
    await sell_out(shop)
    # SQL still has a box, but the guard has none.
    await hear_sold_out(shop)
    again = await shop.buy(FRIEND, "mine")
    go_on.set()
    return await first, again


async def test_a_repeat_of_what_is_under_way_elsewhere_gets_its_order(shops: Shops) -> None:
    shop, other = await open_shop(shops), await open_shop(shops)
    first, again = await repeat_while_the_first_is_under_way(shop, other)
    assert first.order is not None
    assert again.order == first.order
    assert {first.verdict, again.verdict} == {Verdict.PLACED, Verdict.STORED}
    assert await shop.faults_found() == []


async def test_rows_alone_would_tell_it_sold_out(shops: Shops) -> None:
    hasty, other = await open_shop(shops, LooksAtRowsOnly), await open_shop(shops)
    first, again = await repeat_while_the_first_is_under_way(hasty, other)
    assert (first.verdict, again) == (Verdict.PLACED, SOLD_OUT)


async def test_a_repeat_of_what_waits_here_stands_behind_it(shops: Shops) -> None:
    shop = await open_shop(shops)
    first = asyncio.create_task(shop.buy(FRIEND, "mine"))
    await asyncio.sleep(0)  # it waits in the queue; nobody has seen it yet
    intent = UnitsIntent("another", OFFER, FRIEND, 1, PRICE_FEN)
    shop.sold_out.heard(EVENT, shop.sold_out.asking(EVENT), [intent], [Admission.SOLD_OUT])
    again = await shop.buy(FRIEND, "mine")
    assert again.order == (await first).order
    assert again.verdict is Verdict.STORED


async def test_boxes_that_come_back_here_are_sold_at_once(shops: Shops) -> None:
    shop = await open_shop(shops)
    await sell_out(shop)
    await hear_sold_out(shop)
    await shop.change_offer(allotment=ALLOTMENT + 1)
    assert (await shop.buy(FRIEND)).verdict is Verdict.PLACED
    await hear_sold_out(shop)
    await shop.expire_all()
    await shop.relay_all()
    assert (await shop.buy(FRIEND, "again")).verdict is Verdict.PLACED


async def test_boxes_that_come_back_elsewhere_are_sold_after_its_time(shops: Shops) -> None:
    shop, other = await shops.open(sold_out_seconds=0.05), await open_shop(shops)
    await sell_out(shop)
    await hear_sold_out(shop)
    await other.change_offer(allotment=ALLOTMENT + 1)
    async with asyncio.timeout(10):
        while (await shop.buy(FRIEND)).verdict is not Verdict.PLACED:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_counters_that_were_lost_say_nothing(shops: Shops, redis: RedisClient) -> None:
    """Without them nobody knows what another worker has under way: they are rebuilt first."""
    shop, other = await open_shop(shops), await open_shop(shops)
    order_id = await placed(shop, other)
    await sell_out(shop)
    await hear_sold_out(shop)
    await redis.flushall()
    again = await shop.buy(FRIEND, "mine")
    assert (again.verdict, again.order and again.order.id) == (Verdict.STORED, order_id)
    assert await shop.faults_found() == []


async def test_where_redis_is_away_nobody_hears_sold_out(shops: Shops) -> None:
    shop = await open_shop(shops)
    await sell_out(shop)
    await hear_sold_out(shop)
    shop.faults.die("before_held")
    with pytest.raises(Unavailable) as raised:
        await shop.buy(FRIEND, "mine")
    assert raised.value.code == "stock_unavailable"


async def test_where_sql_is_away_nobody_hears_sold_out(
    shops: Shops, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = await shops.open(sold_out_seconds=A_WHILE, commit_timeout_seconds=0.2)
    await sell_out(shop)
    await hear_sold_out(shop)

    async def hang(*_: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr("live.sales.known_orders.stored_ids", hang)
    with pytest.raises(Unavailable) as raised:
        await shop.buy(FRIEND, "mine")
    assert raised.value.code == "commit_unknown"


async def test_over_http_on_two_workers(database_url: str, redis: RedisClient) -> None:
    settings = {"tick_hz": 0.01}  # a tick lasts longer than this test
    async with (
        fair(database_url, redis, **settings) as one,
        fair(database_url, redis, **settings) as two,
    ):
        offer_id, (buyer_token, late) = await one.open_offer(allotment=1), await one.tokens(2)
        order = await one.order(offer_id, buyer_token)
        assert order.status == 201
        assert (await two.order(offer_id, late, "first")).code == "sold_out"
        before = _turned_away()
        assert (await two.order(offer_id, late, "second")).code == "sold_out"
        assert _turned_away() == before + 1
        again = await two.order(offer_id, buyer_token)
        assert (again.status, again.body["id"]) == (200, order.body["id"])
        changed = await two.order(offer_id, buyer_token, units=2)
        assert (changed.status, changed.code) == (422, "idempotency_key_reused")


def _turned_away() -> float:
    name, labels = "live_checkout_orders_total", {"outcome": "turned_away"}
    return REGISTRY.get_sample_value(name, labels) or 0.0
