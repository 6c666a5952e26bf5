"""Refunds as a ledger of their own, claims, and when a parcel was delivered.

Revision: 0002, after: 0001
"""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_PAYMENTS = sa.table(
    "payments",
    *[
        sa.column(name)
        for name in ("id", "order_id", "amount_fen", "status", "created_ms", "paid_fen")
    ],
    sa.column("refunded_fen"),
    sa.column("refunded_ms"),
)
_ORDERS = sa.table("orders", sa.column("id"), sa.column("status"), sa.column("delivered_ms"))
_FACTS = sa.table("facts", sa.column("kind"), sa.column("body"), sa.column("at_ms"))
_REFUNDS = sa.table(
    "refunds",
    *[
        sa.column(name)
        for name in ("id", "payment_id", "order_id", "amount_fen", "reason", "status")
    ],
    *[sa.column(name) for name in ("attempts", "try_after_ms", "created_ms", "done_ms")],
)


def upgrade() -> None:
    op.add_column("orders", sa.Column("delivered_ms", sa.BigInteger(), nullable=True))
    for name in ("paid_fen", "refunded_fen"):
        column = sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)
        op.add_column("payments", column)
    _create_refunds()
    _move_refunds()
    _date_deliveries()
    with op.batch_alter_table("payments") as batch_op:
        batch_op.drop_index("ix_payments_refunding")
        batch_op.drop_constraint("ck_payments_status", type_="check")
        batch_op.drop_column("refunded_ms")
        batch_op.create_index("ix_payments_status", ["status", "id"], unique=False)
        batch_op.create_check_constraint(
            "ck_payments_status", "status IN ('started', 'settled', 'failed')"
        )
        batch_op.create_check_constraint("ck_payments_paid", "paid_fen = 0 OR status = 'settled'")
        batch_op.create_check_constraint(
            "ck_payments_never_overdrawn", "0 <= refunded_fen AND refunded_fen <= paid_fen"
        )
    _create_claims()


def downgrade() -> None:
    """Claims are lost, and that a part of a payment was given back."""
    op.drop_table("claims")
    with op.batch_alter_table("payments") as batch_op:
        batch_op.drop_index("ix_payments_status")
        for name in ("status", "paid", "never_overdrawn"):
            batch_op.drop_constraint(f"ck_payments_{name}", type_="check")
        batch_op.add_column(sa.Column("refunded_ms", sa.BigInteger(), nullable=True))
        batch_op.create_index("ix_payments_refunding", ["status", "id"], unique=False)
    _move_refunds_back()
    with op.batch_alter_table("payments") as batch_op:
        batch_op.drop_column("paid_fen")
        batch_op.drop_column("refunded_fen")
        batch_op.create_check_constraint(
            "ck_payments_status",
            "status IN ('started', 'settled', 'refunding', 'refunded', 'failed')",
        )
    op.drop_table("refunds")
    op.drop_column("orders", "delivered_ms")


def _create_refunds() -> None:
    op.create_table(
        "refunds",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("payment_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("try_after_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("done_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(status = 'done') = (done_ms IS NOT NULL)", name="ck_refunds_done"),
        sa.CheckConstraint("amount_fen > 0", name="ck_refunds_amount"),
        sa.CheckConstraint("attempts >= 0", name="ck_refunds_attempts"),
        sa.CheckConstraint("status IN ('due', 'done')", name="ck_refunds_status"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    is_due = sa.text("status = 'due'")
    op.create_index(
        "ix_refunds_due", "refunds", ["try_after_ms"], sqlite_where=is_due, postgresql_where=is_due
    )
    op.create_index("ix_refunds_order_id", "refunds", ["order_id"])
    op.create_index("ix_refunds_payment_id", "refunds", ["payment_id"])


def _create_claims() -> None:
    op.create_table(
        "claims",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("buyer_id", sa.String(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=True),
        sa.Column("share_percent", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_fen", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("approved_fen", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("filed_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(units IS NULL) <> (share_percent IS NULL)", name="ck_claims_share"),
        sa.CheckConstraint("units IS NULL OR units > 0", name="ck_claims_units"),
        sa.CheckConstraint(
            "share_percent IS NULL OR (share_percent > 0 AND share_percent <= 100)",
            name="ck_claims_percent",
        ),
        sa.CheckConstraint("asked_fen > 0", name="ck_claims_asked"),
        sa.CheckConstraint("status IN ('open', 'approved', 'rejected')", name="ck_claims_status"),
        sa.CheckConstraint(
            "(status = 'approved') = (approved_fen IS NOT NULL)", name="ck_claims_approved"
        ),
        sa.CheckConstraint(
            "approved_fen IS NULL OR approved_fen > 0", name="ck_claims_approved_fen"
        ),
        sa.CheckConstraint("(status = 'open') = (decided_ms IS NULL)", name="ck_claims_decided"),
        sa.ForeignKeyConstraint(["buyer_id"], ["accounts.id"]),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"]),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"]),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    is_open = sa.text("status = 'open'")
    op.create_index(
        "ux_claims_open",
        "claims",
        ["order_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index("ix_claims_order_id", "claims", ["order_id"])
    op.create_index("ix_claims_status", "claims", ["status", "filed_ms", "id"])


def _move_refunds() -> None:
    """What was a payment's status becomes a row, with the sum that its fact names."""
    connection = op.get_bind()
    came_in = {body["payment_id"]: body["amount_fen"] for body, _ in _facts("RefundDue")}
    orders_over = sa.select(_ORDERS.c.id).where(_ORDERS.c.status == "refunded")
    refunded_orders = set(connection.execute(orders_over).scalars())
    connection.execute(
        sa.update(_PAYMENTS)
        .where(_PAYMENTS.c.status == "settled")
        .values(paid_fen=_PAYMENTS.c.amount_fen)
    )
    going_back = sa.select(_PAYMENTS).where(_PAYMENTS.c.status.in_(("refunding", "refunded")))
    for payment in connection.execute(going_back).all():
        amount_fen = came_in.get(payment.id, payment.amount_fen)
        is_of_order = payment.order_id in refunded_orders
        is_done = payment.status == "refunded"
        row = {
            "id": f"rfd_{payment.id.removeprefix('pay_')}",
            "payment_id": payment.id,
            "order_id": payment.order_id,
            "amount_fen": amount_fen,
            "reason": "order_refunded" if is_of_order else "order_over",
            "status": "done" if is_done else "due",
            "attempts": 0,
            "try_after_ms": payment.created_ms,
            "created_ms": payment.created_ms,
            "done_ms": (payment.refunded_ms or payment.created_ms) if is_done else None,
        }
        connection.execute(sa.insert(_REFUNDS).values(row))
        connection.execute(
            sa.update(_PAYMENTS)
            .where(_PAYMENTS.c.id == payment.id)
            .values(status="settled", paid_fen=amount_fen, refunded_fen=amount_fen)
        )


def _move_refunds_back() -> None:
    connection = op.get_bind()
    connection.execute(
        sa.text(
            "UPDATE payments SET refunded_ms ="
            " (SELECT max(done_ms) FROM refunds WHERE payment_id = payments.id), status ="
            " CASE WHEN EXISTS (SELECT 1 FROM refunds"
            " WHERE payment_id = payments.id AND status = 'due')"
            " THEN 'refunding' ELSE 'refunded' END"
            " WHERE status = 'settled' AND refunded_fen = paid_fen"
        )
    )


def _date_deliveries() -> None:
    connection = op.get_bind()
    for body, at_ms in _facts("OrderDelivered"):
        connection.execute(
            sa.update(_ORDERS).where(_ORDERS.c.id == body["order_id"]).values(delivered_ms=at_ms)
        )


def _facts(kind: str) -> Iterator[tuple[dict[str, Any], int]]:
    query = sa.select(_FACTS.c.body, _FACTS.c.at_ms).where(_FACTS.c.kind == kind)
    for body, at_ms in op.get_bind().execute(query).all():
        yield json.loads(body), at_ms
