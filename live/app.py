"""The composition root: every feature is one line here, and nothing else knows them all."""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from aiohttp import web

from live.accounts.feature import accounts_feature
from live.accounts.secrets import Keys
from live.accounts.sms import LogSms, SmsProvider
from live.catalog.feature import catalog_feature
from live.claims.claim_reads import claims_of
from live.claims.feature import claims_feature
from live.clock import Clock, SystemClock
from live.config import Settings
from live.coupons.feature import coupons_feature
from live.coupons.shown import with_coupon_drop
from live.events.feature import events_feature
from live.events.page_head import EventHeads
from live.events.record import FeedRecord
from live.feature import Feature
from live.following.feature import following_feature
from live.following.reminder_sms import ReminderSms
from live.giveaways.feature import giveaways_feature
from live.giveaways.shown import with_giveaway
from live.jobs import run_jobs
from live.moderation.feature import moderation_feature
from live.realtime.feature import RoomSources, realtime_feature
from live.realtime.feed import Feed
from live.realtime.gateway import Gateway
from live.sales.coupon_use import orders_with
from live.sales.feature import sales_feature
from live.sales.payments.provider import PaymentProvider
from live.storage.database import Database
from live.storage.redis import RedisClient, connect_redis
from live.storage.relay import Relay
from live.telemetry import loop_lag_measured
from live.waiting.feature import waiting_rooms
from live.waiting.section import with_queue
from live.web.application import build_application, served_routes
from live.web.authentication import Authenticator
from live.web.draining import Draining
from live.web.health import Health
from live.web.openapi import describe
from live.web.traffic import Traffic

STOP_SECONDS = 10.0  # for background work to finish what it is at

log = structlog.get_logger(__name__)


class Wake:
    """Rings the relay, which can only be built when all features are."""

    def __init__(self) -> None:
        self.relay: Relay | None = None

    def __call__(self) -> None:
        if self.relay is not None:
            self.relay.wake()


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """Everything that one process serves."""

    settings: Settings
    database: Database
    clock: Clock
    features: Sequence[Feature]
    authenticator: Authenticator
    gateway: Gateway
    relay: Relay
    health: Health
    draining: Draining
    heads: EventHeads

    def application(self) -> web.Application:
        return build_application(
            self.features,
            authenticator=self.authenticator,
            settings=self.settings,
            draining=self.draining,
            routes=self.health.routes(),
            heads={"/events/": self.heads.of},
            noop=self.settings.benchmark_noop,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The features' lives, the relay and the periodic jobs, until left."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(loop_lag_measured())
            await stack.enter_async_context(_in_background(self.relay.run, "relay"))
            for feature in self.features:
                for lifespan in feature.lifespans:
                    await stack.enter_async_context(lifespan())
            jobs = [job for feature in self.features for job in feature.jobs]
            holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
            work = partial(run_jobs, self.database, self.clock, jobs, holder)
            await stack.enter_async_context(_in_background(work, "jobs"))
            yield


def compose(
    settings: Settings,
    database: Database,
    redis: RedisClient,
    *,
    keys: Keys,
    sms: SmsProvider,
    providers: Mapping[str, PaymentProvider],
    lives: Sequence[Feature] = (),
    clock: Clock | None = None,
    reminders: ReminderSms | None = None,
) -> Platform:
    """Put the platform together; nothing is connected or started yet.

    Args:
        providers: of payment, by name.
        lives: features of the surroundings, such as the sandbox's notifications.
        reminders: sends them to phones; None: they are shown in pages only.
    """
    clock = clock or SystemClock()
    on_commit = Wake()
    feed = Feed(redis, settings)
    accounts = accounts_feature(database, redis, clock, settings, keys, sms)
    catalog = catalog_feature(database, clock, settings)
    waiting = waiting_rooms(database, redis, clock, settings)
    coupons = coupons_feature(
        database, clock, settings, feed=feed, orders_with=orders_with, on_commit=on_commit
    )
    sales = sales_feature(
        database,
        redis,
        clock,
        settings,
        feed=feed,
        find_address=accounts.addresses.find,
        find_discount=coupons.find_discount,
        claims_of=claims_of,
        providers=providers,
        on_commit=on_commit,
        gate=waiting.gate,
    )

    async def on_event_change(event_id: str) -> None:
        await waiting.rooms.refresh()
        await sales.on_event_change(event_id)

    events = events_feature(database, clock, on_change=on_event_change, on_commit=on_commit)
    queues = waiting.feature(measure=sales.measure, find_openings=sales.find_openings)
    claims = claims_feature(database, clock, settings, on_commit=on_commit)
    moderation = moderation_feature(database, feed, clock, settings)
    giveaways = giveaways_feature(
        database,
        clock,
        settings,
        feed=feed,
        find_address=accounts.addresses.find,
        on_commit=on_commit,
    )
    following = following_feature(database, clock, settings, reminders)
    features = [
        accounts.feature,
        catalog,
        events,
        sales.feature,
        queues,
        moderation.feature,
        claims,
        giveaways.feature,
        coupons.feature,
        following,
        *lives,
    ]
    realtime = realtime_feature(
        redis,
        settings,
        clock,
        feed=feed,
        authenticator=accounts.authenticator,
        viewer_key=keys.key("viewers"),
        sources=RoomSources(
            load_definition=with_coupon_drop(
                with_giveaway(
                    moderation.with_chat(with_queue(sales.load_definition)), giveaways.latest
                ),
                coupons.latest,
            ),
            load_sales=sales.load_sales,
            record=FeedRecord(database),
            policy=moderation.policy,
        ),
        sections=[section for feature in features for section in feature.sections],
        commands=[command for feature in features for command in feature.commands],
    )
    features.append(realtime.feature)
    reactions = [reaction for feature in features for reaction in feature.reactions]
    relay = Relay(database, reactions, clock, batch_max=settings.relay_batch_max)
    on_commit.relay = relay
    draining = Draining()
    return Platform(
        settings=settings,
        database=database,
        clock=clock,
        features=features,
        authenticator=accounts.authenticator,
        gateway=realtime.gateway,
        relay=relay,
        health=Health(database, redis, draining),
        draining=draining,
        heads=EventHeads(database, clock),
    )


def http_description() -> dict[str, Any]:
    """The OpenAPI description of the whole platform; nothing is connected."""
    settings = Settings()
    redis = connect_redis("redis://127.0.0.1", timeout_ms=1, connections_max=4)
    database = Database("sqlite+aiosqlite:///unused.db")
    platform = compose(settings, database, redis, keys=Keys(bytes(32)), sms=LogSms(), providers={})
    return describe(served_routes(platform.features, platform.health.routes(), Traffic()))


@asynccontextmanager
async def _in_background(
    work: Callable[[asyncio.Event], Coroutine[Any, Any, None]], name: str
) -> AsyncIterator[None]:
    """Run until left. Told to stop rather than cancelled: what it is at in SQL is finished."""
    stopping = asyncio.Event()
    task = asyncio.create_task(work(stopping), name=name)
    try:
        yield
    finally:
        stopping.set()
        await asyncio.wait([task], timeout=STOP_SECONDS)
        task.cancel()
        for error in await asyncio.gather(task, return_exceptions=True):
            if isinstance(error, Exception):
                log.error("did not stop cleanly", work=name, exc_info=error)
