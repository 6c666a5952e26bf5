"""What never changes about an offer once it is there: enough to turn a wish into an order."""

import asyncio
from dataclasses import dataclass

from live.errors import NotFound
from live.sales.tables import OfferRow
from live.storage.database import Database

_CACHED_MAX = 10_000  # offers remembered by one process; some hundred bytes each


@dataclass(frozen=True, slots=True)
class SaleTerms:
    """Price and limits are not here: the guard has those, and they may change at any moment."""

    event_id: str
    unit_grams: int
    shipping_fen: int
    undeliverable: frozenset[str]  # province codes


class SaleTermsCache:
    """Loads each offer's terms once. They are immutable, so nothing ever goes stale."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, SaleTerms] = {}
        self._loading: dict[str, asyncio.Task[SaleTerms]] = {}

    async def of(self, offer_id: str) -> SaleTerms:
        """Raises: NotFound."""
        known = self._known.get(offer_id)
        if known is not None:
            return known
        # When an offer opens, everybody asks in the same instant: one looks, for all of them.
        loading = self._loading.get(offer_id)
        if loading is None:
            loading = self._loading[offer_id] = asyncio.create_task(self._load(offer_id))
            loading.add_done_callback(lambda _: self._loading.pop(offer_id, None))
        return await asyncio.shield(loading)

    async def _load(self, offer_id: str) -> SaleTerms:
        async with self._database.reading() as session:
            row = await session.get(OfferRow, offer_id)
        if row is None:
            raise NotFound(detail="There is no such offer.")
        terms = SaleTerms(
            row.event_id,
            row.unit_grams,
            row.shipping_fen,
            frozenset(row.undeliverable.split(",")) if row.undeliverable else frozenset(),
        )
        if len(self._known) >= _CACHED_MAX:
            del self._known[next(iter(self._known))]
        self._known[offer_id] = terms
        return terms
