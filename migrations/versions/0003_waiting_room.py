"""Whether an event has a waiting room.

Revision: 0003, after: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "events", sa.Column("waiting_room", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index(
        "ix_events_waiting_room",
        "events",
        ["id"],
        sqlite_where=sa.text("waiting_room"),
        postgresql_where=sa.text("waiting_room"),
    )


def downgrade() -> None:
    op.drop_index("ix_events_waiting_room", "events")
    # Not in batch mode, which would make the table anew and lose its CHECKs.
    op.drop_column("events", "waiting_room")
