"""Moves units between an offer's columns in SQL, for everything but new orders.

Every function here runs inside the caller's transaction, which already holds the event's
fence (`fences.hold_fences`). Sums per row, rows in sorted order.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.engine import Connection

from live.sales.stored_order import StoredOrder
from live.sales.tables import BuyerUnitsRow, OfferRow

_OFFERS: Any = OfferRow.__table__  # type: ignore[attr-defined]
_BUYERS: Any = BuyerUnitsRow.__table__  # type: ignore[attr-defined]

_SELL = (
    update(_OFFERS)
    .where(_OFFERS.c.id == bindparam("offer"))
    .values(reserved=_OFFERS.c.reserved - bindparam("by"), sold=_OFFERS.c.sold + bindparam("by"))
)
_UNRESERVE = (
    update(_OFFERS)
    .where(_OFFERS.c.id == bindparam("offer"))
    .values(reserved=_OFFERS.c.reserved - bindparam("by"))
)
_UNSELL = (
    update(_OFFERS)
    .where(_OFFERS.c.id == bindparam("offer"))
    .values(sold=_OFFERS.c.sold - bindparam("by"))
)
_SELL_AVAILABLE = (
    update(_OFFERS)
    .where(_OFFERS.c.id == bindparam("offer"))
    .values(sold=_OFFERS.c.sold + bindparam("by"))
)
_TAKE = (
    update(_BUYERS)
    .where(_BUYERS.c.offer_id == bindparam("offer"), _BUYERS.c.buyer_id == bindparam("buyer"))
    .values(units=_BUYERS.c.units + bindparam("by"))
)
_GIVE_BACK = (
    update(_BUYERS)
    .where(_BUYERS.c.offer_id == bindparam("offer"), _BUYERS.c.buyer_id == bindparam("buyer"))
    .values(units=_BUYERS.c.units - bindparam("by"))
)


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
    connection.execute(_SELL_AVAILABLE, {"offer": order.offer_id, "by": order.units})
    connection.execute(_TAKE, {"offer": order.offer_id, "buyer": order.buyer_id, "by": order.units})


def _return(connection: Connection, statement: Any, orders: list[StoredOrder]) -> None:
    _per_offer(connection, statement, orders)
    units: Counter[tuple[str, str]] = Counter()
    for order in orders:
        units[order.offer_id, order.buyer_id] += order.units
    if units:
        rows = [{"offer": o, "buyer": b, "by": n} for (o, b), n in sorted(units.items())]
        connection.execute(_GIVE_BACK, rows)


def _per_offer(connection: Connection, statement: Any, orders: Iterable[StoredOrder]) -> None:
    units: Counter[str] = Counter()
    for order in orders:
        units[order.offer_id] += order.units
    if units:
        rows = [{"offer": offer, "by": n} for offer, n in sorted(units.items())]
        connection.execute(statement, rows)
