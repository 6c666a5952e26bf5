"""What may be done with an offer, and what a buyer sees of it. Pure.

    draft ──► open ◄──► closed

An offer that was on sale once is never a draft again: people have seen it.
"""

from typing import Any

import msgspec

from live.errors import Conflict, Invalid
from live.events.moments import moment_ms
from live.provinces import is_province
from live.sales.schemas import OfferCreate, OfferStatus, OfferUpdate
from live.sales.tables import OfferRow
from live.sales.terms import offer_terms
from live.stock.rules import OfferStock, status_now

OFFERS_PER_EVENT_MAX = 200  # a snapshot of the room carries all of them

_PLAIN = ("title", "price_fen", "allotment", "per_buyer_limit")
_MOMENTS = ("opens_at", "closes_at")


def status_shown(offer: OfferRow, event_status: str, now_ms: int) -> OfferStatus:
    """What a buyer sees now, by SQL's own numbers; the guard says the same by its."""
    terms = offer_terms(offer, event_status, revision=0)
    stock = OfferStock(terms, reserved=offer.reserved, sold=offer.sold)
    return OfferStatus(status_now(stock, now_ms))


def is_draft(offer: OfferRow) -> bool:
    """Whether only the event's host and operators may know of it."""
    return offer.status == OfferStatus.DRAFT


def new_offer(
    offer_id: str, event_id: str, asked: OfferCreate, position: int, now_ms: int
) -> OfferRow:
    """The draft that was asked for, last in its event.

    Args:
        position: how many offers the event has already.

    Raises: Invalid; Conflict ``too_many_offers``.
    """
    if position >= OFFERS_PER_EVENT_MAX:
        raise Conflict("too_many_offers", f"An event has at most {OFFERS_PER_EVENT_MAX} offers.")
    opens_ms = None if asked.opens_at is None else moment_ms(asked.opens_at, "opens_at")
    closes_ms = None if asked.closes_at is None else moment_ms(asked.closes_at, "closes_at")
    _check_window(opens_ms, closes_ms)
    _check_list_price(asked.price_fen, asked.list_price_fen, asked.list_price_basis)
    return OfferRow(
        id=offer_id,
        event_id=event_id,
        lot_id=asked.lot_id,
        kind=asked.kind.value,
        title=asked.title,
        unit_grams=asked.unit_grams,
        price_fen=asked.price_fen,
        list_price_fen=asked.list_price_fen,
        list_price_basis=asked.list_price_basis,
        shipping_fen=asked.shipping_fen,
        undeliverable=",".join(_provinces(asked.undeliverable_provinces)),
        allotment=asked.allotment,
        per_buyer_limit=asked.per_buyer_limit,
        opens_ms=opens_ms,
        closes_ms=closes_ms,
        position=position,
        created_ms=now_ms,
    )


def update_changes(offer: OfferRow, asked: OfferUpdate) -> dict[str, Any]:
    """The columns that an edit sets. Whether an allotment is too small, only SQL can tell.

    Raises: Invalid.
    """
    changes = _given(asked, _PLAIN)
    for name, moment in _given(asked, _MOMENTS).items():
        column = name.removesuffix("_at") + "_ms"
        changes[column] = None if moment is None else moment_ms(moment, name)
    if not changes:
        raise Invalid(fields={"body": "names nothing to change"})
    opens_ms = changes.get("opens_ms", offer.opens_ms)
    _check_window(opens_ms, changes.get("closes_ms", offer.closes_ms))
    if "price_fen" in changes:
        _check_list_price(changes["price_fen"], offer.list_price_fen, offer.list_price_basis)
    return changes


def open_changes(offer: OfferRow) -> dict[str, Any]:
    """Put it on sale. Raises: Conflict ``already_open``."""
    if offer.status == OfferStatus.OPEN:
        raise Conflict("already_open", "The offer is open already.")
    return {"status": OfferStatus.OPEN.value}


def close_changes(offer: OfferRow) -> dict[str, Any]:
    """Take it off sale. Raises: Conflict ``not_open``, ``already_closed``."""
    if offer.status == OfferStatus.DRAFT:
        raise Conflict("not_open", "The offer has not been opened yet.")
    if offer.status == OfferStatus.CLOSED:
        raise Conflict("already_closed", "The offer is closed already.")
    return {"status": OfferStatus.CLOSED.value}


def _given(asked: OfferUpdate, names: tuple[str, ...]) -> dict[str, Any]:
    given = {name: getattr(asked, name) for name in names}
    return {name: value for name, value in given.items() if value is not msgspec.UNSET}


def _check_window(opens_ms: int | None, closes_ms: int | None) -> None:
    if opens_ms is not None and closes_ms is not None and closes_ms <= opens_ms:
        raise Invalid(fields={"closes_at": "must be after opens_at"})


def _check_list_price(price_fen: int, list_price_fen: int | None, basis: str) -> None:
    """A crossed-out price must be one, and say where it comes from."""
    if list_price_fen is None:
        return
    if list_price_fen <= price_fen:
        raise Invalid(fields={"list_price_fen": "must be above price_fen"})
    if not basis.strip():
        raise Invalid(fields={"list_price_basis": "say where the list price comes from"})


def _provinces(codes: list[str]) -> list[str]:
    """Each once, in the order of their codes."""
    unknown = [code for code in codes if not is_province(code)]
    if unknown:
        raise Invalid(fields={"undeliverable_provinces": f"{unknown[0]} is no province of China"})
    return sorted(set(codes))
