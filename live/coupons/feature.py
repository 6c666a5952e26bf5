"""Coupons, put together."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from live.clock import Clock
from live.config import Settings
from live.coupons.announcements import Announcements
from live.coupons.api import CouponApi
from live.coupons.claiming import Claiming, OrdersWith
from live.coupons.discounts import Discounts
from live.coupons.hosting import Hosting
from live.coupons.reads import CouponReads
from live.coupons.rows import OwnCoupon
from live.coupons.rules import Limits
from live.coupons.shown import Latest
from live.feature import Feature
from live.realtime.feed import Feed
from live.storage.database import Database


@dataclass(frozen=True, slots=True)
class Coupons:
    """What the rest of the platform takes from this feature.

    Attributes:
        latest: what a room shows of an event's drops.
        find_discount: (buyer id, coupon id, event id) → what the coupon takes off an order.
    """

    feature: Feature
    latest: Latest
    find_discount: Callable[[str, str, str], Awaitable[OwnCoupon]]


def coupons_feature(
    database: Database,
    clock: Clock,
    settings: Settings,
    *,
    feed: Feed,
    orders_with: OrdersWith,
    on_commit: Callable[[], None],
) -> Coupons:
    """Build the coupons of one process.

    Args:
        orders_with: which orders use coupons.
        on_commit: called after each commit that recorded facts.
    """
    limits = Limits(
        quantity_max=settings.coupon_quantity_max,
        claim_seconds_min=settings.coupon_claim_seconds_min,
        claim_seconds_max=settings.coupon_claim_seconds_max,
        use_seconds_max=settings.coupon_use_seconds_max,
    )
    claiming = Claiming(
        database,
        clock,
        orders_with,
        on_commit,
        batch_max=settings.coupon_batch_max,
        queue_max=settings.coupon_queue_max,
    )
    discounts = Discounts(
        database, batch_max=settings.coupon_batch_max, queue_max=settings.coupon_queue_max
    )
    reads = CouponReads(database, clock, orders_with)
    api = CouponApi(
        Hosting(database, clock, limits, on_commit),
        claiming,
        reads,
        page_size_max=settings.page_size_max,
    )

    @asynccontextmanager
    async def answering() -> AsyncIterator[None]:
        yield
        await claiming.close()
        await discounts.close()

    feature = Feature(
        name="coupons",
        routes=api.routes(),
        reactions=Announcements(feed).reactions(),
        lifespans=[answering],
    )
    return Coupons(feature, reads.latest, discounts.find)
