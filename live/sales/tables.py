"""Offers, orders, payments and refunds. Every invariant has a CHECK behind it."""

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, text
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


# Orders that use a coupon: those that hold their units. As SQL, so that SQLite sees that a query is
# one for the index; and by what they are not, since an IN would lead it to thousands by status.
USES_COUPON = "coupon_id IS NOT NULL AND status NOT IN ('cancelled', 'expired', 'refunded')"


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
        CheckConstraint(
            "discount_fen >= 0 AND (coupon_id IS NULL) = (discount_fen = 0)",
            name="ck_orders_discount",
        ),
        Index("ix_orders_event", "event_id", "created_ms"),
        Index("ix_orders_buyer", "buyer_id", "created_ms"),
        Index("ix_orders_due", "status", "pay_by_ms"),
        # A coupon is one order's: whatever lets go of its units lets go of its coupon too.
        Index(
            "ux_orders_coupon",
            "coupon_id",
            unique=True,
            sqlite_where=text(USES_COUPON),
            postgresql_where=text(USES_COUPON),
        ),
    )

    id: str = Field(primary_key=True)
    event_id: str = Field(foreign_key="events.id")
    offer_id: str = Field(foreign_key="offers.id")
    buyer_id: str = Field(foreign_key="accounts.id")
    request_digest: str
    units: int = big()
    price_fen: int = big()
    shipping_fen: int = big()
    amount_fen: int = big()  # units x price + shipping - discount
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
    # No foreign key: what a coupon is, another feature knows.
    coupon_id: str | None = None
    discount_fen: int = big(default=0, sa_column_kwargs={"server_default": "0"})
    # Once shipped. Not among ORDER_COLUMNS: checkout and payments have no use for them.
    carrier: str | None = None
    tracking_number: str | None = None
    delivered_ms: int | None = Field(default=None, sa_type=BigInteger)


class PaymentRow(SQLModel, table=True):
    """One attempt to pay an order through a provider.

    ``paid_fen`` has come in, which need not be what was asked for; of it ``refunded_fen`` has been
    given back or is owed: the sum of its rows in ``refunds``. The rest is kept.
    """

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="ck_payments_amount"),
        CheckConstraint("status IN ('started', 'settled', 'failed')", name="ck_payments_status"),
        CheckConstraint("paid_fen = 0 OR status = 'settled'", name="ck_payments_paid"),
        CheckConstraint(
            "0 <= refunded_fen AND refunded_fen <= paid_fen", name="ck_payments_never_overdrawn"
        ),
        Index("ix_payments_status", "status", "id"),
    )

    id: str = Field(primary_key=True)
    order_id: str = Field(foreign_key="orders.id", index=True)
    provider: str
    amount_fen: int = big()
    status: str
    provider_ref: str = ""
    created_ms: int = big()
    settled_ms: int | None = Field(default=None, sa_type=BigInteger)
    paid_fen: int = big(default=0, sa_column_kwargs={"server_default": "0"})
    refunded_fen: int = big(default=0, sa_column_kwargs={"server_default": "0"})


class RefundRow(SQLModel, table=True):
    """Money of one payment that goes back, all of it or a part: owed until the provider did it."""

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="ck_refunds_amount"),
        CheckConstraint("status IN ('due', 'done')", name="ck_refunds_status"),
        CheckConstraint("(status = 'done') = (done_ms IS NOT NULL)", name="ck_refunds_done"),
        CheckConstraint("attempts >= 0", name="ck_refunds_attempts"),
        Index(
            "ix_refunds_due",
            "try_after_ms",
            sqlite_where=text("status = 'due'"),
            postgresql_where=text("status = 'due'"),
        ),
    )

    id: str = Field(primary_key=True)
    payment_id: str = Field(foreign_key="payments.id", index=True)
    order_id: str = Field(foreign_key="orders.id", index=True)
    amount_fen: int = big()
    reason: str
    status: str = "due"
    attempts: int = 0  # that failed
    try_after_ms: int = big()
    created_ms: int = big()
    done_ms: int | None = Field(default=None, sa_type=BigInteger)
