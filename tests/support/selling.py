"""An event that sells, and a shop around it: everything real, wired as the server wires it.

A ``Shop`` is one worker. Two shops on one database and one Redis are two workers.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, update

from live.accounts.tables import AccountRow
from live.catalog.tables import CountyRow
from live.clock import ManualClock, SystemClock
from live.events.tables import EventRow
from live.sales.checkout import Checkout
from live.sales.closing import Closing
from live.sales.commit import OrderCommitter, Outcome
from live.sales.commit_postgres import PostgresOrderCommitter
from live.sales.commit_sqlite import SqliteOrderCommitter
from live.sales.counters import Counters
from live.sales.fences import hold_fence
from live.sales.order_rows import move_orders, read_orders, select_orders
from live.sales.orders import amount_fen, request_digest
from live.sales.payments.late import LatePayments
from live.sales.payments.provider import Notification
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
from live.stock.tables import StockFenceRow
from live.storage.database import Database
from live.storage.redis import connect_redis
from live.storage.relay import Relay
from live.values import new_id, order_id_for

EVENT = "evt_navel"
OFFER = "off_boxes"
OTHER_OFFER = "off_juice"
PROVIDER = "sandbox"
PRICE_FEN = 3_980
SHIPPING_FEN = 600
UNIT_GRAMS = 5_000
HOLD_MS = 900_000
COMMIT_TIMEOUT_MS = 5_000
_SHIP_TO = ("王芳", "+8613800138000", "440000", "广州市天河区 1 号")


@dataclass(frozen=True, slots=True)
class Shelf:
    """An offer to seed, or an offer's counters as read."""

    allotment: int = 10
    per_buyer_limit: int = 1_000
    offer_id: str = OFFER
    price_fen: int = PRICE_FEN


@dataclass(frozen=True, slots=True)
class Stock:
    """One offer's units; by SQL's word or by the guard's."""

    available: int
    reserved: int
    sold: int


def clock_now() -> ManualClock:
    """A clock that stands at the machine's time: Redis ages holds by its own."""
    return ManualClock(SystemClock().now_ms())


def buyer(number: int) -> str:
    return f"acc_buyer_{number:04}"


async def seed(database: Database, *shelves: Shelf, buyers: int = 8, status: str = "live") -> None:
    """A county, a host, an event and its open offers, and buyers 0 … ``buyers`` - 1."""
    people = [("acc_host", "host"), *((buyer(n), "viewer") for n in range(buyers))]
    started_ms = None if status == "scheduled" else 1
    async with database.transaction() as session:
        connection = await session.connection()
        await connection.execute(
            insert(AccountRow),
            [
                {"id": who, "phone": f"+86138{n:08}", "name": who, "role": role, "created_ms": 1}
                for n, (who, role) in enumerate(people)
            ],
        )
        session.add(
            CountyRow(
                code="440825",
                name="徐闻县",
                name_en="Xuwen",
                province_code="440000",
                province_name="广东省",
            )
        )
        await session.flush()
        session.add(
            EventRow(
                id=EVENT,
                host_id="acc_host",
                county_code="440825",
                title="徐闻菠萝",
                status=status,
                starts_ms=1,
                started_ms=started_ms,
                created_ms=1,
            )
        )
        await session.flush()
        session.add_all(_offer_row(n, shelf) for n, shelf in enumerate(shelves or [Shelf()]))


def _offer_row(position: int, shelf: Shelf) -> OfferRow:
    return OfferRow(
        id=shelf.offer_id,
        event_id=EVENT,
        kind="flash_sale",
        title=shelf.offer_id,
        unit_grams=UNIT_GRAMS,
        price_fen=shelf.price_fen,
        shipping_fen=SHIPPING_FEN,
        allotment=shelf.allotment,
        per_buyer_limit=shelf.per_buyer_limit,
        status="open",
        position=position,
        created_ms=1,
    )


def an_order(
    buyer_id: str = buyer(0),
    key: str = "key-1",
    *,
    units: int = 1,
    offer_id: str = OFFER,
    price_fen: int = PRICE_FEN,
    now_ms: int = 1_582_077_600_000,
) -> StoredOrder:
    """What the intake makes of a wish."""
    return StoredOrder(
        id=order_id_for(buyer_id, offer_id, key),
        event_id=EVENT,
        offer_id=offer_id,
        buyer_id=buyer_id,
        request_digest=request_digest(units, price_fen, _SHIP_TO),
        units=units,
        price_fen=price_fen,
        shipping_fen=SHIPPING_FEN,
        amount_fen=amount_fen(units, price_fen, SHIPPING_FEN),
        grams=units * UNIT_GRAMS,
        status=OrderStatus.RESERVED.value,
        hold_no=0,
        ship_name=_SHIP_TO[0],
        ship_phone=_SHIP_TO[1],
        ship_province_code=_SHIP_TO[2],
        ship_address=_SHIP_TO[3],
        created_ms=now_ms,
        pay_by_ms=now_ms + HOLD_MS,
        paid_ms=None,
        closed_ms=None,
    )


def committer_of(database: Database) -> OrderCommitter:
    if database.is_sqlite:
        return SqliteOrderCommitter(database)
    return PostgresOrderCommitter(database)


class Shop:
    """One worker's sales.

    Args:
        committer: instead of the database's own; a test may wrap that one to make it fail.
    """

    def __init__(
        self,
        database: Database,
        guard: StockGuard,
        clock: ManualClock,
        *,
        committer: OrderCommitter | None = None,
        batch_max: int = 512,
        queue_max: int = 20_000,
        commit_timeout_seconds: float = COMMIT_TIMEOUT_MS / 1000,
    ) -> None:
        self.database = database
        self.guard = guard
        self.clock = clock
        self.wakes = 0
        self.counters = Counters(database, guard)
        self.checkout = Checkout(
            guard,
            committer or committer_of(database),
            self.counters,
            batch_max=batch_max,
            queue_max=queue_max,
            commit_timeout_seconds=commit_timeout_seconds,
            on_commit=self._wake,
        )
        self.closing = Closing(database, clock, self._wake)
        self.refunds = Refunds(database, clock, {}, self._wake)
        self.settlement = Settlement(
            database,
            clock,
            LatePayments(database, guard, self.counters, clock, self._wake),
            self._wake,
            batch_max=512,
            queue_max=1_000,
        )
        self.reconciliation = Reconciliation(
            database, guard, self.counters, commit_timeout_ms=COMMIT_TIMEOUT_MS
        )
        reactions = StockReactions(guard, self.counters).reactions()
        self.relay = Relay(database, reactions, clock, batch_max=1_000)

    def _wake(self) -> None:
        self.wakes += 1

    async def close(self) -> None:
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
    ) -> Outcome:
        now_ms = self.clock.now_ms()
        order = an_order(
            buyer_id, key, units=units, offer_id=offer_id, price_fen=price_fen, now_ms=now_ms
        )
        return await self.checkout.place(order)

    async def start_payment(self, order: StoredOrder) -> str:
        """A payment under way; returns its id."""
        payment_id = new_id("pay")
        row = PaymentRow(
            id=payment_id,
            order_id=order.id,
            provider=PROVIDER,
            amount_fen=order.amount_fen,
            status="started",
            created_ms=self.clock.now_ms(),
        )
        async with self.database.transaction() as session:
            session.add(row)
        return payment_id

    async def notify_paid(self, payment_id: str, order: StoredOrder) -> None:
        note = Notification(payment_id, f"ref-{payment_id}", order.amount_fen, is_paid=True)
        await self.settlement.apply(PROVIDER, [note])

    async def pay(self, order: StoredOrder) -> None:
        await self.notify_paid(await self.start_payment(order), order)

    async def pack(self, order_id: str) -> None:
        async with self.database.transaction() as session:
            await move_orders(session, [order_id], OrderStatus.PACKED)

    async def change_offer(self, offer_id: str = OFFER, **values: Any) -> bool:
        """Change an offer's terms in SQL, then tell the guard; False where SQL refuses a cut."""
        async with self.database.transaction() as session:
            await hold_fence(session, EVENT)
            event = await session.get_one(EventRow, EVENT)
            event.revision += 1
            offer = await session.get_one(OfferRow, offer_id)
            if values.get("allotment", offer.allotment) < offer.reserved + offer.sold:
                await session.rollback()
                return False
            for name, value in values.items():
                setattr(offer, name, value)
            terms = offer_terms(offer, event.status, event.revision)
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
        self.clock.advance(ms=COMMIT_TIMEOUT_MS + 1_000)
        await self.reconciliation.run()

    # What there is.

    async def order(self, order_id: str) -> StoredOrder:
        async with self.database.reading() as session:
            return (await read_orders(session, [order_id]))[order_id]

    async def sql_stock(self, offer_id: str = OFFER) -> Stock:
        async with self.database.reading() as session:
            row = await session.get_one(OfferRow, offer_id)
            return Stock(row.allotment - row.reserved - row.sold, row.reserved, row.sold)

    async def guard_stock(self, offer_id: str = OFFER) -> Stock:
        reading = await self.guard.read(EVENT)
        assert reading is not None
        stock = reading.offers[offer_id]
        return Stock(stock.available, stock.reserved, stock.sold)

    async def payment_status(self, payment_id: str) -> str:
        async with self.database.reading() as session:
            return (await session.get_one(PaymentRow, payment_id)).status

    async def fence(self) -> tuple[str, int]:
        """(epoch, seq) that SQL believes in."""
        async with self.database.reading() as session:
            row = await session.get_one(StockFenceRow, EVENT)
            return row.epoch, row.seq


@asynccontextmanager
async def open_shop(
    database_url: str,
    redis_url: str,
    clock: ManualClock,
    *,
    wrap_committer: Callable[[OrderCommitter], OrderCommitter] = lambda committer: committer,
    wrap_guard: Callable[[StockGuard], StockGuard] = lambda guard: guard,
    redis_timeout_ms: int = 5_000,
    redis_connections: int = 8,
    **limits: Any,
) -> AsyncIterator[Shop]:
    """A worker with connections of its own."""
    async with AsyncExitStack() as stack:
        database = Database(database_url)
        stack.push_async_callback(database.close)
        redis = connect_redis(
            redis_url, timeout_ms=redis_timeout_ms, connections_max=redis_connections
        )
        stack.push_async_callback(redis.aclose)
        guard = wrap_guard(RedisStockGuard(redis, clock))
        shop = Shop(
            database, guard, clock, committer=wrap_committer(committer_of(database)), **limits
        )
        stack.push_async_callback(shop.close)
        yield shop


async def set_event_status(database: Database, status: str, **values: int | None) -> None:
    async with database.transaction() as session:
        await session.execute(
            update(EventRow)
            .where(EventRow.id == EVENT)  # type: ignore[arg-type]
            .values(status=status, **values)
        )


async def all_orders(database: Database) -> Sequence[StoredOrder]:
    async with database.reading() as session:
        return [StoredOrder(*row) for row in await session.execute(select_orders())]
