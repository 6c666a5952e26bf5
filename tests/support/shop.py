"""A ``Shop`` is one worker's sales, wired as the server wires them.

Two shops on one database and one Redis are two workers.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from live.clock import ManualClock
from live.events.tables import EventRow
from live.sales.checkout import Checkout
from live.sales.closing import Closing
from live.sales.commit import OrderCommitter, Outcome, Verdict
from live.sales.commit_postgres import PostgresOrderCommitter
from live.sales.commit_sqlite import SqliteOrderCommitter
from live.sales.counters import Counters
from live.sales.facts import RefundDue
from live.sales.fences import hold_fence
from live.sales.known_orders import KnownOrders
from live.sales.order_rows import move_orders, read_orders
from live.sales.payments.late import LatePayments
from live.sales.payments.paying_back import PayingBack
from live.sales.payments.provider import Notification, PaymentProvider
from live.sales.payments.refunds import Refunds
from live.sales.payments.settlement import Settlement
from live.sales.reconcile import Reconciliation
from live.sales.schemas import OrderStatus
from live.sales.stock_reactions import StockReactions
from live.sales.stored_order import StoredOrder
from live.sales.tables import OfferRow, PaymentRow
from live.sales.terms import offer_terms
from live.stock.guard import StockGuard
from live.stock.redis_guard import RedisStockGuard
from live.stock.rules import Admission
from live.stock.sold_out import RememberingGuard, SoldOutMemory
from live.stock.tables import StockFenceRow
from live.storage.database import Database, within
from live.storage.facts import Reaction
from live.storage.redis import RedisClient, connect_redis
from live.storage.relay import Relay
from live.values import new_id
from tests.support.faults import Faults, FaultyCommitter, FaultyGuard
from tests.support.selling import EVENT, HOLD_MS, OFFER, PRICE_FEN, an_order, buyer
from tests.support.stock_audit import audit, audit_guard

COMMIT_TIMEOUT_MS = 5_000
PROVIDER = "sandbox"
RETRY_SECONDS = 2  # before a refund that failed is tried again


@dataclass(frozen=True, slots=True)
class Stock:
    """One offer's units; by SQL's word or by the guard's."""

    available: int
    reserved: int
    sold: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What a test may set otherwise than the server does."""

    batch_max: int = 512
    queue_max: int = 20_000
    commit_timeout_seconds: float = COMMIT_TIMEOUT_MS / 1000
    sold_out_seconds: float = 0.2  # how long "sold out" is believed
    known: type[KnownOrders] = KnownOrders


class Shop:
    """One worker.

    Args:
        committer: instead of the database's own.
        redis: the guard's own client.
        bank: gives money back; without one it stays owed.
    """

    def __init__(
        self,
        database: Database,
        guard: StockGuard,
        clock: ManualClock,
        limits: Limits = Limits(),
        committer: OrderCommitter | None = None,
        redis: RedisClient | None = None,
        bank: PaymentProvider | None = None,
    ) -> None:
        self.database = database
        self.clock = clock
        self.redis = redis
        self.faults = Faults()
        self.wakes = 0
        self._is_closed = False
        self.sold_out = SoldOutMemory(limits.sold_out_seconds)
        self.guard: StockGuard = RememberingGuard(FaultyGuard(guard, self.faults), self.sold_out)
        self.counters = Counters(database, self.guard)
        known = limits.known(
            self.guard, self.counters, database,
            queue_max=limits.queue_max, timeout_seconds=limits.commit_timeout_seconds,
        )  # fmt: skip
        self.checkout = Checkout(
            self.guard,
            FaultyCommitter(committer or committer_of(database), self.faults),
            self.counters,
            self.sold_out,
            known,
            batch_max=limits.batch_max,
            queue_max=limits.queue_max,
            commit_timeout_seconds=limits.commit_timeout_seconds,
            on_commit=self._wake,
        )
        self.closing = Closing(database, clock, self._wake, batch_max=100, queue_max=1_000)
        self.refunds = Refunds(database, clock, self._wake)
        self.settlement = Settlement(
            database,
            clock,
            LatePayments(database, self.guard, self.counters, clock, self._wake),
            self._wake,
            batch_max=512,
            queue_max=1_000,
        )
        self.reconciliation = Reconciliation(
            database, self.guard, self.counters, commit_timeout_ms=COMMIT_TIMEOUT_MS
        )
        providers = {bank.name: bank} if bank else {}
        self.provider_name = bank.name if bank else PROVIDER
        self.paying_back = PayingBack(
            database, clock, providers, retry_seconds=RETRY_SECONDS, retry_seconds_max=RETRY_SECONDS
        )
        reactions = StockReactions(self.guard, self.counters).reactions()
        if bank:
            reactions.append(Reaction(RefundDue, self.paying_back.react))
        self.relay = Relay(database, reactions, clock, batch_max=1_000)

    def _wake(self) -> None:
        self.wakes += 1

    async def close(self) -> None:
        """Answer everybody, then stop; harmless when it has been done."""
        if self._is_closed:
            return
        self._is_closed = True
        await self.settlement.close()
        await self.checkout.close()

    # What buyers and hosts do.

    async def buy(
        self,
        buyer_id: str = buyer(0),
        key: str = "key-1",
        *,
        units: int = 1,
        offer_id: str = OFFER,
        price_fen: int = PRICE_FEN,
        coupon_id: str | None = None,
    ) -> Outcome:
        now_ms = self.clock.now_ms()
        order = an_order(
            buyer_id, key, units=units, offer_id=offer_id, price_fen=price_fen,
            coupon_id=coupon_id, now_ms=now_ms,
        )  # fmt: skip
        if await self.checkout.is_sold_out(EVENT, offer_id, order.id, units, price_fen):
            return Outcome(Verdict.REFUSED, word=Admission.SOLD_OUT)
        return await self.checkout.place(order)

    async def at_rest(self) -> None:
        """What the checkout gives back after it has answered is back."""
        await self.checkout.close()

    async def start_payment(self, order: StoredOrder) -> str:
        """A payment under way; returns its id."""
        payment_id = new_id("pay")
        row = PaymentRow(
            id=payment_id,
            order_id=order.id,
            provider=self.provider_name,
            amount_fen=order.amount_fen,
            status="started",
            created_ms=self.clock.now_ms(),
        )
        async with self.database.transaction() as session:
            session.add(row)
        return payment_id

    async def notify_paid(self, payment_id: str, order: StoredOrder) -> None:
        await self.notify(
            Notification(payment_id, f"ref-{payment_id}", order.amount_fen, is_paid=True)
        )

    async def notify(self, note: Notification) -> None:
        await self.settlement.apply(self.provider_name, [note])

    async def pay(self, order: StoredOrder) -> None:
        await self.notify_paid(await self.start_payment(order), order)

    async def pack(self, order_id: str) -> None:
        async with self.database.transaction() as session:
            await within(session, move_orders, [order_id], OrderStatus.PACKED)

    async def change_offer(
        self, offer_id: str = OFFER, *, is_told: bool = True, **values: Any
    ) -> bool:
        """Change an offer's terms as a host does; False where SQL refuses a cut.

        Args:
            is_told: whether the guard hears of it.
        """
        async with self.database.transaction() as session:
            await within(session, hold_fence, EVENT)
            event = await session.get_one(EventRow, EVENT)
            offer = await session.get_one(OfferRow, offer_id)
            if values.get("allotment", offer.allotment) < offer.reserved + offer.sold:
                return False
            event.revision += 1
            for name, value in values.items():
                setattr(offer, name, value)
            terms = offer_terms(offer, event.status, event.revision)
        if is_told:
            await self.guard.put_offer(EVENT, terms)
        return True

    # What time brings.

    async def expire_all(self) -> int:
        """Let every payment window pass."""
        self.clock.advance(ms=HOLD_MS + 1)
        return await self.closing.expire_due()

    async def relay_all(self) -> None:
        while await self.relay.relay_waiting():
            pass

    async def reconcile_later(self) -> None:
        """One round of reconciliation, once everything that is there is old."""
        # Redis's own clock went on while ours stood still: add more than a test may take.
        self.clock.advance(ms=COMMIT_TIMEOUT_MS + 60_000)
        await self.reconciliation.run()

    # What there is.

    async def order(self, order_id: str) -> StoredOrder:
        async with self.database.reading() as session:
            return (await within(session, read_orders, [order_id]))[order_id]

    async def sql_stock(self, offer_id: str = OFFER) -> Stock:
        async with self.database.reading() as session:
            row = await session.get_one(OfferRow, offer_id)
            return Stock(row.allotment - row.reserved - row.sold, row.reserved, row.sold)

    async def guard_stock(self, offer_id: str = OFFER) -> Stock:
        reading = await self.guard.read(EVENT)
        assert reading is not None
        stock = reading.offers[offer_id]
        return Stock(stock.available, stock.reserved, stock.sold)

    async def kept_fen(self, payment_id: str) -> int | None:
        """What is kept of a payment; None before it has settled."""
        async with self.database.reading() as session:
            row = await session.get_one(PaymentRow, payment_id)
        return row.paid_fen - row.refunded_fen if row.status == "settled" else None

    async def fence(self) -> StockFenceRow:
        async with self.database.reading() as session:
            return await session.get_one(StockFenceRow, EVENT)

    async def fence_or_none(self) -> StockFenceRow | None:
        async with self.database.reading() as session:
            return await session.get(StockFenceRow, EVENT)

    async def faults_found(self) -> list[str]:
        """What is wrong in SQL, and where the guard differs from it; nothing is under way."""
        return [
            *await audit(self.database),
            *await audit_guard(self.database, self.guard, EVENT),
        ]


def committer_of(database: Database) -> OrderCommitter:
    if database.is_sqlite:
        return SqliteOrderCommitter(database)
    return PostgresOrderCommitter(database)


class Shops:
    """Opens workers on one database and one Redis, with connections of their own."""

    def __init__(
        self, stack: AsyncExitStack, database_url: str, redis_url: str, clock: ManualClock
    ) -> None:
        self._stack = stack
        self._database_url = database_url
        self._redis_url = redis_url
        self.clock = clock

    async def open(
        self, *, redis_timeout_ms: int = 5_000, redis_connections: int = 8, **limits: Any
    ) -> Shop:
        database = Database(self._database_url)
        self._stack.push_async_callback(database.close)
        redis = connect_redis(
            self._redis_url, timeout_ms=redis_timeout_ms, connections_max=redis_connections
        )
        self._stack.push_async_callback(redis.aclose)
        guard = RedisStockGuard(redis, self.clock)
        shop = Shop(database, guard, self.clock, replace(Limits(), **limits), redis=redis)
        self._stack.push_async_callback(shop.close)
        return shop

    def rewired(
        self, shop: Shop, guard: StockGuard, committer: OrderCommitter | None, **limits: Any
    ) -> Shop:
        """Another worker on the same connections, with a guard and a committer of one's own."""
        rewired = Shop(shop.database, guard, self.clock, replace(Limits(), **limits), committer)
        self._stack.push_async_callback(rewired.close)
        return rewired


@asynccontextmanager
async def open_shops(database_url: str, redis_url: str, clock: ManualClock) -> AsyncIterator[Shops]:
    async with AsyncExitStack() as stack:
        yield Shops(stack, database_url, redis_url, clock)
