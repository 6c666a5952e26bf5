"""Drops' and coupons' rows, read and moved inside the caller's transaction.

Locks are taken in one order: the drop's row, then the event's. Who claims holds the drop, and
learns only then whether it was the last coupon, which the event's room must see.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import select, text, update
from sqlalchemy.engine import Connection

from live.coupons.rules import Drop, DropStatus
from live.coupons.tables import RUNNING, CouponDropRow, CouponRow
from live.events.rows import EVENTS
from live.storage.among import among
from live.storage.many_rows import ManyRows

DROPS: Any = CouponDropRow.__table__  # type: ignore[attr-defined]
COUPONS: Any = CouponRow.__table__  # type: ignore[attr-defined]

COUPON_COLUMNS = ("id", "drop_id", "account_id", "claimed_ms")


class OwnCoupon(NamedTuple):
    """A coupon's row, with the terms of its drop and what counts of its event."""

    id: str
    drop_id: str
    account_id: str
    claimed_ms: int
    event_id: str
    title: str
    off_fen: int
    min_spend_fen: int
    use_until_ms: int
    event_title: str
    event_status: str

    @property
    def row(self) -> tuple[str, str, str, int]:
        """In the order of ``COUPON_COLUMNS``."""
        return self.id, self.drop_id, self.account_id, self.claimed_ms


_OF_EVENT: list[Any] = [EVENTS.c.title.label("event_title"), EVENTS.c.status.label("event_status")]
_DROP_COLUMNS: list[Any] = [
    *[DROPS.c[name] for name in Drop._fields if name in DROPS.c],
    *_OF_EVENT,
    EVENTS.c.host_id,
]
_COUPON_COLUMNS: list[Any] = [
    *[COUPONS.c[name] for name in COUPON_COLUMNS],
    *[DROPS.c[name] for name in OwnCoupon._fields if name in DROPS.c and name not in COUPONS.c],
    *_OF_EVENT,
]


def select_drops() -> Any:
    """Rows fit ``Drop(*row)``."""
    return select(*_DROP_COLUMNS).join_from(DROPS, EVENTS, EVENTS.c.id == DROPS.c.event_id)


def select_coupons() -> Any:
    """Rows fit ``OwnCoupon(*row)``."""
    return (
        select(*_COUPON_COLUMNS)
        .join_from(COUPONS, DROPS, DROPS.c.id == COUPONS.c.drop_id)
        .join(EVENTS, EVENTS.c.id == DROPS.c.event_id)
    )


_IS_RUNNING = text(f"coupon_drops.{RUNNING}")
_LOCK = (
    select_drops().where(among(DROPS.c.id, "ids")).order_by(DROPS.c.id).with_for_update(of=DROPS)
)
_READ = ManyRows(select_coupons().where(among(COUPONS.c.id, "ids")), OwnCoupon)


def read_drop(connection: Connection, drop_id: str) -> Drop | None:
    row = connection.execute(select_drops().where(DROPS.c.id == drop_id)).one_or_none()
    return None if row is None else Drop(*row)


def lock_drops(connection: Connection, drop_ids: Iterable[str]) -> dict[str, Drop]:
    """Wait for and hold these drops: their coupons are ours until the commit."""
    rows = connection.execute(_LOCK, {"ids": sorted(set(drop_ids))})
    return {row.id: Drop(*row) for row in rows}


def lock_running(connection: Connection, event_id: str) -> Drop | None:
    """Wait for and hold the drop of this event that nobody has ended, if there is one."""
    query = select_drops().where(DROPS.c.event_id == event_id, _IS_RUNNING)
    row = connection.execute(query.with_for_update(of=DROPS)).one_or_none()
    return None if row is None else Drop(*row)


def has_running(connection: Connection, event_id: str) -> bool:
    query = select(DROPS.c.id).where(DROPS.c.event_id == event_id, _IS_RUNNING)
    return connection.execute(query).first() is not None


def end_drop(connection: Connection, drop_id: str, now_ms: int) -> None:
    """Compare-and-set: open, and now ended."""
    connection.execute(
        update(DROPS)
        .where(DROPS.c.id == drop_id, _IS_RUNNING)
        .values(status=DropStatus.ENDED.value, ended_ms=now_ms)
    )


def read_coupons(connection: Connection, coupon_ids: Iterable[str]) -> dict[str, OwnCoupon]:
    """Those of the coupons that exist, by id."""
    rows = _READ.read(connection, {"ids": sorted(set(coupon_ids))})
    return {coupon.id: coupon for coupon in rows}
