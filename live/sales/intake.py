"""From a buyer's wish to an order: everything that can be refused before stock is touched.

wish ─► how often? ─► which offer? ─► where to? ─► whose turn? ─► which coupon? ─► Checkout.place
─► order, or why not
"""

import re
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, NamedTuple

import msgspec

from live.accounts.phones import normalise_phone
from live.accounts.schemas import ShipTo
from live.clock import Clock
from live.errors import Conflict, Invalid, NotFound, PreconditionRequired, Problem, Unavailable
from live.provinces import is_province
from live.sales.checkout import Checkout
from live.sales.commit import Objection, Outcome, Verdict
from live.sales.discounts import FindDiscount, discount_refusal
from live.sales.gate import Gate
from live.sales.known_orders import KnownOrders
from live.sales.orders import amount_fen, request_digest
from live.sales.sale_terms import SaleTerms, SaleTermsCache
from live.sales.schemas import OrderCreate, OrderStatus
from live.sales.stored_order import StoredOrder
from live.stock.rules import Admission
from live.storage.redis import REDIS_AWAY
from live.values import MS_PER_SECOND, order_id_for
from live.web.limits import RateLimit, take_or_refuse

_KEY_TEXT = "[!-~]+"  # visible ASCII
_KEY = re.compile(_KEY_TEXT)

# (account id, address id) → where to.
FindAddress = Callable[[str, str], Awaitable[ShipTo]]

_REFUSALS: dict[Admission | Objection, tuple[type[Problem], str, str]] = {
    Admission.SOLD_OUT: (Conflict, "sold_out", "There are not so many left."),
    Admission.BUYER_LIMIT: (Conflict, "buyer_limit", "That is more than one buyer may have."),
    Admission.NOT_OPEN: (Conflict, "not_open", "This is not on sale now."),
    Admission.PRICE_CHANGED: (Conflict, "price_changed", "The price has changed."),
    Admission.UNKNOWN_OFFER: (NotFound, "not_found", "There is no such offer."),
    Objection.COUPON_USED: (Conflict, "coupon_used", "Another order uses this coupon."),
}


class Placed(NamedTuple):
    order: StoredOrder
    is_new: bool  # False: a repeat of the same request


class OrderIntake:
    """Takes orders of any offer.

    Args:
        attempts: the limit on those of one account.
        key_chars_max: characters of an idempotency key.
        find_discount: what a coupon takes off.
        gate: who may order now; a repeat of an order that is known may come at any time.
    """

    def __init__(
        self,
        checkout: Checkout,
        terms: SaleTermsCache,
        find_address: FindAddress,
        clock: Clock,
        attempts: RateLimit,
        *,
        find_discount: FindDiscount,
        hold_seconds: int,
        key_chars_max: int,
        gate: Gate,
        known: KnownOrders,
    ) -> None:
        self._checkout = checkout
        self._gate = gate
        self._known = known
        self._terms = terms
        self._find_address = find_address
        self._find_discount = find_discount
        self._clock = clock
        self._hold_ms = hold_seconds * MS_PER_SECOND
        self._attempts = attempts
        self._key_chars_max = key_chars_max

    async def place(
        self,
        buyer_id: str,
        offer_id: str,
        key: str | None,
        asked: OrderCreate,
        *,
        in_event: str | None = None,
    ) -> Placed:
        """Order for a buyer.

        Args:
            key: the idempotency key: the same one again gets the same order.
            in_event: the room it was said in; an offer of another event is unknown there.

        Raises: PreconditionRequired, Invalid, NotFound, Conflict, TooMany; Unavailable, after
            which the order may exist: a repeat finds out.
        """
        key = self._checked_key(key)
        try:
            await take_or_refuse(self._attempts, buyer_id, "too_many_orders", "Slow down a little.")
        except REDIS_AWAY as error:  # without it nothing can be admitted either
            raise Unavailable("stock_unavailable", retry_after_seconds=1) from error
        terms = await self._terms.of(offer_id)
        if in_event is not None and terms.event_id != in_event:
            raise NotFound(detail="There is no such offer in this room.")
        ship_to = await self._ship_to(buyer_id, asked)
        if ship_to.province_code in terms.undeliverable:
            raise Conflict("not_deliverable", "This is not sent to that province.")
        order_id = order_id_for(buyer_id, offer_id, key)
        if not self._gate.is_open_to(terms.event_id, buyer_id):
            await self._require_turn(terms.event_id, buyer_id, order_id)
        if await self._checkout.is_sold_out(
            terms.event_id, offer_id, order_id, asked.units, asked.price_fen
        ):
            raise _refusal(Admission.SOLD_OUT)
        discount_fen = 0
        if asked.coupon_id is not None:
            discount_fen = await self._discount_fen(
                buyer_id, asked.coupon_id, terms.event_id, order_id, asked.units * asked.price_fen
            )
        order = self._order(
            order_id, buyer_id, offer_id, asked, terms, ship_to, discount_fen=discount_fen
        )
        return _told(order, await self._checkout.place(order))

    async def _require_turn(self, event_id: str, buyer_id: str, order_id: str) -> None:
        """Raises: whatever the gate says, unless it is the repeat of an order."""
        refusal = await self._gate.refusal(event_id, buyer_id)
        if refusal is None:
            return
        if not await self._known.has(event_id, order_id):
            raise refusal

    async def _discount_fen(
        self, buyer_id: str, coupon_id: str, event_id: str, order_id: str, goods_fen: int
    ) -> int:
        """What the coupon takes off. Whether another order uses it is decided in the commit.

        Raises: NotFound ``coupon_not_found``; Conflict ``coupon_min_spend``, ``coupon_expired``,
            unless the order is known: then its key says what it was; Unavailable.
        """
        discount = await self._find_discount(buyer_id, coupon_id, event_id)
        refusal = discount_refusal(discount, goods_fen, self._clock.now_ms())
        if refusal is not None and not await self._known.has(event_id, order_id):
            raise refusal
        return discount.off_fen

    @property
    def key_type(self) -> Any:
        """What an idempotency key must be, for descriptions."""
        return Annotated[
            str, msgspec.Meta(pattern=f"^{_KEY_TEXT}$", max_length=self._key_chars_max)
        ]

    def _checked_key(self, key: str | None) -> str:
        if not key:
            raise PreconditionRequired(
                "idempotency_key_required", "Send an Idempotency-Key of your own making."
            )
        if len(key) > self._key_chars_max or not _KEY.fullmatch(key):
            raise Invalid(
                "idempotency_key_invalid",
                f"At most {self._key_chars_max} visible ASCII characters.",
            )
        return key

    async def _ship_to(self, buyer_id: str, asked: OrderCreate) -> ShipTo:
        """Where to, in the spelling that is stored."""
        if (asked.ship_to is None) == (asked.address_id is None):
            raise Invalid(fields={"ship_to": "give either this or address_id"})
        if asked.address_id is not None:
            return await self._find_address(buyer_id, asked.address_id)
        ship_to = asked.ship_to
        assert ship_to is not None
        if not is_province(ship_to.province_code):
            raise Invalid(fields={"ship_to.province_code": "no province of China"})
        phone = normalise_phone(ship_to.phone, "ship_to.phone")
        return ShipTo(ship_to.name, phone, ship_to.province_code, ship_to.address)

    def _order(
        self,
        order_id: str,
        buyer_id: str,
        offer_id: str,
        asked: OrderCreate,
        terms: SaleTerms,
        to: ShipTo,
        *,
        discount_fen: int,
    ) -> StoredOrder:
        now_ms = self._clock.now_ms()
        place = (to.name, to.phone, to.province_code, to.address)
        return StoredOrder(
            id=order_id,
            event_id=terms.event_id,
            offer_id=offer_id,
            buyer_id=buyer_id,
            request_digest=request_digest(asked.units, asked.price_fen, place, asked.coupon_id),
            units=asked.units,
            price_fen=asked.price_fen,
            shipping_fen=terms.shipping_fen,
            amount_fen=amount_fen(asked.units, asked.price_fen, terms.shipping_fen, discount_fen),
            grams=asked.units * terms.unit_grams,
            status=OrderStatus.RESERVED.value,
            hold_no=0,
            ship_name=to.name,
            ship_phone=to.phone,
            ship_province_code=to.province_code,
            ship_address=to.address,
            created_ms=now_ms,
            pay_by_ms=now_ms + self._hold_ms,
            paid_ms=None,
            closed_ms=None,
            coupon_id=asked.coupon_id,
            discount_fen=discount_fen,
        )


def _told(order: StoredOrder, outcome: Outcome) -> Placed:
    """What the buyer hears. Raises: Conflict, NotFound; Invalid ``idempotency_key_reused``."""
    stored = outcome.order
    if stored is None:
        raise _refusal(outcome.word)
    if stored.request_digest != order.request_digest:
        raise Invalid(
            "idempotency_key_reused", "This key belongs to an order that asked for something else."
        )
    return Placed(stored, outcome.verdict is Verdict.PLACED)


def _refusal(word: Admission | Objection) -> Problem:
    kind, code, detail = _REFUSALS[word]
    return kind(code, detail)
