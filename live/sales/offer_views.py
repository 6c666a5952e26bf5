"""Offers as anyone sees them, from SQL's rows. Drafts are for the event's people only."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from live.errors import Forbidden
from live.events.access import require_host
from live.events.tables import EventRow
from live.sales.offers import is_draft, status_shown
from live.sales.schemas import Offer
from live.sales.tables import OfferRow
from live.values import EventId, OfferId, OfferKind, rfc3339
from live.web.routes import Identity

OFFERS: Any = OfferRow.__table__  # type: ignore[attr-defined]


async def read_offers(
    session: AsyncSession, event_ids: Iterable[str]
) -> Mapping[str, Sequence[OfferRow]]:
    """Event id → its offers in display order, drafts too; one query. Events without any: empty."""
    query = (
        select(OfferRow)
        .where(OFFERS.c.event_id.in_(sorted(event_ids)))
        .order_by(OFFERS.c.position, OFFERS.c.id)
    )
    offers: dict[str, list[OfferRow]] = defaultdict(list)
    for row in await session.scalars(query):
        offers[row.event_id].append(row)
    return offers


def offers_shown(
    event: EventRow, offers: Iterable[OfferRow], caller: Identity | None, now_ms: int
) -> list[Offer]:
    """An event's offers as this caller (None: a stranger) sees them."""
    sees_drafts = is_one_of_its_people(event, caller)
    return [
        offer_view(offer, event.status, now_ms)
        for offer in offers
        if sees_drafts or not is_draft(offer)
    ]


def is_one_of_its_people(event: EventRow, caller: Identity | None) -> bool:
    """Whether this is the event's host or an operator."""
    if caller is None:
        return False
    try:
        require_host(event, caller)
    except Forbidden:
        return False
    return True


def offer_view(offer: OfferRow, event_status: str, now_ms: int) -> Offer:
    """One offer, with SQL's numbers: always consistent with each other."""
    return Offer(
        id=OfferId(offer.id),
        event_id=EventId(offer.event_id),
        kind=OfferKind(offer.kind),
        title=offer.title,
        unit_grams=offer.unit_grams,
        price_fen=offer.price_fen,
        list_price_fen=offer.list_price_fen,
        list_price_basis=offer.list_price_basis,
        shipping_fen=offer.shipping_fen,
        undeliverable_provinces=offer.undeliverable.split(",") if offer.undeliverable else [],
        per_buyer_limit=offer.per_buyer_limit,
        allotment=offer.allotment,
        available=offer.allotment - offer.reserved - offer.sold,
        reserved=offer.reserved,
        sold=offer.sold,
        status=status_shown(offer, event_status, now_ms),
        opens_at=None if offer.opens_ms is None else rfc3339(offer.opens_ms),
        closes_at=None if offer.closes_ms is None else rfc3339(offer.closes_ms),
    )
