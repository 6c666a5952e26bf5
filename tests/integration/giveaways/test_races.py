"""Two processes at one giveaway, on both databases; the controls do without the guards."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import text

from live.errors import Conflict
from live.giveaways.draw import entry_id_for
from live.giveaways.entering import Entered, Entering, EntryAsk
from live.giveaways.facts import GiveawayDrawn
from live.giveaways.rows import StoredGiveaway
from live.storage.database import within
from live.storage.facts import record
from tests.integration.giveaways.conftest import PEOPLE
from tests.support.booths import SECONDS, Booth, entered_twice, person

CROWD = [person(number) for number in range(PEOPLE)]


async def test_one_person_on_two_processes_has_one_entry(booths: Sequence[Booth]) -> None:
    giveaway = await booths[0].open()
    entered = await asyncio.gather(
        *(booth.enter(giveaway.id, who) for who in CROWD for booth in booths for _ in range(3))
    )
    assert await booths[0].entries(giveaway.id) == sorted(CROWD)
    assert sum(one.is_new for one in entered) == PEOPLE
    by_person = {one.entry.account_id: set[str]() for one in entered}
    for one in entered:
        by_person[one.entry.account_id].add(one.entry.entry_id)
    assert all(len(ids) == 1 for ids in by_person.values())
    assert (await booths[1].read(giveaway.id)).entries == PEOPLE


async def test_entries_that_come_together_share_transactions(booths: Sequence[Booth]) -> None:
    giveaway = await booths[0].open()
    await asyncio.gather(*(booths[0].enter(giveaway.id, who) for who in CROWD))
    assert await booths[0].facts("GiveawayEntered") <= 3


async def test_without_the_key_and_the_lock_one_person_has_two(booths: Sequence[Booth]) -> None:
    giveaway = await booths[0].open()
    await _drop_key(booths[0])
    meeting = asyncio.Barrier(2)
    await asyncio.gather(*(_enter_naively(booth, giveaway.id, meeting) for booth in booths))
    assert await entered_twice(booths[0], giveaway.id) == [person(0)]


async def test_nobody_enters_behind_the_close(booths: Sequence[Booth]) -> None:
    """Whoever was told that they are in is in what is drawn."""
    giveaway = await booths[0].open(winners_count=PEOPLE - 10)
    heard = [asyncio.create_task(_try(booths[n % 2], giveaway.id, w)) for n, w in enumerate(CROWD)]
    booths[0].clock.advance(seconds=SECONDS)
    await asyncio.gather(*(booth.drawing.run() for booth in booths))
    inside = [one.entry.account_id for one in await asyncio.gather(*heard) if one is not None]
    for booth in booths:
        await booth.drawing.run()
    drawn = await booths[0].read(giveaway.id)
    assert (drawn.status, drawn.entries) == ("drawn", len(inside))
    assert await booths[0].entries(giveaway.id) == sorted(inside)
    with pytest.raises(Conflict, match="giveaway_closed"):
        await booths[1].enter(giveaway.id, _outsider(inside))


async def test_a_full_one_takes_nobody_more(booths: Sequence[Booth]) -> None:
    giveaway = await booths[0].open()
    small = Entering(
        booths[0].database, booths[0].clock, lambda: None,
        entries_max=5, batch_max=3, queue_max=100,
    )  # fmt: skip
    asks = [EntryAsk(giveaway.id, who, is_operator=False) for who in CROWD[:9]]
    heard = await asyncio.gather(*(small.enter(ask) for ask in asks), return_exceptions=True)
    refused = [one for one in heard if isinstance(one, Conflict)]
    assert [one.code for one in refused] == ["giveaway_full"] * 4
    assert len(await booths[0].entries(giveaway.id)) == 5
    assert not (await small.enter(asks[0])).is_new, "a repeat is answered all the same"
    await small.close()


async def test_two_processes_draw_once(booths: Sequence[Booth]) -> None:
    giveaway = await _ready_to_draw(booths[0])
    first, second = await asyncio.gather(*(booth.drawing.draw(giveaway) for booth in booths))
    assert {first, second} == {True, False}
    assert len(await booths[0].winners(giveaway.id)) == 3
    assert await booths[0].facts("GiveawayDrawn") == 1
    assert not await booths[1].drawing.draw(giveaway)


async def test_a_draw_without_the_comparison_happens_twice(booths: Sequence[Booth]) -> None:
    giveaway = await _ready_to_draw(booths[0])
    meeting = asyncio.Barrier(2)
    await asyncio.gather(*(_draw_naively(booth, giveaway, meeting) for booth in booths))
    assert await booths[0].facts("GiveawayDrawn") == 2


async def _ready_to_draw(booth: Booth) -> StoredGiveaway:
    giveaway = await booth.open()
    for who in CROWD[:10]:
        await booth.enter(giveaway.id, who)
    booth.clock.advance(seconds=SECONDS)
    assert await booth.drawing.close(giveaway)
    assert await booth.drawing.freeze(giveaway)
    assert not await booth.drawing.freeze(giveaway)
    return await booth.read(giveaway.id)


async def _try(booth: Booth, giveaway_id: str, who: str) -> Entered | None:
    try:
        return await booth.enter(giveaway_id, who)
    except Conflict:
        return None


def _outsider(inside: Sequence[str]) -> str:
    return next((who for who in CROWD if who not in inside), "acc_nobody")


async def _drop_key(booth: Booth) -> None:
    """The same table, but for its key."""
    async with booth.database.transaction() as session:
        await session.execute(text("ALTER TABLE giveaway_entries RENAME TO with_key"))
        await session.execute(text("CREATE TABLE giveaway_entries AS SELECT * FROM with_key"))


async def _enter_naively(booth: Booth, giveaway_id: str, meeting: asyncio.Barrier) -> None:
    """Looks whether there is an entry, and makes one a moment later."""
    if person(0) not in await booth.entries(giveaway_id):
        await meeting.wait()
        row = {
            "giveaway": giveaway_id, "account": person(0), "at": 0,
            "entry": entry_id_for(giveaway_id, person(0)),
        }  # fmt: skip
        async with booth.database.transaction() as session:
            insert = text("INSERT INTO giveaway_entries VALUES (:giveaway, :account, :entry, :at)")
            await session.execute(insert, row)


async def _draw_naively(booth: Booth, giveaway: StoredGiveaway, meeting: asyncio.Barrier) -> None:
    """Looks whether it is to be drawn, and draws a moment later."""
    if (await booth.read(giveaway.id)).status == "frozen":
        await meeting.wait()
        fact = GiveawayDrawn(
            event_id=giveaway.event_id, at_ms=0, giveaway_id=giveaway.id, revision=0,
            title="", prize="", entries=10, winners=[person(0)],
        )  # fmt: skip
        async with booth.database.transaction() as session:
            await session.execute(text("UPDATE giveaways SET status = 'drawn', drawn_ms = 0"))
            await within(session, record, [fact])
