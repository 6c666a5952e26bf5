"""Two processes on one database, with a clock that stands still."""

from collections.abc import AsyncIterator, Sequence

import pytest_asyncio

from live.clock import ManualClock
from live.storage.database import Database
from live.storage.redis import RedisClient
from tests.support.coupon_stands import Stand
from tests.support.market import Market, market

PEOPLE = 300


@pytest_asyncio.fixture
async def stands(database_url: str) -> AsyncIterator[Sequence[Stand]]:
    clock = ManualClock()
    both = [Stand(Database(database_url), clock) for _ in range(2)]
    await both[0].set_up(PEOPLE)
    yield both
    for stand in both:
        await stand.close()


@pytest_asyncio.fixture
async def selling(database_url: str, redis: RedisClient) -> AsyncIterator[Market]:
    async with market(database_url, redis) as running:
        yield running
