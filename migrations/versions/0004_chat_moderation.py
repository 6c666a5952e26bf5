"""What is ruled of chats, the trail of who did what, and who said what on record.

Revision: 0004, after: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feed_entries", sa.Column("speaker_id", sa.String(), nullable=True))
    _create_rooms()
    _create_silences()
    _create_actions()


def downgrade() -> None:
    """The trail is lost, and with it the texts of deleted messages."""
    for table in ("chat_actions", "chat_silences", "chat_assistants", "chat_rooms"):
        op.drop_table(table)
    # Not in batch mode, which would make the table anew.
    op.drop_column("feed_entries", "speaker_id")


def _create_rooms() -> None:
    op.create_table(
        "chat_rooms",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("interval_seconds", sa.Integer(), nullable=True),
        sa.CheckConstraint("revision >= 0", name="ck_chat_rooms_revision"),
        sa.CheckConstraint(
            "interval_seconds IS NULL OR interval_seconds > 0", name="ck_chat_rooms_interval"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"]),
        sa.PrimaryKeyConstraint("event_id"),
    )
    op.create_table(
        "chat_assistants",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("named_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"]),
        sa.PrimaryKeyConstraint("event_id", "account_id"),
    )


def _create_silences() -> None:
    op.create_table(
        "chat_silences",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("is_ban", sa.Boolean(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=True),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("NOT (is_ban AND until_ms IS NOT NULL)", name="ck_chat_silences_ban"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"]),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"]),
        sa.PrimaryKeyConstraint("event_id", "account_id"),
    )
    op.create_index(
        "ix_chat_silences_since", "chat_silences", ["event_id", "since_ms", "account_id"]
    )


def _create_actions() -> None:
    op.create_table(
        "chat_actions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("whom_id", sa.String(), nullable=True),
        sa.Column("feed_id", sa.String(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("until_ms", sa.BigInteger(), nullable=True),
        sa.Column("interval_seconds", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "action IN ('delete', 'mute', 'ban', 'unmute', 'slow_mode', 'name_assistant',"
            " 'remove_assistant')",
            name="ck_chat_actions_action",
        ),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"]),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"]),
        sa.ForeignKeyConstraint(["whom_id"], ["accounts.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_chat_actions_event", "chat_actions", ["event_id", "at_ms", "id"])
    is_deleted = sa.text("action = 'delete'")
    op.create_index(
        "ux_chat_actions_deleted",
        "chat_actions",
        ["event_id", "feed_id"],
        unique=True,
        sqlite_where=is_deleted,
        postgresql_where=is_deleted,
    )
