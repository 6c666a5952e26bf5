"""Orders on what is sold out, answered from memory; but never the repeat of an order that exists.

    asked ─► sold out, as far as is known? ─► no hold in Redis? ─► no row in SQL? ─► "sold out"

The memory is this process's own, and any worker may have taken the order that a key stands for.
So a refusal needs proof that there is none: the hold tells of orders under way, in whichever
worker, and the row of all that were stored, those too that are over and hold nothing any more.
Holds first: an order's hold goes only when its row is there, so none slips between the looks.
One look at each answers everybody who has gathered. Where it cannot tell, the long way does.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from live.errors import Unavailable
from live.sales.counters import Counters
from live.sales.stored_ids import stored_ids
from live.stock.guard import StaleStock, StockGuard
from live.stock.sold_out import SoldOutMemory
from live.storage.batcher import Batcher
from live.storage.database import SQL_AWAY, Database
from live.storage.redis import REDIS_AWAY

_LOOKS_MAX = 512  # orders in one look

_Ask = tuple[str, str]  # event id, order id


class TurnedAway:
    """Knows who need not wait for the guard and the commit to hear "sold out".

    Args:
        queue_max: orders waiting for a look; beyond: 503.
        apart_seconds: between two looks, at least, in which orders gather.
        timeout_seconds: for a look at SQL.
    """

    def __init__(
        self,
        memory: SoldOutMemory,
        guard: StockGuard,
        counters: Counters,
        database: Database,
        *,
        queue_max: int,
        timeout_seconds: float,
        apart_seconds: float = 0.0,
    ) -> None:
        self._memory = memory
        self._guard = guard
        self._counters = counters
        self._database = database
        self._timeout_seconds = timeout_seconds
        self._looks: Batcher[_Ask, bool] = Batcher(
            "checkout",
            self._are_new,
            batch_max=_LOOKS_MAX,
            queue_max=queue_max,
            apart_seconds=apart_seconds,
        )

    def remembers(self, event_id: str, offer_id: str, units: int, price_fen: int) -> bool:
        """Whether it was sold out a moment ago."""
        return self._memory.refuses(event_id, offer_id, units, price_fen)

    async def is_new(self, event_id: str, order_id: str) -> bool:
        """True: there is no such order. False: there is, or it cannot be told.

        Raises: Unavailable where Redis or SQL is away.
        """
        return await self._looks.ask((event_id, order_id))

    async def close(self) -> None:
        """Answer everybody who waits."""
        await self._looks.close()

    async def _are_new(self, asks: Sequence[_Ask]) -> list[bool]:
        by_event: dict[str, list[str]] = defaultdict(list)
        for event_id, order_id in asks:
            by_event[event_id].append(order_id)
        unknown: set[str] = set()  # of which nothing can be said from here
        for event_id, order_ids in by_event.items():
            unknown |= await self._held(event_id, order_ids)
        rest = [order_id for _, order_id in asks if order_id not in unknown]
        if rest:
            unknown |= await self._stored(rest)
        return [order_id not in unknown for _, order_id in asks]

    async def _held(self, event_id: str, order_ids: list[str]) -> set[str]:
        position = self._counters.known(event_id)
        if position is None:
            return set(order_ids)
        try:
            return await self._guard.held(event_id, position, order_ids)
        except StaleStock:
            return set(order_ids)
        except REDIS_AWAY as error:
            raise _unavailable("stock_unavailable") from error

    async def _stored(self, order_ids: list[str]) -> set[str]:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await stored_ids(self._database, order_ids)
        except (TimeoutError, *SQL_AWAY) as error:
            raise _unavailable("commit_unknown") from error


def _unavailable(code: str) -> Unavailable:
    return Unavailable(code, retry_after_seconds=1)
