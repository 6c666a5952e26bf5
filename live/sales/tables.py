"""Offers, orders, payments and refunds. Every invariant has a CHECK behind it."""

from sqlalchemy import BigInteger, CheckConstraint, Index, Text
from sqlmodel import Field, SQLModel

from live.storage.columns import big


class OfferRow(SQLModel, table=True):
    """What is for sale: ``available = allotment - reserved - sold``, never negative."""

    __tablename__ = "offers"
    __table_args__ = (
        CheckConstraint("reserved >= 0 AND sold >= 0", name="ck_offers_counts"),
        CheckConstraint("reserved + sold <= allotment", name="ck_offers_never_oversold"),
        CheckConstraint(
            "unit_grams > 0 AND price_fen > 0 AND shipping_fen >= 0", name="ck_offers_terms"
        ),
        CheckConstraint("per_buyer_limit > 0", name="ck_offers_limit"),
        CheckConstraint("kind IN ('flash_sale', 'fixed_price')", name="ck_offers_kind"),
        CheckConstraint("status IN ('draft', 'open', 'closed')", name="ck_offers_status"),
        CheckConstraint(
            "closes_ms IS NULL OR opens_ms IS NULL OR closes_ms > opens_ms", name="ck_offers_window"
        ),
    )

    id: str = Field(primary_key=True)
    event_id: str = Field(foreign_key="events.id", index=True)
    lot_id: str | None = Field(default=None, foreign_key="lots.id", index=True)
    kind: str
    title: str
    unit_grams: int = big()
    price_fen: int = big()
    list_price_fen: int | None = Field(default=None, sa_type=BigInteger)
    list_price_basis: str = ""
    shipping_fen: int = big(default=0)
    undeliverable: str = ""  # comma-separated province codes
    allotment: int = big()
    reserved: int = big(default=0)
    sold: int = big(default=0)
    per_buyer_limit: int
    status: str = "draft"
    opens_ms: int | None = Field(default=None, sa_type=BigInteger)
    closes_ms: int | None = Field(default=None, sa_type=BigInteger)
    position: int = 0
    created_ms: int = big()


class BuyerUnitsRow(SQLModel, table=True):
    """Units of an offer that one buyer holds or has bought: the truth behind the buyer limit."""

    __tablename__ = "buyer_units"
    __table_args__ = (CheckConstraint("units >= 0", name="ck_buyer_units"),)

    offer_id: str = Field(primary_key=True, foreign_key="offers.id")
    buyer_id: str = Field(primary_key=True, foreign_key="accounts.id")
    units: int = big()


class OrderRow(SQLModel, table=True):
    """One buyer's order of one offer.

    ``hold_no`` counts the holds this order has had in Redis (a late payment takes a second
    one), so that a repeated release of the first can never free the second.
    """

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(
            "units > 0 AND amount_fen >= 0 AND shipping_fen >= 0 AND hold_no >= 0",
            name="ck_orders_amounts",
        ),
        CheckConstraint(
            "status IN ('reserved', 'paid', 'packed', 'shipped', 'delivered', 'cancelled',"
            " 'expired', 'refunded')",
            name="ck_orders_status",
        ),
        Index("ix_orders_event", "event_id", "created_ms"),
        Index("ix_orders_buyer", "buyer_id", "created_ms"),
        Index("ix_orders_due", "status", "pay_by_ms"),
    )

    id: str = Field(primary_key=True)
    event_id: str = Field(foreign_key="events.id")
    offer_id: str = Field(foreign_key="offers.id")
    buyer_id: str = Field(foreign_key="accounts.id")
    request_digest: str
    units: int = big()
    price_fen: int = big()
    shipping_fen: int = big()
    amount_fen: int = big()  # units x price + shipping
    grams: int = big()
    status: str
    hold_no: int = 0
    ship_name: str
    ship_phone: str
    ship_province_code: str
    ship_address: str = Field(sa_type=Text)
    created_ms: int = big()
    pay_by_ms: int = big()
    paid_ms: int | None = Field(default=None, sa_type=BigInteger)
    closed_ms: int | None = Field(
        default=None, sa_type=BigInteger
    )  # cancelled, expired or refunded
    # Once shipped. Not among ORDER_COLUMNS: checkout and payments have no use for them.
    carrier: str | None = None
    tracking_number: str | None = None


class PaymentRow(SQLModel, table=True):
    """One attempt to pay an order through a provider."""

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="ck_payments_amount"),
        CheckConstraint(
            "status IN ('started', 'settled', 'refunding', 'refunded', 'failed')",
            name="ck_payments_status",
        ),
        Index("ix_payments_refunding", "status", "id"),
    )

    id: str = Field(primary_key=True)
    order_id: str = Field(foreign_key="orders.id", index=True)
    provider: str
    amount_fen: int = big()
    status: str
    provider_ref: str = ""
    created_ms: int = big()
    settled_ms: int | None = Field(default=None, sa_type=BigInteger)
    refunded_ms: int | None = Field(default=None, sa_type=BigInteger)
