"""Which orders use coupons: those that hold their units, by ``orders.coupon_id``.

An order that expires, is cancelled or is refunded uses its coupon no more, by itself. That no two
use one is decided under the event's fence; the index ``ux_orders_coupon`` stands behind that.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.engine import Connection

from live.sales.order_rows import ORDERS
from live.sales.tables import USES_COUPON
from live.storage.among import among
from live.storage.many_rows import ManyRows


class CouponUse(NamedTuple):
    coupon_id: str
    order_id: str


USES = ManyRows(
    select(ORDERS.c.coupon_id, ORDERS.c.id).where(
        among(ORDERS.c.coupon_id, "coupons"), text(USES_COUPON)
    ),
    CouponUse,
)


def orders_with(connection: Connection, coupon_ids: Iterable[str]) -> dict[str, str]:
    """Those of the coupons that are used, with the order that uses each."""
    return dict(USES.read(connection, {"coupons": sorted(set(coupon_ids))}))
