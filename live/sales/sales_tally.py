"""An event's sales as a running tally of what happened to its orders. Pure.

Facts are never taken back, so what has been counted once stays true, and a refund today leaves
yesterday's minutes as they were.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from live.sales.facts import (
    OrderCancelled,
    OrderExpired,
    OrderPaid,
    OrderRefunded,
    OrderReserved,
)

KINDS = (
    OrderReserved.kind(),
    OrderPaid.kind(),
    OrderExpired.kind(),
    OrderCancelled.kind(),
    OrderRefunded.kind(),
)
_RESERVED, _PAID, _EXPIRED, _CANCELLED, _REFUNDED = KINDS


class FactSum(NamedTuple):
    """Many facts of one kind, offer, province and minute.

    Args:
        offer_id: None where the orders are no more; then nothing but the numbers is known.
        minute: minutes since the epoch.
        is_late: the orders have had a second hold, so they were paid after they had expired.
        last_id: the greatest number among the facts.
    """

    kind: str
    offer_id: str | None
    province_code: str
    minute: int
    is_late: bool
    orders: int
    units: int
    amount_fen: int
    discount_fen: int
    grams: int
    last_id: int


@dataclass(slots=True)
class MinuteTally:
    """What happened in one minute: orders placed, with their units and sums, and orders paid."""

    orders: int = 0
    units: int = 0
    amount_fen: int = 0
    paid_orders: int = 0


@dataclass(slots=True)
class ProvinceTally:
    """Paid orders, less the refunded."""

    orders: int = 0
    grams: int = 0
    amount_fen: int = 0


@dataclass(slots=True)
class Tally:
    """Everything counted so far.

    Args:
        last_id: facts up to this number are in it.
        orders: kind of fact → orders that are in that state now; of OrderReserved, still open.
        placed_orders: all ever reserved.
        ever_paid_orders: those that were paid, refunded since or not.
        amount_fen: paid, less refunded.
        discount_fen: that coupons took off the same orders.
        units: offer id → minute → units of orders placed.
    """

    last_id: int = 0
    orders: Counter[str] = field(default_factory=Counter)
    placed_orders: int = 0
    ever_paid_orders: int = 0
    amount_fen: int = 0
    discount_fen: int = 0
    minutes: dict[int, MinuteTally] = field(default_factory=dict)
    units: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    provinces: dict[str, ProvinceTally] = field(default_factory=dict)

    def add(self, sums: Iterable[FactSum]) -> None:
        """Count facts that follow ``last_id``."""
        for row in sums:
            if row.offer_id is not None:
                self._add(row, row.offer_id)
            self.last_id = max(self.last_id, row.last_id)

    def _add(self, row: FactSum, offer_id: str) -> None:
        self.orders[row.kind] += row.orders
        minute = self.minutes.get(row.minute)
        if minute is None:
            minute = self.minutes[row.minute] = MinuteTally()
        if row.kind == _RESERVED:
            self.placed_orders += row.orders
            minute.orders += row.orders
            minute.units += row.units
            minute.amount_fen += row.amount_fen
            self.units[offer_id][row.minute] += row.units
        elif row.kind == _PAID:
            self.orders[_EXPIRED if row.is_late else _RESERVED] -= row.orders
            self.ever_paid_orders += row.orders
            minute.paid_orders += row.orders
            self._add_paid(row, 1)
        elif row.kind == _REFUNDED:
            self.orders[_PAID] -= row.orders
            self._add_paid(row, -1)
        else:
            self.orders[_RESERVED] -= row.orders

    def _add_paid(self, row: FactSum, sign: int) -> None:
        province = self.provinces.get(row.province_code)
        if province is None:
            province = self.provinces[row.province_code] = ProvinceTally()
        province.orders += sign * row.orders
        province.grams += sign * row.grams
        province.amount_fen += sign * row.amount_fen
        self.amount_fen += sign * row.amount_fen
        self.discount_fen += sign * row.discount_fen

    @property
    def reserved_orders(self) -> int:
        return self.orders[_RESERVED]

    @property
    def paid_orders(self) -> int:
        """Paid and not refunded, whether packed, shipped or delivered since."""
        return self.orders[_PAID]

    @property
    def expired_orders(self) -> int:
        return self.orders[_EXPIRED]

    @property
    def cancelled_orders(self) -> int:
        return self.orders[_CANCELLED]

    @property
    def refunded_orders(self) -> int:
        return self.orders[_REFUNDED]
