"""Who follows which host, and who wants to be reminded of which event.

Revision: 0006, after: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "follows",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("host_id", sa.String(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("account_id <> host_id", name="ck_follows_other"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.ForeignKeyConstraint(["host_id"], ["accounts.id"]),
        sa.PrimaryKeyConstraint("account_id", "host_id"),
    )
    op.create_index("ix_follows_host_id", "follows", ["host_id"])
    op.create_index("ix_follows_account", "follows", ["account_id", "since_ms", "host_id"])
    op.create_table(
        "reminders",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("try_after_ms", sa.BigInteger(), nullable=False),
        sa.Column("claimed_ms", sa.BigInteger(), nullable=True),
        sa.Column("sent_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting', 'sending', 'sent', 'unknown')", name="ck_reminders_status"
        ),
        sa.CheckConstraint("(status = 'sent') = (sent_ms IS NOT NULL)", name="ck_reminders_sent"),
        sa.CheckConstraint("attempts >= 0", name="ck_reminders_attempts"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"]),
        sa.PrimaryKeyConstraint("account_id", "event_id"),
    )
    op.create_index("ix_reminders_event", "reminders", ["event_id", "status"])
    op.create_index("ix_reminders_account", "reminders", ["account_id", "asked_ms", "event_id"])


def downgrade() -> None:
    op.drop_table("reminders")
    op.drop_table("follows")
