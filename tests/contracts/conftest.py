"""Every guard there is, one after the other."""

import pytest

from live.stock.guard import (
    InMemoryStockGuard,
)
from live.stock.redis_guard import RedisStockGuard
from live.storage.redis import RedisClient
from tests.contracts.desk import Desk
from tests.support.selling import clock_now


@pytest.fixture(params=["memory", "redis", "cluster"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def desk(kind: str, request: pytest.FixtureRequest) -> Desk:
    clock = clock_now()
    if kind == "memory":
        memory = InMemoryStockGuard(clock)

        async def lose() -> None:
            memory.lose_everything()

        return Desk(memory, clock, lose)
    redis: RedisClient = request.getfixturevalue("cluster_redis" if kind == "cluster" else "redis")

    async def flush() -> None:
        await redis.flushall()

    return Desk(RedisStockGuard(redis, clock), clock, flush)
