"""Who may claim a coupon, and what a drop and a coupon are by now. Pure."""

import re
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from live.errors import Conflict, Invalid, Problem
from live.values import MS_PER_SECOND, CouponId, EventStatus

_ID_HEX_DIGITS = 32  # 128 bits
_ID = re.compile(f"cpn_[0-9a-f]{{{_ID_HEX_DIGITS}}}")


class DropStatus(StrEnum):
    OPEN = "open"
    GONE = "gone"  # all are claimed
    ENDED = "ended"  # by its host, its time or the end of its event


class CouponStatus(StrEnum):
    USABLE = "usable"
    USED = "used"
    EXPIRED = "expired"


class Limits(NamedTuple):
    """From the settings."""

    quantity_max: int
    claim_seconds_min: int
    claim_seconds_max: int
    use_seconds_max: int


class Terms(NamedTuple):
    """What a host asks for."""

    off_fen: int
    min_spend_fen: int
    quantity: int
    claim_seconds: int
    use_seconds: int


class Drop(NamedTuple):
    """A drop's row, with what counts of its event."""

    id: str
    event_id: str
    title: str
    off_fen: int
    min_spend_fen: int
    quantity: int
    claimed: int
    status: str
    opened_ms: int
    claim_until_ms: int
    use_until_ms: int
    event_title: str
    event_status: str
    host_id: str

    @property
    def left(self) -> int:
        """Coupons that nobody has claimed yet."""
        return self.quantity - self.claimed


def check_terms(terms: Terms, limits: Limits) -> None:
    """Raises: Invalid."""
    wrong: dict[str, str] = {}
    if terms.min_spend_fen <= terms.off_fen:
        wrong["min_spend_fen"] = "more than off_fen"
    if terms.quantity > limits.quantity_max:
        wrong["quantity"] = f"from 1 to {limits.quantity_max}"
    if not limits.claim_seconds_min <= terms.claim_seconds <= limits.claim_seconds_max:
        wrong["claim_seconds"] = f"from {limits.claim_seconds_min} to {limits.claim_seconds_max}"
    if not terms.claim_seconds <= terms.use_seconds <= limits.use_seconds_max:
        wrong["use_seconds"] = f"from claim_seconds to {limits.use_seconds_max}"
    if wrong:
        raise Invalid(fields=wrong)


def after(opened_ms: int, seconds: int) -> int:
    """A moment of a drop, in ms."""
    return opened_ms + seconds * MS_PER_SECOND


def coupon_id_for(drop_id: str, account_id: str) -> CouponId:
    """The one id of this person's coupon: a repeated claim meets its own row."""
    digest = sha256(f"{drop_id} {account_id}".encode()).hexdigest()
    return CouponId(f"cpn_{digest[:_ID_HEX_DIGITS]}")


def is_coupon_id(text: str) -> bool:
    """Whether a coupon could have this id: anybody may send anything."""
    return _ID.fullmatch(text) is not None


def drop_status(drop: Drop, now_ms: int) -> DropStatus:
    """What it is by now. Nobody gives a coupon back, so what is gone stays gone."""
    if drop.left == 0:
        return DropStatus.GONE
    is_open = drop.status == DropStatus.OPEN and now_ms < drop.claim_until_ms
    if is_open and drop.event_status == EventStatus.LIVE:
        return DropStatus.OPEN
    return DropStatus.ENDED


def claim_refusal(
    drop: Drop, account_id: str, *, is_operator: bool, taken: int, now_ms: int
) -> Problem | None:
    """Why this person, who has none yet, may not claim a coupon now; None where they may.

    Args:
        taken: coupons that others are given in the same transaction.
    """
    if is_operator or account_id == drop.host_id:
        return Conflict("own_drop", "Who drops them does not claim one.")
    if drop.left <= taken:
        return gone()
    if drop_status(drop, now_ms) is not DropStatus.OPEN:
        return Conflict("drop_ended", "They cannot be claimed any more.")
    return None


def gone() -> Conflict:
    return Conflict("coupons_gone", "All of them are claimed.")


def coupon_status(
    order_id: str | None, use_until_ms: int, event_status: str, now_ms: int
) -> CouponStatus:
    """
    Args:
        order_id: the order that uses it.
        event_status: of its event: one that is over takes no orders.
    """
    if order_id is not None:
        return CouponStatus.USED
    is_over = event_status in (EventStatus.ENDED, EventStatus.CANCELLED)
    return CouponStatus.EXPIRED if is_over or now_ms >= use_until_ms else CouponStatus.USABLE
