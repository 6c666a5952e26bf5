"""Drops as anybody sees them, and one's own coupons."""

from collections.abc import Sequence
from functools import partial

from sqlalchemy import select, tuple_
from sqlalchemy.engine import Connection

from live.clock import Clock
from live.coupons.claiming import Claimed, OrdersWith
from live.coupons.rows import COUPONS, DROPS, OwnCoupon, select_coupons, select_drops
from live.coupons.rules import Drop, coupon_status, drop_status
from live.coupons.schemas import Coupon, CouponDrop
from live.errors import NotFound
from live.events.rows import EVENTS
from live.storage.database import Database
from live.values import CouponDropId, CouponId, EventId, OrderId, rfc3339
from live.web.pages import CursorKey, PageRequest, page_of
from live.web.routes import Page

_NEWEST_FIRST = (DROPS.c.opened_ms.desc(), DROPS.c.id.desc())


class CouponReads:
    """
    Args:
        orders_with: which orders use coupons.
    """

    def __init__(self, database: Database, clock: Clock, orders_with: OrdersWith) -> None:
        self._database = database
        self._clock = clock
        self._orders_with = orders_with

    async def latest(self, event_id: str) -> CouponDrop | None:
        """What a room shows: the drop that was opened last."""
        drop = await self._database.read(partial(_latest, event_id))
        return None if drop is None else self.drop_view(drop)

    async def of_event(self, page: PageRequest, event_id: str) -> Page[CouponDrop]:
        """Newest first. Raises: NotFound ``event_not_found``."""
        drops = await self._database.read(partial(_of_event, page, event_id))
        return page_of(drops, page.limit, self.drop_view, _drop_key)

    async def own(
        self, page: PageRequest, account_id: str, *, event_id: str | None = None
    ) -> Page[Coupon]:
        """This person's coupons, the latest first.

        Args:
            event_id: only those of this event.
        """
        work = partial(_own, page, account_id, event_id, self._orders_with)
        return page_of(await self._database.read(work), page.limit, self.coupon_view, _claimed_key)

    def drop_view(self, drop: Drop) -> CouponDrop:
        return CouponDrop(
            id=CouponDropId(drop.id),
            event_id=EventId(drop.event_id),
            title=drop.title,
            off_fen=drop.off_fen,
            min_spend_fen=drop.min_spend_fen,
            quantity=drop.quantity,
            claimed=drop.claimed,
            status=drop_status(drop, self._clock.now_ms()),
            opened_at=rfc3339(drop.opened_ms),
            claim_until=rfc3339(drop.claim_until_ms),
            use_until=rfc3339(drop.use_until_ms),
        )

    def coupon_view(self, claimed: Claimed) -> Coupon:
        coupon, order_id, _ = claimed
        now_ms = self._clock.now_ms()
        return Coupon(
            id=CouponId(coupon.id),
            drop_id=CouponDropId(coupon.drop_id),
            event_id=EventId(coupon.event_id),
            event_title=coupon.event_title,
            title=coupon.title,
            off_fen=coupon.off_fen,
            min_spend_fen=coupon.min_spend_fen,
            use_until=rfc3339(coupon.use_until_ms),
            status=coupon_status(order_id, coupon.use_until_ms, coupon.event_status, now_ms),
            order_id=None if order_id is None else OrderId(order_id),
            claimed_at=rfc3339(coupon.claimed_ms),
        )


# Everything below runs on the database's threads.


def _latest(event_id: str, connection: Connection) -> Drop | None:
    query = select_drops().where(DROPS.c.event_id == event_id)
    row = connection.execute(query.order_by(*_NEWEST_FIRST).limit(1)).one_or_none()
    return None if row is None else Drop(*row)


def _of_event(page: PageRequest, event_id: str, connection: Connection) -> list[Drop]:
    if connection.scalar(select(EVENTS.c.id).where(EVENTS.c.id == event_id)) is None:
        raise NotFound("event_not_found", "There is no such event.")
    query = select_drops().where(DROPS.c.event_id == event_id)
    if page.after is not None:
        query = query.where(tuple_(DROPS.c.opened_ms, DROPS.c.id) < page.after)
    rows = connection.execute(query.order_by(*_NEWEST_FIRST).limit(page.limit + 1))
    return [Drop(*row) for row in rows]


def _own(
    page: PageRequest,
    account_id: str,
    event_id: str | None,
    orders_with: OrdersWith,
    connection: Connection,
) -> list[Claimed]:
    query = select_coupons().where(COUPONS.c.account_id == account_id)
    if event_id is not None:
        query = query.where(DROPS.c.event_id == event_id)
    if page.after is not None:
        query = query.where(tuple_(COUPONS.c.claimed_ms, COUPONS.c.id) < page.after)
    query = query.order_by(COUPONS.c.claimed_ms.desc(), COUPONS.c.id.desc())
    rows = connection.execute(query.limit(page.limit + 1))
    coupons: Sequence[OwnCoupon] = [OwnCoupon(*row) for row in rows]
    orders = orders_with(connection, [coupon.id for coupon in coupons]) if coupons else {}
    return [Claimed(coupon, orders.get(coupon.id), is_new=False) for coupon in coupons]


def _drop_key(drop: Drop) -> CursorKey:
    return drop.opened_ms, drop.id


def _claimed_key(claimed: Claimed) -> CursorKey:
    return claimed.coupon.claimed_ms, claimed.coupon.id
