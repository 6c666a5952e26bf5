"""How many different viewers an event has had, and what they are counted by.

Revision: 0007, after: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "events",
        sa.Column("unique_viewers_total", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.create_table(
        "viewer_sketches",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"]),
        sa.PrimaryKeyConstraint("event_id"),
    )


def downgrade() -> None:
    op.drop_table("viewer_sketches")
    op.drop_column("events", "unique_viewers_total")
