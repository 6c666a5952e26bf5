"""What a coupon takes off: asked for each order that names one, answered by another feature."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from live.errors import Conflict, Problem


class Discount(Protocol):
    """What one coupon is good for."""

    @property
    def off_fen(self) -> int: ...

    @property
    def min_spend_fen(self) -> int:
        """More than ``off_fen``, so that an order is never for nothing."""
        ...

    @property
    def use_until_ms(self) -> int: ...


# (buyer id, coupon id, event id) → what it takes off. Raises: NotFound ``coupon_not_found`` for a
# coupon that is not the buyer's or not of the event; Unavailable.
FindDiscount = Callable[[str, str, str], Awaitable[Discount]]


def discount_refusal(discount: Discount, goods_fen: int, now_ms: int) -> Problem | None:
    """Why the coupon is no good for a new order of these goods; None where it is. Pure.

    Args:
        goods_fen: units x price, without shipping.
    """
    if goods_fen < discount.min_spend_fen:
        return Conflict(
            "coupon_min_spend",
            f"The goods must come to {discount.min_spend_fen} fen; these come to {goods_fen}.",
        )
    if now_ms >= discount.use_until_ms:
        return Conflict("coupon_expired", "This coupon's time is over.")
    return None
