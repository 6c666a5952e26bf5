"""Whether an order is known already: a repeat is answered whoever may order by now.

Those who must wait and try all the same are many in a rush, so they are looked up together.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial

from sqlalchemy import select
from sqlalchemy.engine import Connection

from live.errors import Unavailable
from live.sales.order_rows import ORDERS
from live.sales.stored_order import StoredOrder
from live.stock.guard import StockGuard
from live.storage.among import among
from live.storage.batcher import Batcher
from live.storage.database import SQL_AWAY, Database
from live.storage.redis import REDIS_AWAY

_EXISTING = select(ORDERS.c.id).where(among(ORDERS.c.id, "ids"))


class KnownOrders:
    """Looks for rows in SQL, and for holds, which an order has whose commit nobody heard of.

    Args:
        batch_max, queue_max: orders looked up at once, and waiting for it.
    """

    def __init__(
        self, database: Database, guard: StockGuard, *, batch_max: int, queue_max: int
    ) -> None:
        self._database = database
        self._guard = guard
        self._batcher: Batcher[StoredOrder, bool] = Batcher(
            "known orders", self._look, batch_max=batch_max, queue_max=queue_max
        )

    async def has(self, order: StoredOrder) -> bool:
        """Whether this order was admitted or stored before. Raises: Unavailable."""
        try:
            return await self._batcher.ask(order)
        except (*SQL_AWAY, *REDIS_AWAY) as error:
            raise Unavailable(retry_after_seconds=1) from error

    async def close(self) -> None:
        await self._batcher.close()

    async def _look(self, orders: Sequence[StoredOrder]) -> list[bool | BaseException]:
        ids = [order.id for order in orders]
        known = await self._database.read(partial(_existing, ids))
        by_event: defaultdict[str, list[str]] = defaultdict(list)
        for order in orders:
            if order.id not in known:
                by_event[order.event_id].append(order.id)
        for event_id, unknown in by_event.items():
            known |= set(unknown) - set(await self._guard.missing(event_id, unknown))
        return [order_id in known for order_id in ids]


def _existing(ids: Sequence[str], connection: Connection) -> set[str]:
    return set(connection.execute(_EXISTING, {"ids": list(ids)}).scalars())
