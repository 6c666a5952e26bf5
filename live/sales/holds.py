"""The holds that the guard must have, by SQL's word: what a rebuild installs."""

from collections import Counter
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from live.sales.order_rows import ORDERS
from live.sales.orders import HOLDING, SELLING
from live.sales.stored_order import StoredOrder
from live.sales.tables import BuyerUnitsRow, OfferRow
from live.stock.rules import Hold, HoldState

_OFFERS: Any = OfferRow.__table__  # type: ignore[attr-defined]
_BUYERS: Any = BuyerUnitsRow.__table__  # type: ignore[attr-defined]
_HOLD_COLUMNS = [
    ORDERS.c[name] for name in ("id", "offer_id", "buyer_id", "units", "hold_no", "status")
]


def hold_for(order: StoredOrder | Any) -> Hold:
    """The hold of an order that has its units (``orders.HOLDING``)."""
    state = HoldState.SOLD if order.status in SELLING else HoldState.RESERVED
    return Hold(order.id, order.offer_id, order.buyer_id, order.units, order.hold_no, state)


async def read_holds(session: AsyncSession, event_id: str) -> list[Hold]:
    """All holds of an event. The caller holds its fence, so that they add up to the counters."""
    query = select(*_HOLD_COLUMNS).where(
        ORDERS.c.event_id == event_id, ORDERS.c.status.in_(sorted(HOLDING))
    )
    holds = [hold_for(row) for row in await session.execute(query)]
    return holds + await _read_gone(session, event_id, holds)


async def _read_gone(session: AsyncSession, event_id: str, holds: list[Hold]) -> list[Hold]:
    """Units that stay sold without an order that has them: refunded once they were packed.

    They count for good, for the offer and for the buyer's limit, so one hold a buyer has them.
    """
    query = (
        select(_BUYERS.c.offer_id, _BUYERS.c.buyer_id, _BUYERS.c.units)
        .join_from(_BUYERS, _OFFERS, _OFFERS.c.id == _BUYERS.c.offer_id)
        .where(_OFFERS.c.event_id == event_id, _BUYERS.c.units > 0)
    )
    held: Counter[tuple[str, str]] = Counter()
    for hold in holds:
        held[hold.offer_id, hold.buyer_id] += hold.units
    return [
        Hold(f"gone:{offer}:{buyer}", offer, buyer, gone, state=HoldState.SOLD)
        for offer, buyer, units in await session.execute(query)
        if (gone := units - held[offer, buyer]) > 0
    ]
