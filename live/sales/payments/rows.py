"""Payments' rows, as every step of a payment's life reads and writes them."""

from typing import Any

from sqlalchemy import Update, bindparam, or_, update

from live.sales.facts import RefundDue
from live.sales.schemas import PaymentStatus
from live.sales.tables import PaymentRow

PAYMENTS: Any = PaymentRow.__table__  # type: ignore[attr-defined]

# A payment that failed may still be paid: the buyer tries another card, or the messages about
# both tries arrive in the wrong order.
OPEN = (PaymentStatus.STARTED.value, PaymentStatus.FAILED.value)

# Compare-and-set of an open payment; parameters ``payment``, ``to``, ``ref`` and ``at_ms``.
# (No IN: a statement for many rows takes no list.)
SETTLE: Update = (
    update(PAYMENTS)
    .where(PAYMENTS.c.id == bindparam("payment"))
    .where(or_(*[PAYMENTS.c.status == status for status in OPEN]))
    .values(status=bindparam("to"), provider_ref=bindparam("ref"), settled_ms=bindparam("at_ms"))
)


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
