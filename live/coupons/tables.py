"""Coupon drops, and who has a coupon of which. Never more coupons than were dropped: a CHECK.

Whether a coupon is used is a matter of orders: ``orders.coupon_id``, and the index over it.
"""

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from live.storage.columns import big

# As SQL, so that SQLite sees that a query is one for the index.
RUNNING = "status = 'open'"


class CouponDropRow(SQLModel, table=True):
    """open ──► ended, where somebody ends it; its time, its number and its event do by themselves.

    ``claimed`` counts the rows of ``coupons``. Whoever claims holds this row.
    """

    __tablename__ = "coupon_drops"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'ended')", name="ck_coupon_drops_status"),
        CheckConstraint("0 <= claimed AND claimed <= quantity", name="ck_coupon_drops_never_over"),
        # So an order's amount is never 0: its goods come to more than is taken off.
        CheckConstraint(
            "quantity > 0 AND off_fen > 0 AND min_spend_fen > off_fen", name="ck_coupon_drops_terms"
        ),
        CheckConstraint(
            "opened_ms < claim_until_ms AND claim_until_ms <= use_until_ms",
            name="ck_coupon_drops_window",
        ),
        CheckConstraint(
            "(status = 'ended') = (ended_ms IS NOT NULL)", name="ck_coupon_drops_ended"
        ),
        # One at a time in an event.
        Index(
            "ux_coupon_drops_running",
            "event_id",
            unique=True,
            sqlite_where=text(RUNNING),
            postgresql_where=text(RUNNING),
        ),
        Index("ix_coupon_drops_event", "event_id", "opened_ms", "id"),
    )

    id: str = Field(primary_key=True)
    event_id: str = Field(foreign_key="events.id")
    opened_by: str = Field(foreign_key="accounts.id")
    title: str
    off_fen: int = big()
    min_spend_fen: int = big()
    quantity: int = big()
    claimed: int = big(default=0)
    status: str = "open"
    opened_ms: int = big()
    claim_until_ms: int = big()
    use_until_ms: int = big()
    ended_ms: int | None = Field(default=None, sa_type=BigInteger)


class CouponRow(SQLModel, table=True):
    """One person's coupon of a drop. Its id follows from both (``rules.coupon_id_for``)."""

    __tablename__ = "coupons"
    __table_args__ = (
        Index("ux_coupons_account", "drop_id", "account_id", unique=True),
        Index("ix_coupons_account", "account_id", "claimed_ms", "id"),
    )

    id: str = Field(primary_key=True)
    drop_id: str = Field(foreign_key="coupon_drops.id")
    account_id: str = Field(foreign_key="accounts.id")
    claimed_ms: int = big()
