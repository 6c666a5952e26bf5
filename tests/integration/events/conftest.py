"""Fixtures of the tests about events."""

from collections.abc import AsyncIterator

import pytest_asyncio

from live.storage.redis import RedisClient
from tests.integration.events.studio import Studio, open_studio


@pytest_asyncio.fixture
async def studio(database_url: str, redis: RedisClient) -> AsyncIterator[Studio]:
    async with open_studio(database_url, redis) as running:
        yield running
