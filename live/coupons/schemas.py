"""What the calls about coupons take and answer, and what a room shows of a drop."""

from typing import Annotated

import msgspec

from live.catalog.schemas import ShortText
from live.coupons.rules import CouponStatus, DropStatus
from live.values import CouponDropId, CouponId, EventId, OrderId

Fen = Annotated[int, msgspec.Meta(ge=1, le=10**9)]
Seconds = Annotated[int, msgspec.Meta(ge=1)]


class CouponDropCreate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``off_fen`` off one order whose goods come to ``min_spend_fen`` or more.

    Args:
        claim_seconds: for how long they may be claimed.
        use_seconds: for how long they may be used, from the opening too.
    """

    title: ShortText
    off_fen: Fen
    min_spend_fen: Fen
    quantity: Annotated[int, msgspec.Meta(ge=1)]
    claim_seconds: Seconds
    use_seconds: Seconds


class _DropFields(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    off_fen: int
    min_spend_fen: int
    quantity: int
    claimed: int
    status: DropStatus
    opened_at: str
    claim_until: str
    use_until: str


class CouponDrop(_DropFields, frozen=True, kw_only=True):
    """A drop as anybody sees it.

    Args:
        status: ``gone`` where all are claimed, whatever else has happened to it.
    """

    id: CouponDropId
    event_id: EventId


class CouponDropShown(_DropFields, frozen=True, kw_only=True):
    """The latest drop of an event as its room shows it: ``CouponDrop``, under one id for all."""

    id: str
    drop_id: CouponDropId


class Coupon(msgspec.Struct, frozen=True, kw_only=True):
    """One's own coupon.

    Args:
        order_id: the order that uses it; one that expires, is cancelled or refunded does so no
            more.
    """

    id: CouponId
    drop_id: CouponDropId
    event_id: EventId
    event_title: str
    title: str
    off_fen: int
    min_spend_fen: int
    use_until: str
    status: CouponStatus
    order_id: OrderId | None
    claimed_at: str
