"""Orders and payments without HTTP: real databases, real Redis, a clock turned by hand."""

import itertools
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, insert, select

from live.accounts.tables import AccountRow
from live.catalog.counties import seed_counties
from live.clock import ManualClock
from live.errors import Unavailable
from live.events.tables import EventRow
from live.sales.checkout import Checkout
from live.sales.closing import Closing
from live.sales.commit_postgres import PostgresOrderCommitter
from live.sales.commit_sqlite import SqliteOrderCommitter
from live.sales.counters import Counters
from live.sales.facts import RefundDue
from live.sales.known_orders import KnownOrders
from live.sales.order_rows import ORDERS, read_orders
from live.sales.orders import HOLDING, RESERVING, SELLING, amount_fen
from live.sales.payments.book import Book
from live.sales.payments.inquiry import PaymentInquiry
from live.sales.payments.late import LatePayments
from live.sales.payments.ledger import REFUNDS
from live.sales.payments.paying_back import PayingBack
from live.sales.payments.provider import (
    Acknowledgement,
    Notification,
    PaymentRequest,
    PaymentStart,
    RefundRequest,
)
from live.sales.payments.refunds import Refunds
from live.sales.payments.settlement import Settlement
from live.sales.payments.starting import PaymentDesk
from live.sales.reconcile import Reconciliation
from live.sales.schemas import NoAction, Payment
from live.sales.stock_reactions import StockReactions
from live.sales.stored_order import StoredOrder
from live.sales.tables import BuyerUnitsRow, OfferRow, PaymentRow
from live.stock.redis_guard import RedisStockGuard
from live.stock.sold_out import RememberingGuard, SoldOutMemory
from live.storage.database import Database, within
from live.storage.facts import Reaction
from live.storage.redis import RedisClient
from live.storage.relay import Relay
from live.storage.tables import FactRow
from live.values import order_id_for

EVENT, OFFER = "evt_a", "off_a"
PRICE_FEN, SHIPPING_FEN, UNIT_GRAMS = 1_990, 600, 3_000
OFF_FEN = 500
HOLD_MS = 900_000
BUYERS = 50
BANK = "bank"
RETRY_SECONDS = 2  # before a refund that failed is tried again
QUIET_SECONDS = 10

PAYMENTS: Any = PaymentRow.__table__  # type: ignore[attr-defined]
_FACTS: Any = FactRow.__table__  # type: ignore[attr-defined]
_OFFERS: Any = OfferRow.__table__  # type: ignore[attr-defined]
_BOUGHT: Any = BuyerUnitsRow.__table__  # type: ignore[attr-defined]


class SoldOut(Exception):
    """There was nothing to be had."""


class Bank:
    """A payment provider that notes what it was asked, and may be away."""

    name = BANK
    acknowledgement = Acknowledgement("text/plain", b"heard")

    def __init__(self) -> None:
        self.asked: list[PaymentRequest] = []
        self.known: dict[str, Notification] = {}  # what it says when asked, by payment id
        self.queried: list[str] = []
        self.closed: list[str] = []
        self.refunds: list[tuple[str, int]] = []  # (payment id, fen)
        self.book = Book()
        self.away: set[str] = set()  # payments of which it will not hear now

    async def start(self, request: PaymentRequest) -> PaymentStart:
        self.asked.append(request)
        return PaymentStart(NoAction())

    def verify(self, headers: Mapping[str, str], body: bytes) -> Sequence[Notification]:
        raise NotImplementedError

    async def query(self, payment_id: str, amount_fen: int) -> Notification | None:
        self.queried.append(payment_id)
        if payment_id in self.away:
            raise Unavailable
        return self.known.get(payment_id)

    async def close(self, payment_id: str) -> None:
        self.closed.append(payment_id)

    async def refund(self, request: RefundRequest) -> None:
        if request.payment_id in self.away:
            raise Unavailable
        self.book.give_back(request)
        self.refunds.append((request.payment_id, request.amount_fen))


@dataclass
class Till:
    """One process's sales, with the relay turned by hand."""

    database: Database
    redis: RedisClient
    clock: ManualClock
    guard: RedisStockGuard  # below what the others use
    counters: Counters
    checkout: Checkout
    desk: PaymentDesk
    settlement: Settlement
    inquiry: PaymentInquiry
    closing: Closing
    refunds: Refunds
    paying_back: PayingBack
    reconciliation: Reconciliation
    relay: Relay
    bank: Bank
    _keys: Any = field(default_factory=itertools.count)

    async def order(
        self,
        buyer: int = 0,
        units: int = 1,
        offer_id: str = OFFER,
        coupon_id: str | None = None,
    ) -> str:
        """The id of a new reserved order. Raises: SoldOut, or whatever else the word is.

        Args:
            coupon_id: takes ``OFF_FEN`` off.
        """
        off_fen = 0 if coupon_id is None else OFF_FEN
        buyer_id, now_ms = buyer_id_of(buyer), self.clock.now_ms()
        order = StoredOrder(
            id=order_id_for(buyer_id, offer_id, f"key-{next(self._keys)}"),
            event_id=EVENT, offer_id=offer_id, buyer_id=buyer_id, request_digest="digest",
            units=units, price_fen=PRICE_FEN, shipping_fen=SHIPPING_FEN,
            amount_fen=amount_fen(units, PRICE_FEN, SHIPPING_FEN, off_fen),
            grams=units * UNIT_GRAMS,
            status="reserved", hold_no=0, ship_name="李晓雨", ship_phone="+8613812341234",
            ship_province_code="420000", ship_address="湖北省武汉市洪山区珞喻路1号",
            created_ms=now_ms, pay_by_ms=now_ms + HOLD_MS, paid_ms=None, closed_ms=None,
            coupon_id=coupon_id, discount_fen=off_fen,
        )  # fmt: skip
        outcome = await self.checkout.place(order)
        if outcome.order is None:
            raise SoldOut(outcome.word)
        return order.id

    async def start(self, order_id: str, buyer: int = 0) -> Payment:
        return await self.desk.start(order_id, buyer_id_of(buyer), BANK, "198.51.100.7")

    async def notify(self, *notifications: Notification) -> None:
        await self.settlement.apply(BANK, notifications)

    async def expire(self) -> int:
        """Let every payment window run out."""
        self.clock.advance(ms=HOLD_MS + 1)
        return await self.closing.expire_due()

    async def stored(self, order_id: str) -> StoredOrder:
        async with self.database.reading() as session:
            return (await within(session, read_orders, [order_id]))[order_id]

    async def status(self, order_id: str) -> str:
        return (await self.stored(order_id)).status

    async def payments(self) -> dict[str, str]:
        """Payment id → status; ``refunding`` and ``refunded`` where nothing of it is kept."""
        due = select(REFUNDS.c.payment_id).where(REFUNDS.c.status == "due")
        async with self.database.reading() as session:
            rows = (await session.execute(select(PAYMENTS))).all()
            waiting = set(await session.scalars(due))
        return {row.id: _state(row, is_waiting=row.id in waiting) for row in rows}

    async def facts(self) -> Counter[str]:
        """How many facts of each kind were recorded."""
        async with self.database.reading() as session:
            query = select(_FACTS.c.kind, func.count().label("number")).group_by(_FACTS.c.kind)
            return Counter({row.kind: row.number for row in await session.execute(query)})

    async def relay_all(self) -> None:
        while await self.relay.relay_waiting():
            pass

    async def numbers(self, offer_id: str = OFFER) -> tuple[int, int, int]:
        """(available, reserved, sold) by SQL."""
        async with self.database.reading() as session:
            row = await session.get_one(OfferRow, offer_id)
        return row.allotment - row.reserved - row.sold, row.reserved, row.sold

    async def require_balance(self) -> None:
        """Once all is relayed, SQL agrees with itself and with Redis on every unit."""
        await self.relay_all()
        async with self.database.reading() as session:
            orders = (await session.execute(select(ORDERS))).all()
            offers = (await session.execute(select(_OFFERS))).all()
            bought = (await session.execute(select(_BOUGHT))).all()
        reading = await self.guard.read(EVENT)
        assert reading is not None
        for offer in offers:
            own = [order for order in orders if order.offer_id == offer.id]
            reserved = sum(order.units for order in own if order.status in RESERVING)
            sold = sum(order.units for order in own if order.status in SELLING)
            assert (offer.reserved, offer.sold) == (reserved, sold)
            assert offer.reserved + offer.sold <= offer.allotment
            stock = reading.offers[offer.id]
            assert (stock.reserved, stock.sold) == (reserved, sold), "Redis says otherwise"
        limits = Counter[tuple[str, str]]()
        for order in orders:
            if order.status in HOLDING:
                limits[order.offer_id, order.buyer_id] += order.units
        assert {(b.offer_id, b.buyer_id): b.units for b in bought if b.units} == dict(limits)
        missing = await self.guard.missing(EVENT, [o.id for o in orders if o.status in HOLDING])
        assert missing == []


def _state(payment: Any, *, is_waiting: bool) -> str:
    if payment.status != "settled" or payment.refunded_fen < payment.paid_fen:
        return str(payment.status)
    return "refunding" if is_waiting else "refunded"


def buyer_id_of(buyer: int) -> str:
    return f"acc_{buyer}"


def paid(payment: Payment, amount_fen: int | None = None) -> Notification:
    """The provider has the money."""
    amount = payment.amount_fen if amount_fen is None else amount_fen
    return Notification(payment.id, f"ref-{payment.id}", amount, is_paid=True)


def failed(payment: Payment) -> Notification:
    return Notification(payment.id, f"ref-{payment.id}", payment.amount_fen, is_paid=False)


@asynccontextmanager
async def till(
    database_url: str, redis: RedisClient, *, allotment: int = 100, is_first: bool = True
) -> AsyncIterator[Till]:
    """Open a till on a migrated database, with one live event and one open offer.

    Args:
        is_first: whether the event is still to be made; otherwise this is a second process.
    """
    database, clock, bank = Database(database_url), ManualClock(), Bank()
    if is_first:
        await _make_event(database, clock, allotment)
    sold_out = SoldOutMemory(0.2)
    redis_guard = RedisStockGuard(redis, clock)
    guard = RememberingGuard(redis_guard, sold_out)
    counters = Counters(database, guard)
    committer = (
        SqliteOrderCommitter(database) if database.is_sqlite else PostgresOrderCommitter(database)
    )
    checkout = Checkout(
        guard, committer, counters,
        sold_out,
        KnownOrders(guard, counters, database, queue_max=10_000, timeout_seconds=10),
        batch_max=64, queue_max=10_000, commit_timeout_seconds=10, on_commit=_nothing,
    )  # fmt: skip
    providers = {BANK: bank}
    limits = {"batch_max": 64, "queue_max": 10_000}
    late = LatePayments(database, guard, counters, clock, _nothing)
    paying_back = PayingBack(
        database, clock, providers, retry_seconds=RETRY_SECONDS, retry_seconds_max=60
    )
    settlement = Settlement(database, clock, late, _nothing, **limits)
    reactions = [
        *StockReactions(guard, counters).reactions(),
        Reaction(RefundDue, paying_back.react),
    ]
    opened = Till(
        database, redis, clock, redis_guard, counters, checkout,
        PaymentDesk(database, clock, providers, **limits),
        settlement,
        PaymentInquiry(database, clock, providers, settlement, quiet_seconds=QUIET_SECONDS),
        Closing(database, clock, _nothing, **limits),
        Refunds(database, clock, _nothing),
        paying_back,
        Reconciliation(database, guard, counters, commit_timeout_ms=5_000),
        Relay(database, reactions, clock, batch_max=1_000),
        bank,
    )  # fmt: skip
    try:
        yield opened
    finally:
        await opened.settlement.close()
        await opened.desk.close()
        await checkout.close()
        await database.close()


async def _make_event(database: Database, clock: ManualClock, allotment: int) -> None:
    now_ms = clock.now_ms()
    async with database.transaction() as session:
        await seed_counties(session)
        people = [
            {
                "id": buyer_id_of(n), "phone": f"+86100{n:08d}", "name": f"李晓{n}",
                "role": "viewer", "created_ms": now_ms,
            }
            for n in range(BUYERS)
        ]  # fmt: skip
        await session.execute(insert(AccountRow), people)
        session.add(
            EventRow(
                id=EVENT, host_id=buyer_id_of(0), county_code="440825", title="徐闻菠萝",
                status="live", starts_ms=now_ms, started_ms=now_ms, created_ms=now_ms,
            )
        )  # fmt: skip
        await session.flush()
        session.add(
            OfferRow(
                id=OFFER, event_id=EVENT, kind="fixed_price", title="菠萝 6 斤",
                unit_grams=UNIT_GRAMS, price_fen=PRICE_FEN, shipping_fen=SHIPPING_FEN,
                allotment=allotment, per_buyer_limit=50, status="open", created_ms=now_ms,
            )
        )  # fmt: skip


def _nothing() -> None:
    pass
