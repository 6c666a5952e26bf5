"""The limit in Redis is one for all processes, and yields to a local one without Redis."""

import asyncio
from pathlib import Path

import pytest

from live.storage.redis import RedisClient, connect_redis
from live.web.limits import SharedRateLimit

pytestmark = [pytest.mark.asyncio, pytest.mark.cluster]


async def test_processes_share_it(redis: RedisClient) -> None:
    first, second = (SharedRateLimit(redis, "codes", 4, 3_600) for _ in range(2))
    waits = await asyncio.gather(*(limit.take("a") for limit in (first, second) * 4))
    assert sorted(waits)[:4] == [0] * 4
    assert all(890 < wait <= 900 for wait in sorted(waits)[4:])
    assert await first.take("b") == 0
    assert await SharedRateLimit(redis, "other", 1, 60).take("a") == 0


async def test_it_opens_again(redis: RedisClient) -> None:
    limit = SharedRateLimit(redis, "quick", 2, 0.1)
    assert [await limit.take("a") for _ in range(2)] == [0, 0]
    wait = await limit.take("a")
    assert 0 < wait <= 0.05
    await asyncio.sleep(wait)
    assert await limit.take("a") == 0


async def test_keys_do_not_stay(redis: RedisClient) -> None:
    await SharedRateLimit(redis, "kept", 10, 100).take("a")
    assert 0 < await redis.pttl("live:limit:kept:a") <= 10_000


async def test_without_redis_each_process_counts_alone(tmp_path: Path) -> None:
    away = connect_redis(f"unix://{tmp_path}/none", timeout_ms=100, connections_max=1)
    limit = SharedRateLimit(away, "codes", 2, 60)
    assert [await limit.take("a") for _ in range(2)] == [0, 0]
    assert await limit.take("a") > 0
    await away.aclose()
