"""Claims. That an order has one open claim at most is a unique index's business."""

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from live.storage.columns import big


class ClaimRow(SQLModel, table=True):
    """What a buyer says is bad of a delivered order, and what was decided.

    Either ``units`` (boxes) or ``share_percent`` says how much. ``asked_fen`` is what that comes
    to; an operator may approve another sum.
    """

    __tablename__ = "claims"
    __table_args__ = (
        CheckConstraint("(units IS NULL) <> (share_percent IS NULL)", name="ck_claims_share"),
        CheckConstraint("units IS NULL OR units > 0", name="ck_claims_units"),
        CheckConstraint(
            "share_percent IS NULL OR (share_percent > 0 AND share_percent <= 100)",
            name="ck_claims_percent",
        ),
        CheckConstraint("asked_fen > 0", name="ck_claims_asked"),
        CheckConstraint("status IN ('open', 'approved', 'rejected')", name="ck_claims_status"),
        CheckConstraint(
            "(status = 'approved') = (approved_fen IS NOT NULL)", name="ck_claims_approved"
        ),
        CheckConstraint("approved_fen IS NULL OR approved_fen > 0", name="ck_claims_approved_fen"),
        CheckConstraint("(status = 'open') = (decided_ms IS NULL)", name="ck_claims_decided"),
        Index(
            "ux_claims_open",
            "order_id",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        Index("ix_claims_status", "status", "filed_ms", "id"),
    )

    id: str = Field(primary_key=True)
    event_id: str = Field(foreign_key="events.id")
    order_id: str = Field(foreign_key="orders.id", index=True)
    buyer_id: str = Field(foreign_key="accounts.id")
    units: int | None = Field(default=None, sa_type=BigInteger)
    share_percent: int | None = None
    note: str = Field(default="", sa_type=Text)
    asked_fen: int = big()
    status: str = "open"
    approved_fen: int | None = Field(default=None, sa_type=BigInteger)
    reason: str = Field(default="", sa_type=Text)  # for a rejection
    decided_by: str | None = Field(default=None, foreign_key="accounts.id")  # None: by rule
    filed_ms: int = big()
    decided_ms: int | None = Field(default=None, sa_type=BigInteger)
