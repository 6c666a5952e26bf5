"""Sales, put together: offers, checkout, payments, orders and figures."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
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
from live.sales.checkout_meter import CheckoutLoad
from live.sales.closing import Closing
from live.sales.commit import OrderCommitter
from live.sales.commit_postgres import PostgresOrderCommitter
from live.sales.commit_sqlite import SqliteOrderCommitter
from live.sales.counters import Counters
from live.sales.discounts import FindDiscount
from live.sales.facts import RefundDue
from live.sales.fulfilment import Fulfilment
from live.sales.gate import Gate
from live.sales.intake import FindAddress, OrderIntake
from live.sales.known_orders import KnownOrders
from live.sales.offer_api import OfferApi
from live.sales.offer_desk import OfferDesk
from live.sales.opening import Openings
from live.sales.order_api import OrderApi
from live.sales.order_reads import ClaimsOf, OrderReads
from live.sales.payment_api import PaymentApi
from live.sales.payments.inquiry import PaymentInquiry
from live.sales.payments.late import LatePayments
from live.sales.payments.paying_back import PayingBack
from live.sales.payments.provider import PaymentProvider
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
from live.stock.sold_out import RememberingGuard, SoldOutMemory
from live.storage.database import Database
from live.storage.facts import Reaction
from live.storage.redis import RedisClient
from live.values import MS_PER_HOUR, MS_PER_SECOND
from live.web.addresses import ClientAddresses
from live.web.limits import Bucket
from live.web.shared_limits import LeasedRateLimit


@dataclass(frozen=True, slots=True)
class Sales:
    """What the rest of the platform takes from this feature.

    Attributes:
        on_event_change: await it after an event has started, ended or changed.
        load_definition, load_sales: what rooms show, and what they tell their staff.
        measure: what checkout did since it was asked last.
        find_openings: when the sales of events open, of those for which that is known.
    """

    feature: Feature
    on_event_change: Callable[[str], Awaitable[None]]
    load_definition: DefinitionLoader
    load_sales: SalesLoader
    measure: Callable[[], CheckoutLoad]
    find_openings: Callable[[Sequence[str]], Awaitable[Mapping[str, int]]]


def sales_feature(
    database: Database,
    redis: RedisClient,
    clock: Clock,
    settings: Settings,
    *,
    feed: Feed,
    find_address: FindAddress,
    find_discount: FindDiscount,
    claims_of: ClaimsOf,
    providers: Mapping[str, PaymentProvider],
    on_commit: Callable[[], None],
    gate: Gate,
) -> Sales:
    """Build the sales of one process.

    Args:
        find_address: where an order named by ``address_id`` goes.
        find_discount: what the coupon of an order takes off.
        claims_of: what orders are shown with.
        providers: who may be asked to collect money, by name.
        on_commit: called after each commit that recorded facts.
        gate: who may order now.
    """
    sold_out = SoldOutMemory(believed_seconds=1 / settings.tick_hz)
    guard: StockGuard = RememberingGuard(RedisStockGuard(redis), sold_out)
    counters = Counters(database, guard)
    commit_timeout_seconds = settings.commit_timeout_ms / MS_PER_SECOND
    known = KnownOrders(
        guard,
        counters,
        database,
        queue_max=settings.queue_intents_max,
        timeout_seconds=commit_timeout_seconds,
    )
    checkout = Checkout(
        guard,
        _committer(database),
        counters,
        sold_out,
        known,
        batch_max=settings.batch_intents_max,
        queue_max=settings.queue_intents_max,
        commit_timeout_seconds=commit_timeout_seconds,
        on_commit=on_commit,
    )
    attempts = LeasedRateLimit(
        redis,
        "orders",
        Bucket.per_minute(settings.orders_per_minute, settings.orders_burst),
    )
    intake = OrderIntake(
        checkout,
        SaleTermsCache(database),
        find_address,
        clock,
        attempts,
        find_discount=find_discount,
        hold_seconds=settings.hold_seconds,
        key_chars_max=settings.idempotency_key_chars_max,
        gate=gate,
        known=known,
    )
    closing = Closing(
        database,
        clock,
        on_commit,
        batch_max=settings.batch_intents_max,
        queue_max=settings.queue_intents_max,
    )
    refunds = Refunds(database, clock, on_commit)
    paying_back = PayingBack(
        database,
        clock,
        providers,
        retry_seconds=settings.refund_retry_seconds,
        retry_seconds_max=settings.refund_retry_seconds_max,
    )
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
    inquiry = PaymentInquiry(
        database, clock, providers, settlement, quiet_seconds=settings.payment_quiet_seconds
    )
    offers = OfferDesk(database, guard, feed, clock)
    figures = SalesFigures(database, clock)
    addresses = ClientAddresses(settings.trusted_proxies)
    checkout_api = CheckoutApi(intake, payments, addresses)
    payment_api = PaymentApi(payments, settlement, closing, refunds, providers, addresses)

    @asynccontextmanager
    async def answering() -> AsyncIterator[None]:
        yield
        await known.close()
        await settlement.close()
        await payments.close()
        await closing.close()
        await checkout.close()
        await attempts.close()

    async def expire() -> None:
        await closing.expire_due()

    feature = Feature(
        name="sales",
        routes=[
            *CalendarApi(Calendar(database, clock), page_size_max=settings.page_size_max).routes(),
            *OfferApi(offers).routes(),
            *checkout_api.routes(),
            *payment_api.routes(),
            *OrderApi(
                OrderReads(database, claims_of, claim_ms=settings.claim_hours * MS_PER_HOUR),
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
            Reaction(RefundDue, paying_back.react),
        ],
        jobs=[
            Job("expire orders", settings.expiry_seconds, expire),
            Job("reconcile stock", settings.reconcile_seconds, reconciliation.run),
            Job("refund again", settings.refund_retry_seconds, paying_back.retry),
            Job("ask about payments", settings.payment_query_seconds, inquiry.run),
        ],
        lifespans=[answering],
    )
    return Sales(
        feature,
        offers.refresh,
        RoomViews(database, clock).load,
        figures.load_sales,
        checkout.measure,
        Openings(database).of,
    )


def _committer(database: Database) -> OrderCommitter:
    return (
        SqliteOrderCommitter(database) if database.is_sqlite else PostgresOrderCommitter(database)
    )
