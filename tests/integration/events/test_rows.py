"""What other features read of events, and how they say that one has changed."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from live.accounts.people import find_or_make_account
from live.catalog.counties import seed_counties
from live.clock import ManualClock
from live.errors import NotFound
from live.events.repository import Events
from live.events.rows import bump_revision, change_event, event_key, list_events, read_event
from live.events.schemas import EventCreate
from live.events.views import event_view, event_views
from live.storage.database import Database
from live.values import AccountId, EventStatus, Role
from live.web.pages import PageRequest, page_request
from live.web.routes import Identity

pytestmark = pytest.mark.asyncio

NOON = datetime(2020, 2, 19, 4, tzinfo=UTC)
OPERATOR = Identity(AccountId("acc_op"), Role.OPERATOR, "op", "ses_op")


class Calendar:
    """Events of two hosts, anna and bo."""

    def __init__(self, database: Database, host_ids: list[str]) -> None:
        self.events = Events(database, ManualClock())
        self.anna, self.bo = host_ids

    async def add(self, host_id: str, hours: int, county_code: str = "440825") -> str:
        starts_at = NOON + timedelta(hours=hours)
        asked = EventCreate(title=f"{hours} h", county_code=county_code, starts_at=starts_at)
        return (await self.events.create(host_id, asked)).id


async def open_calendar(database: Database) -> Calendar:
    async with database.transaction() as session:
        await seed_counties(session)
        hosts = [
            await find_or_make_account(session, f"+861391234000{n}", 0, name=name)
            for n, name in enumerate(("Anna", "Bo"))
        ]
    return Calendar(database, [host.id for host in hosts])


@pytest_asyncio.fixture
async def calendar(database: Database) -> Calendar:
    return await open_calendar(database)


async def test_lists_come_latest_first_page_by_page(calendar: Calendar) -> None:
    # Two of them at the same hour: the cursor must not lose one between pages.
    for hours in (3, 1, 2, 2, 5):
        await calendar.add(calendar.anna, hours)
    titles: list[str] = []
    request = PageRequest(2, None)
    while True:
        page = await calendar.events.list(request)
        titles += [event.title for event in page.items]
        if page.next is None:
            break
        request = page_request({"limit": "2", "cursor": page.next}, limit_max=200)
    assert titles == ["5 h", "3 h", "2 h", "2 h", "1 h"]


async def test_lists_narrow_by_status_and_by_host(calendar: Calendar, database: Database) -> None:
    live, bos, scheduled = [
        await calendar.add(host, hours)
        for host, hours in ((calendar.anna, 1), (calendar.bo, 2), (calendar.anna, 3))
    ]
    await calendar.events.start(OPERATOR, live)
    everything = PageRequest(10, None)

    async def found(status: EventStatus | None = None, host_id: str | None = None) -> list[str]:
        async with database.reading() as session:
            rows = await list_events(session, everything, status=status, host_id=host_id)
        assert [event_key(row) for row in rows] == sorted(map(event_key, rows), reverse=True)
        return [row.id for row in rows]

    assert await found() == [scheduled, bos, live]
    assert await found(EventStatus.LIVE) == [live]
    assert await found(EventStatus.ENDED) == []
    assert await found(host_id=calendar.bo) == [bos]
    assert await found(EventStatus.SCHEDULED, calendar.anna) == [scheduled]
    assert [
        e.id for e in (await calendar.events.list(everything, status=EventStatus.LIVE)).items
    ] == [live]


async def test_views_keep_the_order_and_name_host_and_county(
    calendar: Calendar, database: Database
) -> None:
    event_ids = [await calendar.add(calendar.bo, 1), await calendar.add(calendar.anna, 2)]
    async with database.reading() as session:
        rows = [await read_event(session, event_id) for event_id in event_ids]
        views = await event_views(session, rows)
        assert [await event_view(session, row) for row in rows] == views
        assert await event_views(session, []) == []
    assert [(view.id, view.host_name) for view in views] == list(
        zip(event_ids, ("Bo", "Anna"), strict=True)
    )
    assert {view.county.name for view in views} == {"徐闻县"}
    assert await calendar.events.read(event_ids[0]) == views[0]


async def test_a_pin_comes_with_a_new_revision(calendar: Calendar, database: Database) -> None:
    event_id = await calendar.add(calendar.anna, 1)
    async with database.transaction() as session:
        held = await read_event(session, event_id)
        assert await bump_revision(session, event_id) == 1
        assert await bump_revision(session, event_id, pinned_offer_id="off_a") == 2
        # Who holds the event from before sees it as it now is.
        assert (held.revision, held.pinned_offer_id) == (2, "off_a")
    assert (await calendar.events.read(event_id)).pinned_offer_id == "off_a"
    async with database.transaction() as session:
        assert await bump_revision(session, event_id, pinned_offer_id=None) == 3
    assert (await calendar.events.read(event_id)).pinned_offer_id is None


async def test_a_revision_that_is_rolled_back_never_was(
    calendar: Calendar, database: Database
) -> None:
    event_id = await calendar.add(calendar.anna, 1)

    async def bump_and_fail() -> None:
        async with database.transaction() as session:
            await bump_revision(session, event_id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await bump_and_fail()
    async with database.reading() as session:
        assert (await read_event(session, event_id)).revision == 0


async def test_simultaneous_changes_each_get_their_own_revision(
    calendar: Calendar, database: Database
) -> None:
    event_id = await calendar.add(calendar.anna, 1)

    async def bump() -> int:
        async with database.transaction() as session:
            return await bump_revision(session, event_id)

    assert sorted(await asyncio.gather(*(bump() for _ in range(12)))) == list(range(1, 13))


async def test_control_a_start_without_the_compare_would_happen_twice(postgres_url: str) -> None:
    """What the tests of simultaneous starts would find; SQLite has one writer at a time."""
    database = Database(postgres_url)
    calendar = await open_calendar(database)
    event_id = await calendar.add(calendar.anna, 1)
    both_have_looked = asyncio.Barrier(2)

    async def start_unguarded() -> bool:
        async with database.transaction() as session:
            if (await read_event(session, event_id)).status != "scheduled":
                return False
            await both_have_looked.wait()
            values = {"status": "live", "started_ms": 1}
            return await change_event(session, event_id, EventStatus, **values) is not None

    assert all(await asyncio.gather(start_unguarded(), start_unguarded()))

    another_id = await calendar.add(calendar.anna, 1)

    async def start_guarded() -> bool:
        async with database.transaction() as session:
            assert (await read_event(session, another_id)).status == "scheduled"
            await both_have_looked.wait()
            values = {"status": "live", "started_ms": 1}
            only_in = [EventStatus.SCHEDULED]
            return await change_event(session, another_id, only_in, **values) is not None

    assert sorted(await asyncio.gather(start_guarded(), start_guarded())) == [False, True]
    await database.close()


async def test_an_unknown_event_is_not_found(calendar: Calendar, database: Database) -> None:
    async with database.transaction() as session:
        with pytest.raises(NotFound) as refused:
            await read_event(session, "evt_none")
        assert refused.value.code == "event_not_found"
        with pytest.raises(NotFound):
            await bump_revision(session, "evt_none")
    with pytest.raises(NotFound):
        await calendar.events.read("evt_none")
