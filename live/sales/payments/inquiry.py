"""Asks providers what has become of payments of which nothing was heard.

Notifications get lost, and so does what the sandbox had in memory. What a provider says here is
applied like a notification. A payment whose order is over is closed at its provider, so that
fewer payments come late.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import NamedTuple

import structlog
from sqlalchemy import select

from live.clock import Clock
from live.errors import Problem
from live.sales.order_rows import ORDERS
from live.sales.payments.provider import Notification, PaymentProvider
from live.sales.payments.rows import PAYMENTS
from live.sales.payments.settlement import Settlement
from live.sales.schemas import OrderStatus, PaymentStatus
from live.storage.database import Database
from live.values import MS_PER_SECOND

log = structlog.get_logger(__name__)

PAGE_MAX = 1_000  # payments read at once
AT_ONCE = 16  # of one provider; buyers who are paying now need its other calls


class _Silent(NamedTuple):
    id: str
    provider: str
    amount_fen: int
    order_status: str


class PaymentInquiry:
    """
    Args:
        quiet_seconds: a payment that is younger is left alone.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        providers: Mapping[str, PaymentProvider],
        settlement: Settlement,
        *,
        quiet_seconds: int,
    ) -> None:
        self._database = database
        self._clock = clock
        self._providers = providers
        self._settlement = settlement
        self._quiet_ms = quiet_seconds * MS_PER_SECOND

    async def run(self) -> None:
        """One round, a periodic job; two at once do no harm.

        Raises: Unavailable where what was heard cannot be applied now.
        """
        away: set[str] = set()  # providers that did not answer: no use to wait for each payment
        async for payments in self._pages():
            for name, provider in self._providers.items():
                own = [payment for payment in payments if payment.provider == name]
                for start in range(0, len(own), AT_ONCE):
                    if name in away:
                        break
                    if not await self._ask_all(provider, own[start : start + AT_ONCE]):
                        away.add(name)

    async def _pages(self) -> AsyncIterator[Sequence[_Silent]]:
        columns = PAYMENTS.c.id, PAYMENTS.c.provider, PAYMENTS.c.amount_fen, ORDERS.c.status
        query = (
            select(*columns)
            .join(ORDERS, ORDERS.c.id == PAYMENTS.c.order_id)
            .where(PAYMENTS.c.status == PaymentStatus.STARTED.value)
            .where(PAYMENTS.c.created_ms < self._clock.now_ms() - self._quiet_ms)
            .order_by(PAYMENTS.c.id)
            .limit(PAGE_MAX)
        )
        after = ""
        while True:
            async with self._database.reading() as session:
                rows = await session.execute(query.where(PAYMENTS.c.id > after))
                page = [_Silent(*row) for row in rows]
            if not page:
                return
            yield page
            after = page[-1].id

    async def _ask_all(self, provider: PaymentProvider, payments: Sequence[_Silent]) -> bool:
        """Whether the provider answered for any of them."""
        answers = await asyncio.gather(
            *[_ask(provider, payment) for payment in payments], return_exceptions=True
        )
        told: list[Notification] = []
        refused = 0
        for payment, answer in zip(payments, answers, strict=True):
            if isinstance(answer, Problem):
                refused += 1
                log.warning("no word of a payment", payment_id=payment.id, error=repr(answer))
            elif isinstance(answer, BaseException):
                raise answer
            elif answer is not None:
                told.append(answer)
        await self._settlement.apply(provider.name, told)
        if told:
            paid = sum(notification.is_paid for notification in told)
            log.info("asked about payments", provider=provider.name, paid=paid, ended=len(told))
        return refused < len(payments)


async def _ask(provider: PaymentProvider, payment: _Silent) -> Notification | None:
    """What has become of it, once it has: paid, or not to be paid any more."""
    told = await provider.query(payment.id, payment.amount_fen)
    if told is not None:
        return told
    if payment.order_status == OrderStatus.RESERVED:
        return None
    # It may be paid between these two questions: then it cannot be closed, and the next round
    # hears of it.
    await provider.close(payment.id)
    return Notification(payment.id, "", payment.amount_fen, is_paid=False)
