"""A buyer files a claim: once, however often it is sent."""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from live.claims.facts import ClaimFiled
from live.claims.rows import approve_claim, insert_claim, read_claims_of
from live.claims.rules import ClaimedOrder, ClaimTerms, file, repeated
from live.claims.schemas import ClaimCreate
from live.claims.stored_claim import Harm, StoredClaim
from live.clock import Clock
from live.errors import Invalid, NotFound
from live.sales.fences import hold_fence
from live.sales.order_reads import find_order
from live.sales.payments.ledger import left_fen
from live.sales.schemas import ClaimStatus
from live.storage.database import Database, within
from live.storage.facts import record
from live.values import new_id


class FilingResult(NamedTuple):
    """
    Args:
        is_new: False where the same claim was there already.
    """

    claim: StoredClaim
    is_new: bool


class Filing:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        terms: ClaimTerms,
        on_commit: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._terms = terms
        self._on_commit = on_commit

    async def file(self, buyer_id: str, order_id: str, asked: ClaimCreate) -> FilingResult:
        """File a claim of the buyer's own delivered order; the same once more gets the stored one.

        Raises: NotFound; Invalid; Conflict as ``rules.file``.
        """
        if (asked.units is None) == (asked.share_percent is None):
            raise Invalid(fields={"share_percent": "either this or units"})
        async with self._database.reading() as session:
            found = await find_order(session, order_id)
        if found is None or found.order.buyer_id != buyer_id:
            raise NotFound(detail="There is no such order.")
        async with self._database.transaction() as session:
            # Whoever moves the order's money holds it too, and so does its other claim.
            await within(session, hold_fence, found.order.event_id)
            result = await self._file(session, order_id, asked)
        if result.is_new:
            self._on_commit()
        return result

    async def _file(self, session: AsyncSession, order_id: str, asked: ClaimCreate) -> FilingResult:
        harm, note = Harm(asked.units, asked.share_percent), asked.note.strip()
        earlier = await read_claims_of(session, [order_id])
        if (same := repeated(earlier, harm, note)) is not None:
            return FilingResult(same, is_new=False)
        found = await find_order(session, order_id)
        assert found is not None, "orders are never deleted"
        order, now_ms = found.order, self._clock.now_ms()
        left = await within(session, left_fen, order_id)
        claimed = ClaimedOrder(
            order.status, order.units, order.amount_fen, found.delivered_ms, left
        )
        filed = file(claimed, earlier, harm, now_ms, self._terms)
        claim = StoredClaim(
            id=new_id("clm"), event_id=order.event_id, order_id=order.id, buyer_id=order.buyer_id,
            units=harm.units, share_percent=harm.share_percent, note=note,
            asked_fen=filed.asked_fen, status=ClaimStatus.OPEN.value, approved_fen=None,
            reason="", decided_by=None, filed_ms=now_ms, decided_ms=None,
        )  # fmt: skip
        await within(session, insert_claim, claim)
        facts = [ClaimFiled.of(claim, now_ms, asked_fen=claim.asked_fen)]
        await within(session, record, facts)
        if filed.is_automatic:
            claim, more = await within(session, approve_claim, claim, claim.asked_fen, None, now_ms)
            await within(session, record, more)
        return FilingResult(claim, is_new=True)
