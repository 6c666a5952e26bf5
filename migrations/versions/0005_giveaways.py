"""Giveaways, their entries and their winners.

Revision: 0005, after: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_giveaways()
    op.create_table(
        "giveaway_entries",
        sa.Column("giveaway_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("entered_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.ForeignKeyConstraint(["giveaway_id"], ["giveaways.id"]),
        sa.PrimaryKeyConstraint("giveaway_id", "account_id"),
    )
    op.create_table(
        "giveaway_winners",
        sa.Column("giveaway_id", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("ship_name", sa.String(), nullable=True),
        sa.Column("ship_phone", sa.String(), nullable=True),
        sa.Column("ship_province_code", sa.String(), nullable=True),
        sa.Column("ship_address", sa.String(), nullable=True),
        sa.Column("addressed_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("place > 0", name="ck_giveaway_winners_place"),
        sa.CheckConstraint(
            "(addressed_ms IS NULL) = (ship_address IS NULL)", name="ck_giveaway_winners_addressed"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.ForeignKeyConstraint(["giveaway_id"], ["giveaways.id"]),
        sa.PrimaryKeyConstraint("giveaway_id", "place"),
    )
    op.create_index(
        "ux_giveaway_winners_account",
        "giveaway_winners",
        ["account_id", "giveaway_id"],
        unique=True,
    )


def downgrade() -> None:
    """Giveaways, drawn or not, are lost."""
    op.drop_table("giveaway_winners")
    op.drop_table("giveaway_entries")
    op.drop_table("giveaways")


def _create_giveaways() -> None:
    op.create_table(
        "giveaways",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("prize", sa.Text(), nullable=False),
        sa.Column("winners_count", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("entries_digest", sa.String(), nullable=True),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("closes_ms", sa.BigInteger(), nullable=False),
        sa.Column("frozen_ms", sa.BigInteger(), nullable=True),
        sa.Column("drawn_ms", sa.BigInteger(), nullable=True),
        sa.Column("cancelled_ms", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "status IN ('open', 'closed', 'frozen', 'drawn', 'cancelled')",
            name="ck_giveaways_status",
        ),
        sa.CheckConstraint("winners_count > 0 AND entries >= 0", name="ck_giveaways_counts"),
        sa.CheckConstraint("closes_ms > opened_ms", name="ck_giveaways_window"),
        sa.CheckConstraint(
            "(status IN ('frozen', 'drawn')) = (entries_digest IS NOT NULL)",
            name="ck_giveaways_digest",
        ),
        sa.CheckConstraint(
            "(entries_digest IS NULL) = (frozen_ms IS NULL)", name="ck_giveaways_frozen"
        ),
        sa.CheckConstraint(
            "(status = 'drawn') = (drawn_ms IS NOT NULL)", name="ck_giveaways_drawn"
        ),
        sa.CheckConstraint(
            "(status = 'cancelled') = (cancelled_ms IS NOT NULL)", name="ck_giveaways_cancelled"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"]),
        sa.ForeignKeyConstraint(["opened_by"], ["accounts.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    is_running = sa.text("status IN ('open', 'closed', 'frozen')")
    op.create_index(
        "ux_giveaways_running",
        "giveaways",
        ["event_id"],
        unique=True,
        sqlite_where=is_running,
        postgresql_where=is_running,
    )
    op.create_index("ix_giveaways_event", "giveaways", ["event_id", "opened_ms", "id"])
