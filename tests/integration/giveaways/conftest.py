"""Two processes on one database, with a clock that stands still."""

from collections.abc import AsyncIterator, Sequence

import pytest_asyncio

from live.clock import ManualClock
from live.storage.database import Database
from tests.support.booths import Booth

PEOPLE = 60


@pytest_asyncio.fixture
async def booths(database_url: str) -> AsyncIterator[Sequence[Booth]]:
    clock = ManualClock()
    both = [Booth(Database(database_url), clock) for _ in range(2)]
    await both[0].set_up(PEOPLE)
    yield both
    for booth in both:
        await booth.close()
