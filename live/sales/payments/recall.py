"""Asks the sandbox once more for payments that it has forgotten.

A real provider remembers what it was asked to collect; the sandbox lives in the server's own
memory, and a payment it was told of by a process that has been killed would never settle.
"""

from collections.abc import Mapping

import structlog
from sqlalchemy import select

from live.clock import Clock
from live.sales.payments.provider import PaymentProvider, PaymentRequest
from live.sales.payments.rows import PAYMENTS
from live.sales.payments.sandbox import SandboxProvider
from live.sales.schemas import PaymentStatus
from live.storage.database import Database
from live.values import MS_PER_SECOND

log = structlog.get_logger(__name__)

FORGOTTEN_SECONDS = 10  # a sandbox that has not notified by then has lost it
BATCH_MAX = 1_000  # payments asked for again in one round


class SandboxRecall:
    """Does nothing where no sandbox is among the providers."""

    def __init__(
        self, database: Database, clock: Clock, providers: Mapping[str, PaymentProvider]
    ) -> None:
        self._database = database
        self._clock = clock
        self._sandbox = providers.get(SandboxProvider.name)

    async def run(self) -> None:
        """One round, a periodic job. To ask twice is harmless."""
        if self._sandbox is None:
            return
        query = (
            select(PAYMENTS)
            .where(PAYMENTS.c.status == PaymentStatus.STARTED.value)
            .where(PAYMENTS.c.provider == SandboxProvider.name)
            .where(PAYMENTS.c.created_ms < self._clock.now_ms() - FORGOTTEN_SECONDS * MS_PER_SECOND)
            .limit(BATCH_MAX)
        )
        async with self._database.reading() as session:
            rows = (await session.execute(query)).all()
        for row in rows:
            request = PaymentRequest(row.id, row.order_id, row.amount_fen, f"order {row.order_id}")
            await self._sandbox.start(request)
        if rows:
            log.info("asked the sandbox again", payments=len(rows))
