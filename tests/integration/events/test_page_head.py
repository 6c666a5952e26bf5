"""What a room's address tells programs that show a preview of it."""

from live.accounts.people import find_or_make_account
from live.catalog.counties import seed_counties
from live.clock import ManualClock
from live.events.page_head import FRESH_MS, EventHeads
from live.events.rows import change_event
from live.events.tables import EventRow
from live.storage.database import Database
from live.values import EventStatus

STARTS_MS = 1_771_466_400_000  # 2026-02-19 10:00 in Xuwen


async def test_title_county_host_and_hour_a_few_seconds_old_at_most(database: Database) -> None:
    clock = ManualClock()
    async with database.transaction() as session:
        await seed_counties(session)
        host = await find_or_make_account(session, "+8613800000001", 0, name="林知夏")
        event = EventRow(
            id="evt_1", host_id=host.id, county_code="440825", title="徐闻菠萝",
            starts_ms=STARTS_MS, created_ms=0,
        )  # fmt: skip
        session.add(event)
    heads = EventHeads(database, clock)
    head = await heads.of("evt_1")
    assert head == ("徐闻菠萝 · 徐闻县", "广东省徐闻县 · 林知夏 · 2月19日 10:00 开播")
    async with database.transaction() as session:
        live = {"status": EventStatus.LIVE.value, "started_ms": STARTS_MS}
        assert await change_event(session, "evt_1", EventStatus, **live)
    assert await heads.of("evt_1") == head
    clock.advance(ms=FRESH_MS)
    later = await heads.of("evt_1")
    assert later is not None
    assert later.description.endswith("正在直播")
    assert await heads.of("evt_none") is None


async def test_where_sql_is_away_the_page_comes_without() -> None:
    database = Database("sqlite+aiosqlite:////nowhere/live.db")
    assert await EventHeads(database, ManualClock()).of("evt_1") is None
    await database.close()
