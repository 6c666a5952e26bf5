"""When the sale of an event opens: the first moment at which something of it may be ordered."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from live.events.rows import EVENTS
from live.sales.offer_views import OFFERS
from live.storage.among import among
from live.storage.database import Database
from live.values import EventStatus

_FIRST = (
    select(EVENTS.c.id, EVENTS.c.started_ms, func.min(func.coalesce(OFFERS.c.opens_ms, 0)))
    .join(OFFERS, OFFERS.c.event_id == EVENTS.c.id)
    .where(among(EVENTS.c.id, "ids"))
    .where(EVENTS.c.status == EventStatus.LIVE.value, OFFERS.c.status == "open")
    .group_by(EVENTS.c.id, EVENTS.c.started_ms)
)


class Openings:
    """Reads them from SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, event_ids: Sequence[str]) -> Mapping[str, int]:
        """Event id → ms since the epoch, of those whose opening is known: live, with an offer put
        on sale, be it for later."""
        return await self._database.read(partial(_first, event_ids))


def _first(event_ids: Sequence[str], connection: Connection) -> dict[str, int]:
    rows: Any = connection.execute(_FIRST, {"ids": list(event_ids)})
    return {event_id: max(started_ms, opens_ms) for event_id, started_ms, opens_ms in rows}
