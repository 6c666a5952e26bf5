"""Reading orders: one's own, one by its id, and those of an event, for its people."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from live.errors import NotFound
from live.events.access import require_host
from live.events.rows import EVENTS, read_event
from live.sales.offer_views import OFFERS, is_one_of_its_people
from live.sales.order_rows import COLUMNS, ORDERS
from live.sales.order_views import order_view
from live.sales.schemas import Claim, Order, OrderStatus
from live.sales.stored_order import StoredOrder
from live.storage.database import Database
from live.web.pages import CursorKey, PageRequest, page_of
from live.web.routes import Identity, Page

EXPORT_PAGE = 500  # orders read at once: some 200 KB of text

_LABELS = [
    OFFERS.c.title.label("offer_title"),
    EVENTS.c.title.label("event_title"),
    ORDERS.c.carrier,
    ORDERS.c.tracking_number,
    ORDERS.c.delivered_ms,
]

# The claims of orders, by order id: another feature has them.
ClaimsOf = Callable[[AsyncSession, Sequence[str]], Awaitable[Mapping[str, list[Claim]]]]


class LabelledOrder(NamedTuple):
    """An order with what it is shown with."""

    order: StoredOrder
    offer_title: str
    event_title: str
    carrier: str | None
    tracking_number: str | None
    delivered_ms: int | None

    @property
    def key(self) -> CursorKey:
        """What every list of orders is sorted by."""
        return self.order.created_ms, self.order.id

    def view(
        self, *, masked: bool, claim_ms: int | None = None, claims: Sequence[Claim] = ()
    ) -> Order:
        """
        Args:
            claim_ms: how long after delivery bad fruit may be claimed.
        """
        claim_by_ms = None
        if claim_ms and self.delivered_ms and self.order.status == OrderStatus.DELIVERED:
            claim_by_ms = self.delivered_ms + claim_ms
        return order_view(
            self.order,
            masked=masked,
            offer_title=self.offer_title,
            event_title=self.event_title,
            carrier=self.carrier,
            tracking_number=self.tracking_number,
            delivered_ms=self.delivered_ms,
            claim_by_ms=claim_by_ms,
            claims=claims,
        )


class OrderReads:
    """
    Args:
        claims_of: what orders are shown with to those who see them unmasked.
        claim_ms: how long after delivery bad fruit may be claimed.
    """

    def __init__(self, database: Database, claims_of: ClaimsOf, *, claim_ms: int) -> None:
        self._database = database
        self._claims_of = claims_of
        self._claim_ms = claim_ms

    async def own(self, page: PageRequest, buyer_id: str) -> Page[Order]:
        """The buyer's own orders, newest first."""
        query = _labelled().where(ORDERS.c.buyer_id == buyer_id)
        return await self._page(query, page, masked=False)

    async def read(self, by: Identity, order_id: str) -> Order:
        """One order: its buyer and operators see all of it, the event's host a masked one.

        Raises: NotFound, for everybody else too.
        """
        async with self._database.reading() as session:
            found = await find_order(session, order_id)
            if found is None:
                raise _not_found()
            if by.is_operator or found.order.buyer_id == by.id:
                (view,) = await self._views(session, [found], masked=False)
                return view
            event = await read_event(session, found.order.event_id)
        if not is_one_of_its_people(event, by):
            raise _not_found()
        return found.view(masked=True)

    async def of_event(
        self, page: PageRequest, by: Identity, event_id: str, *, status: OrderStatus | None = None
    ) -> Page[Order]:
        """An event's orders, newest first; masked for its host.

        Raises: NotFound, Forbidden.
        """
        await self._require_host(by, event_id)
        query = _of_event(event_id)
        if status is not None:
            query = query.where(ORDERS.c.status == status.value)
        return await self._page(query, page, masked=not by.is_operator)

    async def export(self, by: Identity, event_id: str) -> AsyncIterator[list[Order]]:
        """All of an event's orders, newest first, in pages; masked for its host.

        Each page is a transaction of its own, so a slow reader holds none open. Newest first,
        so that what is ordered meanwhile cannot keep the export running.

        Raises: NotFound, Forbidden, before the first page.
        """
        await self._require_host(by, event_id)
        return self._pages(_of_event(event_id), masked=not by.is_operator)

    async def _pages(self, query: Select[Any], *, masked: bool) -> AsyncIterator[list[Order]]:
        after: CursorKey | None = None
        while True:
            async with self._database.reading() as session:
                found = await _fetch(session, query, after, EXPORT_PAGE)
            if found:
                yield [order.view(masked=masked) for order in found]  # CSV has no claims
            if len(found) < EXPORT_PAGE:
                return
            after = found[-1].key

    async def _page(self, query: Select[Any], page: PageRequest, *, masked: bool) -> Page[Order]:
        async with self._database.reading() as session:
            found = await _fetch(session, query, page.after, page.limit + 1)
            views = await self._views(session, found, masked=masked)
        shown = list(zip(found, views, strict=True))
        return page_of(shown, page.limit, lambda pair: pair[1], lambda pair: pair[0].key)

    async def _views(
        self, session: AsyncSession, found: Sequence[LabelledOrder], *, masked: bool
    ) -> list[Order]:
        ids = [] if masked else [labelled.order.id for labelled in found]
        claims = await self._claims_of(session, ids) if ids else {}
        return [
            labelled.view(
                masked=masked, claim_ms=self._claim_ms, claims=claims.get(labelled.order.id, ())
            )
            for labelled in found
        ]

    async def _require_host(self, by: Identity, event_id: str) -> None:
        async with self._database.reading() as session:
            require_host(await read_event(session, event_id), by)


async def _fetch(
    session: AsyncSession, query: Select[Any], after: CursorKey | None, limit: int
) -> list[LabelledOrder]:
    query = query.order_by(ORDERS.c.created_ms.desc(), ORDERS.c.id.desc()).limit(limit)
    if after is not None:
        query = query.where(tuple_(ORDERS.c.created_ms, ORDERS.c.id) < after)
    return [_of_row(row) for row in await session.execute(query)]


async def find_order(session: AsyncSession, order_id: str) -> LabelledOrder | None:
    """One order with its labels, or None where there is no such one."""
    rows: Sequence[Row[Any]] = (
        await session.execute(_labelled().where(ORDERS.c.id == order_id))
    ).all()
    return _of_row(rows[0]) if rows else None


def _labelled() -> Select[Any]:
    return (
        select(*COLUMNS, *_LABELS)
        .join_from(ORDERS, OFFERS, OFFERS.c.id == ORDERS.c.offer_id)
        .join(EVENTS, EVENTS.c.id == ORDERS.c.event_id)
    )


def _of_event(event_id: str) -> Select[Any]:
    return _labelled().where(ORDERS.c.event_id == event_id)


def _of_row(row: Row[Any]) -> LabelledOrder:
    count = len(COLUMNS)
    return LabelledOrder(StoredOrder(*row[:count]), *row[count:])


def _not_found() -> NotFound:
    return NotFound(detail="There is no such order.")
