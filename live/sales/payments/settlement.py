"""What a provider's notification does: the order is paid, or the money goes back.

Notifications come late, twice and out of order. A payment settles at most once; an order is
paid at most once; money that finds no order to pay is refunded by itself.
"""

from collections.abc import Callable, Sequence
from typing import Any

import structlog
from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from live.clock import Clock
from live.errors import NotFound
from live.sales.facts import OrderPaid, RefundDue
from live.sales.fences import hold_fences
from live.sales.order_rows import move_orders, read_orders
from live.sales.payments.late import LatePayments
from live.sales.payments.provider import Notification
from live.sales.schemas import OrderStatus, PaymentStatus
from live.sales.stored_order import StoredOrder
from live.sales.tables import PaymentRow
from live.sales.units import sell_reserved
from live.storage.batcher import Batcher
from live.storage.database import Database
from live.storage.facts import Fact, record

log = structlog.get_logger(__name__)

PAYMENTS: Any = PaymentRow.__table__  # type: ignore[attr-defined]
_SETTLE = (
    update(PAYMENTS)
    .where(PAYMENTS.c.id == bindparam("payment"), PAYMENTS.c.status == PaymentStatus.STARTED.value)
    .values(
        status=bindparam("to"), provider_ref=bindparam("ref"), settled_ms=bindparam("at_ms")
    )
)


class Settlement:
    """Applies notifications; many at once share one transaction."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        late: LatePayments,
        on_commit: Callable[[], None],
        *,
        batch_max: int,
        queue_max: int,
    ) -> None:
        self._database = database
        self._clock = clock
        self._late = late
        self._on_commit = on_commit
        self._batcher: Batcher[Sequence[Notification], None] = Batcher(
            "settlement", self._settle_all, batch_max=batch_max, queue_max=queue_max
        )

    async def apply(self, notifications: Sequence[Notification]) -> None:
        """Apply one message. Returning means: done, or done before; the provider may forget it.

        Raises: NotFound for a payment that is not ours; Unavailable where it must come again.
        """
        await self._batcher.ask(notifications)

    async def close(self) -> None:
        await self._batcher.close()

    async def _settle_all(
        self, messages: Sequence[Sequence[Notification]]
    ) -> Sequence[BaseException | None]:
        # The last word about a payment wins within a batch; a paid one is never unsaid.
        by_payment: dict[str, Notification] = {}
        for notification in (n for message in messages for n in message):
            known = by_payment.get(notification.payment_id)
            if known is None or not known.is_paid:
                by_payment[notification.payment_id] = notification
        unknown, late = await self._settle(by_payment)
        for payment_id, order in late:
            await self._late.settle(by_payment[payment_id], order)
        return [
            NotFound("unknown_payment") if any(n.payment_id in unknown for n in message) else None
            for message in messages
        ]

    async def _settle(
        self, notifications: dict[str, Notification]
    ) -> tuple[set[str], list[tuple[str, StoredOrder]]]:
        """Returns the unknown payment ids, and (payment id, expired order) of the late ones."""
        now_ms = self._clock.now_ms()
        async with self._database.reading() as session:
            payments = await _read_payments(session, notifications)
            event_ids = {
                order.event_id
                for order in (await read_orders(session, {p.order_id for p in payments})).values()
            }
        unknown = set(notifications) - {payment.id for payment in payments}
        late: list[tuple[str, StoredOrder]] = []
        async with self._database.transaction() as session:
            await hold_fences(session, event_ids)
            # Again, now that nothing moves: the first look only told which fences to hold.
            payments = await _read_payments(session, notifications)
            orders = await read_orders(session, {payment.order_id for payment in payments})
            to_pay: dict[str, str] = {}  # order id → payment id
            settled: list[dict[str, Any]] = []
            facts: list[Fact] = []
            for payment in payments:
                if payment.status != PaymentStatus.STARTED:
                    continue  # a repeat
                notification, order = notifications[payment.id], orders[payment.order_id]
                row = {"payment": payment.id, "ref": notification.provider_ref, "at_ms": now_ms}
                is_exact = notification.amount_fen == payment.amount_fen
                if not notification.is_paid:
                    settled.append(row | {"to": PaymentStatus.FAILED.value})
                elif is_exact and order.status == OrderStatus.RESERVED and order.id not in to_pay:
                    to_pay[order.id] = payment.id
                    settled.append(row | {"to": PaymentStatus.SETTLED.value})
                elif is_exact and order.status == OrderStatus.EXPIRED:
                    late.append((payment.id, order))
                else:  # paid twice, cancelled meanwhile, or the wrong sum
                    settled.append(row | {"to": PaymentStatus.REFUNDING.value})
                    facts.append(refund_due(payment, notification.amount_fen, order.event_id, now_ms))
            paid = await move_orders(
                session, to_pay, OrderStatus.PAID, only_from=[OrderStatus.RESERVED], paid_ms=now_ms
            )
            await sell_reserved(session, paid)
            facts += [OrderPaid.of(order, now_ms) for order in paid]
            if settled:
                await (await session.connection()).execute(_SETTLE, settled)
            await record(session, facts)
        if facts:
            self._on_commit()
        return unknown, late


async def _read_payments(session: AsyncSession, payment_ids: Any) -> Sequence[Any]:
    query = (
        select(PAYMENTS).where(PAYMENTS.c.id.in_(sorted(payment_ids))).order_by(PAYMENTS.c.id)
    )
    return (await session.execute(query)).all()


def refund_due(payment: Any, amount_fen: int, event_id: str, now_ms: int) -> RefundDue:
    return RefundDue(
        event_id=event_id,
        at_ms=now_ms,
        payment_id=payment.id,
        order_id=payment.order_id,
        provider=payment.provider,
        amount_fen=amount_fen,
    )
