"""Adds everything up again from the rows, trusting no counter: what a broken guard cannot pass."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from live.sales.facts import OrderRefunded, OrderReserved
from live.sales.order_rows import ORDERS
from live.sales.orders import HOLDING, RESERVING, SELLING
from live.sales.tables import BuyerUnitsRow, OfferRow
from live.stock.guard import StockGuard
from live.storage.database import Database
from live.storage.tables import FactRow

_OFFERS: Any = OfferRow.__table__  # type: ignore[attr-defined]
_BUYERS: Any = BuyerUnitsRow.__table__  # type: ignore[attr-defined]
_FACTS: Any = FactRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class _Rows:
    offers: dict[str, Any]
    orders: list[Any]
    buyers: dict[tuple[str, str], int]
    facts: list[tuple[str, dict[str, Any]]]  # kind, body


async def audit(database: Database) -> list[str]:
    """What is wrong in SQL, one sentence each; empty when all is well."""
    async with database.reading() as session:
        rows = await _read(session)
    return [*_offer_faults(rows), *_buyer_faults(rows), *_price_faults(rows), *_fact_faults(rows)]


async def audit_guard(database: Database, guard: StockGuard, event_id: str) -> list[str]:
    """Where guard and SQL differ once nothing is under way any more."""
    reading = await guard.read(event_id)
    if reading is None:
        return ["the guard has no counters"]
    async with database.reading() as session:
        rows = await _read(session)
    faults = []
    for offer_id, offer in rows.offers.items():
        stock = reading.offers[offer_id]
        theirs = (stock.terms.allotment, stock.reserved, stock.sold)
        ours = (offer.allotment, offer.reserved, offer.sold)
        if theirs != ours:
            faults.append(f"{offer_id}: guard says {theirs}, SQL says {ours}")
    return faults


async def _read(session: AsyncSession) -> _Rows:
    offers = (await session.execute(select(_OFFERS))).all()
    orders = (await session.execute(select(ORDERS))).all()
    buyers = (await session.execute(select(_BUYERS))).all()
    facts = (await session.execute(select(_FACTS.c.kind, _FACTS.c.body))).all()
    return _Rows(
        offers={row.id: row for row in offers},
        orders=list(orders),
        buyers={(row.offer_id, row.buyer_id): row.units for row in buyers},
        facts=[(row.kind, msgspec.json.decode(row.body)) for row in facts],
    )


def _units_gone(rows: _Rows) -> set[str]:
    """Orders that were refunded with their goods already packed: their units stay sold."""
    return {
        body["order_id"]
        for kind, body in rows.facts
        if kind == OrderRefunded.kind() and not body["units_return"]
    }


def _counted(rows: _Rows) -> tuple[Counter[str], Counter[str], Counter[tuple[str, str]]]:
    """Units by offer that are reserved, that are sold, and units by (offer, buyer)."""
    reserved: Counter[str] = Counter()
    sold: Counter[str] = Counter()
    bought: Counter[tuple[str, str]] = Counter()
    gone = _units_gone(rows)
    for order in rows.orders:
        is_reserved = order.status in RESERVING
        is_sold = order.status in SELLING or order.id in gone
        if is_reserved:
            reserved[order.offer_id] += order.units
        if is_sold:
            sold[order.offer_id] += order.units
        if is_reserved or is_sold:
            bought[order.offer_id, order.buyer_id] += order.units
    return reserved, sold, bought


def _offer_faults(rows: _Rows) -> list[str]:
    reserved, sold, _ = _counted(rows)
    faults = []
    for offer_id, offer in rows.offers.items():
        held = reserved[offer_id] + sold[offer_id]
        if held > offer.allotment:
            faults.append(f"{offer_id} is oversold: orders have {held} of {offer.allotment} units")
        if (offer.reserved, offer.sold) != (reserved[offer_id], sold[offer_id]):
            faults.append(
                f"{offer_id} counts {offer.reserved} reserved and {offer.sold} sold; its orders"
                f" add up to {reserved[offer_id]} and {sold[offer_id]}"
            )
    return faults


def _buyer_faults(rows: _Rows) -> list[str]:
    _, _, bought = _counted(rows)
    faults = []
    for key in bought.keys() | rows.buyers.keys():
        if rows.buyers.get(key, 0) != bought[key]:
            faults.append(f"{key} counts {rows.buyers.get(key, 0)} units, has {bought[key]}")
        if bought[key] > rows.offers[key[0]].per_buyer_limit:
            faults.append(f"{key} has {bought[key]} units, over the limit")
    return faults


def _price_faults(rows: _Rows) -> list[str]:
    """Sums that are not what units, shipping and coupon make, and coupons used twice."""
    uses = Counter(order.coupon_id for order in rows.orders if order.status in HOLDING)
    faults = [f"{coupon} is used by {n} orders" for coupon, n in uses.items() if coupon and n > 1]
    for order in rows.orders:
        amount_fen = order.units * order.price_fen + order.shipping_fen - order.discount_fen
        if order.amount_fen != amount_fen:
            faults.append(f"{order.id} costs {order.amount_fen} fen, not {amount_fen}")
    return faults


def _fact_faults(rows: _Rows) -> list[str]:
    told = Counter(body["order_id"] for kind, body in rows.facts if kind == OrderReserved.kind())
    return [
        f"order {order.id} was told {told[order.id]} times"
        for order in rows.orders
        if told[order.id] != 1
    ]
