"""Money that is owed back: a row for each refund, and what they leave of a payment.

A refund is written, and counted on its payment, in the transaction that decides it. The CHECK
``refunded_fen <= paid_fen`` has the last word: no two refunds give back more than came in. Every
function here runs inside the caller's transaction, which already holds the event's fence, and so
does whoever settles payments: what is read here stays true until the commit.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Update, func, select, update
from sqlalchemy.engine import Connection

from live.sales.facts import RefundDue
from live.sales.payments.rows import PAYMENTS
from live.sales.schemas import OrderStatus, RefundReason
from live.sales.tables import RefundRow
from live.storage.bulk import UpdateRows, insert_rows
from live.values import new_id

REFUNDS: Any = RefundRow.__table__  # type: ignore[attr-defined]

_COLUMNS = (
    "id", "payment_id", "order_id", "amount_fen", "reason", "status", "attempts", "try_after_ms",
    "created_ms",
)  # fmt: skip
_LEFT = PAYMENTS.c.paid_fen - PAYMENTS.c.refunded_fen
_OVER = (OrderStatus.CANCELLED, OrderStatus.EXPIRED, OrderStatus.REFUNDED)


class Debt(NamedTuple):
    """What is to be given back of one payment."""

    event_id: str
    order_id: str
    payment_id: str
    provider: str
    amount_fen: int
    reason: RefundReason


def reason_to_return(order_status: str, *, is_exact: bool) -> RefundReason:
    """Why a payment that pays nothing goes back. Pure.

    Args:
        is_exact: the sum is the one that was asked for.
    """
    if not is_exact:
        return RefundReason.WRONG_AMOUNT
    return RefundReason.ORDER_OVER if order_status in _OVER else RefundReason.PAID_TWICE


def _count(payment_id: Any, amount_fen: Any) -> Update:
    refunded_fen = PAYMENTS.c.refunded_fen + amount_fen
    return update(PAYMENTS).where(PAYMENTS.c.id == payment_id).values(refunded_fen=refunded_fen)


_COUNT = UpdateRows(("payment_id", "amount_fen"), _count)


def owe(connection: Connection, debts: Sequence[Debt], now_ms: int) -> list[RefundDue]:
    """Write refunds, one a payment at most. Returns the facts, for the caller to record.

    Raises: IntegrityError where a payment has not so much left.
    """
    facts = [_fact(debt, now_ms) for debt in debts]
    rows = [
        (fact.refund_id, fact.payment_id, fact.order_id, fact.amount_fen, fact.reason, "due", 0,
         now_ms, now_ms)
        for fact in facts
    ]  # fmt: skip
    insert_rows(connection, REFUNDS, _COLUMNS, rows)
    _COUNT.run(connection, [(debt.payment_id, debt.amount_fen) for debt in debts])
    return facts


def left_fen(connection: Connection, order_id: str) -> int:
    """What the platform keeps of an order's payments: it may still be given back."""
    query = select(func.coalesce(func.sum(_LEFT), 0)).where(PAYMENTS.c.order_id == order_id)
    return int(connection.execute(query).scalar_one())


def owe_of_order(
    connection: Connection,
    event_id: str,
    order_id: str,
    reason: RefundReason,
    now_ms: int,
    *,
    amount_fen: int | None = None,
) -> list[RefundDue]:
    """Give back of an order's payments, oldest first. Returns the facts, for the caller to record.

    Args:
        amount_fen: at most ``left_fen``; None: all that is left.

    Raises: RuntimeError where so much is not left.
    """
    query = (
        select(PAYMENTS.c.id, PAYMENTS.c.provider, _LEFT.label("left_fen"))
        .where(PAYMENTS.c.order_id == order_id, _LEFT > 0)
        .order_by(PAYMENTS.c.created_ms, PAYMENTS.c.id)
    )
    payments = connection.execute(query).all()
    parts = _split(amount_fen, [payment.left_fen for payment in payments])
    debts = [
        Debt(event_id, order_id, payment.id, payment.provider, part, reason)
        for payment, part in zip(payments, parts, strict=True)
        if part
    ]
    return owe(connection, debts, now_ms)


def _split(amount_fen: int | None, lefts: Iterable[int]) -> list[int]:
    """How much of each payment, from the first on; all of each where no amount is given."""
    lefts = list(lefts)
    rest = sum(lefts) if amount_fen is None else amount_fen
    parts = []
    for left in lefts:
        parts.append(min(left, rest))
        rest -= parts[-1]
    if rest:
        raise RuntimeError(f"{rest} fen more are to be given back than are left")
    return parts


def _fact(debt: Debt, now_ms: int) -> RefundDue:
    return RefundDue(
        event_id=debt.event_id,
        at_ms=now_ms,
        refund_id=new_id("rfd"),
        payment_id=debt.payment_id,
        order_id=debt.order_id,
        provider=debt.provider,
        amount_fen=debt.amount_fen,
        reason=debt.reason.value,
    )
