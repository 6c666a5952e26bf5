"""Giving money back: an operator refunds an order, or the platform owes what it cannot serve.

SQL decides and records the debt as a fact; the provider is then asked, again and again until
it has done it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import select, update

from live.clock import Clock
from live.errors import Conflict, NotFound
from live.sales.facts import OrderRefunded, RefundDue
from live.sales.fences import hold_fences
from live.sales.order_rows import move_orders, read_orders
from live.sales.orders import do_units_return, sources_of
from live.sales.payments.provider import PaymentProvider
from live.sales.schemas import OrderStatus, PaymentStatus
from live.sales.stored_order import StoredOrder
from live.sales.tables import PaymentRow
from live.sales.units import return_sold
from live.storage.database import Database
from live.storage.facts import record

log = structlog.get_logger(__name__)
_PAYMENTS: Any = PaymentRow.__table__  # type: ignore[attr-defined]


class Refunds:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        providers: Mapping[str, PaymentProvider],
        on_commit: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._providers = providers
        self._on_commit = on_commit

    async def refund_order(self, order_id: str) -> StoredOrder:
        """Refund a paid order in full; its units go back on sale unless it is packed already.

        A repeat gets the same answer.

        Raises: NotFound, Conflict ``not_refundable``.
        """
        async with self._database.reading() as session:
            found = (await read_orders(session, [order_id])).get(order_id)
        if found is None:
            raise NotFound()
        now_ms = self._clock.now_ms()
        async with self._database.transaction() as session:
            await hold_fences(session, [found.event_id])
            before = (await read_orders(session, [order_id]))[order_id]
            if before.status == OrderStatus.REFUNDED:
                return before
            if before.status not in sources_of(OrderStatus.REFUNDED):
                raise Conflict("not_refundable", f"the order is {before.status}")
            units_return = do_units_return(OrderStatus(before.status))
            (order,) = await move_orders(session, [order_id], OrderStatus.REFUNDED, closed_ms=now_ms)
            if units_return:
                await return_sold(session, [order])
            payments = await session.execute(
                update(_PAYMENTS)
                .where(_PAYMENTS.c.order_id == order_id)
                .where(_PAYMENTS.c.status == PaymentStatus.SETTLED.value)
                .values(status=PaymentStatus.REFUNDING.value)
                .returning(_PAYMENTS.c.id, _PAYMENTS.c.provider, _PAYMENTS.c.amount_fen)
            )
            dues = [
                RefundDue(
                    event_id=order.event_id,
                    at_ms=now_ms,
                    payment_id=row.id,
                    order_id=order.id,
                    provider=row.provider,
                    amount_fen=row.amount_fen,
                )
                for row in payments.all()
            ]
            await record(session, [OrderRefunded.of(order, now_ms, units_return=units_return), *dues])
        self._on_commit()
        return order

    async def pay_back(self, dues: Sequence[RefundDue]) -> None:
        """Reaction to ``RefundDue``: have the provider give the money back, once."""
        for due in dues:
            async with self._database.reading() as session:
                query = select(_PAYMENTS.c.status, _PAYMENTS.c.provider_ref).where(
                    _PAYMENTS.c.id == due.payment_id
                )
                payment = (await session.execute(query)).one()
            if payment.status != PaymentStatus.REFUNDING:
                continue
            provider = self._providers[due.provider]
            await provider.refund(due.payment_id, payment.provider_ref, due.amount_fen)
            async with self._database.transaction() as session:
                await session.execute(
                    update(_PAYMENTS)
                    .where(_PAYMENTS.c.id == due.payment_id)
                    .where(_PAYMENTS.c.status == PaymentStatus.REFUNDING.value)
                    .values(status=PaymentStatus.REFUNDED.value, refunded_ms=self._clock.now_ms())
                )
            log.info("refunded", payment_id=due.payment_id, amount_fen=due.amount_fen)
