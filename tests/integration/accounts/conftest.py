"""Fixtures of the tests about people."""

from collections.abc import AsyncIterator

import pytest_asyncio
from redis.asyncio import Redis

from tests.support.signing_in import Town, town


@pytest_asyncio.fixture
async def people(database_url: str, redis: Redis) -> AsyncIterator[Town]:
    async with town(database_url, redis) as running:
        yield running
