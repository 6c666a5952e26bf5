"""Fixtures of the tests about sales."""

from collections.abc import AsyncIterator

import pytest_asyncio

from live.storage.redis import RedisClient
from tests.support.market import Market, market


@pytest_asyncio.fixture
async def selling(database_url: str, redis: RedisClient) -> AsyncIterator[Market]:
    """A market on an empty database of each kind."""
    async with market(database_url, redis) as running:
        yield running
