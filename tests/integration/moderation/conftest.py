"""Fixtures of moderation's tests."""

from collections.abc import AsyncIterator

import pytest_asyncio

from live.storage.redis import RedisClient
from tests.integration.moderation.house import House, house


@pytest_asyncio.fixture
async def event(database_url: str, redis: RedisClient) -> AsyncIterator[House]:
    """A live event, served twice."""
    async with house(database_url, redis) as standing:
        yield standing
