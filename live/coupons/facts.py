"""What happens to coupon drops. A subclass's name is its kind in the database."""

from live.storage.facts import Fact


class CouponDropFact(Fact, frozen=True, kw_only=True):
    """Rooms show something else of a drop. ``revision``: of the event."""

    drop_id: str
    revision: int
    title: str
    quantity: int


class CouponDropOpened(CouponDropFact, frozen=True, kw_only=True):
    """Coupons may be claimed."""

    off_fen: int
    min_spend_fen: int


class CouponsGone(CouponDropFact, frozen=True, kw_only=True):
    """All are claimed."""


class CouponDropEnded(CouponDropFact, frozen=True, kw_only=True):
    """Its host lets nobody claim any more."""
