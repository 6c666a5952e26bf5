"""What happens to orders and payments. A subclass's name is its kind in the database."""

from typing import Any, Self

from live.sales.stored_order import StoredOrder
from live.storage.facts import Fact


class OrderFact(Fact, frozen=True, kw_only=True):
    order_id: str
    offer_id: str
    buyer_id: str
    units: int
    amount_fen: int
    hold_no: int = 0

    @classmethod
    def of(cls, order: StoredOrder, at_ms: int, **more: Any) -> Self:
        """This fact about an order as it now is."""
        return cls(
            event_id=order.event_id,
            at_ms=at_ms,
            order_id=order.id,
            offer_id=order.offer_id,
            buyer_id=order.buyer_id,
            units=order.units,
            amount_fen=order.amount_fen,
            hold_no=order.hold_no,
            **more,
        )


class OrderReserved(OrderFact, frozen=True, kw_only=True):
    """Units are held for the buyer until ``pay_by_ms``."""

    pay_by_ms: int


class OrderPaid(OrderFact, frozen=True, kw_only=True):
    """The money is here; the units are sold."""


class OrderExpired(OrderFact, frozen=True, kw_only=True):
    """Not paid in time; the units go back on sale."""


class OrderCancelled(OrderFact, frozen=True, kw_only=True):
    """Given up by its buyer before payment; the units go back on sale."""


class OrderRefunded(OrderFact, frozen=True, kw_only=True):
    """Money goes back. ``units_return`` says whether the units do too (not once packed)."""

    units_return: bool


class RefundDue(Fact, frozen=True, kw_only=True):
    """Money of a payment must be given back by its provider: a row of ``refunds``.

    The defaults are for facts from before refunds had rows of their own.
    """

    refund_id: str = ""
    payment_id: str
    order_id: str
    provider: str
    amount_fen: int
    reason: str = ""
