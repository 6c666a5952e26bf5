"""What happens to claims. A subclass's name is its kind in the database."""

from typing import Any, Self

from live.claims.stored_claim import StoredClaim
from live.storage.facts import Fact


class ClaimFact(Fact, frozen=True, kw_only=True):
    claim_id: str
    order_id: str
    buyer_id: str

    @classmethod
    def of(cls, claim: StoredClaim, at_ms: int, **more: Any) -> Self:
        return cls(
            event_id=claim.event_id,
            at_ms=at_ms,
            claim_id=claim.id,
            order_id=claim.order_id,
            buyer_id=claim.buyer_id,
            **more,
        )


class ClaimFiled(ClaimFact, frozen=True, kw_only=True):
    """A buyer says that fruit was bad."""

    asked_fen: int


class ClaimApproved(ClaimFact, frozen=True, kw_only=True):
    """So much goes back. ``decided_by`` is empty where the rule decided."""

    approved_fen: int
    decided_by: str


class ClaimRejected(ClaimFact, frozen=True, kw_only=True):
    """Nothing goes back."""

    decided_by: str
