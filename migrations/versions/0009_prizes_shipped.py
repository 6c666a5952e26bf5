"""Which parcel a prize is in.

Revision: 0009, after: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("giveaway_winners") as table:
        table.add_column(sa.Column("carrier", sa.String(), nullable=True))
        table.add_column(sa.Column("tracking_number", sa.String(), nullable=True))
        table.add_column(sa.Column("shipped_ms", sa.BigInteger(), nullable=True))
        table.create_check_constraint(
            "ck_giveaway_winners_shipped",
            "(shipped_ms IS NULL) = (tracking_number IS NULL)"
            " AND (shipped_ms IS NULL OR addressed_ms IS NOT NULL)",
        )


def downgrade() -> None:
    """What was sent is no longer known."""
    with op.batch_alter_table("giveaway_winners") as table:
        table.drop_constraint("ck_giveaway_winners_shipped", type_="check")
        table.drop_column("shipped_ms")
        table.drop_column("tracking_number")
        table.drop_column("carrier")
