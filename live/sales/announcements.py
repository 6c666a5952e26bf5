"""What a room hears of orders: a toast for everybody, and a word to each buyer of their own.

Both are hints, since a client asks for its orders again whenever it may have missed something.
So where Redis (or the names in SQL) cannot be had they are left out, and the facts are not held
back for them: the stock's reactions to the same facts must not come again for a toast.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType

import msgspec
import structlog
from sqlalchemy.exc import SQLAlchemyError

from live.accounts.masks import mask_name
from live.accounts.rows import read_names
from live.realtime.feed import Entry, Feed, Notice
from live.sales.facts import (
    OrderCancelled,
    OrderExpired,
    OrderFact,
    OrderPaid,
    OrderRefunded,
    OrderReserved,
)
from live.sales.schemas import OrderStatus
from live.storage.database import SQL_AWAY, Database
from live.storage.facts import Reaction
from live.storage.redis import REDIS_AWAY
from live.values import rfc3339

log = structlog.get_logger(__name__)

NAMES_MAX = 5  # in one toast, the latest; the count tells of the others


class OrdersToast(msgspec.Struct, frozen=True):
    """Body of a feed entry ``orders``: who has just placed how many orders of an offer."""

    offer_id: str
    count: int
    names: list[str]  # masked


class OrderNotice(msgspec.Struct, frozen=True, tag_field="kind", tag="order", omit_defaults=True):
    """Body of a personal notice: what has become of the buyer's order."""

    order_id: str
    offer_id: str
    status: OrderStatus
    units: int
    pay_by: str | None = None


class Announcements:
    """Reactions to orders. List them after those that must not be repeated in vain."""

    def __init__(self, database: Database, feed: Feed) -> None:
        self._database = database
        self._feed = feed

    def reactions(self) -> list[Reaction]:
        return [
            Reaction(OrderReserved, self._reserved),
            Reaction(OrderPaid, self._paid),
            Reaction(OrderExpired, self._expired),
            Reaction(OrderCancelled, self._cancelled),
            Reaction(OrderRefunded, self._refunded),
        ]

    async def _reserved(self, facts: Sequence[OrderReserved]) -> None:
        try:
            toasts = await self._toasts(facts)
        except (SQLAlchemyError, *SQL_AWAY) as error:
            log.warning("toasts left out", orders=len(facts), error=repr(error))
            toasts = {}
        await self._tell(facts, OrderStatus.RESERVED, toasts)

    async def _paid(self, facts: Sequence[OrderPaid]) -> None:
        await self._tell(facts, OrderStatus.PAID)

    async def _expired(self, facts: Sequence[OrderExpired]) -> None:
        await self._tell(facts, OrderStatus.EXPIRED)

    async def _cancelled(self, facts: Sequence[OrderCancelled]) -> None:
        await self._tell(facts, OrderStatus.CANCELLED)

    async def _refunded(self, facts: Sequence[OrderRefunded]) -> None:
        await self._tell(facts, OrderStatus.REFUNDED)

    async def _tell(
        self,
        facts: Sequence[OrderFact],
        status: OrderStatus,
        toasts: Mapping[str, Sequence[Entry]] = MappingProxyType({}),
    ) -> None:
        """Toasts by event id, and to each buyer what their order is now."""
        try:
            await self._feed.tell_rooms(toasts, _notices(facts, status))
        except REDIS_AWAY as error:
            log.warning("announcements left out", orders=len(facts), error=repr(error))

    async def _toasts(self, facts: Sequence[OrderReserved]) -> dict[str, list[Entry]]:
        """By event id, one entry per offer for everything that has gathered."""
        by_offer: dict[tuple[str, str], list[OrderReserved]] = defaultdict(list)
        for fact in facts:
            by_offer[fact.event_id, fact.offer_id].append(fact)
        buyers = {offer: latest_buyers(orders) for offer, orders in by_offer.items()}
        asked = {buyer for some in buyers.values() for buyer in some}
        names = await self._database.read(partial(read_names, asked))
        entries: dict[str, list[Entry]] = defaultdict(list)
        for (event_id, offer_id), orders in by_offer.items():
            shown = [
                mask_name(names[buyer]) for buyer in buyers[event_id, offer_id] if buyer in names
            ]
            entries[event_id].append(Entry("orders", OrdersToast(offer_id, len(orders), shown)))
        return entries


def _notices(facts: Sequence[OrderFact], status: OrderStatus) -> dict[str, list[Notice]]:
    """By event id, to each buyer what has become of their order."""
    notices: dict[str, list[Notice]] = defaultdict(list)
    for fact in facts:
        pay_by = rfc3339(fact.pay_by_ms) if isinstance(fact, OrderReserved) else None
        notice = OrderNotice(fact.order_id, fact.offer_id, status, fact.units, pay_by)
        notices[fact.event_id].append((fact.buyer_id, notice))
    return notices


def latest_buyers(orders: Sequence[OrderReserved]) -> list[str]:
    """Up to NAMES_MAX different ones, the latest first."""
    buyers: dict[str, None] = {}
    for order in reversed(orders):
        buyers.setdefault(order.buyer_id)
        if len(buyers) == NAMES_MAX:
            break
    return list(buyers)
