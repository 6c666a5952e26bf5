"""Reading claims: those of orders, for whoever sees the order, and those to be decided."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from live.accounts.rows import ACCOUNTS
from live.claims.rows import CLAIMS, COLUMNS, read_claims_of
from live.claims.schemas import ClaimCase
from live.claims.stored_claim import StoredClaim, claim_view
from live.events.rows import EVENTS
from live.sales.offer_views import OFFERS
from live.sales.order_rows import ORDERS
from live.sales.payments.rows import PAYMENTS
from live.sales.schemas import Claim, ClaimStatus
from live.storage.database import Database
from live.values import EventId, rfc3339
from live.web.pages import CursorKey, PageRequest, page_of
from live.web.routes import Page

_LEFT = (
    select(func.coalesce(func.sum(PAYMENTS.c.paid_fen - PAYMENTS.c.refunded_fen), 0))
    .where(PAYMENTS.c.order_id == ORDERS.c.id)
    .scalar_subquery()
)
_CASES = (
    select(
        *COLUMNS,
        EVENTS.c.title.label("event_title"),
        OFFERS.c.title.label("offer_title"),
        ACCOUNTS.c.name.label("buyer_name"),
        ORDERS.c.units.label("order_units"),
        ORDERS.c.amount_fen.label("order_amount_fen"),
        ORDERS.c.delivered_ms,
        _LEFT.label("left_fen"),
    )
    .join_from(CLAIMS, ORDERS, ORDERS.c.id == CLAIMS.c.order_id)
    .join(OFFERS, OFFERS.c.id == ORDERS.c.offer_id)
    .join(EVENTS, EVENTS.c.id == CLAIMS.c.event_id)
    .join(ACCOUNTS, ACCOUNTS.c.id == CLAIMS.c.buyer_id)
    .order_by(CLAIMS.c.filed_ms, CLAIMS.c.id)
)


async def claims_of(session: AsyncSession, order_ids: Sequence[str]) -> Mapping[str, list[Claim]]:
    """The claims of orders, by order, oldest first: what an order is shown with."""
    claims: dict[str, list[Claim]] = defaultdict(list)
    for claim in await read_claims_of(session, order_ids):
        claims[claim.order_id].append(claim_view(claim))
    return claims


class ClaimReads:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def cases(self, page: PageRequest, status: ClaimStatus) -> Page[ClaimCase]:
        """All claims of a status, the longest waiting first."""
        query = _CASES.where(CLAIMS.c.status == status.value).limit(page.limit + 1)
        if page.after is not None:
            query = query.where(tuple_(CLAIMS.c.filed_ms, CLAIMS.c.id) > page.after)
        async with self._database.reading() as session:
            rows: list[Any] = [*await session.execute(query)]
        return page_of(rows, page.limit, _case, _key)


def _case(row: Row[Any]) -> ClaimCase:
    claim = claim_view(StoredClaim(*row[: len(COLUMNS)]))
    return ClaimCase(
        **{name: getattr(claim, name) for name in Claim.__struct_fields__},
        event_id=EventId(row.event_id),
        event_title=row.event_title,
        offer_title=row.offer_title,
        buyer_name=row.buyer_name,
        order_units=row.order_units,
        order_amount_fen=row.order_amount_fen,
        delivered_at=None if row.delivered_ms is None else rfc3339(row.delivered_ms),
        left_fen=int(row.left_fen),
    )


def _key(row: Row[Any]) -> CursorKey:
    return row.filed_ms, row.id
