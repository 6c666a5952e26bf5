"""Sales, put together: offers, checkout, payments, orders and figures."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from live.clock import Clock
from live.config import Settings
from live.feature import Feature, Job
from live.realtime.feed import Feed
from live.realtime.sections import DefinitionLoader, SalesLoader
from live.sales.announcements import Announcements
from live.sales.calendar import Calendar
from live.sales.calendar_api import CalendarApi
from live.sales.checkout import Checkout
from live.sales.checkout_api import CheckoutApi
from live.sales.closing import Closing
from live.sales.commit import OrderCommitter
from live.sales.commit_postgres import PostgresOrderCommitter
from live.sales.commit_sqlite import SqliteOrderCommitter
from live.sales.counters import Counters
from live.sales.facts import RefundDue
from live.sales.fulfilment import Fulfilment
from live.sales.intake import FindAddress, OrderIntake
from live.sales.offer_api import OfferApi
from live.sales.offer_desk import OfferDesk
from live.sales.order_api import OrderApi
from live.sales.order_reads import OrderReads
from live.sales.payment_api import PaymentApi
from live.sales.payments.late import LatePayments
from live.sales.payments.provider import PaymentProvider
from live.sales.payments.recall import FORGOTTEN_SECONDS, SandboxRecall
from live.sales.payments.refunds import Refunds
from live.sales.payments.settlement import Settlement
from live.sales.payments.starting import PaymentDesk
from live.sales.reconcile import Reconciliation
from live.sales.room_view import RoomViews
from live.sales.sale_terms import SaleTermsCache
from live.sales.sales_api import SalesApi
from live.sales.sales_figures import SalesFigures
from live.sales.stock_reactions import StockReactions
from live.stock.guard import StockGuard
from live.stock.redis_guard import OffersSection, RedisStockGuard
from live.storage.database import Database
from live.storage.facts import Reaction
from live.storage.redis import RedisClient
from live.values import MS_PER_SECOND


@dataclass(frozen=True, slots=True)
class Sales:
    """What the rest of the platform takes from this feature.

    Attributes:
        on_event_change: await it after an event has started, ended or changed.
        load_definition, load_sales: what rooms show, and what they tell their staff.
    """

    feature: Feature
    on_event_change: Callable[[str], Awaitable[None]]
    load_definition: DefinitionLoader
    load_sales: SalesLoader


def sales_feature(
    database: Database,
    redis: RedisClient,
    clock: Clock,
    settings: Settings,
    *,
    feed: Feed,
    find_address: FindAddress,
    providers: Mapping[str, PaymentProvider],
    on_commit: Callable[[], None],
) -> Sales:
    """Build the sales of one process.

    Args:
        find_address: where an order named by ``address_id`` goes.
        providers: who may be asked to collect money, by name.
        on_commit: called after each commit that recorded facts.
    """
    guard: StockGuard = RedisStockGuard(redis)
    counters = Counters(database, guard)
    checkout = Checkout(
        guard,
        _committer(database),
        counters,
        batch_max=settings.batch_intents_max,
        queue_max=settings.queue_intents_max,
        commit_timeout_seconds=settings.commit_timeout_ms / MS_PER_SECOND,
        on_commit=on_commit,
    )
    intake = OrderIntake(
        checkout,
        SaleTermsCache(database),
        find_address,
        clock,
        hold_seconds=settings.hold_seconds,
        orders_per_minute=settings.orders_per_minute,
        key_chars_max=settings.idempotency_key_chars_max,
    )
    closing = Closing(
        database,
        clock,
        on_commit,
        batch_max=settings.batch_intents_max,
        queue_max=settings.queue_intents_max,
    )
    refunds = Refunds(database, clock, providers, on_commit)
    payments = PaymentDesk(
        database,
        clock,
        providers,
        batch_max=settings.batch_intents_max,
        queue_max=settings.queue_intents_max,
    )
    settlement = Settlement(
        database,
        clock,
        LatePayments(database, guard, counters, clock, on_commit),
        on_commit,
        batch_max=settings.batch_intents_max,
        queue_max=settings.queue_intents_max,
    )
    reconciliation = Reconciliation(
        database, guard, counters, commit_timeout_ms=settings.commit_timeout_ms
    )
    recall = SandboxRecall(database, clock, providers)
    offers = OfferDesk(database, guard, feed, clock)
    figures = SalesFigures(database, clock)
    checkout_api = CheckoutApi(intake)

    @asynccontextmanager
    async def answering() -> AsyncIterator[None]:
        yield
        await settlement.close()
        await payments.close()
        await closing.close()
        await checkout.close()

    async def expire() -> None:
        await closing.expire_due()

    feature = Feature(
        name="sales",
        routes=[
            *CalendarApi(Calendar(database, clock), page_size_max=settings.page_size_max).routes(),
            *OfferApi(offers).routes(),
            *checkout_api.routes(),
            *PaymentApi(payments, settlement, closing, refunds, providers).routes(),
            *OrderApi(
                OrderReads(database),
                Fulfilment(database, clock),
                page_size_max=settings.page_size_max,
            ).routes(),
            *SalesApi(database, figures).routes(),
        ],
        commands=checkout_api.commands(),
        sections=[OffersSection()],
        reactions=[
            *StockReactions(guard, counters).reactions(),
            *offers.reactions(),
            *Announcements(database, feed).reactions(),
            Reaction(RefundDue, refunds.pay_back),
        ],
        jobs=[
            Job("expire orders", settings.expiry_seconds, expire),
            Job("reconcile stock", settings.reconcile_seconds, reconciliation.run),
            Job("recall sandbox payments", FORGOTTEN_SECONDS, recall.run),
        ],
        lifespans=[answering],
    )
    return Sales(feature, offers.refresh, RoomViews(database, clock).load, figures.load_sales)


def _committer(database: Database) -> OrderCommitter:
    return (
        SqliteOrderCommitter(database) if database.is_sqlite else PostgresOrderCommitter(database)
    )
