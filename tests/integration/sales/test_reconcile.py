"""Reconciliation: holds without an order are released, orders without a hold get one."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from live.errors import Unavailable
from live.sales import reconcile as reconcile_module
from live.sales.commit import Verdict
from live.sales.stored_order import StoredOrder
from live.stock.guard import Move
from live.stock.rules import Hold, Settlement
from live.storage.database import Database
from live.storage.redis import RedisClient, event_key
from tests.support.selling import (
    EVENT,
    OFFER,
    Shelf,
    an_order,
    buyer,
    clock_now,
    put_event,
    seed,
    set_event,
)
from tests.support.shop import Shop, Shops, Stock, open_shops

pytestmark = pytest.mark.cluster


@pytest_asyncio.fixture
async def shops(database: Database, redis_url: str, redis: RedisClient) -> AsyncIterator[Shops]:
    await seed(database, Shelf(allotment=40), buyers=20)
    async with open_shops(database.url, redis_url, clock_now()) as shops:
        yield shops


@pytest_asyncio.fixture
async def shop(shops: Shops) -> Shop:
    return await shops.open()


async def placed(shop: Shop, number: int = 0, *, units: int = 2) -> StoredOrder:
    order = (await shop.buy(buyer(number), units=units)).order
    assert order is not None
    return order


async def leave_orphans(shop: Shop, *numbers: int) -> None:
    """Holds of orders that never reach SQL."""
    shop.faults.die("before_commit")
    wishes = [shop.buy(buyer(n), units=2) for n in numbers]
    answers = await asyncio.gather(*wishes, return_exceptions=True)
    assert all(isinstance(answer, Unavailable) for answer in answers)
    shop.faults.heal()


def orphan(event_id: str) -> Hold:
    """Of an order that SQL does not have."""
    return Hold(f"ord_{event_id}", OFFER, buyer(0), 1)


async def lose_holds(shop: Shop, *orders: StoredOrder) -> None:
    """As if another worker's reconciliation had been too quick: the counters know nothing of it."""
    await shop.guard.settle(EVENT, [Move(o.id, o.hold_no, Settlement.RELEASED) for o in orders])


async def test_a_hold_that_old_without_an_order_is_released(shop: Shop) -> None:
    await leave_orphans(shop, 1, 2, 3)
    await shop.reconciliation.run()
    assert await shop.guard_stock() == Stock(34, 6, 0)  # their commits may be under way
    await shop.reconcile_later()
    assert await shop.guard_stock() == Stock(40, 0, 0)


async def test_orders_keep_their_holds(shop: Shop) -> None:
    paid = await placed(shop, 1)
    await placed(shop, 2)
    await shop.pay(paid)
    await leave_orphans(shop, 3)
    await shop.reconcile_later()
    assert await shop.sql_stock() == Stock(36, 2, 2)
    assert await shop.guard_stock() == Stock(36, 4, 0)  # the sale is told by its own fact
    await shop.relay_all()
    assert await shop.faults_found() == []


async def test_each_hold_is_looked_at_once(shop: Shop) -> None:
    await placed(shop)
    await shop.reconcile_later()
    assert await shop.guard.unverified(EVENT, 0, 10) == []


async def test_orphans_are_found_behind_any_number_of_orders(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile_module, "BATCH_MAX", 3)
    await asyncio.gather(*[placed(shop, n, units=1) for n in range(15)])
    await leave_orphans(shop, 15, 16)
    await shop.reconcile_later()
    assert await shop.faults_found() == []


async def test_an_order_without_a_hold_gets_one_in_its_own_state(shop: Shop) -> None:
    reserved, paid = await placed(shop, 1), await placed(shop, 2)
    await shop.pay(paid)
    await shop.relay_all()
    await lose_holds(shop, reserved, paid)
    assert await shop.guard_stock() == Stock(40, 0, 0)
    await shop.reconciliation.run()
    assert await shop.guard_stock() == Stock(36, 2, 2)
    assert await shop.faults_found() == []


async def test_a_commit_that_came_through_after_its_hold_was_released(shops: Shops) -> None:
    """However late: it is found by when it committed, not by when it was asked for."""
    slow, other = await shops.open(commit_timeout_seconds=60), await shops.open()

    async def be_late() -> None:
        await other.reconcile_later()
        await other.reconcile_later()
        assert await other.guard_stock() == Stock(40, 0, 0)

    slow.faults.once("before_commit", be_late)
    assert (await slow.buy(units=2)).verdict is Verdict.PLACED
    await other.reconciliation.run()
    assert await other.guard_stock() == Stock(38, 2, 0)
    assert await other.faults_found() == []


async def test_a_late_payment_gave_units_and_one_in_time_did_not(shop: Shop) -> None:
    late, prompt = await placed(shop, 1), await placed(shop, 2)
    await shop.pay(prompt)
    await shop.expire_all()
    await shop.relay_all()
    await shop.reconciliation.run()  # so that their first commits are compared
    await shop.pay(late)
    await shop.pay(prompt)  # once more, and to no end
    await shop.relay_all()
    again = await shop.order(late.id)
    assert (again.status, again.hold_no) == ("paid", 1)
    await lose_holds(shop, again)
    assert await shop.reconciliation.adopt_orders([EVENT]) == 1
    assert await shop.guard_stock() == Stock(36, 0, 4)
    assert await shop.faults_found() == []


async def test_many_orders_without_holds(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile_module, "BATCH_MAX", 3)
    orders = await asyncio.gather(*[placed(shop, n, units=1) for n in range(15)])
    await lose_holds(shop, *orders)
    assert await shop.reconciliation.adopt_orders([EVENT]) == 15
    assert await shop.faults_found() == []


async def test_a_new_worker_looks_at_everything_that_ever_was(shops: Shops) -> None:
    first, second = await shops.open(), await shops.open()
    order = await placed(first)
    await first.reconciliation.run()
    await lose_holds(first, order)
    await second.reconciliation.run()
    assert await second.faults_found() == []


async def test_an_order_that_ends_while_it_is_given_a_hold(shop: Shop) -> None:
    """The hold that was given too late is itself an orphan, and is found."""
    order = await placed(shop)
    await lose_holds(shop, order)
    # SQL is read, then the order is cancelled and its release finds no hold yet.
    adopt = shop.guard.adopt

    async def cancel_first(event_id: str, epoch: str, holds: Sequence[Hold]) -> int:
        await shop.closing.cancel(order.id, order.buyer_id)
        await shop.relay_all()
        return await adopt(event_id, epoch, holds)

    shop.guard.adopt = cancel_first  # type: ignore[method-assign]
    assert await shop.reconciliation.adopt_orders([EVENT]) == 1
    shop.guard.adopt = adopt  # type: ignore[method-assign]
    assert await shop.guard_stock() == Stock(38, 2, 0)
    await shop.reconcile_later()
    assert await shop.faults_found() == []


async def test_adoption_that_meets_other_counters_leaves_it_to_a_rebuild(shops: Shops) -> None:
    first, second = await shops.open(), await shops.open()
    order = await placed(first)
    await lose_holds(first, order)
    await second.counters.rebuild(EVENT, seen=await second.counters.position(EVENT))
    await lose_holds(second, order)
    assert await first.reconciliation.adopt_orders([EVENT]) == 0
    await first.reconciliation.run()
    assert (await first.counters.position(EVENT)).epoch == (await first.fence()).epoch


async def test_a_packed_parcel_s_refund_keeps_its_units_sold(shop: Shop) -> None:
    order = await placed(shop)
    await shop.pay(order)
    await shop.relay_all()
    await shop.pack(order.id)
    await shop.refunds.refund_order(order.id)
    await shop.relay_all()
    await shop.reconcile_later()  # its hold was never looked at before
    assert await shop.guard_stock() == Stock(38, 0, 2)
    assert await shop.faults_found() == []


async def test_a_repeat_of_an_order_that_is_over_leaves_no_units_behind(shop: Shop) -> None:
    """The worker dies before it can give back what it took needlessly."""
    order = await placed(shop)
    await shop.expire_all()
    await shop.relay_all()
    shop.faults.die("before_settle")
    assert (await shop.buy(units=2)).verdict is Verdict.STORED
    shop.faults.heal()
    assert await shop.guard_stock() == Stock(38, 2, 0)
    await shop.reconcile_later()
    assert await shop.guard_stock() == Stock(40, 0, 0)
    assert (await shop.order(order.id)).status == "expired"


async def test_a_hold_with_other_units_than_its_order_is_put_right(shops: Shops) -> None:
    """One key, two wishes, two workers: the first one's hold, the second one's order."""
    first, second = await shops.open(), await shops.open()
    await leave_orphans(first, 1)
    assert (await second.buy(buyer(1), units=5)).verdict is Verdict.PLACED
    assert await second.guard_stock() == Stock(38, 2, 0)
    await second.reconcile_later()
    await second.reconcile_later()
    assert await second.faults_found() == []


async def test_even_where_its_parcel_was_packed_and_refunded_before_anybody_looked(
    shops: Shops,
) -> None:
    first, second = await shops.open(), await shops.open()
    await leave_orphans(first, 1)
    order = (await second.buy(buyer(1), units=5)).order
    assert order is not None
    await second.pay(order)
    await second.pack(order.id)
    await second.refunds.refund_order(order.id)
    await second.relay_all()
    await second.reconcile_later()
    await second.reconcile_later()
    assert await second.guard_stock() == Stock(35, 0, 5)
    assert await second.faults_found() == []


async def test_an_event_that_fails_is_left_out_alone(
    shop: Shop, database: Database, redis: RedisClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile_module, "EVENTS_AT_ONCE", 1)
    others = ["evt_before", "evt_broken", "evt_behind"]
    for event_id in others:
        await put_event(database, event_id)
    await shop.reconciliation.run()  # so that all have counters
    await lose_holds(shop, await placed(shop, 1))
    for event_id in others:
        position = await shop.counters.position(event_id)
        await shop.guard.adopt(event_id, position.epoch, [orphan(event_id)])
    await redis.set(event_key("evt_broken", "stock"), "no hash")
    with capture_logs() as logs:
        await shop.reconcile_later()
    holds = [await shop.guard.unverified(event_id, 0, 10) for event_id in others]
    assert holds == [[], [orphan("evt_broken")], []]
    assert await shop.guard_stock() == Stock(38, 2, 0)
    assert {tuple(line["event_ids"]) for line in logs if line["event"] == "events left out"} == {
        ("evt_broken",)
    }


async def test_facts_of_an_event_that_fails_come_again_and_keep_nobody_waiting(
    shop: Shop, database: Database, redis: RedisClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile_module, "BATCH_MAX", 3)
    await put_event(database, "evt_good", Shelf(offer_id="off_good"))
    order = an_order(offer_id="off_good", now_ms=shop.clock.now_ms())._replace(event_id="evt_good")
    assert (await shop.checkout.place(order)).verdict is Verdict.PLACED
    await shop.guard.settle("evt_good", [Move(order.id, 0, Settlement.RELEASED)])
    broken = await asyncio.gather(*[placed(shop, n, units=1) for n in range(4)])
    await lose_holds(shop, *broken)
    await redis.set(event_key(EVENT, "holds"), "no hash")
    assert await shop.reconciliation.adopt_orders([EVENT, "evt_good"]) == 1
    await redis.delete(event_key(EVENT, "holds"))
    assert await shop.reconciliation.adopt_orders([EVENT, "evt_good"]) == 4
    assert await shop.guard.missing(EVENT, [one.id for one in broken]) == []
    assert await shop.guard.missing("evt_good", [order.id]) == []


async def test_only_events_that_sell_are_looked_at(shop: Shop, database: Database) -> None:
    await leave_orphans(shop, 1)
    await set_event(database, status="ended", ended_ms=2)
    await shop.reconcile_later()
    assert await shop.guard_stock() == Stock(38, 2, 0)
