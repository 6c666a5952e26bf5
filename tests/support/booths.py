"""Giveaways on a real database: several processes' worth of them, and people who enter."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.engine import Connection

from live.accounts.tables import AccountRow
from live.catalog.counties import seed_counties
from live.clock import ManualClock
from live.events.tables import EventRow
from live.giveaways.drawing import Drawing
from live.giveaways.entering import Entered, Entering, EntryAsk
from live.giveaways.hosting import Hosting
from live.giveaways.rows import ENTRIES, WINNERS, StoredGiveaway, read_giveaway
from live.giveaways.rules import Limits
from live.giveaways.schemas import GiveawayCreate
from live.storage.database import Database
from live.values import AccountId, Role
from live.web.routes import Identity

EVENT, HOST = "evt_1", "acc_host"
LIMITS = Limits(winners_max=50, seconds_min=1, seconds_max=1_800, entries_max=100_000)
BY_HOST = Identity(AccountId(HOST), Role.HOST, "县长", "ses_1")
SECONDS = 60


def person(number: int) -> str:
    return f"acc_{number}"


class Booth:
    """The giveaways of one process, with connections of its own."""

    def __init__(self, database: Database, clock: ManualClock, *, draw_ms: int = 0) -> None:
        self.database = database
        self.clock = clock
        self.hosting = Hosting(database, clock, LIMITS, _ignored)
        self.entering = Entering(
            database, clock, _ignored,
            entries_max=LIMITS.entries_max, batch_max=500, queue_max=100_000,
        )  # fmt: skip
        self.drawing = Drawing(database, clock, _ignored, draw_ms=draw_ms)

    async def set_up(self, people: int) -> None:
        """A live event, its host, and so many people."""
        rows = [
            AccountRow(id=id_, phone=f"+86139{n:08}", name=id_, role="viewer", created_ms=0)
            for n, id_ in enumerate([HOST, *(person(number) for number in range(people))])
        ]
        async with self.database.transaction() as session:
            await seed_counties(session)
            session.add_all(rows)
            await session.flush()
            session.add(
                EventRow(
                    id=EVENT, host_id=HOST, county_code="440825", title="徐闻菠萝", status="live",
                    starts_ms=0, started_ms=0, created_ms=0,
                )
            )  # fmt: skip

    async def open(self, winners_count: int = 3) -> StoredGiveaway:
        asked = GiveawayCreate("福袋", "菠萝一箱", winners_count, SECONDS)
        return await self.hosting.open(BY_HOST, EVENT, asked)

    async def enter(self, giveaway_id: str, account_id: str) -> Entered:
        return await self.entering.enter(EntryAsk(giveaway_id, account_id, is_operator=False))

    async def read(self, giveaway_id: str) -> StoredGiveaway:
        found = await self.database.read(partial(_read, giveaway_id))
        assert found is not None
        return found

    async def entries(self, giveaway_id: str) -> list[str]:
        """Accounts, one for each row."""
        query = select(ENTRIES.c.account_id).where(ENTRIES.c.giveaway_id == giveaway_id)
        async with self.database.reading() as session:
            return sorted(await session.scalars(query))

    async def winners(self, giveaway_id: str) -> list[str]:
        """Entry ids, the first place first."""
        query = select(WINNERS.c.entry_id).where(WINNERS.c.giveaway_id == giveaway_id)
        async with self.database.reading() as session:
            return list(await session.scalars(query.order_by(WINNERS.c.place)))

    async def facts(self, kind: str) -> int:
        """How often it was told."""
        query = text("SELECT count(*) FROM facts WHERE kind = :kind")
        async with self.database.reading() as session:
            return int((await session.execute(query, {"kind": kind})).scalar_one())

    async def close(self) -> None:
        await self.entering.close()
        await self.database.close()


async def entered_twice(booth: Booth, giveaway_id: str) -> Sequence[Any]:
    """Accounts that have more than one entry."""
    query = (
        select(ENTRIES.c.account_id)
        .where(ENTRIES.c.giveaway_id == giveaway_id)
        .group_by(ENTRIES.c.account_id)
        .having(func.count() > 1)
    )
    async with booth.database.reading() as session:
        return list(await session.scalars(query))


def _read(giveaway_id: str, connection: Connection) -> StoredGiveaway | None:
    return read_giveaway(connection, giveaway_id)


def _ignored() -> None:
    """Nobody relays facts here."""
