"""Coupon drops, coupons, and the orders that use them.

Revision: 0008, after: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_USES_COUPON = "coupon_id IS NOT NULL AND status NOT IN ('cancelled', 'expired', 'refunded')"


def upgrade() -> None:
    _create_drops()
    op.create_table(
        "coupons",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("drop_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("claimed_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.ForeignKeyConstraint(["drop_id"], ["coupon_drops.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ux_coupons_account", "coupons", ["drop_id", "account_id"], unique=True)
    op.create_index("ix_coupons_account", "coupons", ["account_id", "claimed_ms", "id"])
    op.add_column("orders", sa.Column("coupon_id", sa.String(), nullable=True))
    # The CHECK goes with its column: SQLite would otherwise write every order anew.
    op.add_column(
        "orders",
        sa.Column(
            "discount_fen",
            sa.BigInteger(),
            sa.CheckConstraint(
                "discount_fen >= 0 AND (coupon_id IS NULL) = (discount_fen = 0)",
                name="ck_orders_discount",
            ),
            nullable=False,
            server_default="0",
        ),
    )
    uses_coupon = sa.text(_USES_COUPON)
    op.create_index(
        "ux_orders_coupon",
        "orders",
        ["coupon_id"],
        unique=True,
        sqlite_where=uses_coupon,
        postgresql_where=uses_coupon,
    )


def downgrade() -> None:
    """Coupons are lost. Orders keep their amounts, and not why some cost less."""
    op.drop_index("ux_orders_coupon", "orders")
    op.drop_column("orders", "discount_fen")
    op.drop_column("orders", "coupon_id")
    op.drop_table("coupons")
    op.drop_table("coupon_drops")


def _create_drops() -> None:
    op.create_table(
        "coupon_drops",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("off_fen", sa.BigInteger(), nullable=False),
        sa.Column("min_spend_fen", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("claimed", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("claim_until_ms", sa.BigInteger(), nullable=False),
        sa.Column("use_until_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("status IN ('open', 'ended')", name="ck_coupon_drops_status"),
        sa.CheckConstraint(
            "0 <= claimed AND claimed <= quantity", name="ck_coupon_drops_never_over"
        ),
        sa.CheckConstraint(
            "quantity > 0 AND off_fen > 0 AND min_spend_fen > off_fen", name="ck_coupon_drops_terms"
        ),
        sa.CheckConstraint(
            "opened_ms < claim_until_ms AND claim_until_ms <= use_until_ms",
            name="ck_coupon_drops_window",
        ),
        sa.CheckConstraint(
            "(status = 'ended') = (ended_ms IS NOT NULL)", name="ck_coupon_drops_ended"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"]),
        sa.ForeignKeyConstraint(["opened_by"], ["accounts.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    is_running = sa.text("status = 'open'")
    op.create_index(
        "ux_coupon_drops_running",
        "coupon_drops",
        ["event_id"],
        unique=True,
        sqlite_where=is_running,
        postgresql_where=is_running,
    )
    op.create_index("ix_coupon_drops_event", "coupon_drops", ["event_id", "opened_ms", "id"])
