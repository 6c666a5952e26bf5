"""Notifications of payments: late, twice, out of order, wrong; and racing expiry and cancel.

Whatever comes in which order: an order is paid once, money never stays without goods, and
afterwards SQL and Redis agree on every unit.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from live.errors import Conflict, NotFound, Problem, Unavailable
from live.sales.payments.provider import Notification
from live.sales.schemas import Payment
from live.stock.rules import UnitsIntent
from live.storage.redis import RedisClient, connect_redis
from tests.support.till import EVENT, SoldOut, Till, failed, paid, till


@pytest_asyncio.fixture
async def shop(database_url: str, redis: RedisClient) -> AsyncIterator[Till]:
    async with till(database_url, redis) as opened:
        yield opened


async def test_a_payment_pays_its_order(shop: Till) -> None:
    order_id = await shop.order(units=2)
    payment = await shop.start(order_id)
    await shop.notify(paid(payment))
    order = await shop.stored(order_id)
    assert (order.status, order.paid_ms) == ("paid", shop.clock.now_ms())
    assert await shop.payments() == {payment.id: "settled"}
    assert await shop.numbers() == (98, 0, 2)
    await shop.require_balance()


async def test_a_repeated_notification_changes_nothing(shop: Till) -> None:
    payment = await shop.start(await shop.order())
    told = paid(payment)
    await shop.notify(told)
    await shop.notify(told)
    await shop.notify(told, told)
    await asyncio.gather(*(shop.notify(told) for _ in range(10)))
    assert (await shop.facts())["OrderPaid"] == 1
    assert await shop.numbers() == (99, 0, 1)
    await shop.require_balance()
    assert shop.bank.refunds == []


async def test_a_payment_that_failed_first_may_still_be_paid(shop: Till) -> None:
    order_id = await shop.order()
    payment = await shop.start(order_id)
    await shop.notify(failed(payment))
    assert await shop.payments() == {payment.id: "failed"}
    assert await shop.status(order_id) == "reserved"
    await shop.notify(paid(payment))
    assert await shop.status(order_id) == "paid"
    await shop.require_balance()


@pytest.mark.parametrize("is_one_message", [True, False])
async def test_that_it_failed_does_not_unsay_that_it_was_paid(
    shop: Till, is_one_message: bool
) -> None:
    order_id = await shop.order()
    payment = await shop.start(order_id)
    if is_one_message:
        await shop.notify(paid(payment), failed(payment))
    else:
        await shop.notify(paid(payment))
        await shop.notify(failed(payment))
    assert await shop.status(order_id) == "paid"
    assert await shop.payments() == {payment.id: "settled"}


@pytest.mark.parametrize("amount_fen", [1, 10**9])
async def test_the_wrong_sum_goes_back(shop: Till, amount_fen: int) -> None:
    order_id = await shop.order()
    payment = await shop.start(order_id)
    await shop.notify(paid(payment, amount_fen))
    assert await shop.status(order_id) == "reserved", "it can still be paid in the right way"
    await shop.require_balance()
    assert shop.bank.refunds == [(payment.id, amount_fen)], "what came in, not what was asked for"
    assert await shop.payments() == {payment.id: "refunded"}


async def test_an_unknown_payment_is_refused_and_the_others_are_applied(shop: Till) -> None:
    order_id = await shop.order()
    payment = await shop.start(order_id)
    with pytest.raises(NotFound, match="unknown_payment"):
        await shop.notify(Notification("pay_nobody", "ref", 1, is_paid=True), paid(payment))
    assert await shop.status(order_id) == "paid"


async def test_one_message_does_not_suffer_from_the_unknown_payment_of_another(
    shop: Till,
) -> None:
    payment = await shop.start(await shop.order())
    unknown = Notification("pay_nobody", "ref", 1, is_paid=True)
    results = await asyncio.gather(
        shop.notify(unknown), shop.notify(paid(payment)), return_exceptions=True
    )
    assert isinstance(results[0], NotFound)
    assert results[1] is None


async def test_a_provider_speaks_for_its_own_payments_only(shop: Till) -> None:
    order_id = await shop.order()
    payment = await shop.start(order_id)
    with pytest.raises(NotFound, match="unknown_payment"):
        await shop.settlement.apply("another", [paid(payment)])
    assert await shop.status(order_id) == "reserved"
    assert await shop.payments() == {payment.id: "started"}


async def test_an_empty_message_is_nothing(shop: Till) -> None:
    await shop.notify()


async def test_paid_twice_is_paid_once_and_given_back_once(shop: Till) -> None:
    order_id = await shop.order()
    first = await shop.start(order_id)
    await shop.notify(failed(first))  # now a second one can be begun
    second = await shop.start(order_id)
    assert first.id != second.id
    await shop.notify(paid(first), paid(second))
    assert await shop.status(order_id) == "paid"
    await shop.require_balance()
    assert len(shop.bank.refunds) == 1
    assert sorted((await shop.payments()).values()) == ["refunded", "settled"]


async def test_the_payment_of_a_cancelled_order_goes_back(shop: Till) -> None:
    order_id = await shop.order()
    payment = await shop.start(order_id)
    await shop.closing.cancel(order_id, "acc_0")
    await shop.notify(paid(payment))
    assert await shop.status(order_id) == "cancelled"
    await shop.require_balance()
    assert shop.bank.refunds == [(payment.id, payment.amount_fen)]
    assert await shop.numbers() == (100, 0, 0)


async def test_a_buyer_who_taps_twice_starts_one_payment(shop: Till) -> None:
    order_id = await shop.order()
    payments = await asyncio.gather(*(shop.start(order_id) for _ in range(5)))
    payments.append(await shop.start(order_id))
    assert len({payment.id for payment in payments}) == 1
    assert len(await shop.payments()) == 1


async def test_only_the_buyer_of_a_reserved_order_may_pay(shop: Till) -> None:
    order_id = await shop.order(buyer=1)
    with pytest.raises(NotFound):
        await shop.start(order_id, buyer=2)
    with pytest.raises(NotFound):
        await shop.start("ord_nothing", buyer=1)
    with pytest.raises(Problem, match="unknown_provider"):
        await shop.desk.start(order_id, "acc_1", "nobody", "198.51.100.7")
    await shop.expire()
    with pytest.raises(Conflict, match="not_payable"):
        await shop.start(order_id, buyer=1)


# Late payments


@pytest.mark.parametrize("is_relayed", [True, False])
async def test_a_late_payment_takes_the_units_once_more(shop: Till, is_relayed: bool) -> None:
    order_id = await shop.order(units=3)
    payment = await shop.start(order_id)
    assert await shop.expire() == 1
    if is_relayed:  # otherwise the first hold is still there, and is taken over
        await shop.relay_all()
    await shop.notify(paid(payment))
    order = await shop.stored(order_id)
    assert (order.status, order.hold_no, order.closed_ms) == ("paid", 1, None)
    assert await shop.numbers() == (97, 0, 3)
    await shop.require_balance()
    assert shop.bank.refunds == []


async def test_a_late_payment_goes_back_where_the_units_are_gone(
    database_url: str, redis: RedisClient
) -> None:
    async with till(database_url, redis, allotment=3) as shop:
        order_id = await shop.order(units=3)
        payment = await shop.start(order_id)
        await shop.expire()
        await shop.relay_all()
        await shop.order(buyer=1, units=1)
        await shop.notify(paid(payment))
        assert await shop.status(order_id) == "expired"
        await shop.require_balance()
        assert shop.bank.refunds == [(payment.id, payment.amount_fen)]
        assert await shop.payments() == {payment.id: "refunded"}


async def test_a_late_payment_goes_back_where_the_buyer_has_the_limit_already(shop: Till) -> None:
    order_id = await shop.order(units=30)
    payment = await shop.start(order_id)
    await shop.expire()
    await shop.relay_all()
    await shop.order(units=30)  # of 50
    await shop.notify(paid(payment))
    assert await shop.status(order_id) == "expired"
    await shop.require_balance()
    assert len(shop.bank.refunds) == 1


async def test_a_late_payment_told_many_times_at_once_is_paid_once(shop: Till) -> None:
    order_id = await shop.order(units=2)
    payment = await shop.start(order_id)
    await shop.expire()
    await asyncio.gather(*(shop.notify(paid(payment)) for _ in range(8)))
    assert (await shop.facts())["OrderPaid"] == 1
    await shop.require_balance()
    assert shop.bank.refunds == []


async def test_of_two_late_payments_of_one_order_one_goes_back_and_the_units_stay(
    database_url: str, redis: RedisClient
) -> None:
    async with (
        till(database_url, redis) as here,
        till(database_url, redis, is_first=False) as there,
    ):
        order_id = await here.order(units=2)
        first = await here.start(order_id)
        await here.notify(failed(first))
        second = await here.start(order_id)
        await here.expire()
        await asyncio.gather(here.notify(paid(first)), there.notify(paid(second)))
        assert await here.status(order_id) == "paid"
        assert await here.numbers() == (98, 0, 2)
        await here.require_balance()
        assert len(here.bank.refunds) == 1
        assert sorted((await here.payments()).values()) == ["refunded", "settled"]


async def test_a_late_payment_survives_a_flushed_redis(shop: Till, redis: RedisClient) -> None:
    order_id = await shop.order(units=2)
    payment = await shop.start(order_id)
    await shop.expire()
    await redis.flushall()
    await shop.notify(paid(payment))
    assert await shop.status(order_id) == "paid"
    await shop.require_balance()


async def test_a_late_payment_waits_while_redis_is_away_and_others_do_not(
    database_url: str, redis: RedisClient
) -> None:
    async with till(database_url, redis) as shop:
        late = await shop.order()
        late_payment = await shop.start(late)
        await shop.expire()
        in_time = await shop.order(buyer=1)
        payment = await shop.start(in_time, buyer=1)
        away = connect_redis("unix:///nowhere.sock", timeout_ms=100, connections_max=4)
        shop.guard._redis = away
        results = await asyncio.gather(
            shop.notify(paid(late_payment)), shop.notify(paid(payment)), return_exceptions=True
        )
        assert isinstance(results[0], Unavailable)
        assert results[1] is None
        assert await shop.status(in_time) == "paid"
        assert (await shop.payments())[late_payment.id] == "started"
        shop.guard._redis = redis
        await shop.notify(paid(late_payment))
        assert await shop.status(late) == "paid"
        await away.aclose()


# Races


@pytest.mark.parametrize("seed", range(2))
async def test_of_payment_expiry_and_cancel_in_one_instant_one_wins(
    database_url: str, redis: RedisClient, seed: int
) -> None:
    chance = random.Random(seed)
    async with (
        till(database_url, redis, allotment=200) as here,
        till(database_url, redis, is_first=False) as there,
    ):
        orders = [await here.order(buyer=n) for n in range(12)]
        payments = [await here.start(order_id, buyer=n) for n, order_id in enumerate(orders)]
        for shop in (here, there):
            shop.clock.advance(ms=900_001)

        async def cancel(shop: Till, n: int) -> None:
            with suppress(Conflict):  # it was too late
                await shop.closing.cancel(orders[n], f"acc_{n}")

        acts = [here.closing.expire_due(), there.closing.expire_due(), here.relay_all()]
        acts += [chance.choice((here, there)).notify(paid(payment)) for payment in payments]
        acts += [cancel(chance.choice((here, there)), n) for n in range(0, 12, 2)]
        chance.shuffle(acts)
        await asyncio.gather(*acts)
        # Whoever heard nothing yet hears it again, as from any provider.
        for payment in payments:
            await here.notify(paid(payment))
        await here.require_balance()
        statuses = [await here.status(order_id) for order_id in orders]
        by_payment = await here.payments()
        for payment, status in zip(payments, statuses, strict=True):
            expected = "settled" if status == "paid" else "refunded"
            assert by_payment[payment.id] == expected, f"an order {status}"
        given_back = here.bank.refunds + there.bank.refunds
        assert len(given_back) == len(set(given_back)) == statuses.count("cancelled")


@dataclass
class Market:
    """Buyers, providers and operators who act by chance."""

    shop: Till
    chance: random.Random
    orders: list[tuple[str, int]] = field(default_factory=list)  # (order id, buyer)
    payments: list[Payment] = field(default_factory=list)

    async def act(self) -> None:
        acts = [self.order, self.pay, self.tell, self.cancel, self.refund, self.wait, self.relay]
        (act,) = self.chance.choices(acts, weights=(30, 20, 25, 7, 8, 5, 5))
        with suppress(Conflict, SoldOut):
            await act()

    async def order(self) -> None:
        buyer = self.chance.randrange(20)
        order_id = await self.shop.order(buyer=buyer, units=self.chance.randint(1, 3))
        self.orders.append((order_id, buyer))

    async def pay(self) -> None:
        order_id, buyer = self._any_order()
        self.payments.append(await self.shop.start(order_id, buyer=buyer))

    async def tell(self) -> None:
        if self.payments:
            said = self.chance.choice([paid, paid, paid, failed])
            await self.shop.notify(said(self.chance.choice(self.payments)))

    async def cancel(self) -> None:
        order_id, buyer = self._any_order()
        await self.shop.closing.cancel(order_id, f"acc_{buyer}")

    async def refund(self) -> None:
        await self.shop.refunds.refund_order(self._any_order()[0])

    async def wait(self) -> None:
        self.shop.clock.advance(seconds=400)
        await self.shop.closing.expire_due()

    async def relay(self) -> None:
        await self.shop.relay_all()

    def _any_order(self) -> tuple[str, int]:
        if not self.orders:
            raise SoldOut  # nothing to act on yet
        return self.chance.choice(self.orders)


@pytest.mark.parametrize("seed", range(2))
async def test_whatever_happens_in_whatever_order_the_books_balance(
    database_url: str, redis: RedisClient, seed: int
) -> None:
    async with till(database_url, redis, allotment=60) as shop:
        market = Market(shop, random.Random(seed))
        for _ in range(30):
            await asyncio.gather(*(market.act() for _ in range(5)))
        await shop.require_balance()
        statuses = await shop.payments()
        assert "refunding" not in statuses.values(), "every debt is paid"
        paid_orders = [o for o, _ in market.orders if await shop.status(o) == "paid"]
        settled = [p for p, status in statuses.items() if status == "settled"]
        assert len(paid_orders) == len(settled), "money and goods match one to one"


async def test_a_hold_whose_payment_never_committed_is_released_by_age(
    shop: Till, redis: RedisClient
) -> None:
    order_id = await shop.order(units=2)
    await shop.start(order_id)
    await shop.expire()
    await shop.relay_all()
    # What a server leaves that is killed between taking the units and its commit.
    position = await shop.counters.position(EVENT)
    await shop.guard.reserve(
        EVENT, position, [UnitsIntent(order_id, "off_a", "acc_0", 2, 1_990, hold_no=1)]
    )
    shop.reconciliation._commit_timeout_ms = -(10**13)  # Redis has a clock of its own
    assert await shop.reconciliation.release_orphans([EVENT]) == 1
    await shop.require_balance()
