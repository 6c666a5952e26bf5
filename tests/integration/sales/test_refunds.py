"""Refunds: the order, its units, and the money itself."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from live.errors import Conflict, NotFound
from live.sales.order_rows import move_orders
from live.sales.payments.ledger import REFUNDS, Debt, owe
from live.sales.schemas import OrderStatus, RefundReason
from live.storage.database import within
from live.storage.redis import RedisClient
from tests.support.till import RETRY_SECONDS, Till, paid, till


@pytest_asyncio.fixture
async def shop(database_url: str, redis: RedisClient) -> AsyncIterator[Till]:
    async with till(database_url, redis) as opened:
        yield opened


async def paid_order(shop: Till, buyer: int = 0, units: int = 1) -> str:
    order_id = await shop.order(buyer=buyer, units=units)
    await shop.notify(paid(await shop.start(order_id, buyer=buyer)))
    assert await shop.status(order_id) == "paid"
    return order_id


async def step(shop: Till, order_id: str, to: OrderStatus) -> bool:
    """What packing does: a compare-and-set without the event's fence."""
    async with shop.database.transaction() as session:
        return bool(await within(session, move_orders, [order_id], to))


async def test_a_refund_gives_back_units_and_money(shop: Till) -> None:
    order_id = await paid_order(shop, units=2)
    order = await shop.refunds.refund_order(order_id)
    assert (order.status, order.closed_ms) == ("refunded", shop.clock.now_ms())
    assert await shop.numbers() == (100, 0, 0)
    assert shop.bank.refunds == [], "the provider is asked after the commit, by the fact"
    await shop.require_balance()
    assert [fen for _, fen in shop.bank.refunds] == [order.amount_fen]
    assert [*(await shop.payments()).values()] == ["refunded"]


async def test_a_repeated_refund_gets_the_same_answer_and_pays_once(shop: Till) -> None:
    order_id = await paid_order(shop)
    first = await shop.refunds.refund_order(order_id)
    again = await asyncio.gather(*(shop.refunds.refund_order(order_id) for _ in range(5)))
    assert set(again) == {first}
    await shop.require_balance()
    assert len(shop.bank.refunds) == 1


async def test_once_packed_the_units_stay_sold(shop: Till) -> None:
    order_id = await paid_order(shop, units=2)
    assert await step(shop, order_id, OrderStatus.PACKED)
    await shop.refunds.refund_order(order_id)
    await shop.relay_all()
    assert await shop.numbers() == (98, 0, 2)
    assert len(shop.bank.refunds) == 1


async def test_packing_in_the_same_instant_never_returns_units_that_were_packed(
    shop: Till,
) -> None:
    orders = [await paid_order(shop, buyer=n) for n in range(10)]
    results = await asyncio.gather(
        *(shop.refunds.refund_order(order_id) for order_id in orders),
        *(step(shop, order_id, OrderStatus.PACKED) for order_id in orders),
    )
    packed_first = sum(1 for result in results[10:] if result)
    _, reserved, sold = await shop.numbers()
    assert (reserved, sold) == (0, packed_first)


async def test_only_what_was_paid_can_be_refunded(shop: Till) -> None:
    with pytest.raises(NotFound):
        await shop.refunds.refund_order("ord_nothing")
    reserved = await shop.order()
    with pytest.raises(Conflict, match="not_refundable"):
        await shop.refunds.refund_order(reserved)
    await shop.expire()
    with pytest.raises(Conflict, match="not_refundable"):
        await shop.refunds.refund_order(reserved)


async def test_a_refund_that_fails_holds_back_no_other_and_is_tried_again(shop: Till) -> None:
    orders = [await paid_order(shop, buyer=n) for n in range(20)]
    for order_id in orders:
        await shop.refunds.refund_order(order_id)
    stuck = min(await shop.payments())
    shop.bank.away = {stuck}
    await shop.relay_all()
    assert len(shop.bank.refunds) == 19
    statuses = await shop.payments()
    assert [p for p, status in statuses.items() if status == "refunding"] == [stuck]
    shop.bank.away = set()
    await shop.paying_back.retry()
    assert len(shop.bank.refunds) == 19, "not yet: a provider that is away is not run down"
    shop.clock.advance(seconds=RETRY_SECONDS)
    await shop.paying_back.retry()
    await shop.require_balance()
    assert len(shop.bank.refunds) == len(set(shop.bank.refunds)) == 20, "nobody is paid twice"
    assert {*(await shop.payments()).values()} == {"refunded"}


async def test_killed_between_the_refund_and_its_record_it_is_asked_for_again_and_done_once(
    shop: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.refunds.refund_order(await paid_order(shop))

    async def die(results: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as here:
        here.setattr(shop.paying_back, "_note", die)
        await shop.relay_all()
    times_asked = len(shop.bank.refunds)
    assert times_asked
    assert [*(await shop.payments()).values()] == ["refunding"]
    await shop.relay_all()  # the fact was not marked
    ((payment_id, state),) = (await shop.payments()).items()
    assert (state, len(shop.bank.refunds)) == ("refunded", times_asked + 1)
    assert shop.bank.book.balance_fen(payment_id) == 0, "asked again, done once"


async def test_a_provider_that_stays_away_is_asked_less_and_less_often(shop: Till) -> None:
    await shop.refunds.refund_order(await paid_order(shop))
    shop.bank.away = set(await shop.payments())
    began_ms = shop.clock.now_ms()
    await shop.relay_all()
    waits = []
    for _ in range(7):
        async with shop.database.reading() as session:
            try_after_ms = (await session.scalars(select(REFUNDS.c.try_after_ms))).one()
        waits.append((try_after_ms - shop.clock.now_ms()) // 1_000)
        shop.clock.advance(ms=try_after_ms - shop.clock.now_ms() - 1)
        await shop.paying_back.retry()  # a millisecond too early
        shop.clock.advance(ms=1)
        await shop.paying_back.retry()
    assert waits == [2, 4, 8, 16, 32, 60, 60]
    assert shop.clock.now_ms() - began_ms == sum(waits) * 1_000


async def test_a_payment_is_never_overdrawn_by_sql_s_own_word(shop: Till) -> None:
    await paid_order(shop)
    (payment_id,) = await shop.payments()
    order = await shop.stored(await paid_order(shop, buyer=1))
    much = order.amount_fen + 1
    debt = Debt(order.event_id, order.id, payment_id, "bank", much, RefundReason.CLAIM)
    with pytest.raises(IntegrityError):
        async with shop.database.transaction() as session:
            await within(session, owe, [debt], shop.clock.now_ms())
    assert {*(await shop.payments()).values()} == {"settled"}


async def test_money_owed_through_a_provider_that_is_gone_stays_owed(shop: Till) -> None:
    order_id = await paid_order(shop)
    await shop.refunds.refund_order(order_id)
    shop.paying_back._providers = {}
    await shop.relay_all()
    assert [*(await shop.payments()).values()] == ["refunding"]
