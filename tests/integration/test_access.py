"""Every route lets in exactly those that it says: all routes × all roles."""

import pytest
from redis.asyncio import Redis

from live.catalog.feature import catalog_feature
from live.config import Settings
from tests.support.access import walk
from tests.support.signing_in import town

pytestmark = pytest.mark.asyncio


async def test_every_route_lets_in_whom_it_says(database_url: str, redis: Redis) -> None:
    settings = Settings(codes_per_address_hour=10_000, sign_in_tries_per_address_minute=10_000)
    async with town(database_url, redis, settings) as people:
        catalog = catalog_feature(people.database, people.clock, settings)
        routes = [*people.accounts.feature.routes, *catalog.routes]
        assert await walk(routes, people.caller, people.sign_in) == []
