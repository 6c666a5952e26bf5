"""Payments' rows, as every step of a payment's life reads and writes them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Update, or_, update
from sqlalchemy.engine import Connection

from live.sales.schemas import PaymentStatus
from live.sales.tables import PaymentRow
from live.storage.among import unindexed
from live.storage.bulk import UpdateRows

PAYMENTS: Any = PaymentRow.__table__  # type: ignore[attr-defined]

# A payment that failed may still be paid: the buyer tries another card, or the messages about
# both tries arrive in the wrong order.
OPEN = (PaymentStatus.STARTED.value, PaymentStatus.FAILED.value)


class SettledRow(NamedTuple):
    """What has become of a payment.

    Args:
        paid_fen: what has come in; 0 where nothing has.
    """

    payment_id: str
    to: str
    ref: str
    paid_fen: int
    at_ms: int


def _settle(payment_id: Any, to: Any, ref: Any, paid_fen: Any, at_ms: Any) -> Update:
    return (
        update(PAYMENTS)
        .where(PAYMENTS.c.id == payment_id)
        # Unindexed: there are thousands of started ones, and few here.
        .where(or_(*[unindexed(PAYMENTS.c.status) == status for status in OPEN]))
        .values(status=to, provider_ref=ref, paid_fen=paid_fen, settled_ms=at_ms)
    )


_SETTLE = UpdateRows(SettledRow._fields, _settle)


def settle_payments(connection: Connection, rows: Sequence[SettledRow]) -> None:
    """Compare-and-set: those of the payments that are open become ``to``."""
    _SETTLE.run(connection, rows)
