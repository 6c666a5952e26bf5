"""A server that sells: events, offers, checkout and orders, beside the town whose people use it."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from live.claims.claim_reads import claims_of
from live.config import Settings
from live.coupons.discounts import Discounts
from live.events.feature import events_feature
from live.feature import Feature
from live.realtime.feed import Feed
from live.sales.calendar import Calendar
from live.sales.calendar_api import CalendarApi
from live.sales.checkout import Checkout
from live.sales.checkout_api import CheckoutApi
from live.sales.commit_postgres import PostgresOrderCommitter
from live.sales.commit_sqlite import SqliteOrderCommitter
from live.sales.counters import Counters
from live.sales.fences import hold_fences
from live.sales.fulfilment import Fulfilment
from live.sales.gate import Gate, NoGate
from live.sales.intake import OrderIntake
from live.sales.known_orders import KnownOrders
from live.sales.offer_api import OfferApi
from live.sales.offer_desk import OfferDesk
from live.sales.order_api import OrderApi
from live.sales.order_reads import OrderReads
from live.sales.order_rows import move_orders, read_orders
from live.sales.payments.starting import PaymentDesk
from live.sales.sale_terms import SaleTermsCache
from live.sales.schemas import OrderStatus
from live.sales.tables import OfferRow
from live.sales.units import sell_reserved
from live.stock.guard import StockGuard
from live.stock.redis_guard import RedisStockGuard
from live.stock.sold_out import RememberingGuard, SoldOutMemory
from live.storage.database import Database, within
from live.storage.redis import RedisClient
from live.storage.relay import Relay
from live.values import Role
from live.web.addresses import ClientAddresses
from live.web.application import build_application
from live.web.limits import Bucket, LocalRateLimit
from tests.support.serving import Answer, Caller, serving
from tests.support.signing_in import Town, town

EVENT = {"title": "徐闻菠萝", "county_code": "440825", "starts_at": "2020-02-19T10:00:00+08:00"}
OFFER = {
    "kind": "flash_sale", "title": "菠萝 6 斤", "unit_grams": 3000, "price_fen": 2990,
    "allotment": 100, "per_buyer_limit": 50,
}  # fmt: skip
HOME = {
    "name": "李晓雨", "phone": "13812341234", "province_code": "420000",
    "address": "湖北省武汉市洪山区珞喻路1号",
}  # fmt: skip
SETTINGS = Settings(
    codes_per_address_hour=100_000,
    sign_in_tries_per_address_minute=100_000,
    orders_per_minute=100_000,
    page_size_max=50,
)
CLAIM_MS = 3_600_000  # after delivery
OPEN = NoGate()
_keys = itertools.count()


@dataclass
class Market:
    caller: Caller
    town: Town
    database: Database
    redis: RedisClient
    guard: StockGuard
    desk: OfferDesk
    relay: Relay
    hosts: list[str] = field(default_factory=list)

    async def sign_in(self, role: Role = Role.VIEWER) -> str:
        return await self.town.sign_in(role)

    async def host(self) -> str:
        """The token of the one host whom most tests need."""
        if not self.hosts:
            self.hosts.append(await self.sign_in(Role.HOST))
        return self.hosts[0]

    async def event(self, *steps: str, token: str | None = None, **more: Any) -> str:
        """The id of a new event that went through ``steps``, such as ``start``."""
        token = token or await self.host()
        event = await self.done("POST", "/api/events", EVENT | more, token=token)
        for step in steps:
            await self.done("POST", f"/api/events/{event['id']}/{step}", token=token)
        return str(event["id"])

    async def offer(self, event_id: str, *steps: str, **more: Any) -> dict[str, Any]:
        """A new offer of the one host's event, with ``steps`` such as ``open`` taken."""
        token = await self.host()
        path = f"/api/events/{event_id}/offers"
        offer = await self.done("POST", path, OFFER | more, token=token)
        for step in steps:
            offer = await self.done("POST", f"/api/offers/{offer['id']}/{step}", token=token)
        return offer

    async def step(self, offer_id: str, verb: str, token: str | None = None) -> Answer:
        token = token or await self.host()
        return await self.caller.post(f"/api/offers/{offer_id}/{verb}", token=token)

    async def edit(self, offer_id: str, token: str | None = None, **changes: Any) -> Answer:
        token = token or await self.host()
        return await self.caller.call("PATCH", f"/api/offers/{offer_id}", changes, token=token)

    async def buy(self, offer: dict[str, Any], token: str, units: int = 1, **more: Any) -> Answer:
        body = {"units": units, "price_fen": offer["price_fen"], "ship_to": HOME} | more
        headers = {"Idempotency-Key": f"key-{next(_keys)}"}
        path = f"/api/offers/{offer['id']}/orders"
        return await self.caller.post(path, body, token=token, headers=headers)

    async def ordered(self, offer: dict[str, Any], token: str, **more: Any) -> dict[str, Any]:
        answer = await self.buy(offer, token, **more)
        assert answer.status == 201, answer.raw
        order: dict[str, Any] = answer.body
        return order

    async def pay(self, order_id: str) -> None:
        """What a settled payment does to an order."""
        async with self.database.transaction() as session:
            event_id = (await within(session, read_orders, [order_id]))[order_id].event_id
            await within(session, hold_fences, [event_id])
            paid_ms = self.town.clock.now_ms()
            paid = await within(session, move_orders, [order_id], OrderStatus.PAID, paid_ms=paid_ms)
            await within(session, sell_reserved, paid)

    async def done(self, method: str, path: str, body: Any = None, *, token: str) -> dict[str, Any]:
        answer = await self.caller.call(method, path, body, token=token)
        assert answer.status in (200, 201), answer.raw
        done: dict[str, Any] = answer.body
        return done

    async def row(self, offer_id: str) -> OfferRow:
        async with self.database.reading() as session:
            return await session.get_one(OfferRow, offer_id)


@asynccontextmanager
async def market(database_url: str, redis: RedisClient, gate: Gate = OPEN) -> AsyncIterator[Market]:
    """Serve on a migrated database, with the relay not running: tests turn its handle."""
    async with town(database_url, redis, SETTINGS) as people:
        database, clock = people.database, people.clock
        sold_out, feed = SoldOutMemory(0.2), Feed(redis, SETTINGS)
        guard = RememberingGuard(RedisStockGuard(redis, clock), sold_out)
        desk = OfferDesk(database, guard, feed, clock)
        counters = Counters(database, guard)
        committer = (
            SqliteOrderCommitter(database)
            if database.is_sqlite
            else PostgresOrderCommitter(database)
        )
        known = KnownOrders(guard, counters, database, queue_max=10_000, timeout_seconds=10)
        checkout = Checkout(
            guard, committer, counters, sold_out, known, batch_max=64, queue_max=10_000,
            commit_timeout_seconds=10, on_commit=_nothing,
        )  # fmt: skip
        intake = OrderIntake(
            checkout, SaleTermsCache(database), people.accounts.addresses.find, clock,
            LocalRateLimit(Bucket.per_minute(100_000)),
            find_discount=Discounts(database, batch_max=64, queue_max=10_000).find,
            hold_seconds=900, key_chars_max=128, gate=gate, known=known,
        )  # fmt: skip
        nobody_collects = PaymentDesk(database, clock, {}, batch_max=64, queue_max=10_000)
        reads = OrderReads(database, claims_of, claim_ms=CLAIM_MS)
        fulfilment = Fulfilment(database, clock)
        sales = Feature(
            name="sales",
            routes=[
                *CalendarApi(Calendar(database, clock), page_size_max=50).routes(),
                *OfferApi(desk).routes(),
                *CheckoutApi(intake, nobody_collects, ClientAddresses()).routes(),
                *OrderApi(reads, fulfilment, page_size_max=50).routes(),
            ],
        )
        events = events_feature(database, clock, on_change=desk.refresh, on_commit=_nothing)
        relay = Relay(database, desk.reactions(), clock, batch_max=1_000)
        application = build_application(
            (events, sales), authenticator=people.accounts.authenticator, settings=SETTINGS
        )
        try:
            async with serving(application) as caller:
                yield Market(caller, people, database, redis, guard, desk, relay)
        finally:
            await checkout.close()


def _nothing() -> None:
    pass
