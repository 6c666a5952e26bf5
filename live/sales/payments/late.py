"""A payment that arrives after its order has expired.

The buyer has paid, so the units are taken once more if they are still to be had (a second
hold, numbered, so that nothing left over from the first can touch it) and the order is paid,
unless another order uses its coupon by now; otherwise the money goes back by itself.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from live.clock import Clock
from live.errors import Unavailable
from live.sales.counters import Counters
from live.sales.coupon_use import orders_with
from live.sales.facts import OrderPaid
from live.sales.fences import hold_fence
from live.sales.order_rows import move_orders, read_orders
from live.sales.payments.ledger import Debt, owe, reason_to_return
from live.sales.payments.provider import Notification
from live.sales.payments.rows import OPEN, PAYMENTS, SettledRow, settle_payments
from live.sales.schemas import OrderStatus, PaymentStatus
from live.sales.stored_order import StoredOrder
from live.sales.units import has_room, take_sold
from live.stock.guard import Position, StaleStock, StockGuard
from live.stock.rules import UnitsIntent
from live.storage.database import Database, within
from live.storage.facts import Fact, record
from live.storage.redis import REDIS_AWAY

log = structlog.get_logger(__name__)


LATE_BATCH_MAX = 50  # payments in one transaction: some 100 ms of a writer's time


@dataclass(frozen=True, slots=True)
class LatePayment:
    """A payment that found its order expired.

    Args:
        order: as it was then.
    """

    notification: Notification
    order: StoredOrder


class LatePayments:
    """Settles late payments, those of one event together."""

    def __init__(
        self,
        database: Database,
        guard: StockGuard,
        counters: Counters,
        clock: Clock,
        on_commit: Callable[[], None],
    ) -> None:
        self._database = database
        self._guard = guard
        self._counters = counters
        self._clock = clock
        self._on_commit = on_commit

    async def settle(self, late: Sequence[LatePayment]) -> None:
        """Pay the expired orders after all, or send the money back; a repeat changes nothing.

        Raises: Unavailable where Redis is away: the provider will notify again.
        """
        by_event: dict[str, list[LatePayment]] = defaultdict(list)
        for payment in late:
            by_event[payment.order.event_id].append(payment)
        for event_id, payments in by_event.items():
            for start in range(0, len(payments), LATE_BATCH_MAX):
                await self._settle_event(event_id, payments[start : start + LATE_BATCH_MAX])

    async def _settle_event(self, event_id: str, late: Sequence[LatePayment]) -> None:
        try:
            position = await self._counters.position(event_id)
            try:
                await self._settle(event_id, late, position)
            except StaleStock:
                position = await self._counters.rebuild(event_id, seen=position)
                await self._settle(event_id, late, position)
        except (StaleStock, *REDIS_AWAY) as error:
            log.warning("late payments wait", payments=len(late), error=repr(error))
            raise Unavailable("stock_unavailable", retry_after_seconds=1) from error

    async def _settle(self, event_id: str, late: Sequence[LatePayment], position: Position) -> None:
        """One attempt. Raises: StaleStock, with nothing done.

        The units are taken in Redis while the event's fence is held. So of two payments of one
        order, or one that was notified twice, nobody meets the other's hold before its commit.
        When the commit fails the hold stays, since it may have succeeded: the provider notifies
        again and finds it, or reconciliation releases it by age.
        """
        now_ms = self._clock.now_ms()
        async with self._database.transaction() as session:
            if await within(session, hold_fence, event_id) != position.epoch:
                raise StaleStock(event_id)
            facts = [
                fact
                for payment in late
                if (fact := await self._settle_one(session, payment, position, now_ms)) is not None
            ]
            await within(session, record, facts)
        self._on_commit()

    async def _settle_one(
        self, session: AsyncSession, late: LatePayment, position: Position, now_ms: int
    ) -> Fact | None:
        """What is to be told of it: paid, or a refund due; None for a repeat."""
        notification = late.notification
        payment = await _read_open_payment(session, notification.payment_id)
        if payment is None:
            return None
        order = (await within(session, read_orders, [late.order.id]))[late.order.id]
        is_paid = await _has_coupon(session, order) and await self._take_units(
            session, order, position
        )
        ref, paid_fen = notification.provider_ref, notification.amount_fen
        row = SettledRow(payment.id, PaymentStatus.SETTLED.value, ref, paid_fen, now_ms)
        await within(session, settle_payments, [row])
        if is_paid:
            return OrderPaid.of(await _pay(session, order, now_ms), now_ms)
        reason = reason_to_return(order.status, is_exact=True)
        debt = Debt(order.event_id, order.id, payment.id, payment.provider, paid_fen, reason)
        (due,) = await within(session, owe, [debt], now_ms)
        return due

    async def _take_units(
        self, session: AsyncSession, order: StoredOrder, position: Position
    ) -> bool:
        """Whether the order has its units once more: by SQL's word and the guard's."""
        if order.status != OrderStatus.EXPIRED or not await within(session, has_room, order):
            return False
        intent = UnitsIntent(
            order.id, order.offer_id, order.buyer_id, order.units, order.price_fen,
            order.hold_no + 1,
        )  # fmt: skip
        admitted = await self._guard.reserve(order.event_id, position, [intent])
        self._counters.observe(order.event_id, position.epoch, admitted.seq)
        return admitted.words[0].has_hold


async def _read_open_payment(session: AsyncSession, payment_id: str) -> Any | None:
    query = select(PAYMENTS).where(PAYMENTS.c.id == payment_id, PAYMENTS.c.status.in_(OPEN))
    return (await session.execute(query)).one_or_none()


async def _has_coupon(session: AsyncSession, order: StoredOrder) -> bool:
    """Whether the coupon, where the order came with one, is still its own."""
    if order.coupon_id is None:
        return True
    return not await within(session, orders_with, [order.coupon_id])


async def _pay(session: AsyncSession, order: StoredOrder, now_ms: int) -> StoredOrder:
    """expired → paid, with the number of the hold that was just taken."""
    (paid,) = await within(
        session,
        move_orders,
        [order.id],
        OrderStatus.PAID,
        only_from=[OrderStatus.EXPIRED],
        paid_ms=now_ms,
        closed_ms=None,
        hold_no=order.hold_no + 1,
    )
    await within(session, take_sold, paid)
    return paid
