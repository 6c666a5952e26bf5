"""Has providers give back what is owed, again and again until they have done it.

A fact asks at once; whatever then is still due, because a provider was away or this process died,
a periodic job asks for again, less and less often. The request carries the refund's id, so a
provider that has done it already, and was not heard, does nothing.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import structlog
from sqlalchemy import Select, literal_column, select, update

from live.clock import Clock
from live.sales.facts import RefundDue
from live.sales.payments.ledger import REFUNDS
from live.sales.payments.provider import PaymentProvider, RefundRequest
from live.sales.payments.rows import PAYMENTS
from live.sales.schemas import RefundReason
from live.storage.among import among
from live.storage.database import Database
from live.values import MS_PER_SECOND

log = structlog.get_logger(__name__)

REFUNDS_AT_ONCE = 16  # providers' calls under way
BATCH_MAX = 500  # refunds in one round of the job; the others wait for the next

# What buyers read in their provider's app.
_TEXTS = {
    RefundReason.ORDER_REFUNDED: "订单退款",
    RefundReason.ORDER_OVER: "订单已关闭，款项退回",
    RefundReason.PAID_TWICE: "重复付款退回",
    RefundReason.WRONG_AMOUNT: "金额不符，款项退回",
    RefundReason.CLAIM: "坏果包赔",
}

# Not a parameter: SQLite only takes an index of some rows where it sees that they suffice.
_DUE = REFUNDS.c.status == literal_column("'due'")


class _Due(NamedTuple):
    refund_id: str
    payment_id: str
    provider: str
    provider_ref: str
    amount_fen: int
    paid_fen: int
    reason: RefundReason
    attempts: int

    def request(self) -> RefundRequest:
        return RefundRequest(
            self.refund_id, self.payment_id, self.provider_ref, self.amount_fen, self.paid_fen,
            _TEXTS[self.reason],
        )  # fmt: skip


class PayingBack:
    """
    Args:
        retry_seconds: before a refund that failed is tried again, doubling each time.
        retry_seconds_max: that much at most.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        providers: Mapping[str, PaymentProvider],
        *,
        retry_seconds: float,
        retry_seconds_max: float,
    ) -> None:
        self._database = database
        self._clock = clock
        self._providers = providers
        self._retry_seconds = retry_seconds
        self._retry_seconds_max = retry_seconds_max

    async def react(self, dues: Sequence[RefundDue]) -> None:
        """Reaction to ``RefundDue``: ask for whatever is due of these payments."""
        ids = sorted({due.payment_id for due in dues})
        query = _select_due().where(among(REFUNDS.c.payment_id, "ids"))
        await self._pay_back(await self._read(query, {"ids": ids}))

    async def retry(self) -> None:
        """One round, a periodic job: ask for whatever was not done when it first was asked for."""
        now_ms = self._clock.now_ms()
        query = (
            _select_due()
            # What has only just come to be due is the reaction's.
            .where(REFUNDS.c.try_after_ms <= now_ms)
            .where(REFUNDS.c.created_ms <= now_ms - self._retry_seconds * MS_PER_SECOND)
            .order_by(REFUNDS.c.try_after_ms)
            .limit(BATCH_MAX)
        )
        await self._pay_back(await self._read(query, {}))

    async def _read(self, query: Select[Any], values: Mapping[str, Any]) -> list[_Due]:
        async with self._database.reading() as session:
            return [_Due(*row) for row in await session.execute(query, values)]

    async def _pay_back(self, dues: Sequence[_Due]) -> None:
        for start in range(0, len(dues), REFUNDS_AT_ONCE):
            some = dues[start : start + REFUNDS_AT_ONCE]
            results = await asyncio.gather(*[self._ask(due) for due in some])
            await self._note(zip(some, results, strict=True))

    async def _ask(self, due: _Due) -> bool:
        """Whether the provider has given the money back."""
        provider = self._providers.get(due.provider)
        if provider is None:
            log.error("nobody to refund through", refund_id=due.refund_id, provider=due.provider)
            return False
        try:
            await provider.refund(due.request())
        except Exception as error:  # whatever it is, it must not hold back the others' money
            log.warning("refund not done", refund_id=due.refund_id, error=repr(error))
            return False
        log.info("refunded", refund_id=due.refund_id, amount_fen=due.amount_fen)
        return True

    async def _note(self, results: Iterable[tuple[_Due, bool]]) -> None:
        now_ms = self._clock.now_ms()
        async with self._database.transaction() as session:
            for due, is_done in results:
                values = (
                    {"status": "done", "done_ms": now_ms}
                    if is_done
                    else {
                        "attempts": due.attempts + 1,
                        "try_after_ms": now_ms + self._wait_ms(due.attempts),
                    }
                )
                change = update(REFUNDS).where(REFUNDS.c.id == due.refund_id, _DUE)
                await session.execute(change.values(values))

    def _wait_ms(self, attempts: int) -> int:
        seconds = self._retry_seconds * 2.0 ** min(attempts, 30)
        return round(min(seconds, self._retry_seconds_max) * MS_PER_SECOND)


def _select_due() -> Select[Any]:
    return (
        select(
            REFUNDS.c.id,
            REFUNDS.c.payment_id,
            PAYMENTS.c.provider,
            PAYMENTS.c.provider_ref,
            REFUNDS.c.amount_fen,
            PAYMENTS.c.paid_fen,
            REFUNDS.c.reason,
            REFUNDS.c.attempts,
        )
        .join_from(REFUNDS, PAYMENTS, PAYMENTS.c.id == REFUNDS.c.payment_id)
        .where(_DUE)
    )
