"""What a claim comes to, and whether it may be filed. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from live.claims.stored_claim import Harm, StoredClaim
from live.errors import Conflict, Invalid
from live.sales.schemas import ClaimStatus, OrderStatus

PERCENT = 100


@dataclass(frozen=True, slots=True)
class ClaimTerms:
    """
    Args:
        window_ms: after delivery, in which claims are taken.
        auto_share: percent of bad fruit up to which an order's first claim is approved at once.
        per_order_max: claims of one order, whatever became of them.
    """

    window_ms: int
    auto_share: int
    per_order_max: int


class ClaimedOrder(NamedTuple):
    """What filing needs to know of the order.

    Args:
        left_fen: of its money, what has not been given back yet.
    """

    status: str
    units: int
    amount_fen: int
    delivered_ms: int | None
    left_fen: int


class Filed(NamedTuple):
    """A claim that may be filed: what it comes to, and whether that needs no operator."""

    asked_fen: int
    is_automatic: bool


def share_of(harm: Harm, order_units: int) -> tuple[int, int]:
    """The bad share as a fraction: so many, of so many."""
    if harm.units is not None:
        return harm.units, order_units
    assert harm.share_percent is not None, "one of the two is always given"
    return harm.share_percent, PERCENT


def fen_for(order: ClaimedOrder, harm: Harm) -> int:
    """The order's sum times the bad share, rounded up to a whole fen; at most what is left."""
    bad, of = share_of(harm, order.units)
    return min(-(-order.amount_fen * bad // of), order.left_fen)


def repeated(earlier: Sequence[StoredClaim], harm: Harm, note: str) -> StoredClaim | None:
    """The claim that says the same already: whoever got no answer must not claim twice."""
    same = [claim for claim in earlier if (claim.harm, claim.note) == (harm, note)]
    return same[-1] if same else None


def file(
    order: ClaimedOrder,
    earlier: Sequence[StoredClaim],
    harm: Harm,
    now_ms: int,
    terms: ClaimTerms,
) -> Filed:
    """Decide a claim that repeats none of the earlier ones.

    Raises: Conflict ``not_claimable``, ``claim_too_late``, ``claim_open``, ``too_many_claims``,
        ``nothing_left``; Invalid.
    """
    if order.status != OrderStatus.DELIVERED:
        raise Conflict("not_claimable", f"The order is {order.status}.")
    if order.delivered_ms is None or now_ms > order.delivered_ms + terms.window_ms:
        raise Conflict("claim_too_late", "Claims of this order are not taken any more.")
    if any(claim.status == ClaimStatus.OPEN for claim in earlier):
        raise Conflict("claim_open", "Another claim of this order waits to be decided.")
    if len(earlier) >= terms.per_order_max:
        raise Conflict("too_many_claims", f"The order has {len(earlier)} claims.")
    bad, of = share_of(harm, order.units)
    if bad > of:
        raise Invalid(fields={"units": f"the order has {order.units}"})
    if order.left_fen <= 0:
        raise Conflict("nothing_left", "All of the order's money has been given back.")
    is_small = bad * PERCENT <= terms.auto_share * of
    return Filed(fen_for(order, harm), is_automatic=is_small and not earlier)
