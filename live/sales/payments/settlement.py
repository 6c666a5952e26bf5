"""What a provider's notification does: the order is paid, or the money goes back.

Notifications come late, twice and out of order. A payment settles at most once; an order is
paid at most once; money that finds no order to pay is refunded by itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from typing import NamedTuple

import structlog
from sqlalchemy import select
from sqlalchemy.engine import Connection

from live.clock import Clock
from live.errors import NotFound
from live.sales.facts import OrderPaid
from live.sales.fences import hold_fences_of
from live.sales.order_rows import ORDERS, move_held_orders, read_orders
from live.sales.payments.late import LatePayment, LatePayments
from live.sales.payments.ledger import Debt, owe, reason_to_return
from live.sales.payments.provider import Notification
from live.sales.payments.rows import OPEN, PAYMENTS, SettledRow, settle_payments
from live.sales.schemas import OrderStatus, PaymentStatus
from live.sales.stored_order import StoredOrder
from live.sales.units import sell_reserved
from live.storage.among import among
from live.storage.batcher import Batcher
from live.storage.database import Database
from live.storage.facts import Fact, record
from live.storage.many_rows import ManyRows

log = structlog.get_logger(__name__)


class PaymentKey(NamedTuple):
    """A payment is its provider's: no other may speak about it."""

    provider: str
    payment_id: str


_Told = dict[PaymentKey, Notification]


@dataclass(frozen=True, slots=True)
class _Message:
    provider: str
    notifications: Sequence[Notification]

    def keys(self) -> set[PaymentKey]:
        return {PaymentKey(self.provider, told.payment_id) for told in self.notifications}


@dataclass(frozen=True, slots=True)
class _Settled:
    """What one transaction has left to do.

    Args:
        late: payments of expired orders, which need Redis too.
        unknown: payments that are not ours.
    """

    late: dict[PaymentKey, LatePayment]
    unknown: set[PaymentKey]


class Step(Enum):
    """What one notification leads to."""

    NOTHING = auto()  # a repeat, or news of a failure that is known
    FAIL = auto()
    PAY = auto()
    PAY_LATE = auto()
    GIVE_BACK = auto()


def next_step(
    payment_status: str, order_status: str, *, is_paid: bool, is_exact: bool, is_taken: bool
) -> Step:
    """Decide one notification. Pure.

    Args:
        is_exact: the sum is the one that was asked for.
        is_taken: another payment has just paid this order.
    """
    if payment_status not in OPEN:
        return Step.NOTHING
    if not is_paid:
        return Step.FAIL if payment_status == PaymentStatus.STARTED else Step.NOTHING
    if is_exact and order_status == OrderStatus.RESERVED and not is_taken:
        return Step.PAY
    if is_exact and order_status == OrderStatus.EXPIRED:
        return Step.PAY_LATE
    return Step.GIVE_BACK  # paid twice, cancelled meanwhile, or the wrong sum


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
        self._batcher: Batcher[_Message, _Settled] = Batcher(
            "settlement", self._settle_all, batch_max=batch_max, queue_max=queue_max
        )

    async def apply(self, provider: str, notifications: Sequence[Notification]) -> None:
        """Apply one message. Returning means: done, or done before; the provider may forget it.

        Args:
            provider: who has proven to be its sender.

        Raises: NotFound ``unknown_payment`` for a payment that is not theirs or not ours, after
            all others have been applied; Unavailable where the message must come again.
        """
        if not notifications:
            return
        message = _Message(provider, notifications)
        settled = await self._batcher.ask(message)
        # Outside the batch: a late payment needs Redis, and those in time must not wait for it.
        if late := message.keys() & settled.late.keys():
            await self._late.settle([settled.late[key] for key in sorted(late)])
        if unknown := message.keys() & settled.unknown:
            log.error("notified of unknown payments", payments=sorted(unknown))
            raise NotFound("unknown_payment")

    async def close(self) -> None:
        await self._batcher.close()

    async def _settle_all(self, messages: Sequence[_Message]) -> Sequence[_Settled]:
        # The last word about a payment wins within a batch; a paid one is never unsaid.
        told: _Told = {}
        for message in messages:
            for notification in message.notifications:
                key = PaymentKey(message.provider, notification.payment_id)
                known = told.get(key)
                if known is None or not known.is_paid:
                    told[key] = notification
        return [await self._settle(told)] * len(messages)

    async def _settle(self, told: _Told) -> _Settled:
        now_ms = self._clock.now_ms()
        settled, facts = await self._database.write(partial(_settle_in_time, told, now_ms))
        if facts:
            self._on_commit()
        return settled


def _settle_in_time(
    told: _Told, now_ms: int, connection: Connection
) -> tuple[_Settled, Sequence[Fact]]:
    """Settle what needs nothing but SQL. Returns what is left to do, and what has happened."""
    hold_fences_of(connection, _EVENTS_OF, _ids(told))
    payments = _read_payments(connection, told)
    orders = read_orders(connection, {payment.order_id for payment in payments})
    late: dict[PaymentKey, LatePayment] = {}
    to_pay: dict[str, StoredOrder] = {}  # by id
    settled: list[SettledRow] = []
    debts: list[Debt] = []

    def settle(payment: _PaymentRow, to: PaymentStatus, told: Notification) -> None:
        paid_fen = told.amount_fen if told.is_paid else 0
        settled.append(SettledRow(payment.id, to.value, told.provider_ref, paid_fen, now_ms))

    for payment in payments:
        key = PaymentKey(payment.provider, payment.id)
        notification, order = told[key], orders[payment.order_id]
        is_exact = notification.amount_fen == payment.amount_fen
        match next_step(
            payment.status,
            order.status,
            is_paid=notification.is_paid,
            is_exact=is_exact,
            is_taken=order.id in to_pay,
        ):
            case Step.NOTHING:
                pass
            case Step.FAIL:
                settle(payment, PaymentStatus.FAILED, notification)
            case Step.PAY:
                to_pay[order.id] = order
                settle(payment, PaymentStatus.SETTLED, notification)
            case Step.PAY_LATE:
                late[key] = LatePayment(notification, order)
            case Step.GIVE_BACK:
                settle(payment, PaymentStatus.SETTLED, notification)
                reason = reason_to_return(order.status, is_exact=is_exact)
                debts.append(
                    Debt(order.event_id, order.id, payment.id, payment.provider,
                         notification.amount_fen, reason)
                )  # fmt: skip
    facts: list[Fact] = [*_pay(connection, list(to_pay.values()), now_ms)]
    settle_payments(connection, settled)
    facts += owe(connection, debts, now_ms)
    record(connection, facts)
    ours = {PaymentKey(payment.provider, payment.id) for payment in payments}
    return _Settled(late, told.keys() - ours), facts


def _pay(connection: Connection, orders: Sequence[StoredOrder], now_ms: int) -> list[OrderPaid]:
    paid = move_held_orders(
        connection, orders, OrderStatus.PAID, only_from=[OrderStatus.RESERVED], paid_ms=now_ms
    )
    sell_reserved(connection, paid)
    return [OrderPaid.of(order, now_ms) for order in paid]


_EVENTS_OF = (
    select(ORDERS.c.event_id)
    .distinct()
    .join(PAYMENTS, PAYMENTS.c.order_id == ORDERS.c.id)
    .where(among(PAYMENTS.c.id, "ids"))
)


class _PaymentRow(NamedTuple):
    id: str
    provider: str
    order_id: str
    amount_fen: int
    status: str


_READ = ManyRows(
    select(*[PAYMENTS.c[name] for name in _PaymentRow._fields]).where(among(PAYMENTS.c.id, "ids")),
    _PaymentRow,
)


def _read_payments(connection: Connection, told: _Told) -> list[_PaymentRow]:
    rows = _READ.read(connection, _ids(told))
    return sorted(row for row in rows if PaymentKey(row.provider, row.id) in told)


def _ids(told: _Told) -> dict[str, list[str]]:
    return {"ids": [key.payment_id for key in told]}
