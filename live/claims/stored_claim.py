"""A claim as its row has it, and as people see it. Pure."""

from typing import NamedTuple

from live.sales.schemas import Claim, ClaimStatus
from live.values import ClaimId, OrderId, rfc3339


class Harm(NamedTuple):
    """How much is bad: so many boxes, or so many percent of the fruit; one of the two."""

    units: int | None
    share_percent: int | None


class StoredClaim(NamedTuple):
    """A claim's row: the columns of ``claims``, in the order of ``CLAIM_COLUMNS``."""

    id: str
    event_id: str
    order_id: str
    buyer_id: str
    units: int | None
    share_percent: int | None
    note: str
    asked_fen: int
    status: str
    approved_fen: int | None
    reason: str
    decided_by: str | None
    filed_ms: int
    decided_ms: int | None

    @property
    def harm(self) -> Harm:
        return Harm(self.units, self.share_percent)


CLAIM_COLUMNS = StoredClaim._fields


def claim_view(claim: StoredClaim) -> Claim:
    """What its buyer and operators see."""
    return Claim(
        id=ClaimId(claim.id),
        order_id=OrderId(claim.order_id),
        status=ClaimStatus(claim.status),
        units=claim.units,
        share_percent=claim.share_percent,
        note=claim.note,
        asked_fen=claim.asked_fen,
        approved_fen=claim.approved_fen,
        reason=claim.reason,
        filed_at=rfc3339(claim.filed_ms),
        decided_at=None if claim.decided_ms is None else rfc3339(claim.decided_ms),
    )
