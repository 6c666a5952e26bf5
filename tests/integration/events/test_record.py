"""A room's feed and totals reach SQL once, whoever brings them and how often."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from live.accounts.people import find_or_make_account
from live.catalog.counties import seed_counties
from live.clock import ManualClock
from live.events.record import FeedRecord
from live.events.repository import Events
from live.events.rows import read_event
from live.events.schemas import EventCreate
from live.events.tables import FeedEntryRow
from live.realtime.position import FeedPosition
from live.realtime.recorder import Record, Recorder
from live.realtime.ring import FeedEntry, feed_entry
from live.storage.database import Database

pytestmark = pytest.mark.asyncio

_ENTRIES: Any = FeedEntryRow.__table__  # type: ignore[attr-defined]


@pytest_asyncio.fixture
async def event_id(database: Database) -> AsyncIterator[str]:
    async with database.transaction() as session:
        await seed_counties(session)
        host = await find_or_make_account(session, "+8613912340000", 0)
    asked = EventCreate(
        title="x", county_code="440825", starts_at=datetime(2020, 2, 19, tzinfo=UTC)
    )
    yield (await Events(database, ManualClock()).create(host.id, asked)).id


def entries(*numbers: int, epoch: str = "e1") -> list[FeedEntry]:
    return [
        feed_entry(FeedPosition(epoch, 1_000 + n, 0), "chat", f'{{"text":"{n} 斤"}}'.encode())
        for n in numbers
    ]


async def kept(database: Database, event_id: str) -> list[tuple[str, str, str, int]]:
    query = select(_ENTRIES).where(_ENTRIES.c.event_id == event_id).order_by(_ENTRIES.c.feed_id)
    async with database.reading() as session:
        rows = await session.execute(query)
        return [(row.feed_id, row.kind, row.body, row.at_ms) for row in rows]


async def totals(database: Database, event_id: str) -> tuple[int, int, int]:
    async with database.reading() as session:
        event = await read_event(session, event_id)
        return event.views_total, event.likes_total, event.revision


async def test_entries_that_come_again_are_kept_once(database: Database, event_id: str) -> None:
    record: Record = FeedRecord(database)
    await record.save_feed(event_id, [])
    await record.save_feed(event_id, entries(1, 2))
    await record.save_feed(event_id, entries(1, 2, 3))
    # The stream's ids start over when Redis was lost: another epoch, other entries.
    await record.save_feed(event_id, entries(1, epoch="e2"))
    assert await kept(database, event_id) == [
        ("e1.1001-0", "chat", '{"text":"1 斤"}', 1_001),
        ("e1.1002-0", "chat", '{"text":"2 斤"}', 1_002),
        ("e1.1003-0", "chat", '{"text":"3 斤"}', 1_003),
        ("e2.1001-0", "chat", '{"text":"1 斤"}', 1_001),
    ]


async def test_two_processes_may_save_the_same_feed_at_once(
    database: Database, event_id: str
) -> None:
    record = FeedRecord(database)
    batches = [entries(*range(first, first + 300)) for first in (0, 100, 0, 200)]
    await asyncio.gather(*(record.save_feed(event_id, batch) for batch in batches))
    assert len(await kept(database, event_id)) == 500


async def test_totals_only_grow_each_by_itself(database: Database, event_id: str) -> None:
    record = FeedRecord(database)
    await record.save_totals(event_id, 70_000_000, 5, 0)
    assert await totals(database, event_id) == (70_000_000, 5, 0)
    await record.save_totals(event_id, 69_999_999, 4, 0)  # late
    assert await totals(database, event_id) == (70_000_000, 5, 0)
    await record.save_totals(event_id, 1, 6, 0)
    assert await totals(database, event_id) == (70_000_000, 6, 0)
    await record.save_totals(event_id, 3_000_000_000, 6, 0)
    assert await totals(database, event_id) == (3_000_000_000, 6, 0)


async def test_the_rooms_recorder_saves_through_it(database: Database, event_id: str) -> None:
    recorder = Recorder(event_id, FeedRecord(database), entries_max=1_000)
    recorder.take(entries(*range(700)))  # more than one transaction takes
    assert await recorder.save(views=7, likes=2, unique_viewers=5)
    assert not recorder.is_waiting
    assert len(await kept(database, event_id)) == 700
    assert await totals(database, event_id) == (7, 2, 0)


async def test_unique_viewers_only_grow_and_their_sketch_is_the_last(
    database: Database, event_id: str
) -> None:
    record = FeedRecord(database)
    assert await record.load_sketch(event_id) == b""
    for sketch in (b"HYLL\x00\xff first", b"HYLL\x00\xff second"):
        await record.save_sketch(event_id, sketch)
        assert await record.load_sketch(event_id) == sketch
    for told, kept_ in ((40_000_000, 40_000_000), (39_000_000, 40_000_000)):
        await record.save_totals(event_id, 70_000_000, 0, told)
        async with database.reading() as session:
            assert (await read_event(session, event_id)).unique_viewers_total == kept_
