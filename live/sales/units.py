"""Moves units between an offer's columns in SQL, for everything but new orders.

Every function here runs inside the caller's transaction, which already holds the event's
fence (`fences.hold_fences`). Sums per row, rows in sorted order.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Update, and_, select, update
from sqlalchemy.engine import Connection

from live.sales.stored_order import StoredOrder
from live.sales.tables import BuyerUnitsRow, OfferRow
from live.storage.bulk import UpdateRows

_OFFERS: Any = OfferRow.__table__  # type: ignore[attr-defined]
_BUYERS: Any = BuyerUnitsRow.__table__  # type: ignore[attr-defined]
_RESERVED, _SOLD, _BOUGHT = _OFFERS.c.reserved, _OFFERS.c.sold, _BUYERS.c.units


def _offer(offer_id: Any) -> Update:
    return update(_OFFERS).where(_OFFERS.c.id == offer_id)


def _buyer(offer_id: Any, buyer_id: Any) -> Update:
    return update(_BUYERS).where(_BUYERS.c.offer_id == offer_id, _BUYERS.c.buyer_id == buyer_id)


_OF_OFFER = ("offer", "units")
_OF_BUYER = ("offer", "buyer", "units")
_SELL = UpdateRows(
    _OF_OFFER, lambda offer, n: _offer(offer).values(reserved=_RESERVED - n, sold=_SOLD + n)
)
_UNRESERVE = UpdateRows(_OF_OFFER, lambda offer, n: _offer(offer).values(reserved=_RESERVED - n))
_UNSELL = UpdateRows(_OF_OFFER, lambda offer, n: _offer(offer).values(sold=_SOLD - n))
_SELL_AVAILABLE = UpdateRows(_OF_OFFER, lambda offer, n: _offer(offer).values(sold=_SOLD + n))
_TAKE = UpdateRows(_OF_BUYER, lambda offer, by, n: _buyer(offer, by).values(units=_BOUGHT + n))
_GIVE_BACK = UpdateRows(_OF_BUYER, lambda offer, by, n: _buyer(offer, by).values(units=_BOUGHT - n))


def sell_reserved(connection: Connection, orders: Iterable[StoredOrder]) -> None:
    """reserved → sold."""
    _per_offer(connection, _SELL, orders)


def return_reserved(connection: Connection, orders: Iterable[StoredOrder]) -> None:
    """reserved → available, and off the buyers' limits."""
    _return(connection, _UNRESERVE, list(orders))


def return_sold(connection: Connection, orders: Iterable[StoredOrder]) -> None:
    """sold → available, and off the buyers' limits."""
    _return(connection, _UNSELL, list(orders))


def has_room(connection: Connection, order: StoredOrder) -> bool:
    """Whether the offer and the buyer's limit still have room for this order's units."""
    query = (
        select(
            _OFFERS.c.allotment - _OFFERS.c.reserved - _OFFERS.c.sold,
            _OFFERS.c.per_buyer_limit,
            _BUYERS.c.units,
        )
        .join_from(
            _OFFERS,
            _BUYERS,
            and_(_BUYERS.c.offer_id == _OFFERS.c.id, _BUYERS.c.buyer_id == order.buyer_id),
            isouter=True,
        )
        .where(_OFFERS.c.id == order.offer_id)
    )
    available, limit, bought = connection.execute(query).one()
    return bool(available >= order.units and (bought or 0) + order.units <= limit)


def take_sold(connection: Connection, order: StoredOrder) -> None:
    """available → sold, and onto the buyer's limit. The row exists: the order was reserved once."""
    _SELL_AVAILABLE.run(connection, [(order.offer_id, order.units)])
    _TAKE.run(connection, [(order.offer_id, order.buyer_id, order.units)])


def _return(connection: Connection, change: UpdateRows, orders: list[StoredOrder]) -> None:
    _per_offer(connection, change, orders)
    units: Counter[tuple[str, str]] = Counter()
    for order in orders:
        units[order.offer_id, order.buyer_id] += order.units
    _GIVE_BACK.run(connection, [(offer, buyer, n) for (offer, buyer), n in sorted(units.items())])


def _per_offer(connection: Connection, change: UpdateRows, orders: Iterable[StoredOrder]) -> None:
    units: Counter[str] = Counter()
    for order in orders:
        units[order.offer_id] += order.units
    change.run(connection, sorted(units.items()))
