"""The relay: facts reach their reactions in order, at least once; no kind holds back another."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import func, select

from live.clock import ManualClock
from live.storage import relay as relay_module
from live.storage.database import Database, within
from live.storage.facts import Fact, Reaction, record
from live.storage.lease import LEASE_MS
from live.storage.relay import Relay
from live.storage.tables import FactRow

BATCH_MAX = 10
WAIT_SECONDS = 10.0  # anything that takes longer has failed

_FACTS: Any = FactRow.__table__  # type: ignore[attr-defined]


class Sown(Fact, frozen=True, kw_only=True):
    number: int


class Reaped(Fact, frozen=True, kw_only=True):
    number: int


class Taker:
    """Takes facts down; fails, or waits, while told to."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.error: Exception | None = None
        self.may_go = asyncio.Event()
        self.may_go.set()

    async def take(self, facts: Sequence[Any]) -> None:
        await self.may_go.wait()
        if self.error is not None:
            raise self.error
        self.batches.append([fact.number for fact in facts])

    @property
    def taken(self) -> list[int]:
        return [number for batch in self.batches for number in batch]


def relay_of(database: Database, *reactions: Reaction, clock: ManualClock | None = None) -> Relay:
    return Relay(database, reactions, clock or ManualClock(), batch_max=BATCH_MAX)


async def tell(database: Database, kind: type[Any], numbers: Sequence[int]) -> None:
    async with database.transaction() as session:
        await within(session, record, [kind(event_id="evt", at_ms=1, number=n) for n in numbers])


async def waiting(database: Database) -> int:
    async with database.reading() as session:
        query = select(func.count()).where(_FACTS.c.relayed_ms.is_(None))
        return int(await session.scalar(query) or 0)


async def until(is_so: Any) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def until_none_waits(database: Database) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while await waiting(database):  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@asynccontextmanager
async def running(*relays: Relay) -> AsyncIterator[None]:
    stopping = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for relay in relays:
            tasks.create_task(relay.run(stopping))
        try:
            yield
        finally:
            stopping.set()


async def test_facts_arrive_in_the_order_in_which_they_were_recorded(database: Database) -> None:
    taker = Taker()
    await tell(database, Sown, range(25))
    relay = relay_of(database, Reaction(Sown, taker.take))
    while await relay.relay_waiting():
        pass
    assert taker.batches == [[*range(10)], [*range(10, 20)], [*range(20, 25)]]
    assert await waiting(database) == 0


async def test_reactions_to_one_kind_run_in_their_order(database: Database) -> None:
    order: list[str] = []

    def named(name: str) -> Reaction:
        async def note(_facts: Sequence[Any]) -> None:
            order.append(name)

        return Reaction(Sown, note)

    await tell(database, Sown, [1])
    await relay_of(database, named("stock"), named("feed")).relay_waiting()
    assert order == ["stock", "feed"]


async def test_a_fact_comes_again_until_every_reaction_has_taken_it(database: Database) -> None:
    first, second = Taker(), Taker()
    second.error = ConnectionError("Redis is away")
    relay = relay_of(database, Reaction(Sown, first.take), Reaction(Sown, second.take))
    await tell(database, Sown, [1, 2])
    assert not await relay.relay_waiting()
    assert await waiting(database) == 2
    second.error = None
    assert await relay.relay_waiting()
    assert first.batches == [[1, 2], [1, 2]], "at least once: the first must bear a repeat"
    assert second.batches == [[1, 2]]
    assert await waiting(database) == 0


async def test_facts_that_nobody_reacts_to_are_done(database: Database) -> None:
    await tell(database, Sown, [1])
    assert await relay_of(database).relay_waiting()
    assert await waiting(database) == 0


async def test_a_fact_that_was_not_marked_comes_again_after_a_restart(database: Database) -> None:
    taker = Taker()
    await tell(database, Sown, [1])
    taker.may_go.clear()
    async with running(relay_of(database, Reaction(Sown, taker.take))):
        await asyncio.sleep(0.05)  # killed while the reaction is under way
    assert await waiting(database) == 1
    taker.may_go.set()
    assert await relay_of(database, Reaction(Sown, taker.take)).relay_waiting()
    assert taker.taken == [1]


async def test_a_kind_that_fails_holds_back_only_itself(database: Database) -> None:
    failing, other = Taker(), Taker()
    failing.error = ValueError("a defect")
    # More than a batch of them, and older than all others: they must not fill every batch.
    await tell(database, Sown, range(BATCH_MAX + 5))
    await tell(database, Reaped, range(30))
    relay = relay_of(database, Reaction(Sown, failing.take), Reaction(Reaped, other.take))
    async with running(relay):
        await until(lambda: len(other.taken) == 30)
        assert failing.taken == []
        failing.error = None
        await until_none_waits(database)
    assert other.taken == [*range(30)]
    assert failing.taken == [*range(BATCH_MAX + 5)]


async def test_a_slow_reaction_does_not_keep_others_waiting(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "SLOW_SECONDS", 0.05)
    slow, other = Taker(), Taker()
    slow.may_go.clear()
    await tell(database, Sown, range(3))
    relay = relay_of(database, Reaction(Sown, slow.take), Reaction(Reaped, other.take))
    async with running(relay):
        for number in range(3):
            await tell(database, Reaped, [number])
            relay.wake()
            await until(lambda wanted=number + 1: len(other.taken) == wanted)
        assert await waiting(database) >= 3
        slow.may_go.set()
        await until(lambda: slow.taken == [0, 1, 2])
        await until_none_waits(database)
    assert slow.batches == [[0, 1, 2]], "while it was under way it was not begun again"


async def test_woken_it_looks_at_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_module, "POLL_SECONDS", 3_600)
    taker = Taker()
    relay = relay_of(database, Reaction(Sown, taker.take))
    async with running(relay):
        await asyncio.sleep(0.1)  # it has looked once, and would now sleep for an hour
        await tell(database, Sown, [1])
        relay.wake()
        await until(lambda: taker.taken == [1])


async def test_facts_of_other_processes_are_found_without_being_woken(database: Database) -> None:
    taker = Taker()
    async with running(relay_of(database, Reaction(Sown, taker.take))):
        await asyncio.sleep(0.1)
        await tell(database, Sown, [1])
        await until(lambda: taker.taken == [1])


async def test_of_two_processes_one_relays(database_url: str) -> None:
    one, two = Database(database_url), Database(database_url)
    clock, takers = ManualClock(), (Taker(), Taker())
    first = relay_of(one, Reaction(Sown, takers[0].take), clock=clock)
    second = relay_of(two, Reaction(Sown, takers[1].take), clock=clock)
    try:
        async with running(first, second):
            for number in range(20):
                await tell(one, Sown, [number])
                first.wake()
                second.wake()
            await until(lambda: len(takers[0].taken + takers[1].taken) >= 20)
        assert sorted(takers[0].taken + takers[1].taken) == [*range(20)], "nobody is told twice"
    finally:
        await one.close()
        await two.close()


async def test_when_one_process_dies_another_takes_over(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "STANDBY_SECONDS", 0.02)
    one, two = Database(database_url), Database(database_url)
    clock, first, second = ManualClock(), Taker(), Taker()
    try:
        dying = relay_of(one, Reaction(Sown, first.take), clock=clock)
        task = asyncio.create_task(dying.run(asyncio.Event()))
        await tell(one, Sown, [1])
        await until(lambda: first.taken == [1])
        await until_none_waits(one)
        task.cancel()  # not told to stop, so nothing is handed on
        await asyncio.wait([task])
        async with running(relay_of(two, Reaction(Sown, second.take), clock=clock)):
            await tell(two, Sown, [2])
            await asyncio.sleep(0.1)
            assert second.taken == [], "the lease of the dead one has not run out"
            clock.advance(ms=LEASE_MS + 1)
            await until(lambda: 2 in second.taken)
    finally:
        await one.close()
        await two.close()
