"""Puts right what crashes leave between Redis and SQL, always and not only when it is quiet.

A hold older than the commit timeout whose order SQL does not have (or has as over) is
released; an order that SQL gave units and that has no hold gets one. Each hold and each such
commit is looked at once, so the work follows the sales, not the size of the tables.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec
import structlog
from prometheus_client import Counter
from sqlalchemy import JSON, BigInteger, Text, bindparam, cast, func, or_, select, true
from sqlalchemy.engine import Connection

from live.events.rows import EVENTS
from live.sales.counters import Counters
from live.sales.each_event import of_each
from live.sales.facts import OrderFact, OrderPaid, OrderReserved
from live.sales.holds import hold_for
from live.sales.order_rows import ORDERS
from live.sales.orders import HOLDING
from live.sales.schemas import OrderStatus
from live.stock.guard import Move, StaleStock, StockGuard
from live.stock.rules import Hold, HoldState, Settlement
from live.storage.among import among
from live.storage.database import Database
from live.storage.many_rows import ManyRows
from live.storage.tables import FactRow
from live.values import EventStatus

log = structlog.get_logger(__name__)
REPAIRS = Counter("live_stock_repairs_total", "What reconciliation repaired", ["kind"])
BATCH_MAX = 1_000  # holds of an event, or facts of all, looked at in one step
EVENTS_AT_ONCE = 16  # connections to Redis that it may take at most
STEPS_MAX = 50  # steps of either kind in one round; the next round goes on

_FACTS: Any = FactRow.__table__  # type: ignore[attr-defined]
T = TypeVar("T")

_MAY_GIVE_UNITS = (OrderReserved.kind(), OrderPaid.kind())


class _OrderRow(NamedTuple):
    """Of an order only what a hold knows, and the status."""

    id: str
    offer_id: str
    buyer_id: str
    units: int
    hold_no: int
    status: str


class _FactRow(NamedTuple):
    id: int
    event_id: str
    kind: str
    body: str


_READ_ORDERS = ManyRows(
    select(*[ORDERS.c[name] for name in _OrderRow._fields]).where(among(ORDERS.c.id, "ids")),
    _OrderRow,
)
# One row an event: its id, and the last fact compared.
_AFTER = func.json_each(bindparam("after", type_=JSON)).table_valued("key", "value", name="after")
_NEXT_FACTS = (
    select(_FACTS.c.id, _FACTS.c.event_id, _FACTS.c.kind, _FACTS.c.body)
    .where(_FACTS.c.event_id == _AFTER.c.key)
    # By way of text, since PostgreSQL's values are JSON.
    .where(_FACTS.c.id > cast(cast(_AFTER.c.value, Text), BigInteger))
    .where(or_(*[_FACTS.c.kind == kind for kind in _MAY_GIVE_UNITS]))
)
_OF_EACH = _NEXT_FACTS.order_by(_FACTS.c.id).limit(BATCH_MAX).lateral("next")
# Both planners know how many facts there are, and not that each event has few that are new: left to
# themselves they go through all there ever were, for a million of them half a second a round.
_READ_FACTS = ManyRows(
    # A sum, which no index has in order.
    _NEXT_FACTS.select_from(_AFTER).order_by(_FACTS.c.id + 0).limit(BATCH_MAX),
    _FactRow,
    on_postgres=select(_OF_EACH)
    .join_from(_AFTER, _OF_EACH, true())
    .order_by(_OF_EACH.c.id)
    .limit(BATCH_MAX),
)
_decode = msgspec.json.Decoder(OrderFact).decode


class Reconciliation:
    """Compares the guard's holds with SQL's orders.

    Args:
        commit_timeout_ms: beyond this age an admitted order is in SQL, or its commit was given
            up. One that comes through all the same is found without a hold, and gets it back.
    """

    def __init__(
        self, database: Database, guard: StockGuard, counters: Counters, *, commit_timeout_ms: int
    ) -> None:
        self._database = database
        self._guard = guard
        self._counters = counters
        self._commit_timeout_ms = commit_timeout_ms
        # Event id → the last fact compared. Whoever gives units holds the event's fence, so
        # within an event these facts are numbered in the order of their commits: none can
        # appear behind this one.
        self._compared_id: dict[str, int] = defaultdict(int)

    async def run(self) -> None:
        """One round over every event that sells. One that fails is left out until the next."""
        event_ids = await self._database.read(_live_events)
        await self._counters.check(event_ids)
        await self.release_orphans(event_ids)
        await self.adopt_orders(event_ids)

    async def release_orphans(self, event_ids: Sequence[str]) -> int:
        """Release old holds without a live order. Returns how many."""
        released = 0
        for _ in range(STEPS_MAX):
            holds = await self._of_each(event_ids, self._unverified)
            orders = await self._read_orders(h.order_id for some in holds.values() for h in some)
            verified = await self._of_each(
                [event_id for event_id, some in holds.items() if some],
                lambda event_id: self._verify(event_id, holds[event_id], orders),  # noqa: B023
            )
            released += sum(verified.values())
            event_ids = [event_id for event_id, some in holds.items() if len(some) == BATCH_MAX]
            if not event_ids:
                break
        return released

    async def adopt_orders(self, event_ids: Sequence[str]) -> int:
        """Give live orders the holds they lack. Returns how many lacked one."""
        adopted = 0
        for _ in range(STEPS_MAX):
            facts = await self._read_facts(event_ids)
            missing = await self._of_each(
                list(facts),
                lambda event_id: self._missing(event_id, facts[event_id]),  # noqa: B023
            )
            # Redis first: hardly any order lacks its hold, and most of those are over.
            orders = await self._read_orders(order for some in missing.values() for order in some)
            adoptions = await self._of_each(
                list(missing),
                lambda event_id: self._adopt(event_id, missing[event_id], orders),  # noqa: B023
            )
            adopted += sum(adoptions.values())
            for event_id in adoptions:
                self._compared_id[event_id] = facts[event_id][-1].id
            if sum(map(len, facts.values())) < BATCH_MAX:
                break
            # One that failed waits for the next round: its facts would stand before others'.
            event_ids = [one for one in event_ids if one in adoptions or one not in facts]
        return adopted

    async def _of_each(
        self, event_ids: Sequence[str], ask: Callable[[str], Awaitable[T]]
    ) -> dict[str, T]:
        return await of_each(event_ids, ask, at_once=EVENTS_AT_ONCE)

    async def _unverified(self, event_id: str) -> list[Hold]:
        return await self._guard.unverified(event_id, self._commit_timeout_ms, BATCH_MAX)

    async def _verify(
        self, event_id: str, holds: list[Hold], orders: Mapping[str, _OrderRow]
    ) -> int:
        orphans = [hold for hold in holds if _is_orphan(hold, orders.get(hold.order_id))]
        if any(_is_contradicted(hold, orders.get(hold.order_id)) for hold in holds):
            # The same key asked for other units, and the first commit was lost: the hold has
            # the first one's units, SQL the second one's.
            log.warning("holds contradict their orders", event_id=event_id)
            self._counters.distrust(event_id, await self._counters.position(event_id))
        orphan_ids = {hold.order_id for hold in orphans}
        await self._guard.verified(
            event_id, [hold.order_id for hold in holds if hold.order_id not in orphan_ids]
        )
        if not orphans:
            return 0
        moves = [Move(hold.order_id, hold.hold_no, Settlement.RELEASED) for hold in orphans]
        settled = await self._guard.settle(event_id, moves)
        self._counters.observe_settled(event_id, settled)
        REPAIRS.labels("released").inc(settled.moved)
        log.warning("orphaned holds released", event_id=event_id, holds=settled.moved)
        return settled.moved

    async def _read_facts(self, event_ids: Sequence[str]) -> dict[str, list[_FactRow]]:
        """By event, the next commits that may have given units."""
        asked = {"after": {event_id: self._compared_id[event_id] for event_id in event_ids}}
        rows = await self._database.read(lambda connection: _READ_FACTS.read(connection, asked))
        by_event: dict[str, list[_FactRow]] = defaultdict(list)
        for row in sorted(rows):
            by_event[row.event_id].append(row)
        return by_event

    async def _read_orders(self, order_ids: Iterable[str]) -> dict[str, _OrderRow]:
        """Those of the orders that exist, by id."""
        asked = {"ids": list(order_ids)}
        if not asked["ids"]:
            return {}
        rows = await self._database.read(lambda connection: _READ_ORDERS.read(connection, asked))
        return {row.id: row for row in rows}

    async def _missing(self, event_id: str, facts: Sequence[_FactRow]) -> list[str]:
        return await self._guard.missing(event_id, list(_given_units(facts)))

    async def _adopt(
        self, event_id: str, missing: Sequence[str], orders: Mapping[str, _OrderRow]
    ) -> int:
        lacking = [orders[order_id] for order_id in missing if order_id in orders]
        holds = [hold_for(order) for order in lacking if order.status in HOLDING]
        if not holds:
            return 0
        position = await self._counters.position(event_id)
        try:
            adopted = await self._guard.adopt(event_id, position.epoch, holds)
        except StaleStock:  # a rebuild adopts everything
            await self._counters.rebuild(event_id, seen=position)
            return 0
        REPAIRS.labels("adopted").inc(adopted)
        log.warning("live orders without a hold got one", event_id=event_id, orders=adopted)
        return adopted


def _live_events(connection: Connection) -> list[str]:
    query = select(EVENTS.c.id).where(EVENTS.c.status == EventStatus.LIVE.value)
    return list(connection.scalars(query))


def _given_units(facts: Iterable[_FactRow]) -> set[str]:
    """The orders that these commits gave units.

    A payment gives some only where it came late, and took the units once more under another
    hold; one in time finds them held since ``OrderReserved``.
    """
    given = set()
    for row in facts:
        fact = _decode(row.body)
        if row.kind == OrderReserved.kind() or fact.hold_no:
            given.add(fact.order_id)
    return given


def _is_orphan(hold: Hold, order: _OrderRow | None) -> bool:
    """Whether the hold's units belong back on sale."""
    if order is None:
        return True
    if order.status == OrderStatus.REFUNDED:
        # A refund's own fact releases sold units, if they return at all.
        return hold.state is HoldState.RESERVED
    return order.status not in HOLDING


def _is_contradicted(hold: Hold, order: _OrderRow | None) -> bool:
    """Whether SQL has the hold's units for its order, but other ones than the hold says."""
    return (
        order is not None
        and not _is_orphan(hold, order)
        and (hold.units, hold.hold_no) != (order.units, order.hold_no)
    )
