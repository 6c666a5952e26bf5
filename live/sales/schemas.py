"""What the HTTP calls about offers, orders, payments and sales take and answer."""

from enum import StrEnum
from typing import Annotated

import msgspec

from live.accounts.schemas import ProvinceCode, ShipTo
from live.catalog.schemas import ShortText
from live.events.schemas import AwareTime, Event
from live.values import ClaimId, CouponId, EventId, OfferId, OfferKind, OrderId, PaymentId

Units = Annotated[int, msgspec.Meta(ge=1, le=1000)]
Fen = Annotated[int, msgspec.Meta(ge=1, le=10**9)]
ProviderName = Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
Allotment = Annotated[int, msgspec.Meta(ge=1, le=10**8)]
Unset = msgspec.UnsetType
UNSET = msgspec.UNSET


class OfferCreate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: OfferKind
    title: ShortText
    unit_grams: Annotated[int, msgspec.Meta(ge=1, le=10**7)]
    price_fen: Fen
    allotment: Allotment
    per_buyer_limit: Annotated[int, msgspec.Meta(ge=1, le=10**6)]
    list_price_fen: Fen | None = None
    list_price_basis: Annotated[str, msgspec.Meta(max_length=80)] = ""
    shipping_fen: Annotated[int, msgspec.Meta(ge=0, le=10**7)] = 0
    undeliverable_provinces: list[ProvinceCode] = []
    lot_id: str | None = None
    opens_at: AwareTime | None = None
    closes_at: AwareTime | None = None


class OfferUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Only the fields present change; ``allotment`` restocks, or takes back what is left."""

    title: ShortText | Unset = UNSET
    price_fen: Fen | Unset = UNSET
    allotment: Allotment | Unset = UNSET
    per_buyer_limit: Annotated[int, msgspec.Meta(ge=1, le=10**6)] | Unset = UNSET
    opens_at: AwareTime | Unset | None = UNSET
    closes_at: AwareTime | Unset | None = UNSET


class OfferStatus(StrEnum):
    """What a buyer sees; follows from the offer, its window, its stock and its event."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"  # open, but opens_at is still to come
    OPEN = "open"
    SOLD_OUT = "sold_out"
    CLOSED = "closed"


class Offer(msgspec.Struct, frozen=True):
    id: OfferId
    event_id: EventId
    kind: OfferKind
    title: str
    unit_grams: int
    price_fen: int
    list_price_fen: int | None
    list_price_basis: str
    shipping_fen: int
    undeliverable_provinces: list[str]
    per_buyer_limit: int
    allotment: int
    available: int
    reserved: int
    sold: int
    status: OfferStatus
    opens_at: str | None
    closes_at: str | None


class EventWithOffers(Event, frozen=True):
    offers: list[Offer]


class OrderCreate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    units: Units
    price_fen: Fen
    ship_to: ShipTo | None = None
    address_id: str | None = None
    pay_with: ProviderName | None = None  # start paying in the same call
    coupon_id: str | None = None  # the buyer's own, of this event


class OrderStatus(StrEnum):
    RESERVED = "reserved"
    PAID = "paid"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUNDED = "refunded"


class PaymentStatus(StrEnum):
    STARTED = "started"
    SETTLED = "settled"
    FAILED = "failed"


class NoAction(msgspec.Struct, frozen=True, tag_field="type", tag="none"):
    """Nothing to do but wait: the provider's word is on its way."""


class Redirect(msgspec.Struct, frozen=True, tag_field="type", tag="redirect"):
    """The buyer pays at this address."""

    url: str


class ShowQr(msgspec.Struct, frozen=True, tag_field="type", tag="qr"):
    """The buyer scans this text with the provider's app."""

    text: str


PaymentAction = NoAction | Redirect | ShowQr


class Payment(msgspec.Struct, frozen=True):
    id: PaymentId
    order_id: OrderId
    provider: str
    amount_fen: int
    status: PaymentStatus
    action: PaymentAction = NoAction()  # what the buyer's page does next


class ClaimStatus(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"


class Claim(msgspec.Struct, frozen=True):
    """A buyer's claim of bad fruit. Here since orders show theirs; ``live/claims`` has the rest."""

    id: ClaimId
    order_id: OrderId
    status: ClaimStatus
    units: int | None  # boxes that are bad, or else:
    share_percent: int | None  # of all the fruit
    note: str
    asked_fen: int
    approved_fen: int | None
    reason: str  # for a rejection
    filed_at: str
    decided_at: str | None


class Order(msgspec.Struct, frozen=True):
    id: OrderId
    event_id: EventId
    offer_id: OfferId
    status: OrderStatus
    units: int
    price_fen: int
    shipping_fen: int
    discount_fen: int  # by the coupon; 0 without one
    amount_fen: int  # units x price + shipping - discount
    grams: int
    created_at: str
    pay_by: str
    paid_at: str | None
    closed_at: str | None
    ship_to: ShipTo  # masked for hosts
    coupon_id: CouponId | None
    offer_title: str | None = None  # in lists and single reads, not in the reply to an order
    event_title: str | None = None
    carrier: str | None = None  # once shipped; likewise
    tracking_number: str | None = None
    payment: Payment | None = None  # in the reply to an order that named pay_with, if it started
    delivered_at: str | None = None
    claim_by: str | None = None  # until when bad fruit may be claimed, once delivered
    claims: list[Claim] = []  # oldest first, for those who see the order unmasked


class PaymentCreate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    provider: ProviderName


class RefundReason(StrEnum):
    """Why money goes back."""

    ORDER_REFUNDED = "order_refunded"
    ORDER_OVER = "order_over"  # cancelled, or expired and its units or its coupon are gone
    PAID_TWICE = "paid_twice"
    WRONG_AMOUNT = "wrong_amount"
    CLAIM = "claim"  # for bad fruit


class ProviderChoice(msgspec.Struct, frozen=True):
    name: ProviderName


class OfferSales(msgspec.Struct, frozen=True):
    """How one offer sells. ``stock_out_at_*`` bound the estimate; None while it cannot be made."""

    offer_id: OfferId
    title: str
    allotment: int
    available: int
    reserved: int
    sold: int
    sell_through: float  # sold / allotment, 0..1
    units_per_minute: float
    stock_out_at_earliest: str | None
    stock_out_at_latest: str | None


class MinuteSales(msgspec.Struct, frozen=True):
    at: str
    orders: int
    paid_orders: int
    units: int
    amount_fen: int


class Funnel(msgspec.Struct, frozen=True):
    views: int
    unique_viewers: int  # estimated, standard error 0.81 %
    buyers: int  # accounts with an order
    orders: int
    paid_orders: int


class ProvinceSales(msgspec.Struct, frozen=True):
    province_code: str
    orders: int
    grams: int
    amount_fen: int


class SalesTotals(msgspec.Struct, frozen=True):
    orders: int  # all ever reserved
    paid_orders: int
    reserved_orders: int
    expired_orders: int
    cancelled_orders: int
    refunded_orders: int
    units_sold: int
    grams_sold: int
    amount_fen: int  # paid for orders, less what was given back of it
    claimed_fen: int  # given back for claims; not part of amount_fen
    discount_fen: int  # that coupons took off these orders; not part of amount_fen


class EventSales(msgspec.Struct, frozen=True):
    event_id: EventId
    at: str
    totals: SalesTotals
    offers: list[OfferSales]
    minutes: list[MinuteSales]
    funnel: Funnel
    provinces: list[ProvinceSales]
