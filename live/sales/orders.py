"""The life of an order, as a pure state machine.

reserved ──► paid ──► packed ──► shipped ──► delivered
   │  ╲        ▲
   │   ╲       │ late payment, if units are still to be had
   ▼    ▼      │
cancelled  expired            paid, packed, shipped, delivered ──► refunded
"""

from hashlib import blake2b

from live.sales.schemas import OrderStatus

_NEXT: dict[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.RESERVED: frozenset({OrderStatus.PAID, OrderStatus.CANCELLED, OrderStatus.EXPIRED}),
    OrderStatus.EXPIRED: frozenset({OrderStatus.PAID}),
    OrderStatus.PAID: frozenset({OrderStatus.PACKED, OrderStatus.REFUNDED}),
    OrderStatus.PACKED: frozenset({OrderStatus.SHIPPED, OrderStatus.REFUNDED}),
    OrderStatus.SHIPPED: frozenset({OrderStatus.DELIVERED, OrderStatus.REFUNDED}),
    OrderStatus.DELIVERED: frozenset({OrderStatus.REFUNDED}),
    OrderStatus.CANCELLED: frozenset(),
    OrderStatus.REFUNDED: frozenset(),
}

# Statuses in which an order has its units: reserved ones, and those counted as sold. A refund
# after packing leaves the units sold, since the goods have left the shelf.
RESERVING = frozenset({OrderStatus.RESERVED})
SELLING = frozenset(
    {OrderStatus.PAID, OrderStatus.PACKED, OrderStatus.SHIPPED, OrderStatus.DELIVERED}
)
HOLDING = RESERVING | SELLING


def may_become(status: OrderStatus, target: OrderStatus) -> bool:
    """Whether the step is legal."""
    return target in _NEXT[status]


def sources_of(target: OrderStatus) -> frozenset[OrderStatus]:
    """The statuses from which ``target`` may be reached: the guard of a compare-and-set."""
    return frozenset(status for status, targets in _NEXT.items() if target in targets)


def do_units_return(status: OrderStatus) -> bool:
    """Whether a refund in this status puts the units back on sale: only before packing."""
    return status is OrderStatus.PAID


def amount_fen(units: int, price_fen: int, shipping_fen: int, discount_fen: int = 0) -> int:
    """What an order costs: its units and one parcel's shipping, less what a coupon takes off."""
    return units * price_fen + shipping_fen - discount_fen


def request_digest(
    units: int,
    price_fen: int,
    ship_to: tuple[str, str, str, str],
    coupon_id: str | None = None,
) -> str:
    """What tells one request from another under the same idempotency key: 16 hex digits."""
    # repr quotes its parts, so no two requests share a text.
    coupon = () if coupon_id is None else (coupon_id,)
    text = repr((units, price_fen, *ship_to, *coupon))
    return blake2b(text.encode(), digest_size=8).hexdigest()
