"""An event's figures: always what the orders say, however they came to be, and for whom."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select, update

from live.errors import NotFound
from live.events.tables import EventRow
from live.sales import sales_figures
from live.sales.facts import RefundDue
from live.sales.order_rows import ORDERS
from live.sales.orders import SELLING
from live.sales.sales_figures import SalesFigures
from live.sales.schemas import EventSales, OrderStatus
from live.storage.redis import RedisClient
from live.storage.tables import FactRow
from live.values import Role
from tests.support.fair import PRICE_FEN, fair
from tests.support.till import EVENT, OFFER, UNIT_GRAMS, Till, buyer_id_of, paid, till

_EVENTS: Any = EventRow.__table__  # type: ignore[attr-defined]
_IS_REFUND_DUE: Any = FactRow.kind == RefundDue.kind()


@pytest_asyncio.fixture
async def shop(database_url: str, redis: RedisClient) -> AsyncIterator[Till]:
    async with till(database_url, redis) as opened:
        yield opened


async def buy(shop: Till, buyer: int, units: int = 1) -> str:
    """A paid order."""
    order_id = await shop.order(buyer=buyer, units=units)
    await shop.notify(paid(await shop.start(order_id, buyer=buyer)))
    return order_id


async def require_true(shop: Till, sales: EventSales) -> None:
    """Compare with what the orders themselves say, counted one by one."""
    async with shop.database.reading() as session:
        orders = (await session.execute(select(ORDERS))).all()
    count = Counter(order.status for order in orders)
    sold = [order for order in orders if order.status in SELLING]
    totals = sales.totals
    assert totals.orders == len(orders)
    assert totals.paid_orders == len(sold)
    assert totals.reserved_orders == count[OrderStatus.RESERVED]
    assert totals.expired_orders == count[OrderStatus.EXPIRED]
    assert totals.cancelled_orders == count[OrderStatus.CANCELLED]
    assert totals.refunded_orders == count[OrderStatus.REFUNDED]
    assert totals.amount_fen == sum(order.amount_fen for order in sold)
    assert totals.units_sold == sum(order.units for order in sold)
    assert totals.grams_sold == sum(order.grams for order in sold)
    assert sales.funnel.orders == len(orders)
    assert sales.funnel.paid_orders == len(sold) + totals.refunded_orders
    by_province = Counter[str]()
    for order in sold:
        by_province[order.ship_province_code] += order.amount_fen
    assert {p.province_code: p.amount_fen for p in sales.provinces} == dict(by_province)
    assert sum(p.orders for p in sales.provinces) == len(sold)
    assert sum(minute.orders for minute in sales.minutes) == len(orders)
    assert sum(minute.units for minute in sales.minutes) == sum(order.units for order in orders)
    assert sum(minute.paid_orders for minute in sales.minutes) == sales.funnel.paid_orders


async def test_an_event_that_has_sold_nothing(shop: Till) -> None:
    sales = await SalesFigures(shop.database, shop.clock).load(EVENT)
    assert sales.minutes == []
    assert sales.provinces == []
    assert sales.totals.orders == sales.funnel.buyers == 0
    (offer,) = sales.offers
    assert (offer.available, offer.sold, offer.sell_through) == (100, 0, 0.0)
    assert offer.units_per_minute == 0.0
    assert offer.stock_out_at_earliest is None
    assert offer.stock_out_at_latest is None


async def test_there_must_be_such_an_event(shop: Till) -> None:
    with pytest.raises(NotFound):
        await SalesFigures(shop.database, shop.clock).load("evt_nothing")


@pytest.mark.parametrize("seed", range(2))
async def test_the_figures_follow_the_orders_through_everything(
    database_url: str, redis: RedisClient, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sales_figures, "FACTS_AT_ONCE", 7)
    monkeypatch.setattr(sales_figures, "BUYERS_EVERY_SECONDS", 0)
    monkeypatch.setattr(sales_figures, "BUYERS_SHARE", 1e9)
    chance = random.Random(seed)
    async with till(database_url, redis, allotment=1_000) as shop:
        watching = SalesFigures(shop.database, shop.clock)
        open_orders: list[tuple[str, int]] = []
        for round_no in range(8):
            for _ in range(6):
                buyer = chance.randrange(10)
                order_id = await shop.order(buyer=buyer, units=chance.randint(1, 3))
                open_orders.append((order_id, buyer))
            chance.shuffle(open_orders)
            order_id, buyer = open_orders.pop()
            late = await shop.start(order_id, buyer=buyer)
            order_id, buyer = open_orders.pop()
            await shop.closing.cancel(order_id, buyer_id_of(buyer))
            order_id, buyer = open_orders.pop()
            await shop.notify(paid(await shop.start(order_id, buyer=buyer)))
            if round_no % 2:
                await shop.refunds.refund_order(order_id)
            if round_no == 4:
                open_orders.clear()
                await shop.expire()
            await shop.relay_all()
            await shop.notify(paid(late))
            shop.clock.advance(seconds=chance.randrange(150))
            await require_true(shop, await watching.load(EVENT))
        fresh = await SalesFigures(shop.database, shop.clock).load(EVENT)
        assert await watching.load(EVENT) == fresh
        assert fresh.funnel.buyers == 10
        await require_true(shop, fresh)


async def test_refunds_that_did_not_say_why(database_url: str, redis: RedisClient) -> None:
    """As 0.1.0 wrote them down: of a refunded order, and of one that was paid too late."""
    async with till(database_url, redis, allotment=3) as shop:
        await shop.refunds.refund_order(await buy(shop, 1))
        await shop.relay_all()
        kept = await buy(shop, 2, units=2)
        late = await shop.start(await shop.order(buyer=3), buyer=3)
        await shop.expire()
        await shop.relay_all()
        kept_too = await buy(shop, 4)
        await shop.notify(paid(late))
        async with shop.database.transaction() as session:
            facts = (await session.scalars(select(FactRow).where(_IS_REFUND_DUE))).all()
            assert len(facts) == 2
            for fact in facts:
                said = json.loads(fact.body)
                del said["reason"]
                fact.body = json.dumps(said)
        totals = (await SalesFigures(shop.database, shop.clock).load(EVENT)).totals
        assert (totals.refunded_orders, totals.paid_orders) == (1, 2)
        sums = [(await shop.stored(order_id)).amount_fen for order_id in (kept, kept_too)]
        assert totals.amount_fen == sum(sums)


async def test_it_may_be_asked_many_times_at_once(shop: Till) -> None:
    figures = SalesFigures(shop.database, shop.clock)
    for buyer in range(5):
        await buy(shop, buyer)
    loaded = await asyncio.gather(*(figures.load(EVENT) for _ in range(20)))
    assert {sales.totals.paid_orders for sales in loaded} == {5}


async def test_one_process_sees_what_another_sells(database_url: str, redis: RedisClient) -> None:
    async with (
        till(database_url, redis) as here,
        till(database_url, redis, is_first=False) as there,
    ):
        figures = SalesFigures(here.database, here.clock)
        for n in range(6):
            await buy(here if n % 2 else there, n, units=2)
            assert (await figures.load(EVENT)).totals.units_sold == 2 * (n + 1)


async def test_minute_by_minute_up_to_the_running_one(shop: Till) -> None:
    figures = SalesFigures(shop.database, shop.clock)
    await shop.order(buyer=1, units=2)
    shop.clock.advance(seconds=180)
    await buy(shop, 2, units=3)
    shop.clock.advance(seconds=70)
    minutes = (await figures.load(EVENT)).minutes
    assert [minute.at[11:19] for minute in minutes] == [f"02:0{n}:00" for n in range(5)]
    assert [minute.orders for minute in minutes] == [1, 0, 0, 1, 0]
    assert [minute.units for minute in minutes] == [2, 0, 0, 3, 0]
    assert [minute.paid_orders for minute in minutes] == [0, 0, 0, 1, 0]
    last_two = (await figures.load(EVENT, minutes_max=2)).minutes
    assert last_two == minutes[-2:]


async def test_what_is_over_ends_with_its_last_order(shop: Till) -> None:
    order_id = await shop.order(buyer=1)
    payment = await shop.start(order_id, buyer=1)
    await buy(shop, 2)
    now_ms = shop.clock.now_ms()
    async with shop.database.transaction() as session:
        await session.execute(update(_EVENTS).values(status="ended", ended_ms=now_ms))
    shop.clock.advance(seconds=10 * 3600)
    await shop.closing.expire_due()
    await shop.notify(paid(payment))  # long after; it is no part of the show
    sales = await SalesFigures(shop.database, shop.clock).load(EVENT)
    assert sales.totals.paid_orders == 2
    assert len(sales.minutes) == 61, "an hour after the last order, and no more"
    assert sales.offers[0].stock_out_at_latest is None


async def test_when_an_offer_will_be_gone(shop: Till) -> None:
    figures = SalesFigures(shop.database, shop.clock)
    for minute in range(6):
        for n in range(10):
            await shop.order(buyer=10 * minute % 50 + n)
        shop.clock.advance(seconds=60)
    (offer,) = (await figures.load(EVENT)).offers
    assert offer.available == 40
    assert offer.units_per_minute == pytest.approx(10, rel=0.05)
    assert offer.stock_out_at_earliest is not None
    assert offer.stock_out_at_latest is not None
    seconds = [
        datetime.fromisoformat(at).timestamp() - shop.clock.now_ms() / 1000
        for at in (offer.stock_out_at_earliest, offer.stock_out_at_latest)
    ]
    assert 60 < seconds[0] < 4 * 60 < seconds[1] < 20 * 60, "at ten a minute, forty last four"


async def test_a_message_for_the_room_is_small_and_plain(shop: Till) -> None:
    for hour in range(3):
        await buy(shop, hour)
        shop.clock.advance(seconds=3_600)
    message = await SalesFigures(shop.database, shop.clock).load_sales(EVENT)
    assert json.loads(json.dumps(message)) == message, "builtins only"
    assert len(message["minutes"]) == 60
    assert message["totals"]["grams_sold"] == 3 * UNIT_GRAMS
    assert message["offers"][0]["offer_id"] == OFFER


async def test_events_nobody_asks_about_are_forgotten(
    shop: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sales_figures, "EVENTS_MAX", 1)
    figures = SalesFigures(shop.database, shop.clock)
    await buy(shop, 1)
    await figures.load(EVENT)
    with pytest.raises(NotFound):
        await figures.load("evt_other")
    assert [*figures._watched] == ["evt_other"]
    assert (await figures.load(EVENT)).totals.paid_orders == 1


async def test_figures_are_for_the_events_host_and_operators(
    database_url: str, redis: RedisClient
) -> None:
    async with fair(database_url, redis) as market:
        event_id = await market.live_event()
        offer_id = await market.open_offer(event_id)
        viewer, operator = await market.token(), await market.token(Role.OPERATOR)
        host, other_host = await market.tokens(2, Role.HOST)
        assert (await market.order(offer_id, viewer, units=2)).status == 201
        path = f"/api/events/{event_id}/sales"
        for token, status in ((None, 401), (viewer, 403), (other_host, 403)):
            assert (await market.caller.get(path, token=token)).status == status
        for token in (host, operator):
            answer = await market.caller.get(path, token=token)
            assert answer.status == 200, answer.raw
            assert answer.body["totals"]["reserved_orders"] == 1
            assert answer.body["minutes"][-1]["amount_fen"] >= 0
            assert sum(m["amount_fen"] for m in answer.body["minutes"]) == 2 * PRICE_FEN
        missing = await market.caller.get("/api/events/evt_nothing/sales", token=operator)
        assert (missing.status, missing.code) == (404, "event_not_found")
