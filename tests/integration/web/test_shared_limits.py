"""A limit in Redis is one for all processes, whichever way they take from it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from live.storage.redis import RedisClient, connect_redis
from live.web.limits import Bucket, RateLimit
from live.web.shared_limits import LENT_SECONDS, LeasedRateLimit, SharedRateLimit

pytestmark = [pytest.mark.asyncio, pytest.mark.cluster]

Make = Callable[[RedisClient, str, Bucket], RateLimit]
FOUR_AN_HOUR = Bucket.per_hour(4)


class Hand:
    """A monotonic clock turned by hand: of the leases, not of Redis."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize("make", [SharedRateLimit, LeasedRateLimit])
async def test_processes_share_it(redis: RedisClient, make: Make) -> None:
    first, second = (make(redis, "codes", FOUR_AN_HOUR) for _ in range(2))
    waits = await asyncio.gather(*(limit.take("a") for limit in (first, second) * 4))
    assert sorted(waits)[:4] == [0] * 4
    # To the microsecond: a wait is the difference of two readings of a clock.
    assert all(890 < round(wait, 6) <= 900 for wait in sorted(waits)[4:])
    assert await first.take("b") == 0
    assert await make(redis, "other", Bucket.per_minute(1)).take("a") == 0


@pytest.mark.parametrize("make", [SharedRateLimit, LeasedRateLimit])
async def test_it_opens_again(redis: RedisClient, make: Make) -> None:
    limit = make(redis, "quick", Bucket(burst=2, refill_seconds=0.05))
    assert [await limit.take("a") for _ in range(2)] == [0, 0]
    wait = await limit.take("a")
    assert 0 < wait <= 0.051
    await asyncio.sleep(wait + 0.001)
    assert await limit.take("a") == 0


@pytest.mark.parametrize("make", [SharedRateLimit, LeasedRateLimit])
async def test_keys_do_not_stay(redis: RedisClient, make: Make) -> None:
    await make(redis, "kept", Bucket(burst=10, refill_seconds=10)).take("a")
    assert 0 < await redis.pttl("live:limit:{kept}:a") <= 10_000


async def test_without_redis_each_process_counts_alone(tmp_path: Path) -> None:
    away = connect_redis(f"unix://{tmp_path}/none", timeout_ms=100, connections_max=1)
    limit = SharedRateLimit(away, "codes", Bucket.per_minute(2))
    assert [await limit.take("a") for _ in range(2)] == [0, 0]
    assert await limit.take("a") > 0
    await away.aclose()


async def test_a_leased_one_says_that_redis_is_away(tmp_path: Path) -> None:
    away = connect_redis(f"unix://{tmp_path}/none", timeout_ms=100, connections_max=1)
    limit = LeasedRateLimit(away, "orders", Bucket.per_minute(60))
    with pytest.raises((RedisError, OSError)):
        await limit.take("a")
    await away.aclose()


async def test_who_comes_often_is_lent_tokens_and_asked_for_from_memory(redis: RedisClient) -> None:
    limit = LeasedRateLimit(redis, "orders", Bucket.per_hour(60))
    before = await _scripts_run(redis)
    assert [await limit.take("a") for _ in range(12)] == [0] * 12
    assert await _scripts_run(redis) - before == 2  # six tokens each, a tenth of the bucket


async def test_many_callers_are_one_question(redis: RedisClient) -> None:
    limit = LeasedRateLimit(redis, "orders", Bucket.per_hour(60))
    await limit.take("the script is known now")
    before = await _scripts_run(redis)
    waits = await asyncio.gather(*(limit.take(f"buyer {n}") for n in range(400)))
    assert waits == [0] * 400
    assert await _scripts_run(redis) - before == 1


async def test_two_processes_lend_no_more_than_there_is(redis: RedisClient) -> None:
    processes = [LeasedRateLimit(redis, "orders", Bucket.per_hour(50)) for _ in range(2)]
    waits = [await processes[n % 2].take("a") for n in range(120)]
    # What one process was lent last lies with it: the other may be refused a little early.
    assert 45 <= waits.count(0) <= 50


async def test_what_was_lent_and_not_used_comes_back(redis: RedisClient) -> None:
    hand = Hand()
    limit = LeasedRateLimit(redis, "orders", Bucket.per_hour(60), monotonic=hand)
    for taken in range(60):
        assert await limit.take("a") == 0, f"refused after {taken}"
        hand.seconds += LENT_SECONDS + 1
    assert await limit.take("a") > 0


async def test_who_is_refused_hears_so_from_memory_until_a_token_is_due(redis: RedisClient) -> None:
    hand = Hand()
    limit = LeasedRateLimit(redis, "orders", Bucket.per_hour(4), monotonic=hand)
    assert [await limit.take("a") for _ in range(4)] == [0] * 4
    wait = await limit.take("a")
    before = await _scripts_run(redis)
    hand.seconds += 100
    assert await limit.take("a") == pytest.approx(wait - 100)
    assert await _scripts_run(redis) == before
    hand.seconds += wait
    await limit.take("a")
    assert await _scripts_run(redis) == before + 1


async def _scripts_run(redis: RedisClient) -> int:
    stats = await redis.info("commandstats")
    return int(stats.get("cmdstat_evalsha", {"calls": 0})["calls"])
