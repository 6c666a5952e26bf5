"""Payments' rows, as every step of a payment's life reads and writes them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Update, bindparam, or_, text, update
from sqlalchemy.engine import Connection

from live.sales.facts import RefundDue
from live.sales.schemas import PaymentStatus
from live.sales.tables import PaymentRow
from live.storage.bulk import json_rows

PAYMENTS: Any = PaymentRow.__table__  # type: ignore[attr-defined]

# A payment that failed may still be paid: the buyer tries another card, or the messages about
# both tries arrive in the wrong order.
OPEN = (PaymentStatus.STARTED.value, PaymentStatus.FAILED.value)

_SETTLE_SQLITE = text(
    "UPDATE payments SET status = json_extract(r.value, '$[1]'),"
    " provider_ref = json_extract(r.value, '$[2]'), settled_ms = json_extract(r.value, '$[3]')"
    " FROM json_each(:rows) AS r WHERE payments.id = json_extract(r.value, '$[0]')"
    # + keeps the index of statuses out: there are thousands of started ones, and few here.
    " AND +payments.status IN ('started', 'failed')"
)
_SETTLE_POSTGRES: Update = (
    update(PAYMENTS)
    .where(PAYMENTS.c.id == bindparam("payment_id"))
    .where(or_(*[PAYMENTS.c.status == status for status in OPEN]))
    .values(status=bindparam("to"), provider_ref=bindparam("ref"), settled_ms=bindparam("at_ms"))
)


class SettledRow(NamedTuple):
    payment_id: str
    to: str
    ref: str
    at_ms: int


def settle_payments(connection: Connection, rows: Sequence[SettledRow]) -> None:
    """Compare-and-set: those of the payments that are open become ``to``."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(_SETTLE_SQLITE, json_rows(rows))
    else:
        connection.execute(_SETTLE_POSTGRES, [row._asdict() for row in rows])


def refund_due(payment: Any, event_id: str, amount_fen: int, now_ms: int) -> RefundDue:
    """The fact that this payment (a row) must be given back.

    Args:
        amount_fen: what has come in, which need not be what was asked for.
    """
    return RefundDue(
        event_id=event_id,
        at_ms=now_ms,
        payment_id=payment.id,
        order_id=payment.order_id,
        provider=payment.provider,
        amount_fen=amount_fen,
    )
