"""What the stock guard is told of an offer: SQL's row and its event's state, joined. Pure."""

from typing import Any

from live.sales.tables import OfferRow
from live.stock.rules import OfferTerms
from live.values import EventStatus


def standing_status(offer_status: str, event_status: str) -> str:
    """The status an offer has before window and stock are looked at: an OfferStatus value.

    A draft stays one whatever becomes of its event: nobody but its people ever sees it.
    """
    if offer_status == "draft":
        return "draft"
    match event_status:
        case EventStatus.ENDED | EventStatus.CANCELLED:
            return "closed"
        case EventStatus.SCHEDULED if offer_status == "open":
            return "scheduled"
        case _:
            return offer_status


def offer_terms(offer: OfferRow | Any, event_status: str, revision: int) -> OfferTerms:
    """The guard's terms of an offer at a revision of its event."""
    return OfferTerms(
        offer_id=offer.id,
        revision=revision,
        allotment=offer.allotment,
        price_fen=offer.price_fen,
        per_buyer_limit=offer.per_buyer_limit,
        status=standing_status(offer.status, event_status),
        opens_ms=offer.opens_ms,
        closes_ms=offer.closes_ms,
    )
