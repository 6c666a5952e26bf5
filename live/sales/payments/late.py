"""A payment that arrives after its order has expired.

The buyer has paid, so the units are taken once more if they are still to be had (a second
hold, numbered, so that nothing left over from the first can touch it) and the order is paid;
otherwise the money goes back by itself.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Update, update

from live.clock import Clock
from live.errors import Unavailable
from live.sales.counters import Counters
from live.sales.facts import OrderPaid, RefundDue
from live.sales.fences import hold_fences
from live.sales.order_rows import move_orders
from live.sales.payments.provider import Notification
from live.sales.schemas import OrderStatus, PaymentStatus
from live.sales.stored_order import StoredOrder
from live.sales.tables import PaymentRow
from live.sales.units import has_room, take_sold
from live.stock.guard import Move, Position, StaleStock, StockGuard
from live.stock.rules import Settlement, UnitsIntent
from live.storage.database import Database
from live.storage.facts import record
from live.storage.redis import REDIS_AWAY

_PAYMENTS: Any = PaymentRow.__table__  # type: ignore[attr-defined]


class LatePayments:
    """Settles late payments, one at a time: they are rare."""

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

    async def settle(self, notification: Notification, order: StoredOrder) -> None:
        """Pay the expired order after all, or send the money back.

        Raises: Unavailable where Redis is away: the provider will notify again.
        """
        hold_no = order.hold_no + 1
        try:
            position = await self._take_units(order, hold_no)
            is_paid = position is not None and await self._pay(
                notification, order, hold_no, position.epoch
            )
            if not is_paid:
                if position is not None:
                    move = Move(order.id, hold_no, Settlement.RELEASED)
                    await self._guard.settle(order.event_id, [move])
                await self._refund(notification, order)
        except (StaleStock, *REDIS_AWAY) as error:
            raise Unavailable("stock_unavailable", retry_after_seconds=1) from error
        self._on_commit()

    async def _take_units(self, order: StoredOrder, hold_no: int) -> Position | None:
        """Where the counters stood when they gave the units, or None where they did not."""
        intent = UnitsIntent(
            order.id, order.offer_id, order.buyer_id, order.units, order.price_fen, hold_no
        )
        position = await self._counters.position(order.event_id)
        try:
            admitted = await self._guard.reserve(order.event_id, position, [intent])
        except StaleStock:
            position = await self._counters.rebuild(order.event_id, seen=position)
            admitted = await self._guard.reserve(order.event_id, position, [intent])
        self._counters.observe(order.event_id, position.epoch, admitted.seq)
        return position if admitted.words[0].has_hold else None

    async def _pay(
        self, notification: Notification, order: StoredOrder, hold_no: int, epoch: str
    ) -> bool:
        now_ms = self._clock.now_ms()
        async with self._database.transaction() as session:
            fences = await hold_fences(session, [order.event_id])
            if fences.get(order.event_id) != epoch:
                raise StaleStock(order.event_id)
            if not await has_room(session, order):
                return False
            paid = await move_orders(
                session,
                [order.id],
                OrderStatus.PAID,
                only_from=[OrderStatus.EXPIRED],
                paid_ms=now_ms,
                closed_ms=None,
                hold_no=hold_no,
            )
            if not paid:  # somebody was quicker
                return False
            await take_sold(session, paid[0])
            await session.execute(_settled(notification, PaymentStatus.SETTLED, now_ms))
            await record(session, [OrderPaid.of(paid[0], now_ms)])
        return True

    async def _refund(self, notification: Notification, order: StoredOrder) -> None:
        now_ms = self._clock.now_ms()
        async with self._database.transaction() as session:
            changed = await session.execute(
                _settled(notification, PaymentStatus.REFUNDING, now_ms).returning(
                    _PAYMENTS.c.id, _PAYMENTS.c.provider
                )
            )
            for row in changed.all():
                due = RefundDue(
                    event_id=order.event_id,
                    at_ms=now_ms,
                    payment_id=row.id,
                    order_id=order.id,
                    provider=row.provider,
                    amount_fen=notification.amount_fen,
                )
                await record(session, [due])


def _settled(notification: Notification, to: PaymentStatus, now_ms: int) -> Update:
    return (
        update(_PAYMENTS)
        .where(
            _PAYMENTS.c.id == notification.payment_id,
            _PAYMENTS.c.status == PaymentStatus.STARTED.value,
        )
        .values(status=to.value, provider_ref=notification.provider_ref, settled_ms=now_ms)
    )
