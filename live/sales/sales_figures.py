"""How an event sells, for its host and operators; asked once a second while they watch.

Nothing is counted twice: each process keeps a tally of the events it was asked about and adds
the facts that came since, as sums that SQL makes of them. That costs some 5 µs of SQL for each
fact, on either database, and nothing while nothing sells; to count 50,000 orders anew each
second would cost 60 ms. All facts about an event's orders are written under its fence, so their
numbers rise in the order of the commits, and none is overlooked behind a greater one.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import msgspec
from sqlalchemy import TextClause, distinct, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from live.clock import Clock
from live.events.rows import read_event
from live.events.tables import EventRow
from live.sales.offer_views import read_offers
from live.sales.offers import status_shown
from live.sales.sales_tally import KINDS, REFUND_DUE, FactSum, Tally
from live.sales.schemas import (
    EventSales,
    Funnel,
    MinuteSales,
    OfferSales,
    OfferStatus,
    ProvinceSales,
    SalesTotals,
)
from live.sales.sell_through import WINDOW_MINUTES, pace, stock_out
from live.sales.tables import BuyerUnitsRow, OfferRow
from live.storage.database import Database
from live.values import EventId, EventStatus, OfferId, rfc3339

MINUTE_MS = 60_000
FACTS_AT_ONCE = 20_000  # summed in one query: some 100 ms of SQL, at the first look only
EVENTS_MAX = 100  # tallies kept; beyond, the one longest unasked is forgotten
MINUTES_MAX = 1_440  # in one answer: a day
AFTERMATH_MINUTES = 60  # shown after the last order of an event that is over
ROOM_MINUTES_MAX = 60  # in the room's message, which goes out every second
BUYERS_EVERY_SECONDS = 5.0  # buyers are counted anew: no fact says that somebody is new …
BUYERS_SHARE = 0.02  # … and at most this share of the time

_BUYERS: Any = BuyerUnitsRow.__table__  # type: ignore[attr-defined]

# The facts are read first and each is looked up in orders, whatever the planner thinks of it.
# A left join, so that a fact whose order is no more is passed over instead of met for ever.
# In 0.1.0 a refund did not say why; that of a refunded order was nearly always because it was.
_SUMS = """
SELECT f.kind,
  CASE WHEN f.reason = 'unsaid' AND o.status = 'refunded' THEN 'order_refunded' ELSE f.reason END,
  o.offer_id, o.ship_province_code, f.at_ms / 60000, o.hold_no > 0,
  COUNT(*), CAST(SUM(o.units) AS BIGINT), CAST(SUM(COALESCE(f.back_fen, o.amount_fen)) AS BIGINT),
  CAST(SUM(o.discount_fen) AS BIGINT), CAST(SUM(o.grams) AS BIGINT), MAX(f.id)
FROM (
  SELECT id, kind, at_ms, {order_id} AS order_id,
    CASE WHEN kind = '{refund_due}' THEN COALESCE({reason}, 'unsaid') ELSE '' END AS reason,
    CASE WHEN kind = '{refund_due}' THEN CAST({amount_fen} AS BIGINT) END AS back_fen
  FROM facts
  WHERE event_id = :event_id AND id > :last_id AND kind IN ({kinds})
  ORDER BY id LIMIT :facts
) AS f LEFT JOIN {orders}
GROUP BY 1, 2, 3, 4, 5, 6
"""
_KINDS = ", ".join(f"'{kind}'" for kind in KINDS)


def _sums(field: str, orders: str) -> TextClause:
    """
    Args:
        field: takes the field ``{}`` out of a fact's body.
        orders: joins the order of each fact.
    """
    names = ("order_id", "reason", "amount_fen")
    fields = {name: field.format(name) for name in names}
    return text(_SUMS.format(kinds=_KINDS, refund_due=REFUND_DUE, orders=orders, **fields))


_SUMS_SQLITE = _sums("json_extract(body, '$.{}')", "orders AS o ON o.id = f.order_id")
_SUMS_POSTGRES = _sums(
    "CAST(body AS json) ->> '{}'",
    "LATERAL (SELECT * FROM orders WHERE id = f.order_id LIMIT 1) AS o ON TRUE",
)


@dataclass(slots=True)
class _Watched:
    """What this process knows of one event."""

    tally: Tally = field(default_factory=Tally)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    buyers: int = 0
    buyers_again: float = 0.0  # loop time from which they are counted anew
    buyers_at: int = -1  # orders that had been placed when they were counted


class SalesFigures:
    """Reads figures; keeps tallies in memory, nothing else."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._watched: OrderedDict[str, _Watched] = OrderedDict()

    async def load(self, event_id: str, *, minutes_max: int = MINUTES_MAX) -> EventSales:
        """The figures as they are now; ``buyers`` may be some seconds old.

        Args:
            minutes_max: the latest minutes to be shown.

        Raises: NotFound ``event_not_found``.
        """
        watched = self._watch(event_id)
        # The lock first: who waits for the first count must not keep a connection meanwhile.
        async with watched.lock, self._database.reading() as session:
            event = await read_event(session, event_id)
            offers = (await read_offers(session, [event_id]))[event_id]
            await self._count(session, event_id, watched.tally)
            await self._count_buyers(session, offers, watched)
        return _sales(event, offers, watched, self._clock.now_ms(), minutes_max)

    async def load_sales(self, event_id: str) -> Mapping[str, Any]:
        """The room's ``sales`` message: the same as builtins, with the last hour's minutes."""
        sales = await self.load(event_id, minutes_max=ROOM_MINUTES_MAX)
        builtins: Mapping[str, Any] = msgspec.to_builtins(sales)
        return builtins

    def _watch(self, event_id: str) -> _Watched:
        watched = self._watched.setdefault(event_id, _Watched())
        self._watched.move_to_end(event_id)
        if len(self._watched) > EVENTS_MAX:
            self._watched.popitem(last=False)
        return watched

    async def _count(self, session: AsyncSession, event_id: str, tally: Tally) -> None:
        statement = _SUMS_SQLITE if self._database.is_sqlite else _SUMS_POSTGRES
        connection = await session.connection()
        counted = FACTS_AT_ONCE
        while counted == FACTS_AT_ONCE:
            asked = {"event_id": event_id, "last_id": tally.last_id, "facts": FACTS_AT_ONCE}
            sums = [FactSum(*row) for row in await connection.execute(statement, asked)]
            tally.add(sums)
            counted = sum(row.orders for row in sums)

    @staticmethod
    async def _count_buyers(
        session: AsyncSession, offers: Sequence[OfferRow], watched: _Watched
    ) -> None:
        began = perf_counter()
        placed = watched.tally.placed_orders
        if placed == watched.buyers_at or began < watched.buyers_again:
            return
        query = select(func.count(distinct(_BUYERS.c.buyer_id))).where(
            _BUYERS.c.offer_id.in_([offer.id for offer in offers])
        )
        watched.buyers = await session.scalar(query) or 0
        watched.buyers_at = placed
        ended = perf_counter()
        watched.buyers_again = ended + max(BUYERS_EVERY_SECONDS, (ended - began) / BUYERS_SHARE)


def _sales(
    event: EventRow, offers: Sequence[OfferRow], watched: _Watched, now_ms: int, minutes_max: int
) -> EventSales:
    tally = watched.tally
    is_live = event.status == EventStatus.LIVE
    return EventSales(
        event_id=EventId(event.id),
        at=rfc3339(now_ms),
        totals=SalesTotals(
            orders=tally.placed_orders,
            paid_orders=tally.paid_orders,
            reserved_orders=tally.reserved_orders,
            expired_orders=tally.expired_orders,
            cancelled_orders=tally.cancelled_orders,
            refunded_orders=tally.refunded_orders,
            units_sold=sum(offer.sold for offer in offers),
            grams_sold=sum(offer.sold * offer.unit_grams for offer in offers),
            amount_fen=tally.amount_fen,
            claimed_fen=tally.claimed_fen,
            discount_fen=tally.discount_fen,
        ),
        offers=[_offer_sales(offer, event, tally, now_ms) for offer in offers],
        minutes=_minutes(tally, now_ms if is_live else None, minutes_max),
        funnel=Funnel(
            views=event.views_total,
            unique_viewers=event.unique_viewers_total,
            buyers=watched.buyers,
            orders=tally.placed_orders,
            paid_orders=tally.ever_paid_orders,
        ),
        provinces=[
            ProvinceSales(code, province.orders, province.grams, province.amount_fen)
            for code, province in sorted(
                tally.provinces.items(), key=lambda item: (-item[1].amount_fen, item[0])
            )
            if province.orders
        ],
    )


def _offer_sales(offer: OfferRow, event: EventRow, tally: Tally, now_ms: int) -> OfferSales:
    available = offer.allotment - offer.reserved - offer.sold
    now_minute, running_ms = divmod(now_ms, MINUTE_MS)
    by_minute = tally.units.get(offer.id)
    at = None
    if by_minute:
        first = max(min(by_minute), now_minute - WINDOW_MINUTES + 1)
        units = [by_minute.get(minute, 0) for minute in range(first, now_minute + 1)]
        at = pace(units, running_ms / MINUTE_MS)
    is_selling = status_shown(offer, event.status, now_ms) is OfferStatus.OPEN
    gone = stock_out(at, available) if is_selling else None
    return OfferSales(
        offer_id=OfferId(offer.id),
        title=offer.title,
        allotment=offer.allotment,
        available=available,
        reserved=offer.reserved,
        sold=offer.sold,
        sell_through=offer.sold / offer.allotment,
        units_per_minute=round(at.units_per_minute, 2) if at else 0.0,
        stock_out_at_earliest=_moment(now_ms, gone.earliest_minutes) if gone else None,
        stock_out_at_latest=_moment(now_ms, gone.latest_minutes) if gone else None,
    )


_YEAR_MINUTES = 365 * 24 * 60


def _moment(now_ms: int, minutes: float | None) -> str | None:
    """None also beyond a year: then it is no estimate any more."""
    if minutes is None or minutes > _YEAR_MINUTES:
        return None
    return rfc3339(now_ms + round(minutes * MINUTE_MS))


def _minutes(tally: Tally, now_ms: int | None, minutes_max: int) -> list[MinuteSales]:
    """Minute by minute, also those in which nothing happened, up to the running one.

    Args:
        now_ms: None where the event is over: then up to its last order or payment, but for a
            payment long after.
    """
    placed = [at for at, minute in tally.minutes.items() if minute.orders]
    if not placed:
        return []
    first, last = min(placed), max(placed)
    if now_ms is not None:
        last = max(last, now_ms // MINUTE_MS)
    else:
        paid = [at for at, minute in tally.minutes.items() if minute.paid_orders]
        last = max(last, min(max(paid, default=last), last + AFTERMATH_MINUTES))
    minutes = []
    for at in range(max(first, last - minutes_max + 1), last + 1):
        tallied = tally.minutes.get(at)
        when = rfc3339(at * MINUTE_MS)
        if tallied is None:
            minutes.append(MinuteSales(when, 0, 0, 0, 0))
        else:
            minutes.append(
                MinuteSales(
                    when, tallied.orders, tallied.paid_orders, tallied.units, tallied.amount_fen
                )
            )
    return minutes
