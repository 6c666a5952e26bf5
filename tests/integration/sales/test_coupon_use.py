"""One coupon, one order: in the same instant, after an order is over, and when it is paid late."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from live.errors import Unavailable
from live.sales import commit_postgres, commit_sqlite
from live.sales.commit import Objection, Outcome, Verdict, decide
from live.sales.coupon_use import orders_with
from live.sales.order_rows import ORDERS
from live.sales.orders import HOLDING
from live.storage.database import Database, within
from live.storage.redis import RedisClient
from tests.support.selling import OFF_FEN, Shelf, buyer, clock_now, seed
from tests.support.shop import Shop, Shops, Stock, open_shops
from tests.support.till import SoldOut, Till, paid, till

COUPON = "cpn_1"
BOXES = 10


@pytest_asyncio.fixture
async def shops(database: Database, redis_url: str, redis: RedisClient) -> AsyncIterator[Shops]:
    await seed(database, Shelf(allotment=BOXES), buyers=8)
    async with open_shops(database.url, redis_url, clock_now()) as shops:
        yield shops


@pytest_asyncio.fixture
async def shop(database_url: str, redis: RedisClient) -> AsyncIterator[Till]:
    async with till(database_url, redis, allotment=BOXES) as opened:
        yield opened


async def test_two_orders_with_one_coupon_in_the_same_instant(shops: Shops) -> None:
    workers = [await shops.open() for _ in range(2)]
    heard = await _both(workers)
    placed = [one.order for one in heard if isinstance(one, Outcome) and one.order is not None]
    refused = [one for one in heard if isinstance(one, Outcome) and one.order is None]
    assert [order.coupon_id for order in placed] == [COUPON]
    assert [(one.verdict, one.word) for one in refused] == [
        (Verdict.REFUSED, Objection.COUPON_USED)
    ]
    for worker in workers:
        await worker.at_rest()
    assert await _doubly_used(workers[0]) == []
    assert await workers[0].sql_stock() == Stock(BOXES - 1, 1, 0)
    assert await workers[0].faults_found() == [], "the units of the refused one are back"


async def test_without_the_decision_the_index_keeps_it_to_one(
    shops: Shops, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = [await shops.open() for _ in range(2)]
    _overlook_coupons(monkeypatch)
    heard = await _both(workers)
    assert sum(isinstance(one, Unavailable) for one in heard) == 1, "nobody knows, and may repeat"
    assert await _doubly_used(workers[0]) == []


async def test_without_decision_and_index_two_orders_have_it(
    shops: Shops, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = [await shops.open() for _ in range(2)]
    async with workers[0].database.transaction() as session:
        await session.execute(text("DROP INDEX ux_orders_coupon"))
    _overlook_coupons(monkeypatch)
    heard = await _both(workers)
    assert all(isinstance(one, Outcome) and one.order is not None for one in heard)
    assert await _doubly_used(workers[0]) == [COUPON]


async def test_a_repeat_on_another_worker_gets_its_order(shops: Shops) -> None:
    first, second = [await shops.open() for _ in range(2)]
    placed = await first.buy(coupon_id=COUPON)
    repeated = await second.buy(coupon_id=COUPON)
    assert (repeated.verdict, repeated.order) == (Verdict.STORED, placed.order)
    other = await second.buy(buyer(1), coupon_id="cpn_2")
    assert other.verdict is Verdict.PLACED
    assert other.order is not None
    assert other.order.discount_fen == OFF_FEN


async def test_the_database_itself_refuses_a_second_use(shop: Till) -> None:
    await shop.order(coupon_id=COUPON)
    second = await shop.order()
    change = text("UPDATE orders SET coupon_id = :coupon, discount_fen = :off WHERE id = :id")
    for coupon, off, broken in ((COUPON, OFF_FEN, "unique"), ("cpn_2", 0, "check")):
        row = {"coupon": coupon, "off": off, "id": second}
        with pytest.raises(IntegrityError, match=f"(?i){broken}"):
            async with shop.database.transaction() as session:
                await session.execute(change, row)


async def _expired(shop: Till, order_id: str) -> None:
    assert await shop.expire() == 1


async def _cancelled(shop: Till, order_id: str) -> None:
    await shop.closing.cancel(order_id, "acc_0")


async def _refunded(shop: Till, order_id: str) -> None:
    payment = await shop.start(order_id)
    shop.bank.book.collect(payment.id, payment.amount_fen)
    await shop.notify(paid(payment))
    await shop.refunds.refund_order(order_id)
    await shop.relay_all()
    assert shop.bank.refunds == [(payment.id, payment.amount_fen)], "what was paid, no more"


@pytest.mark.parametrize("end", [_expired, _cancelled, _refunded])
async def test_an_order_that_is_over_uses_its_coupon_no_more(
    shop: Till, end: Callable[[Till, str], Any]
) -> None:
    order_id = await shop.order(coupon_id=COUPON)
    assert await _use(shop) == {COUPON: order_id}
    with pytest.raises(SoldOut, match="coupon_used"):
        await shop.order(coupon_id=COUPON)
    await end(shop, order_id)
    assert await _use(shop) == {}
    again = await shop.order(coupon_id=COUPON)
    assert await _use(shop) == {COUPON: again}
    await shop.require_balance()


async def test_a_late_payment_takes_its_coupon_up_again(shop: Till) -> None:
    order_id = await shop.order(coupon_id=COUPON)
    payment = await shop.start(order_id)
    await shop.expire()
    await shop.notify(paid(payment))
    order = await shop.stored(order_id)
    assert (order.status, order.coupon_id, order.discount_fen) == ("paid", COUPON, OFF_FEN)
    assert await _use(shop) == {COUPON: order_id}
    await shop.require_balance()


async def test_a_late_payment_goes_back_where_another_order_has_the_coupon(shop: Till) -> None:
    late = await shop.order(coupon_id=COUPON)
    payment = await shop.start(late)
    shop.bank.book.collect(payment.id, payment.amount_fen)
    await shop.expire()
    other = await shop.order(coupon_id=COUPON)
    await shop.notify(paid(payment))
    assert (await shop.status(late), await shop.status(other)) == ("expired", "reserved")
    assert await _use(shop) == {COUPON: other}
    await shop.require_balance()
    assert await shop.payments() == {payment.id: "refunded"}
    assert shop.bank.refunds == [(payment.id, payment.amount_fen)]


async def test_of_two_late_payments_with_one_coupon_one_is_paid(shop: Till) -> None:
    payments = []
    for _ in range(2):
        order_id = await shop.order(coupon_id=COUPON)
        payments.append(await shop.start(order_id))
        await shop.expire()
    for payment in payments:
        shop.bank.book.collect(payment.id, payment.amount_fen)
    await shop.notify(*(paid(payment) for payment in payments))
    await shop.require_balance()
    statuses = sorted([await shop.status(payment.order_id) for payment in payments])
    assert statuses == ["expired", "paid"]
    assert sorted((await shop.payments()).values()) == ["refunded", "settled"]


async def test_a_late_payment_and_an_order_with_its_coupon_in_the_same_instant(
    shop: Till,
) -> None:
    late = await shop.order(coupon_id=COUPON)
    payment = await shop.start(late)
    shop.bank.book.collect(payment.id, payment.amount_fen)
    await shop.expire()
    heard = await asyncio.gather(
        shop.notify(paid(payment)), shop.order(coupon_id=COUPON), return_exceptions=True
    )
    assert heard[0] is None
    used_by = (await _use(shop))[COUPON]
    if isinstance(heard[1], SoldOut):
        assert (used_by, await shop.status(late)) == (late, "paid")
    else:
        assert (used_by, await shop.status(late)) == (heard[1], "expired")
    await shop.require_balance()


async def _use(shop: Till) -> dict[str, str]:
    async with shop.database.reading() as session:
        return await within(session, orders_with, [COUPON, "cpn_nobody_s"])


async def _both(workers: list[Shop]) -> list[Outcome | BaseException]:
    """One buyer orders with one coupon under two keys, at both workers at once."""
    wishes = [worker.buy(key=f"key-{n}", coupon_id=COUPON) for n, worker in enumerate(workers)]
    return await asyncio.gather(*wishes, return_exceptions=True)


async def _doubly_used(shop: Shop) -> list[str]:
    """Coupons that more than one order holds its units with."""
    query = (
        select(ORDERS.c.coupon_id)
        .where(ORDERS.c.status.in_(sorted(HOLDING)), ORDERS.c.coupon_id.is_not(None))
        .group_by(ORDERS.c.coupon_id)
        .having(func.count() > 1)
    )
    async with shop.database.reading() as session:
        return list(await session.scalars(query))


def _overlook_coupons(monkeypatch: pytest.MonkeyPatch) -> None:
    """Decide as if no order used a coupon."""

    def overlook(batches: Any, ledger: Any) -> Any:
        return decide(batches, replace(ledger, used_coupons=frozenset()))

    for module in (commit_sqlite, commit_postgres):
        monkeypatch.setattr(module, "decide", overlook)
