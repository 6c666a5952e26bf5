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
    RefundDue,
)
from live.sales.schemas import RefundReason

KINDS = (
    OrderReserved.kind(),
    OrderPaid.kind(),
    OrderExpired.kind(),
    OrderCancelled.kind(),
    OrderRefunded.kind(),
    RefundDue.kind(),
)
_RESERVED, _PAID, _EXPIRED, _CANCELLED, _REFUNDED, REFUND_DUE = KINDS


class FactSum(NamedTuple):
    """Many facts of one kind, offer, province and minute.

    Args:
        reason: why money goes back, of REFUND_DUE; empty otherwise.
        offer_id: None where the orders are no more; then nothing but the numbers is known.
        minute: minutes since the epoch.
        is_late: the orders have had a second hold, so they were paid after they had expired.
        orders: facts; an order's money may go back in several.
        amount_fen: of the orders; what goes back, of REFUND_DUE.
        last_id: the greatest number among the facts.
    """

    kind: str
    reason: str
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
    """Paid orders, less the refunded; ``amount_fen`` as in ``Tally``."""

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
        amount_fen: paid for orders, less what was given back of it.
        claimed_fen: of that, given back for claims.
        discount_fen: that coupons took off paid orders, less the refunded.
        units: offer id → minute → units of orders placed.
    """

    last_id: int = 0
    orders: Counter[str] = field(default_factory=Counter)
    placed_orders: int = 0
    ever_paid_orders: int = 0
    amount_fen: int = 0
    claimed_fen: int = 0
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
        if row.kind == REFUND_DUE:
            self._give_back(row)
            return
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
            self._add_money(row.province_code, row.amount_fen)
        elif row.kind == _REFUNDED:
            self.orders[_PAID] -= row.orders
            self._add_paid(row, -1)
        else:
            self.orders[_RESERVED] -= row.orders

    def _give_back(self, row: FactSum) -> None:
        """What was never counted as paid for an order, such as what came twice, does not count."""
        if row.reason == RefundReason.CLAIM:
            self.claimed_fen += row.amount_fen
        elif row.reason != RefundReason.ORDER_REFUNDED:
            return
        self._add_money(row.province_code, -row.amount_fen)

    def _add_paid(self, row: FactSum, sign: int) -> None:
        province = self._province(row.province_code)
        province.orders += sign * row.orders
        province.grams += sign * row.grams
        self.discount_fen += sign * row.discount_fen

    def _add_money(self, province_code: str, amount_fen: int) -> None:
        self._province(province_code).amount_fen += amount_fen
        self.amount_fen += amount_fen

    def _province(self, code: str) -> ProvinceTally:
        province = self.provinces.get(code)
        if province is None:
            province = self.provinces[code] = ProvinceTally()
        return province

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
