"""One offer of a few boxes, and workers that sell it."""

from collections.abc import AsyncIterator

import pytest_asyncio

from live.storage.database import Database
from live.storage.redis import RedisClient
from tests.support.interleaving import BOXES
from tests.support.selling import Shelf, clock_now, seed
from tests.support.shop import Shop, Shops, open_shops


@pytest_asyncio.fixture
async def shops(database: Database, redis_url: str, redis: RedisClient) -> AsyncIterator[Shops]:
    await seed(database, Shelf(allotment=BOXES, per_buyer_limit=BOXES), buyers=40)
    async with open_shops(database.url, redis_url, clock_now()) as shops:
        yield shops


@pytest_asyncio.fixture
async def shop(shops: Shops) -> Shop:
    return await shops.open()
