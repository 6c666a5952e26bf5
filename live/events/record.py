"""The room's record in SQL: its feed for three years, and the totals that outlive Redis."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, or_, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from live.events.rows import EVENTS
from live.events.tables import FeedEntryRow
from live.realtime.ring import FeedEntry
from live.storage.database import Database

_ENTRIES: Any = FeedEntryRow.__table__  # type: ignore[attr-defined]


class FeedRecord:
    """A ``live.realtime.recorder.Record``: both calls may repeat, from any process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = sqlite_insert if database.is_sqlite else postgres_insert

    async def save_feed(self, event_id: str, entries: Sequence[FeedEntry]) -> None:
        """Insert those that are new."""
        rows = [
            {
                "event_id": event_id,
                "feed_id": entry.id,
                "kind": entry.kind,
                "body": entry.body,
                "at_ms": entry.at_ms,
            }
            for entry in entries
        ]
        if not rows:
            return
        insert = self._insert(_ENTRIES).on_conflict_do_nothing()
        await self._database.write(lambda connection: connection.execute(insert, rows))

    async def save_totals(self, event_id: str, views: int, likes: int) -> None:
        """Keep the greater of these and what is there.

        The revision stays: totals reach viewers with every tick, not with the definition.
        """
        columns = EVENTS.c
        statement = (
            update(EVENTS)
            .where(columns.id == event_id)
            .where(or_(columns.views_total < views, columns.likes_total < likes))
            .values(
                views_total=_greater(columns.views_total, views),
                likes_total=_greater(columns.likes_total, likes),
            )
        )
        await self._database.write(lambda connection: connection.execute(statement))


def _greater(column: Any, value: int) -> Any:
    # SQLite calls it max(), PostgreSQL greatest(); CASE is the same on both.
    return case((column < value, value), else_=column)
