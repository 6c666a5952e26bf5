"""Giving money back: an operator refunds an order, or the platform owes what it cannot serve.

SQL decides and records the debt as a fact; the provider is then asked, again and again until
it has done it.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from live.clock import Clock
from live.errors import Conflict, NotFound, Unavailable
from live.sales.facts import OrderRefunded, RefundDue
from live.sales.fences import hold_fences
from live.sales.order_rows import move_orders, read_orders
from live.sales.orders import do_units_return, sources_of
from live.sales.payments.provider import PaymentProvider, RefundRequest
from live.sales.payments.rows import PAYMENTS, refund_due
from live.sales.schemas import OrderStatus, PaymentStatus
from live.sales.stored_order import StoredOrder
from live.sales.units import return_sold
from live.storage.database import Database, within
from live.storage.facts import record

log = structlog.get_logger(__name__)

REFUNDS_AT_ONCE = 16  # providers' calls under way
REASON = "订单退款"  # what the buyer reads in the provider's app

_SOURCES = sources_of(OrderStatus.REFUNDED)
_UNITS_RETURN = frozenset(status for status in _SOURCES if do_units_return(status))


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
            found = (await within(session, read_orders, [order_id])).get(order_id)
        if found is None:
            raise NotFound()
        now_ms = self._clock.now_ms()
        async with self._database.transaction() as session:
            await within(session, hold_fences, [found.event_id])
            # Two steps, since packing needs no fence: which one succeeds tells for certain
            # whether the goods were still on the shelf.
            moved = await _refund(session, order_id, _UNITS_RETURN, now_ms)
            units_return = bool(moved)
            if moved:
                await within(session, return_sold, moved)
            else:
                moved = await _refund(session, order_id, _SOURCES - _UNITS_RETURN, now_ms)
            if not moved:
                order = (await within(session, read_orders, [order_id]))[order_id]
                if order.status != OrderStatus.REFUNDED:
                    raise Conflict("not_refundable", f"The order is {order.status}.")
                return order
            (order,) = moved
            payments = await session.execute(
                update(PAYMENTS)
                .where(PAYMENTS.c.order_id == order_id)
                .where(PAYMENTS.c.status == PaymentStatus.SETTLED.value)
                .values(status=PaymentStatus.REFUNDING.value)
                .returning(*PAYMENTS.c)
            )
            dues = [
                refund_due(row, order.event_id, row.amount_fen, now_ms) for row in payments.all()
            ]
            refunded = OrderRefunded.of(order, now_ms, units_return=units_return)
            await within(session, record, [refunded, *dues])
        self._on_commit()
        return order

    async def pay_back(self, dues: Sequence[RefundDue]) -> None:
        """Reaction to ``RefundDue``: have the provider give the money back, once.

        Raises: Unavailable where any provider could not; the others' refunds are done and
            remembered, so a repeat asks only for the rest.
        """
        failed = 0
        for start in range(0, len(dues), REFUNDS_AT_ONCE):
            failed += await self._pay_back(dues[start : start + REFUNDS_AT_ONCE])
        if failed:
            raise Unavailable("refunds_wait", f"{failed} refunds have to wait")

    async def _pay_back(self, dues: Sequence[RefundDue]) -> int:
        """Returns how many failed."""
        query = select(PAYMENTS.c.id, PAYMENTS.c.provider_ref).where(
            PAYMENTS.c.id.in_([due.payment_id for due in dues]),
            PAYMENTS.c.status == PaymentStatus.REFUNDING.value,
        )
        async with self._database.reading() as session:
            refs = {row.id: row.provider_ref for row in await session.execute(query)}
        owed = [due for due in dues if due.payment_id in refs]
        results = await asyncio.gather(*[self._ask(due, refs[due.payment_id]) for due in owed])
        done = [due.payment_id for due, is_done in zip(owed, results, strict=True) if is_done]
        if done:
            async with self._database.transaction() as session:
                await session.execute(
                    update(PAYMENTS)
                    .where(PAYMENTS.c.id.in_(done))
                    .where(PAYMENTS.c.status == PaymentStatus.REFUNDING.value)
                    .values(status=PaymentStatus.REFUNDED.value, refunded_ms=self._clock.now_ms())
                )
        return len(owed) - len(done)

    async def _ask(self, due: RefundDue, provider_ref: str) -> bool:
        """Whether the provider has given the money back."""
        provider = self._providers.get(due.provider)
        if provider is None:
            log.error("nobody to refund through", payment_id=due.payment_id, provider=due.provider)
            return False
        try:
            await provider.refund(
                RefundRequest(
                    refund_id=due.payment_id,
                    payment_id=due.payment_id,
                    provider_ref=provider_ref,
                    amount_fen=due.amount_fen,
                    paid_fen=due.amount_fen,
                    reason=REASON,
                )
            )
        except Exception as error:  # whatever it is, it must not hold back the others' money
            log.warning("refund not done", payment_id=due.payment_id, error=repr(error))
            return False
        log.info("refunded", payment_id=due.payment_id, amount_fen=due.amount_fen)
        return True


async def _refund(
    session: AsyncSession, order_id: str, sources: frozenset[OrderStatus], now_ms: int
) -> list[StoredOrder]:
    return await within(
        session, move_orders, [order_id], OrderStatus.REFUNDED, only_from=sources, closed_ms=now_ms
    )
