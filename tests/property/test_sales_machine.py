"""The whole of a sale on SQLite, in any order: what SQL says is what a plain model says.

Facts reach the guard when they are told to, workers die between two steps, the guard loses
everything: after every step SQL adds up, and once all is delivered the guard agrees with it.
"""

import asyncio
import itertools
import shutil
from collections import defaultdict
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from live.errors import Conflict, Unavailable
from live.sales.commit import Objection, Outcome, Verdict
from live.sales.order_rows import select_orders
from live.sales.orders import HOLDING
from live.sales.schemas import OrderStatus
from live.sales.stored_order import StoredOrder
from live.stock.guard import InMemoryStockGuard
from live.stock.rules import Admission
from live.storage.database import Database
from tests.support.selling import HOLD_MS, Shelf, an_order, buyer, clock_now, seed
from tests.support.shop import Limits, Shop
from tests.support.stock_audit import audit

T = TypeVar("T")

BOXES = 6
LIMIT = 3
SETTINGS = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

buyers = st.integers(0, 2).map(buyer)
keys = st.sampled_from(["key-1", "key-2", "key-3", "key-4"])
coupons = st.sampled_from([None, "cpn_1", "cpn_2"])
_numbers = itertools.count()


@dataclass
class Known:
    """What the model remembers of an order."""

    order: StoredOrder
    status: OrderStatus
    pay_by_ms: int
    has_units: bool = True


class SalesMachine(RuleBasedStateMachine):
    template = Path()
    directory = Path()

    placed = Bundle("placed")
    payments = Bundle("payments")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        path = self.directory / f"{next(_numbers)}.db"
        shutil.copy(self.template, path)
        self.clock = clock_now()
        self.memory = InMemoryStockGuard(self.clock)
        self.database = Database(f"sqlite+aiosqlite:///{path}", pool_connections=2)
        # No memory: who is to die on the way to the guard must get that far.
        self.shop = Shop(self.database, self.memory, self.clock, Limits(sold_out_seconds=0))
        self.run(seed(self.database, Shelf(allotment=BOXES, per_buyer_limit=LIMIT), buyers=3))
        self.allotment = BOXES
        self.orders: dict[str, Known] = {}
        self.is_guard_behind = False  # it may still hold what SQL has let go

    def run(self, step: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(step)

    def teardown(self) -> None:
        try:
            self.settle_down()
        finally:
            self.run(self.shop.close())
            self.run(self.database.close())
            self.runner.close()

    # What buyers do.

    @rule(target=placed, who=buyers, key=keys, units=st.integers(1, 3), coupon=coupons)
    def buy(self, who: str, key: str, units: int, coupon: str | None) -> Any:
        outcome: Outcome = self.run(self.shop.buy(who, key, units=units, coupon_id=coupon))
        wish = an_order(who, key, units=units)
        if wish.id in self.orders:
            assert outcome.verdict is Verdict.STORED
            assert outcome.order is not None
            assert outcome.order.status == self.orders[wish.id].status
            return multiple()
        fits = self.fits(who, units)
        if outcome.verdict is Verdict.PLACED:
            assert fits
            assert self.is_free(coupon)
            assert outcome.order is not None
            return self.remember(outcome.order)
        if outcome.word is Objection.COUPON_USED:
            assert not self.is_free(coupon)
            self.is_guard_behind = True  # it takes the units back after the answer
            return multiple()
        assert outcome.word in (Admission.SOLD_OUT, Admission.BUYER_LIMIT)
        assert not fits or self.is_guard_behind
        return multiple()

    @rule(
        target=placed,
        who=buyers,
        key=keys,
        units=st.integers(1, 3),
        point=st.sampled_from(["after_reserve", "before_commit", "after_commit"]),
    )
    def buy_while_the_worker_dies(self, who: str, key: str, units: int, point: Any) -> Any:
        self.shop.faults.die(point)
        with pytest.raises(Unavailable):
            self.run(self.shop.buy(who, key, units=units))
        self.shop.faults.heal()
        self.is_guard_behind = True  # there may be a hold without an order
        wish = an_order(who, key, units=units)
        if wish.id in self.orders:
            return multiple()
        found = self.run(self.find_all()).get(wish.id)
        if found is None:
            return multiple()
        assert point == "after_commit"
        assert self.fits(who, units)
        return self.remember(found)

    @rule(target=payments, order_id=placed)
    def start_payment(self, order_id: str) -> tuple[str, str]:
        order = self.orders[order_id].order
        return self.run(self.shop.start_payment(order)), order_id

    @rule(payment=consumes(payments))
    def be_notified_twice(self, payment: tuple[str, str]) -> None:
        self.notify(*payment)

    @rule(order_id=placed)
    def pay(self, order_id: str) -> None:
        payment_id = self.run(self.shop.start_payment(self.orders[order_id].order))
        self.notify(payment_id, order_id)

    @rule(order_id=placed, is_told=st.booleans())
    def pay_too_late(self, order_id: str, is_told: bool) -> None:
        payment_id = self.run(self.shop.start_payment(self.orders[order_id].order))
        self.time_passes(HOLD_MS + 1)
        if is_told:
            self.run(self.shop.relay_all())
        self.notify(payment_id, order_id)

    @rule(order_id=placed)
    def cancel(self, order_id: str) -> None:
        known = self.orders[order_id]
        try:
            self.run(self.shop.closing.cancel(order_id, known.order.buyer_id))
        except Conflict:
            assert known.status not in (OrderStatus.RESERVED, OrderStatus.CANCELLED)
            return
        if known.status is OrderStatus.RESERVED:
            self.end(known, OrderStatus.CANCELLED)
        assert known.status is OrderStatus.CANCELLED

    # What hosts, operators and time do.

    @rule(ms=st.sampled_from([1, HOLD_MS // 2, HOLD_MS + 1]))
    def time_passes(self, ms: int) -> None:
        self.clock.advance(ms=ms)
        due = [
            known
            for known in self.orders.values()
            if known.status is OrderStatus.RESERVED and known.pay_by_ms < self.clock.now_ms()
        ]
        assert self.run(self.shop.closing.expire_due()) == len(due)
        for known in due:
            self.end(known, OrderStatus.EXPIRED)

    @rule(order_id=placed)
    def pack(self, order_id: str) -> None:
        self.run(self.shop.pack(order_id))
        known = self.orders[order_id]
        if known.status is OrderStatus.PAID:
            known.status = OrderStatus.PACKED

    @rule(order_id=placed)
    def refund(self, order_id: str) -> None:
        known = self.orders[order_id]
        try:
            self.run(self.shop.refunds.refund_order(order_id))
        except Conflict:
            assert known.status not in (
                OrderStatus.PAID,
                OrderStatus.PACKED,
                OrderStatus.REFUNDED,
            )
            return
        if known.status is OrderStatus.PAID:
            self.end(known, OrderStatus.REFUNDED)
        else:
            known.status = OrderStatus.REFUNDED  # packed: the units are gone for good

    @rule(order_id=placed)
    def refund_what_is_packed(self, order_id: str) -> None:
        self.pay(order_id)
        self.pack(order_id)
        self.refund(order_id)

    @rule(allotment=st.integers(0, BOXES + 3))
    def restock_or_cut(self, allotment: int) -> None:
        is_done = self.run(self.shop.change_offer(allotment=allotment))
        assert is_done is (allotment >= self.units_held())
        if is_done:
            self.allotment = allotment

    @rule()
    def facts_are_delivered(self) -> None:
        self.run(self.shop.relay_all())

    @rule()
    def facts_are_delivered_but_not_acknowledged(self) -> None:
        self.shop.faults.die("after_settle")
        self.run(self.shop.relay_all())
        self.shop.faults.heal()

    @rule()
    def reconcile(self) -> None:
        self.settle_down()
        self.is_guard_behind = False

    @rule()
    def the_guard_loses_everything(self) -> None:
        self.memory.lose_everything()

    # What must hold after every step.

    @invariant()
    def sql_adds_up(self) -> None:
        assert self.run(audit(self.database)) == []
        stock = self.run(self.shop.sql_stock())
        assert stock.available + stock.reserved + stock.sold == self.allotment
        assert min(stock.available, stock.reserved, stock.sold) >= 0
        assert stock.reserved + stock.sold == self.units_held()

    @invariant()
    def every_order_is_as_the_model_has_it(self) -> None:
        stored = self.run(self.find_all())
        assert {order_id: order.status for order_id, order in stored.items()} == {
            order_id: known.status for order_id, known in self.orders.items()
        }

    def notify(self, payment_id: str, order_id: str) -> None:
        known = self.orders[order_id]
        may_pay_late = self.fits(known.order.buyer_id, known.order.units) and self.is_free(
            known.order.coupon_id
        )
        before = known.status
        for _ in range(2):
            self.run(self.shop.notify_paid(payment_id, known.order))
        kept_fen, amount_fen = self.run(self.shop.kept_fen(payment_id)), known.order.amount_fen
        match before:
            case OrderStatus.RESERVED:
                assert kept_fen == amount_fen
            case OrderStatus.EXPIRED if may_pay_late and not self.is_guard_behind:
                assert kept_fen == amount_fen
            case OrderStatus.EXPIRED if may_pay_late:
                assert kept_fen in (amount_fen, 0)
            case _:
                assert kept_fen == 0
        if kept_fen:
            known.status, known.has_units = OrderStatus.PAID, True

    def settle_down(self) -> None:
        """Everything is delivered and looked at: guard and SQL must be the same."""
        self.run(self.shop.relay_all())
        for _ in range(2):  # the first round finds what contradicts SQL, the second rebuilds it
            self.run(self.shop.reconcile_later())
        assert self.run(self.shop.faults_found()) == []

    # The model.

    def remember(self, order: StoredOrder) -> str:
        self.orders[order.id] = Known(order, OrderStatus.RESERVED, order.pay_by_ms)
        return order.id

    async def find_all(self) -> dict[str, StoredOrder]:
        async with self.database.reading() as session:
            rows = await session.execute(select_orders())
            return {row[0]: StoredOrder(*row) for row in rows}

    def end(self, known: Known, status: OrderStatus) -> None:
        known.status, known.has_units = status, False
        self.is_guard_behind = True

    def units_held(self) -> int:
        return sum(known.order.units for known in self.orders.values() if known.has_units)

    def fits(self, who: str, units: int) -> bool:
        bought: dict[str, int] = defaultdict(int)
        for known in self.orders.values():
            bought[known.order.buyer_id] += known.order.units if known.has_units else 0
        return self.units_held() + units <= self.allotment and bought[who] + units <= LIMIT

    def is_free(self, coupon: str | None) -> bool:
        """Whether no order uses the coupon."""
        return coupon is None or not any(
            known.order.coupon_id == coupon and known.status in HOLDING
            for known in self.orders.values()
        )


def test_a_sale_adds_up_whatever_happens(sqlite_template: Path, tmp_path: Path) -> None:
    paths = {"template": sqlite_template, "directory": tmp_path}
    machine = type("Machine", (SalesMachine,), paths)
    run_state_machine_as_test(machine, settings=SETTINGS)
