"""An order as its buyer sees it, or masked, as the event's host does. Pure."""

from collections.abc import Sequence

from live.accounts.masks import mask_address, mask_name, mask_phone
from live.accounts.schemas import ShipTo
from live.sales.schemas import Claim, Order, OrderStatus, Payment
from live.sales.stored_order import StoredOrder
from live.values import CouponId, EventId, OfferId, OrderId, rfc3339


def order_view(
    order: StoredOrder,
    *,
    masked: bool = False,
    offer_title: str | None = None,
    event_title: str | None = None,
    carrier: str | None = None,
    tracking_number: str | None = None,
    payment: Payment | None = None,
    delivered_ms: int | None = None,
    claim_by_ms: int | None = None,
    claims: Sequence[Claim] = (),
) -> Order:
    """
    Args:
        masked: hide who and where the buyer is, and what they write; the province stays.
    """
    return Order(
        id=OrderId(order.id),
        event_id=EventId(order.event_id),
        offer_id=OfferId(order.offer_id),
        status=OrderStatus(order.status),
        units=order.units,
        price_fen=order.price_fen,
        shipping_fen=order.shipping_fen,
        discount_fen=order.discount_fen,
        amount_fen=order.amount_fen,
        grams=order.grams,
        created_at=rfc3339(order.created_ms),
        pay_by=rfc3339(order.pay_by_ms),
        paid_at=None if order.paid_ms is None else rfc3339(order.paid_ms),
        closed_at=None if order.closed_ms is None else rfc3339(order.closed_ms),
        ship_to=_masked(order) if masked else _ship_to(order),
        coupon_id=None if order.coupon_id is None else CouponId(order.coupon_id),
        offer_title=offer_title,
        event_title=event_title,
        carrier=carrier,
        tracking_number=tracking_number,
        payment=payment,
        delivered_at=None if delivered_ms is None else rfc3339(delivered_ms),
        claim_by=None if claim_by_ms is None else rfc3339(claim_by_ms),
        claims=[] if masked else [*claims],
    )


def _ship_to(order: StoredOrder) -> ShipTo:
    return ShipTo(order.ship_name, order.ship_phone, order.ship_province_code, order.ship_address)


def _masked(order: StoredOrder) -> ShipTo:
    return ShipTo(
        mask_name(order.ship_name),
        mask_phone(order.ship_phone),
        order.ship_province_code,
        mask_address(order.ship_address),
    )
