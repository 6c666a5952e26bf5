"""What everybody in a room sees of coupons: the latest drop, as part of the definition.

How many are claimed comes with it, every few seconds (``LIVE_DEFINITION_SECONDS``), as a giveaway's
entries do; that all are gone is told at once. So ticks ask nobody about coupons.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from live.coupons.schemas import CouponDrop, CouponDropShown
from live.realtime.sections import DefinitionLoader, with_item

SECTION = "coupon_drop"
# One for all drops: a room whose item goes needs a new snapshot, one whose item changes a tick.
ITEM = "coupon_drop"

# event id → its latest drop.
Latest = Callable[[str], Awaitable[CouponDrop | None]]


def with_coupon_drop(load: DefinitionLoader, latest: Latest) -> DefinitionLoader:
    """Definitions that have the event's latest drop beside what is there."""

    async def shown(event_id: str) -> dict[str, Any] | None:
        drop = await latest(event_id)
        return None if drop is None else _fields(drop)

    return with_item(load, SECTION, ITEM, shown)


def _fields(drop: CouponDrop) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(drop)
    told["drop_id"] = told.pop("id")
    del told["event_id"]
    assert told.keys() | {"id"} == set(CouponDropShown.__struct_fields__)
    return told
