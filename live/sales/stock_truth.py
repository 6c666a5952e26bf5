"""What SQL says an event's counters must be: its fence, and its offers' terms."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.engine import Connection

from live.events.rows import EVENTS
from live.sales.tables import OfferRow
from live.sales.terms import offer_terms
from live.stock.guard import Position
from live.stock.rules import OfferTerms
from live.stock.tables import StockFenceRow
from live.storage.among import among

_FENCES: Any = StockFenceRow.__table__  # type: ignore[attr-defined]
_OFFERS: Any = OfferRow.__table__  # type: ignore[attr-defined]

_READ_FENCES = select(*_FENCES.c).where(among(_FENCES.c.event_id, "ids"))
_READ_OFFERS = (
    select(*_OFFERS.c, EVENTS.c.status.label("event_status"), EVENTS.c.revision)
    .join_from(_OFFERS, EVENTS, EVENTS.c.id == _OFFERS.c.event_id)
    .where(among(_OFFERS.c.event_id, "ids"))
    .order_by(_OFFERS.c.position, _OFFERS.c.id)
)


class StockTruth(NamedTuple):
    """
    Args:
        position: as of the last commit; the counters may be ahead.
        offers: in the order in which they are shown.
    """

    position: Position
    offers: list[OfferTerms]


def read_truths(connection: Connection, event_ids: Collection[str]) -> dict[str, StockTruth]:
    """By event id; an event whose counters were never built is left out."""
    fences = connection.execute(_READ_FENCES, {"ids": list(event_ids)}).all()
    offers = read_terms(connection, event_ids)
    return {
        fence.event_id: StockTruth(Position(fence.epoch, fence.seq), offers[fence.event_id])
        for fence in fences
    }


def read_terms(connection: Connection, event_ids: Collection[str]) -> dict[str, list[OfferTerms]]:
    """By event id, in the order in which they are shown; nothing where there are none."""
    terms: dict[str, list[OfferTerms]] = defaultdict(list)
    for row in connection.execute(_READ_OFFERS, {"ids": list(event_ids)}):
        terms[row.event_id].append(offer_terms(row, row.event_status, row.revision))
    return terms
