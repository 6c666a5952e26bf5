"""Whether an order exists already: the repeat of one is answered, whoever may order by now.

Asked before somebody is sent away without a look at the stock: to wait for a turn, or because
all is sold. The hold tells of orders under way, in whichever worker, and the row of all that
were stored, those too that are over and hold nothing any more. Holds first: an order's hold goes
only when its row is there, so none slips between the looks. One look at each answers everybody
who has gathered.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from live.errors import Unavailable
from live.sales.counters import Counters
from live.sales.stored_ids import stored_ids
from live.stock.guard import StaleStock, StockGuard
from live.storage.batcher import Batcher
from live.storage.database import SQL_AWAY, Database
from live.storage.redis import REDIS_AWAY

_LOOKS_MAX = 512  # orders in one look

_Ask = tuple[str, str]  # event id, order id


class KnownOrders:
    """
    Args:
        queue_max: orders waiting for a look; beyond: 503.
        timeout_seconds: for a look at SQL.
    """

    def __init__(
        self,
        guard: StockGuard,
        counters: Counters,
        database: Database,
        *,
        queue_max: int,
        timeout_seconds: float,
    ) -> None:
        self._guard = guard
        self._counters = counters
        self._database = database
        self._timeout_seconds = timeout_seconds
        self._looks: Batcher[_Ask, bool] = Batcher(
            "checkout",
            self._look,
            batch_max=_LOOKS_MAX,
            queue_max=queue_max,
        )

    async def has(self, event_id: str, order_id: str) -> bool:
        """Whether it was admitted or stored. Raises: Unavailable where Redis or SQL is away."""
        return await self._looks.ask((event_id, order_id))

    async def close(self) -> None:
        """Answer everybody who waits."""
        await self._looks.close()

    async def _look(self, asks: Sequence[_Ask]) -> list[bool | BaseException]:
        by_event: dict[str, list[str]] = defaultdict(list)
        for event_id, order_id in asks:
            by_event[event_id].append(order_id)
        known: set[str] = set()
        for event_id, order_ids in by_event.items():
            known |= await self._held(event_id, order_ids)
        rest = [order_id for _, order_id in asks if order_id not in known]
        if rest:
            known |= await self._stored(rest)
        return [order_id in known for _, order_id in asks]

    async def _held(self, event_id: str, order_ids: list[str]) -> set[str]:
        try:
            position = await self._counters.position(event_id)
            try:
                return await self._guard.held(event_id, position, order_ids)
            except StaleStock:
                position = await self._counters.rebuild(event_id, seen=position)
                return await self._guard.held(event_id, position, order_ids)
        except (StaleStock, *REDIS_AWAY) as error:
            raise _unavailable("stock_unavailable") from error

    async def _stored(self, order_ids: list[str]) -> set[str]:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await stored_ids(self._database, order_ids)
        except (TimeoutError, *SQL_AWAY) as error:
            raise _unavailable("commit_unknown") from error


def _unavailable(code: str) -> Unavailable:
    return Unavailable(code, retry_after_seconds=1)
