"""Random histories of money on real databases: in the end it adds up to the fen.

Buyers pay, late, twice, or the wrong sum; notifications come in any order and again; orders expire,
are cancelled, refunded and claimed; the provider is away, or does a refund and is not heard. What
it collected, less what it gave back, is what the paid orders cost, less their claims.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from live.accounts.schemas import Shipment
from live.claims.deciding import Deciding
from live.claims.filing import Filing
from live.claims.rules import ClaimTerms
from live.claims.schemas import ClaimCreate
from live.errors import Conflict
from live.sales.facts import RefundDue
from live.sales.fulfilment import Fulfilment
from live.sales.payments import ledger
from live.sales.payments.book import Book
from live.sales.payments.paying_back import PayingBack
from live.sales.payments.provider import Notification
from live.sales.stored_order import StoredOrder
from live.stock.guard import InMemoryStockGuard
from live.storage.database import Database
from live.storage.tables import FactRow
from live.values import AccountId, Role
from live.web.routes import Identity
from tests.support.bank import ForgetfulBook, Mood, MoodyBank
from tests.support.money_audit import ledger_faults, money_faults
from tests.support.selling import HOLD_MS, Shelf, buyer, clock_now, seed
from tests.support.shop import RETRY_SECONDS, Shop

T = TypeVar("T")

BOXES = 8
OPERATOR = Identity(AccountId("acc_host"), Role.OPERATOR, "Olga", "ses_olga")
HOUR_MS = 3_600_000
STEPS = 30
SETTINGS = settings(
    max_examples=20,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# A control is to fail, and need not fail beautifully.
CONTROL = settings(
    SETTINGS, max_examples=200, derandomize=True, phases=[Phase.generate], print_blob=False
)

ON_SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)

buyers = st.integers(0, 2).map(buyer)
keys = st.sampled_from(["key-1", "key-2", "key-3"])


@dataclass(frozen=True)
class Paying:
    """A payment that a buyer has begun."""

    id: str
    order: StoredOrder


class MoneyMachine(RuleBasedStateMachine):
    new_url: Callable[[], str]
    new_book: type[Book] = Book

    orders = Bundle("orders")
    payments = Bundle("payments")
    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = clock_now()
        self.database = Database(type(self).new_url(), pool_connections=2)
        self.bank = MoodyBank(self.new_book())
        guard = InMemoryStockGuard(self.clock)
        self.shop = Shop(self.database, guard, self.clock, bank=self.bank)
        terms = ClaimTerms(window_ms=HOUR_MS, auto_share=10, per_order_max=3)
        self.filing = Filing(self.database, self.clock, terms, _nothing)
        self.deciding = Deciding(self.database, self.clock, _nothing)
        self.fulfilment = Fulfilment(self.database, self.clock)
        self.run(seed(self.database, Shelf(allotment=BOXES, per_buyer_limit=4), buyers=3))
        self.post: list[Notification] = []  # on its way
        self.approved_fen: Counter[str] = Counter()  # by order

    def run(self, step: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(step)

    def teardown(self) -> None:
        try:
            self.settle_down()
            faults = self.run(money_faults(self.database, self.bank.book, self.approved_fen))
            assert faults == []
        finally:
            self.run(self.shop.close())
            self.run(self.database.close())
            self.runner.close()

    # What buyers do.

    @rule(target=orders, who=buyers, key=keys, units=st.integers(1, 3))
    def buy(self, who: str, key: str, units: int) -> Any:
        outcome = self.run(self.shop.buy(who, key, units=units))
        return multiple() if outcome.order is None else outcome.order

    @rule(target=payments, order=orders)
    def begin_to_pay(self, order: StoredOrder) -> Paying:
        return Paying(self.run(self.shop.start_payment(order)), order)

    @rule(payment=payments, beyond_fen=st.sampled_from([0, 0, 0, 0, 1, -1]))
    def pay(self, payment: Paying, beyond_fen: int) -> None:
        """The provider has the money; the shop will hear of it."""
        if self.bank.book.balance_fen(payment.id) or self.is_known(payment):
            return
        amount_fen = payment.order.amount_fen + beyond_fen
        self.bank.book.collect(payment.id, amount_fen)
        self.post.append(_told(payment, amount_fen, is_paid=True))

    @rule(payment=payments)
    def be_declined(self, payment: Paying) -> None:
        self.post.append(_told(payment, payment.order.amount_fen, is_paid=False))

    @rule(target=orders, who=buyers, key=keys, units=st.integers(1, 2))
    def buy_pay_and_receive(self, who: str, key: str, units: int) -> Any:
        order = self.buy(who, key, units)
        if not isinstance(order, StoredOrder):
            return multiple()
        self.pay(self.begin_to_pay(order), 0)
        self.all_post_arrives()
        self.deliver(order)
        return order

    @rule(order=orders)
    def cancel(self, order: StoredOrder) -> None:
        self.refusable(self.shop.closing.cancel(order.id, order.buyer_id))

    @rule(target=claims, order=orders, share=st.integers(1, 100), note=st.sampled_from("ab"))
    def claim(self, order: StoredOrder, share: int, note: str) -> Any:
        asked = ClaimCreate(share_percent=share, note=note)
        filed = self.refusable(self.filing.file(order.buyer_id, order.id, asked))
        if filed is None:
            return multiple()
        claim = filed.claim
        assert 0 < claim.asked_fen <= order.amount_fen
        if filed.is_new and claim.approved_fen is not None:
            self.approved_fen[order.id] += claim.approved_fen
        return claim

    # What operators, hosts and time do.

    @rule(claim=claims, fen=st.one_of(st.none(), st.integers(1, 10_000)))
    def approve(self, claim: Any, fen: int | None) -> None:
        """Once or again, so much as was asked or anything."""
        before = self.run(self.facts("ClaimApproved"))
        fen = fen or claim.asked_fen
        approved = self.refusable(self.deciding.approve(OPERATOR.id, claim.id, fen))
        if approved is not None and len(self.run(self.facts("ClaimApproved"))) > len(before):
            self.approved_fen[claim.order_id] += fen

    @rule(claim=claims)
    def reject(self, claim: Any) -> None:
        self.refusable(self.deciding.reject(OPERATOR.id, claim.id, "no"))

    @rule(order=orders)
    def deliver(self, order: StoredOrder) -> None:
        parcel = Shipment("顺丰", "SF1")
        self.refusable(self.fulfilment.pack(OPERATOR, order.id))
        self.refusable(self.fulfilment.ship(OPERATOR, order.id, parcel))
        self.refusable(self.fulfilment.deliver(OPERATOR, order.id))

    @rule(order=orders)
    def refund(self, order: StoredOrder) -> None:
        self.refusable(self.shop.refunds.refund_order(order.id))

    @rule(ms=st.sampled_from([1, RETRY_SECONDS * 1_000, HOLD_MS + 1]))
    def time_passes(self, ms: int) -> None:
        self.clock.advance(ms=ms)
        self.run(self.shop.closing.expire_due())

    # What networks do.

    @rule(place=st.integers(0, 100), is_repeated=st.booleans())
    def post_arrives(self, place: int, is_repeated: bool) -> None:
        """Any of it, and perhaps once more later."""
        if self.post:
            note = self.post.pop(place % len(self.post))
            self.run(self.shop.notify(note))
            if is_repeated:
                self.post.append(note)

    @rule(mood=st.sampled_from(Mood))
    def the_provider_is(self, mood: Mood) -> None:
        self.bank.mood = mood

    @rule()
    def facts_are_delivered(self) -> None:
        self.run(self.shop.relay_all())

    @rule()
    def facts_are_delivered_again(self) -> None:
        told = self.run(self.facts("RefundDue"))
        dues = [msgspec.json.decode(body, type=RefundDue) for body in told]
        self.run(self.shop.paying_back.react(dues))

    @rule()
    def what_is_owed_is_asked_for_again(self) -> None:
        self.run(self.shop.paying_back.retry())

    # What must hold.

    @invariant()
    def the_ledger_adds_up(self) -> None:
        assert self.run(ledger_faults(self.database)) == []

    def settle_down(self) -> None:
        """All post arrives, the provider is well, and what is owed is asked for."""
        self.all_post_arrives()
        self.run(self.shop.relay_all())  # whatever mood the provider is in
        self.bank.mood = Mood.WELL
        self.clock.advance(seconds=RETRY_SECONDS)
        self.run(self.shop.paying_back.retry())

    def all_post_arrives(self) -> None:
        while self.post:
            self.run(self.shop.notify(self.post.pop()))

    def refusable(self, step: Coroutine[Any, Any, T]) -> T | None:
        """What came of it; None where it is not to be had now."""
        try:
            return self.run(step)
        except Conflict:
            return None

    def is_known(self, payment: Paying) -> bool:
        """Whether the shop has heard that it is paid; then the buyer cannot pay it any more."""
        return self.run(self.shop.kept_fen(payment.id)) is not None

    async def facts(self, kind: str) -> Sequence[str]:
        query = select(FactRow.body).where(FactRow.kind == kind)  # type: ignore[call-overload]
        async with self.database.reading() as session:
            return [str(body) for body in await session.scalars(query)]


def _told(payment: Paying, amount_fen: int, *, is_paid: bool) -> Notification:
    return Notification(payment.id, f"ref-{payment.id}", amount_fen, is_paid=is_paid)


def _nothing() -> None:
    pass


def run_machine(
    new_database: Callable[[], str], how: settings, new_book: type[Book] = Book
) -> None:
    means = {"new_url": staticmethod(new_database), "new_book": new_book}
    run_state_machine_as_test(type("Machine", (MoneyMachine,), means), settings=how)


def test_money_adds_up_whatever_happens(new_database: Callable[[], str]) -> None:
    run_machine(new_database, SETTINGS)


@ON_SQLITE
def test_not_with_a_provider_that_gives_back_twice(new_database: Callable[[], str]) -> None:
    with pytest.raises(AssertionError, match="the provider has"):
        run_machine(new_database, CONTROL, ForgetfulBook)


@ON_SQLITE
def test_not_where_a_refund_is_noted_that_was_not_done(
    new_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = PayingBack._ask

    async def ask_and_believe(self: PayingBack, due: Any) -> bool:
        await ask(self, due)
        return True

    monkeypatch.setattr(PayingBack, "_ask", ask_and_believe)
    with pytest.raises(AssertionError, match="the provider has"):
        run_machine(new_database, CONTROL)


@ON_SQLITE
def test_not_with_a_ledger_that_forgets_to_count(
    new_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger._COUNT, "run", lambda connection, rows: None)
    with pytest.raises(AssertionError, match="counted as refunded"):
        run_machine(new_database, CONTROL)
