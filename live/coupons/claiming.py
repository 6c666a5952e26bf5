"""Claiming: thousands in the same second for few coupons, each once, answered after the commit.

What has gathered in a process is decided in one transaction that holds the drop's row. So the
claims of two processes come one batch after the other, each sees what the one before has taken,
and a repeat sees the coupon that is there. That there are never more than were dropped is a CHECK's
business, that nobody has two a key's.

Once all are gone nearly everybody who still comes hears just that. Nobody gives a coupon back, so a
process that has seen it once need hold no row again: it only looks whether the caller has one.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from sqlalchemy import update
from sqlalchemy.engine import Connection

from live.clock import Clock
from live.coupons.facts import CouponsGone
from live.coupons.rows import (
    COUPON_COLUMNS,
    COUPONS,
    DROPS,
    OwnCoupon,
    lock_drops,
    read_coupons,
)
from live.coupons.rules import Drop, claim_refusal, coupon_id_for, gone
from live.errors import NotFound
from live.events.rows import next_revision
from live.storage.answers import answer_in_groups
from live.storage.batcher import Batcher
from live.storage.bulk import insert_rows
from live.storage.database import Database
from live.storage.facts import record

GONE_MAX = 1_000  # drops that a process remembers as gone; some 100 bytes each

# (connection, coupon ids) → coupon id → the order that uses it. Orders are another feature's. A
# function that can be imported: it goes to the writer's process.
OrdersWith = Callable[[Connection, Sequence[str]], Mapping[str, str]]


class ClaimAsk(NamedTuple):
    """Somebody wants a coupon."""

    drop_id: str
    account_id: str
    is_operator: bool

    @property
    def coupon_id(self) -> str:
        return coupon_id_for(self.drop_id, self.account_id)


class Claimed(NamedTuple):
    """
    Args:
        order_id: the order that uses it.
        is_new: False where this person had it before.
    """

    coupon: OwnCoupon
    order_id: str | None
    is_new: bool


Outcome = Claimed | BaseException


class Batch(NamedTuple):
    """What one transaction has decided.

    Args:
        gone: drops of which all coupons are claimed now.
        is_anything_told: whether facts were recorded.
    """

    outcomes: list[Outcome]
    gone: set[str]
    is_anything_told: bool


class Claiming:
    """Takes the claims of one process.

    Args:
        orders_with: which orders use coupons.
        on_commit: called after each commit that recorded facts.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        orders_with: OrdersWith,
        on_commit: Callable[[], None],
        *,
        batch_max: int,
        queue_max: int,
    ) -> None:
        self._database = database
        self._clock = clock
        self._orders_with = orders_with
        self._on_commit = on_commit
        self._gone: OrderedDict[str, None] = OrderedDict()
        self._claims: Batcher[ClaimAsk, Claimed] = Batcher(
            "coupon claims", self._claim_all, batch_max=batch_max, queue_max=queue_max
        )
        self._looks: Batcher[ClaimAsk, Claimed] = Batcher(
            "looks at coupons", self._look_all, batch_max=batch_max, queue_max=queue_max
        )

    async def claim(self, ask: ClaimAsk) -> Claimed:
        """Claim a coupon; whoever has one gets the same again, whatever has become of the drop.

        Raises: NotFound; Conflict ``own_drop``, ``coupons_gone``, ``drop_ended``; Unavailable
            ``busy``; any of SQL_AWAY, after which a repeat finds out.
        """
        batcher = self._looks if ask.drop_id in self._gone else self._claims
        return await batcher.ask(ask)

    async def close(self) -> None:
        await self._claims.close()
        await self._looks.close()

    async def _claim_all(self, asks: Sequence[ClaimAsk]) -> Sequence[Outcome]:
        work = partial(claim_in_sql, asks, self._clock.now_ms(), self._orders_with)
        batch = await self._database.write(work)
        for drop_id in batch.gone:
            self._gone[drop_id] = None
            if len(self._gone) > GONE_MAX:
                self._gone.popitem(last=False)
        if batch.is_anything_told:
            self._on_commit()
        return batch.outcomes

    async def _look_all(self, asks: Sequence[ClaimAsk]) -> Sequence[Outcome]:
        """Proof that the caller has none. All claims were committed before it was seen as gone."""
        known = await self._database.read(partial(_known, asks, self._orders_with))
        return [known.get(ask.coupon_id) or gone() for ask in asks]


def claim_in_sql(
    asks: Sequence[ClaimAsk], now_ms: int, orders_with: OrdersWith, connection: Connection
) -> Batch:
    """Decide and store what has gathered; the drops' rows are held from here to the commit."""
    drops = lock_drops(connection, {ask.drop_id for ask in asks})
    known = _known(asks, orders_with, connection)
    is_gone: set[str] = set()
    told: list[CouponsGone] = []

    def answer(drop_id: str, some: Sequence[ClaimAsk]) -> Sequence[Outcome]:
        drop = drops.get(drop_id)
        if drop is None:
            return [NotFound(detail="There is no such drop.") for _ in some]
        outcomes, new = _decide(drop, some, known, now_ms)
        if new:
            _store(connection, drop, new)
        if len(new) == drop.left:
            is_gone.add(drop_id)
            if new:
                told.append(_gone_fact(connection, drop, now_ms))
        return outcomes

    outcomes = answer_in_groups(asks, lambda ask: ask.drop_id, answer)
    record(connection, told)
    return Batch(outcomes, is_gone, bool(told))


def _known(
    asks: Sequence[ClaimAsk], orders_with: OrdersWith, connection: Connection
) -> dict[str, Claimed]:
    """The coupons that the askers have, by their ids."""
    coupons = read_coupons(connection, (ask.coupon_id for ask in asks))
    orders = orders_with(connection, list(coupons)) if coupons else {}
    return {id_: Claimed(coupon, orders.get(id_), is_new=False) for id_, coupon in coupons.items()}


def _decide(
    drop: Drop, asks: Sequence[ClaimAsk], known: dict[str, Claimed], now_ms: int
) -> tuple[list[Outcome], list[OwnCoupon]]:
    """What each asker hears, and the coupons that are new; those are added to ``known``."""
    new: list[OwnCoupon] = []
    outcomes: list[Outcome] = []
    for ask in asks:
        claimed = known.get(ask.coupon_id)
        if claimed is not None:
            outcomes.append(claimed)
            continue
        refusal = claim_refusal(
            drop, ask.account_id, is_operator=ask.is_operator, taken=len(new), now_ms=now_ms
        )
        if refusal is not None:
            outcomes.append(refusal)
            continue
        coupon = _coupon(drop, ask, now_ms)
        new.append(coupon)
        known[coupon.id] = Claimed(coupon, None, is_new=False)  # whoever asks twice in one batch
        outcomes.append(Claimed(coupon, None, is_new=True))
    return outcomes, new


def _coupon(drop: Drop, ask: ClaimAsk, now_ms: int) -> OwnCoupon:
    return OwnCoupon(
        id=ask.coupon_id,
        drop_id=drop.id,
        account_id=ask.account_id,
        claimed_ms=now_ms,
        event_id=drop.event_id,
        title=drop.title,
        off_fen=drop.off_fen,
        min_spend_fen=drop.min_spend_fen,
        use_until_ms=drop.use_until_ms,
        event_title=drop.event_title,
        event_status=drop.event_status,
    )


def _store(connection: Connection, drop: Drop, new: Sequence[OwnCoupon]) -> None:
    """Raises: RuntimeError where there are not so many left; then nobody has one of these."""
    taken = connection.execute(
        update(DROPS)
        .where(DROPS.c.id == drop.id, DROPS.c.claimed + len(new) <= DROPS.c.quantity)
        .values(claimed=DROPS.c.claimed + len(new))
    )
    if taken.rowcount != 1:
        raise RuntimeError(f"drop {drop.id} has no {len(new)} coupons left under its lock")
    insert_rows(connection, COUPONS, COUPON_COLUMNS, [coupon.row for coupon in new])


def _gone_fact(connection: Connection, drop: Drop, now_ms: int) -> CouponsGone:
    return CouponsGone(
        event_id=drop.event_id,
        at_ms=now_ms,
        drop_id=drop.id,
        revision=next_revision(connection, drop.event_id),
        title=drop.title,
        quantity=drop.quantity,
    )
