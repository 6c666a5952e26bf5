"""What the stock guard decides, as pure functions: the specification that the Lua mirrors.

Invariant, at every read: ``available + reserved + sold == allotment`` and none is negative.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class Admission(StrEnum):
    """The guard's answer to one intent. ``reserve.lua`` replies with these very words."""

    RESERVED = "reserved"  # units taken, hold written
    REPEATED = "repeated"  # this order already holds its units
    SOLD_OUT = "sold_out"
    BUYER_LIMIT = "buyer_limit"
    NOT_OPEN = "not_open"
    PRICE_CHANGED = "price_changed"
    UNKNOWN_OFFER = "unknown_offer"

    @property
    def has_hold(self) -> bool:
        return self in (Admission.RESERVED, Admission.REPEATED)


class Settlement(StrEnum):
    """What becomes of a hold once SQL has decided. Mirrored by ``settle.lua``."""

    SOLD = "sold"  # paid: reserved → sold
    RELEASED = "released"  # expired, cancelled, refunded or never committed: back on sale


class HoldState(StrEnum):
    RESERVED = "reserved"
    SOLD = "sold"


@dataclass(frozen=True, slots=True)
class UnitsIntent:
    """Units that one order wants.

    ``hold_no`` is 0 for a new order and grows when a late payment takes units once more; such
    an intent is past the questions of price and opening hours.
    """

    order_id: str
    offer_id: str
    buyer_id: str
    units: int
    price_fen: int
    hold_no: int = 0


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """What the guard must know of an offer, from SQL's committed row.

    Args:
        revision: the event's revision these terms belong to; older terms never replace newer.
        status: ``draft``, ``scheduled``, ``open`` or ``closed`` as the host and the event have
            it. Of these only ``open`` sells, and then only within the window and the stock.
        opens_ms, closes_ms: the window, None where it has no such bound.
    """

    offer_id: str
    revision: int
    allotment: int
    price_fen: int
    per_buyer_limit: int
    status: str
    opens_ms: int | None = None
    closes_ms: int | None = None


@dataclass(frozen=True, slots=True)
class OfferStock:
    """One offer's counters."""

    terms: OfferTerms
    reserved: int = 0
    sold: int = 0

    @property
    def available(self) -> int:
        return self.terms.allotment - self.reserved - self.sold


@dataclass(frozen=True, slots=True)
class Hold:
    """The receipt for units taken: while it exists, the units are not on sale."""

    order_id: str
    offer_id: str
    buyer_id: str
    units: int
    hold_no: int = 0
    state: HoldState = HoldState.RESERVED


def status_now(stock: OfferStock, now_ms: int) -> str:
    """What a buyer sees: the terms' status, refined by window and stock while it is ``open``."""
    terms = stock.terms
    if terms.status != "open":
        return terms.status
    if terms.opens_ms is not None and now_ms < terms.opens_ms:
        return "scheduled"
    if terms.closes_ms is not None and now_ms >= terms.closes_ms:
        return "closed"
    return "open" if stock.available > 0 else "sold_out"


def admit(
    stock: OfferStock | None, hold: Hold | None, bought_units: int, intent: UnitsIntent, now_ms: int
) -> Admission:
    """Decide one intent, given the offer, this order's hold and the buyer's units so far.

    The order of the questions is part of the contract: an existing hold answers first, so that
    a buyer who repeats a request never hears "sold out" about units that are already theirs.
    """
    if hold is not None and hold.hold_no >= intent.hold_no:
        return Admission.REPEATED
    if stock is None:
        return Admission.UNKNOWN_OFFER
    if hold is not None:  # a late payment takes over the hold it finds, whatever the stock
        return Admission.RESERVED
    if intent.hold_no == 0:
        if status_now(stock, now_ms) not in ("open", "sold_out"):
            return Admission.NOT_OPEN
        if intent.price_fen != stock.terms.price_fen:
            return Admission.PRICE_CHANGED
    if stock.available < intent.units:
        return Admission.SOLD_OUT
    if bought_units + intent.units > stock.terms.per_buyer_limit:
        return Admission.BUYER_LIMIT
    return Admission.RESERVED


def take(stock: OfferStock, units: int) -> OfferStock:
    return replace(stock, reserved=stock.reserved + units)


def settle(stock: OfferStock, hold: Hold, to: Settlement) -> tuple[OfferStock, Hold | None]:
    """Move a hold's units; returns the counters and what is left of the hold."""
    was_reserved = hold.units if hold.state is HoldState.RESERVED else 0
    if to is Settlement.SOLD:
        moved = replace(
            stock, reserved=stock.reserved - was_reserved, sold=stock.sold + was_reserved
        )
        return moved, replace(hold, state=HoldState.SOLD)
    was_sold = hold.units - was_reserved
    return replace(stock, reserved=stock.reserved - was_reserved, sold=stock.sold - was_sold), None
