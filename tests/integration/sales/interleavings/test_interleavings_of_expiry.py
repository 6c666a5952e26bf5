"""The rows of the design's table about orders that expire while something else happens."""

import asyncio

import pytest

from live.sales.commit import Verdict
from live.sales.schemas import OrderStatus
from tests.support.interleaving import BOXES, order_of
from tests.support.selling import HOLD_MS, buyer
from tests.support.shop import Shop, Shops, Stock

pytestmark = pytest.mark.cluster


class TestKeyExpiredAndItsHoldGoneKeyAgain:
    async def test_the_expired_order_comes_back_and_nothing_is_taken(self, shop: Shop) -> None:
        order = order_of(await shop.buy(units=3))
        await shop.expire_all()
        await shop.relay_all()
        again = await shop.buy(units=3)
        assert again.verdict is Verdict.STORED
        assert order_of(again).id == order.id
        assert order_of(again).status == OrderStatus.EXPIRED
        await shop.at_rest()
        assert await shop.guard_stock() == await shop.sql_stock() == Stock(BOXES, 0, 0)

    async def test_before_its_hold_is_gone(self, shop: Shop) -> None:
        await shop.buy(units=3)
        await shop.expire_all()
        assert order_of(await shop.buy(units=3)).status == OrderStatus.EXPIRED
        await shop.relay_all()
        assert await shop.guard_stock() == Stock(BOXES, 0, 0)

    async def test_when_everything_is_sold_meanwhile(self, shop: Shop) -> None:
        await shop.buy()
        await shop.expire_all()
        await shop.relay_all()
        await shop.buy(buyer(1), units=BOXES)
        assert order_of(await shop.buy()).status == OrderStatus.EXPIRED
        await shop.at_rest()
        assert await shop.faults_found() == []


class TestKilledBetweenTheExpirysCommitAndItsRelease:
    async def test_the_release_still_happens(self, shops: Shops) -> None:
        one, two = await shops.open(), await shops.open()
        await one.buy(units=4)
        await one.relay_all()
        one.faults.die("before_settle")
        await one.expire_all()
        assert not await one.relay.relay_waiting()
        assert await one.guard_stock() == Stock(BOXES - 4, 4, 0)
        await two.relay_all()
        assert await two.guard_stock() == Stock(BOXES, 0, 0)
        assert await two.faults_found() == []

    async def test_and_only_once(self, shops: Shops) -> None:
        one, two = await shops.open(), await shops.open()
        await one.buy(units=4)
        await one.relay_all()
        one.faults.die("after_settle")
        await one.expire_all()
        assert not await one.relay.relay_waiting()
        await two.buy(buyer(1), units=BOXES)
        await two.relay_all()
        assert await two.guard_stock() == Stock(0, BOXES, 0)
        assert await two.faults_found() == []


class TestPaymentAndExpiryInTheSameInstant:
    async def test_exactly_one_wins_and_no_money_is_without_goods_or_refund(
        self, shops: Shops
    ) -> None:
        one, two = await shops.open(), await shops.open()
        orders = [order_of(await one.buy(buyer(n))) for n in range(8)]
        payments = [await one.start_payment(order) for order in orders]
        one.clock.advance(ms=HOLD_MS + 1)
        await asyncio.gather(
            two.closing.expire_due(),
            *[one.notify_paid(p, o) for p, o in zip(payments, orders, strict=True)],
            two.closing.expire_due(),
        )
        await one.relay_all()
        await one.relay_all()
        for payment_id, order in zip(payments, orders, strict=True):
            is_paid = (await one.order(order.id)).status == OrderStatus.PAID
            assert await one.kept_fen(payment_id) == (order.amount_fen if is_paid else 0)
        assert await one.faults_found() == []

    async def test_expired_first_and_sold_to_somebody_else_the_money_goes_back(
        self, shop: Shop
    ) -> None:
        order = order_of(await shop.buy(units=BOXES))
        payment_id = await shop.start_payment(order)
        await shop.expire_all()
        await shop.relay_all()
        await shop.buy(buyer(1))
        await shop.notify_paid(payment_id, order)
        assert (await shop.order(order.id)).status == OrderStatus.EXPIRED
        assert await shop.kept_fen(payment_id) == 0
        assert await shop.faults_found() == []

    async def test_expired_first_and_still_on_sale_the_order_is_paid_late(self, shop: Shop) -> None:
        order = order_of(await shop.buy(units=4))
        payment_id = await shop.start_payment(order)
        await shop.expire_all()
        await shop.notify_paid(payment_id, order)  # before the first hold's release
        await shop.relay_all()
        paid = await shop.order(order.id)
        assert (paid.status, paid.hold_no) == (OrderStatus.PAID, 1)
        assert await shop.kept_fen(payment_id) == order.amount_fen
        assert await shop.guard_stock() == Stock(BOXES - 4, 0, 4)
        assert await shop.faults_found() == []
