"""Payments' rows, as every step of a payment's life reads and writes them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Update, or_, update
from sqlalchemy.engine import Connection

from live.sales.facts import RefundDue
from live.sales.schemas import PaymentStatus
from live.sales.tables import PaymentRow
from live.storage.among import unindexed
from live.storage.bulk import UpdateRows

PAYMENTS: Any = PaymentRow.__table__  # type: ignore[attr-defined]

# A payment that failed may still be paid: the buyer tries another card, or the messages about
# both tries arrive in the wrong order.
OPEN = (PaymentStatus.STARTED.value, PaymentStatus.FAILED.value)


class SettledRow(NamedTuple):
    payment_id: str
    to: str
    ref: str
    at_ms: int


def _settle(payment_id: Any, to: Any, ref: Any, at_ms: Any) -> Update:
    return (
        update(PAYMENTS)
        .where(PAYMENTS.c.id == payment_id)
        # Unindexed: there are thousands of started ones, and few here.
        .where(or_(*[unindexed(PAYMENTS.c.status) == status for status in OPEN]))
        .values(status=to, provider_ref=ref, settled_ms=at_ms)
    )


_SETTLE = UpdateRows(SettledRow._fields, _settle)


def settle_payments(connection: Connection, rows: Sequence[SettledRow]) -> None:
    """Compare-and-set: those of the payments that are open become ``to``."""
    _SETTLE.run(connection, rows)


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
