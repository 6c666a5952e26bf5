"""Payments of which nothing was heard: their providers are asked, and closed orders' closed."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from live.storage.redis import RedisClient
from tests.support.till import QUIET_SECONDS, Till, buyer_id_of, failed, paid, till


@pytest_asyncio.fixture
async def shop(database_url: str, redis: RedisClient) -> AsyncIterator[Till]:
    async with till(database_url, redis) as opened:
        yield opened


async def test_a_lost_notification_is_made_good(shop: Till) -> None:
    order_id = await shop.order()
    payment = await shop.start(order_id)
    shop.bank.known[payment.id] = paid(payment)
    await shop.inquiry.run()
    assert shop.bank.queried == [], "its notification may still be on the way"
    shop.clock.advance(seconds=QUIET_SECONDS + 1)
    for _ in range(2):
        await shop.inquiry.run()
    assert await shop.status(order_id) == "paid"
    assert shop.bank.queried == [payment.id], "and nobody asks about what is known"
    await shop.require_balance()


async def test_who_has_not_paid_yet_is_left_in_peace(shop: Till) -> None:
    payment = await shop.start(await shop.order())
    shop.clock.advance(seconds=QUIET_SECONDS + 1)
    await shop.inquiry.run()
    assert (shop.bank.closed, await shop.payments()) == ([], {payment.id: "started"})


async def test_a_payment_that_failed_may_be_started_anew(shop: Till) -> None:
    order_id = await shop.order()
    first = await shop.start(order_id)
    shop.bank.known[first.id] = failed(first)
    shop.clock.advance(seconds=QUIET_SECONDS + 1)
    await shop.inquiry.run()
    second = await shop.start(order_id)
    assert second.id != first.id
    assert await shop.payments() == {first.id: "failed", second.id: "started"}


@pytest.mark.parametrize("ending", ["expired", "cancelled"])
async def test_an_order_that_is_over_needs_no_payment_any_more(shop: Till, ending: str) -> None:
    order_id = await shop.order()
    payment = await shop.start(order_id)
    shop.clock.advance(seconds=QUIET_SECONDS + 1)
    if ending == "expired":
        await shop.expire()
    else:
        await shop.closing.cancel(order_id, buyer_id_of(0))
    for _ in range(2):
        await shop.inquiry.run()
    assert shop.bank.closed == [payment.id]
    assert await shop.payments() == {payment.id: "failed"}


async def test_paid_just_before_it_is_closed_is_a_late_payment(shop: Till) -> None:
    order_id = await shop.order()
    payment = await shop.start(order_id)
    await shop.expire()
    shop.bank.known[payment.id] = paid(payment)
    await shop.inquiry.run()
    assert (await shop.status(order_id), shop.bank.closed) == ("paid", [])
    await shop.require_balance()


async def test_one_that_gives_no_word_holds_up_no_other(shop: Till) -> None:
    payments = [await shop.start(await shop.order(buyer=n), buyer=n) for n in range(3)]
    shop.bank.known = {payment.id: paid(payment) for payment in payments}
    shop.bank.away = {payments[1].id}
    shop.clock.advance(seconds=QUIET_SECONDS + 1)
    await shop.inquiry.run()
    assert sorted((await shop.payments()).values()) == ["settled", "settled", "started"]
    shop.bank.away = set()
    await shop.inquiry.run()
    assert {*(await shop.payments()).values()} == {"settled"}


async def test_a_provider_that_is_away_is_not_asked_on_and_on(shop: Till) -> None:
    payments = [await shop.start(await shop.order(buyer=n), buyer=n) for n in range(20)]
    shop.bank.away = {payment.id for payment in payments}
    shop.clock.advance(seconds=QUIET_SECONDS + 1)
    await shop.inquiry.run()
    assert len(shop.bank.queried) == 16
    assert {*(await shop.payments()).values()} == {"started"}


async def test_two_that_ask_at_once_settle_once(shop: Till) -> None:
    order_id = await shop.order()
    payment = await shop.start(order_id)
    shop.bank.known[payment.id] = paid(payment)
    shop.clock.advance(seconds=QUIET_SECONDS + 1)
    await asyncio.gather(shop.inquiry.run(), shop.inquiry.run(), shop.notify(paid(payment)))
    assert (await shop.facts())["OrderPaid"] == 1
    await shop.require_balance()
