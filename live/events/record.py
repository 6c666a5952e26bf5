"""The room's record in SQL: its feed for three years, and the totals that outlive Redis."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import case, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncSession

from live.events.rows import EVENTS
from live.events.tables import FeedEntryRow, ViewerSketchRow
from live.realtime.position import FeedPosition
from live.realtime.ring import FeedEntry, feed_entry
from live.storage.database import Database

_ENTRIES: Any = FeedEntryRow.__table__  # type: ignore[attr-defined]
_SKETCHES: Any = ViewerSketchRow.__table__  # type: ignore[attr-defined]

DELETED = "deleted"  # the kind of an entry that is only a place where a message was


class FeedRecord:
    """A ``live.realtime.recorder.Record``: calls may repeat, from any process."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save_feed(self, event_id: str, entries: Sequence[FeedEntry]) -> None:
        """Insert those that are new."""
        rows = [
            {
                "event_id": event_id,
                "feed_id": entry.id,
                "kind": entry.kind,
                "body": entry.body,
                "at_ms": entry.at_ms,
                "speaker_id": entry.speaker,
            }
            for entry in entries
        ]
        if not rows:
            return
        await self._database.write(partial(_insert_new, rows))

    async def save_totals(self, event_id: str, views: int, likes: int, unique_viewers: int) -> None:
        """Keep the greater of these and what is there.

        The revision stays: totals reach viewers with every tick, not with the definition.
        """
        totals = {
            "views_total": views, "likes_total": likes, "unique_viewers_total": unique_viewers,
        }  # fmt: skip
        await self._database.write(partial(_raise_totals, event_id, totals))

    async def save_sketch(self, event_id: str, sketch: bytes) -> None:
        """Keep it in place of the last."""
        await self._database.write(partial(_put_sketch, event_id, sketch))

    async def load_sketch(self, event_id: str) -> bytes:
        """The last one; empty where there is none."""
        query = select(_SKETCHES.c.sketch).where(_SKETCHES.c.event_id == event_id)
        async with self._database.reading() as session:
            return await session.scalar(query) or b""


async def read_recorded(
    session: AsyncSession, event_id: str, position: FeedPosition
) -> FeedEntry | None:
    """An entry of the record; None where it is not (yet) there."""
    row = await session.get(FeedEntryRow, (event_id, str(position)))
    if row is None:
        return None
    return feed_entry(position, row.kind, row.body.encode(), row.speaker_id)


async def erase_recorded(session: AsyncSession, event_id: str, position: FeedPosition) -> None:
    """What was said is on record no more, be it there already or brought later.

    Its place is taken: whoever still saves the message, on whichever process, finds it there.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    erased = {"kind": DELETED, "body": "{}", "speaker_id": None}
    place = {"event_id": event_id, "feed_id": str(position), "at_ms": position.ms}
    statement = (sqlite_insert if is_sqlite else postgres_insert)(_ENTRIES).values(place | erased)
    key = [_ENTRIES.c.event_id, _ENTRIES.c.feed_id]
    await session.execute(statement.on_conflict_do_update(index_elements=key, set_=erased))


def select_recorded(event_id: str) -> Any:
    """What a replay shows of an event: its entries in order, as ``FeedEntryRow``."""
    entries = select(FeedEntryRow).where(_ENTRIES.c.event_id == event_id)
    return entries.where(_ENTRIES.c.kind != DELETED).order_by(_ENTRIES.c.at_ms, _ENTRIES.c.feed_id)


def _insert_new(rows: Sequence[Mapping[str, Any]], connection: Connection) -> None:
    insert = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    connection.execute(insert(_ENTRIES).on_conflict_do_nothing(), rows)


def _raise_totals(event_id: str, totals: Mapping[str, int], connection: Connection) -> None:
    columns = EVENTS.c
    connection.execute(
        update(EVENTS)
        .where(columns.id == event_id)
        .where(or_(*(columns[name] < total for name, total in totals.items())))
        .values({name: _greater(columns[name], total) for name, total in totals.items()})
    )


def _put_sketch(event_id: str, sketch: bytes, connection: Connection) -> None:
    insert = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    row = {"event_id": event_id, "sketch": sketch}
    put = insert(_SKETCHES).values(row)
    put = put.on_conflict_do_update(index_elements=["event_id"], set_={"sketch": sketch})
    connection.execute(put)


def _greater(column: Any, value: int) -> Any:
    # SQLite calls it max(), PostgreSQL greatest(); CASE is the same on both.
    return case((column < value, value), else_=column)
