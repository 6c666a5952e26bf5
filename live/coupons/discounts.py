"""What a coupon takes off an order, for who orders: thousands may, in the second after a drop."""

from collections.abc import Sequence
from functools import partial

from sqlalchemy.engine import Connection

from live.coupons.rows import OwnCoupon, read_coupons
from live.coupons.rules import is_coupon_id
from live.errors import NotFound
from live.storage.batcher import Batcher
from live.storage.database import Database


class Discounts:
    """Looks coupons up, all that have gathered in one query."""

    def __init__(self, database: Database, *, batch_max: int, queue_max: int) -> None:
        self._database = database
        self._looks: Batcher[str, OwnCoupon] = Batcher(
            "coupons", self._look, batch_max=batch_max, queue_max=queue_max
        )

    async def find(self, buyer_id: str, coupon_id: str, event_id: str) -> OwnCoupon:
        """The buyer's own coupon of this event. Nothing of it ever changes.

        Raises: NotFound ``coupon_not_found``; Unavailable ``busy``; any of SQL_AWAY.
        """
        if not is_coupon_id(coupon_id):  # such as one that PostgreSQL would refuse the others with
            raise _not_found()
        coupon = await self._looks.ask(coupon_id)
        if coupon.account_id != buyer_id or coupon.event_id != event_id:
            raise _not_found()
        return coupon

    async def close(self) -> None:
        await self._looks.close()

    async def _look(self, coupon_ids: Sequence[str]) -> Sequence[OwnCoupon | BaseException]:
        known = await self._database.read(partial(_read, coupon_ids))
        return [known.get(coupon_id) or _not_found() for coupon_id in coupon_ids]


def _read(coupon_ids: Sequence[str], connection: Connection) -> dict[str, OwnCoupon]:
    return read_coupons(connection, coupon_ids)


def _not_found() -> NotFound:
    return NotFound("coupon_not_found", "You have no such coupon of this event.")
