"""Which events have a waiting room, from SQL."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from live.errors import NotFound
from live.events.rows import EVENTS
from live.storage.database import Database
from live.values import EventStatus

_NOT_OVER = (EventStatus.SCHEDULED.value, EventStatus.LIVE.value)
_WATCHED = select(EVENTS.c.id).where(EVENTS.c.waiting_room, EVENTS.c.status.in_(_NOT_OVER))


class WatchedEvents:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self) -> list[str]:
        """The ids of those that have one and are not over."""
        return await self._database.read(_watched)

    async def require(self, event_id: str) -> None:
        """Raises: NotFound ``event_not_found``."""
        query = select(EVENTS.c.id).where(EVENTS.c.id == event_id)
        found: Any = await self._database.read(lambda connection: connection.scalar(query))
        if found is None:
            raise NotFound("event_not_found", "There is no such event.")


def _watched(connection: Connection) -> list[str]:
    return list(connection.execute(_WATCHED).scalars())
