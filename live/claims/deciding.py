"""An operator decides a claim, once: money goes back, or a reason is given why not."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from live.claims.facts import ClaimRejected
from live.claims.rows import approve_claim, decide_claim, read_claim
from live.claims.stored_claim import StoredClaim
from live.clock import Clock
from live.errors import Conflict, NotFound
from live.sales.fences import hold_fence
from live.sales.payments.ledger import left_fen
from live.sales.schemas import ClaimStatus
from live.storage.database import Database, within
from live.storage.facts import record


class Deciding:
    """Of two operators one decides; a repeat of the same decision gets the same answer."""

    def __init__(self, database: Database, clock: Clock, on_commit: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._on_commit = on_commit

    async def approve(self, operator_id: str, claim_id: str, amount_fen: int) -> StoredClaim:
        """Give so much of the order's money back.

        Raises: NotFound; Conflict ``own_claim``, ``claim_decided``, ``claim_exceeds_left``.
        """
        async with self._held(operator_id, claim_id) as (session, claim):
            if (claim.status, claim.approved_fen) == (ClaimStatus.APPROVED, amount_fen):
                return claim
            _require_open(claim)
            left = await within(session, left_fen, claim.order_id)
            if amount_fen > left:
                raise Conflict("claim_exceeds_left", f"Of the order's money {left} fen are left.")
            now_ms = self._clock.now_ms()
            approved, facts = await within(
                session, approve_claim, claim, amount_fen, operator_id, now_ms
            )
            await within(session, record, facts)
        self._on_commit()
        return approved

    async def reject(self, operator_id: str, claim_id: str, reason: str) -> StoredClaim:
        """Give nothing back, for a reason that the buyer reads.

        Raises: NotFound; Conflict ``own_claim``, ``claim_decided``.
        """
        async with self._held(operator_id, claim_id) as (session, claim):
            if (claim.status, claim.reason) == (ClaimStatus.REJECTED, reason):
                return claim
            _require_open(claim)
            now_ms = self._clock.now_ms()
            rejected = await within(
                session, decide_claim, claim, status=ClaimStatus.REJECTED.value, reason=reason,
                decided_by=operator_id, decided_ms=now_ms,
            )  # fmt: skip
            fact = ClaimRejected.of(rejected, now_ms, decided_by=operator_id)
            await within(session, record, [fact])
        self._on_commit()
        return rejected

    @asynccontextmanager
    async def _held(
        self, operator_id: str, claim_id: str
    ) -> AsyncIterator[tuple[AsyncSession, StoredClaim]]:
        """A transaction with the fence of the claim's event, and the claim as it is under it."""
        async with self._database.reading() as session:
            claim = await read_claim(session, claim_id)
        if claim is None:
            raise NotFound(detail="There is no such claim.")
        if claim.buyer_id == operator_id:
            raise Conflict("own_claim", "Somebody else must decide it.")
        async with self._database.transaction() as session:
            await within(session, hold_fence, claim.event_id)
            claim = await read_claim(session, claim_id)
            assert claim is not None, "claims are never deleted"
            yield session, claim


def _require_open(claim: StoredClaim) -> None:
    if claim.status != ClaimStatus.OPEN:
        raise Conflict("claim_decided", f"The claim is {claim.status}.")
