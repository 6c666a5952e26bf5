"""One owner for periodic work: courteous, and never longer than its holder lives."""

import asyncio

from live.clock import ManualClock
from live.storage.database import Database
from live.storage.lease import LEASE_MS, Lease


async def test_one_holder_at_a_time(database: Database) -> None:
    clock = ManualClock()
    first = Lease(database, clock, "expire", "a")
    second = Lease(database, clock, "expire", "b")
    assert await first.hold()
    assert not await second.hold()
    assert await first.hold()


async def test_of_many_that_ask_at_once_one_gets_it(database: Database) -> None:
    clock = ManualClock()
    leases = [Lease(database, clock, "expire", str(n)) for n in range(10)]
    assert sum(await asyncio.gather(*(lease.hold() for lease in leases))) == 1


async def test_a_dead_holder_is_followed(database: Database) -> None:
    clock = ManualClock()
    assert await Lease(database, clock, "expire", "dead").hold()
    heir = Lease(database, clock, "expire", "heir")
    assert not await heir.hold()
    clock.advance(ms=LEASE_MS + 1)
    assert await heir.hold()


async def test_a_living_holder_keeps_it(database: Database) -> None:
    clock = ManualClock()
    holder = Lease(database, clock, "expire", "a")
    other = Lease(database, clock, "expire", "b")
    for _ in range(10):
        assert await holder.hold()
        assert not await other.hold()
        clock.advance(ms=LEASE_MS // 2)


async def test_leases_of_different_jobs_do_not_meet(database: Database) -> None:
    clock = ManualClock()
    assert await Lease(database, clock, "expire", "a").hold()
    assert await Lease(database, clock, "reconcile", "b").hold()


async def test_a_released_one_is_taken_at_once(database: Database) -> None:
    clock = ManualClock()
    first, second = (Lease(database, clock, "expire", holder) for holder in "ab")
    assert await first.hold()
    await second.release()  # not its own: nothing happens
    assert not await second.hold()
    await first.release()
    assert await second.hold()
    assert not await first.hold()


async def test_a_clock_that_was_minutes_ahead_keeps_nobody_waiting(database: Database) -> None:
    ahead, right = ManualClock(), ManualClock()
    ahead.advance(seconds=300)
    assert await Lease(database, ahead, "expire", "dead").hold()
    assert await Lease(database, right, "expire", "heir").hold()
