"""Viewers of many processes: the sum is kept with each report, and must be what adding up gives."""

import random
import time

import pytest

from live.config import Settings
from live.realtime.position import UNKNOWN_POSITION
from live.realtime.sampler import Sampler
from live.storage.redis import RedisClient, event_key, run_scripts

pytestmark = pytest.mark.asyncio

EVENT = "evt_1"
SETTINGS = Settings()
ROOM, PROCESSES = event_key(EVENT, "room"), event_key(EVENT, "processes")


class Reporters:
    """Processes that report, and what their sum should be."""

    def __init__(self, redis: RedisClient, count: int) -> None:
        self._redis = redis
        self._samplers = [
            Sampler(EVENT, f"process.{number}", SETTINGS, can_save=True) for number in range(count)
        ]
        self._counted: dict[int, int] = {}

    @property
    def total(self) -> int:
        return sum(self._counted.values())

    async def report(self, number: int, viewers: int | None) -> int:
        """Returns how many viewers all have, as this process hears it."""
        sampler = self._samplers[number]
        [reply] = await run_scripts(
            self._redis, [sampler.ask(viewers, 0, 0, UNKNOWN_POSITION)], seconds=None
        )
        assert not isinstance(reply, Exception), reply
        if viewers is None:
            self._counted.pop(number, None)
        else:
            self._counted[number] = viewers
        return int(reply[0])

    async def fall_silent(self, number: int) -> None:
        """Its lease passes, and the time of the next recount comes."""
        long_ago = round(time.time() * 1000) - 2 * SETTINGS.lease_ms
        report = f"{self._counted[number]} {long_ago}"
        await self._redis.hset(PROCESSES, f"process.{number}", report)
        await self.age_count()
        self._counted.pop(number, None)

    async def age_count(self) -> None:
        await self._redis.hset(ROOM, "viewers_counted_at", 0)


@pytest.mark.parametrize("seed", range(5))
async def test_the_sum_is_kept_over_random_histories(redis: RedisClient, seed: int) -> None:
    dice = random.Random(seed)
    reporters = Reporters(redis, 12)
    present: set[int] = set()
    for _ in range(300):
        number = dice.randrange(12)
        what = dice.choice(["report", "report", "report", "leave", "silent", "recount"])
        if what == "silent" and number in present:
            await reporters.fall_silent(number)
            present.remove(number)
        elif what == "recount":
            await reporters.age_count()
        elif what == "leave":
            assert await reporters.report(number, None) == reporters.total
            present.discard(number)
        else:
            assert await reporters.report(number, dice.randrange(20_000)) == reporters.total
            present.add(number)


async def test_a_count_that_was_lost_or_is_wrong_heals_with_the_next_recount(
    redis: RedisClient,
) -> None:
    reporters = Reporters(redis, 3)
    for number in range(3):
        await reporters.report(number, 10)
    await redis.hset(ROOM, "viewers", 4_711)
    await reporters.age_count()
    assert await reporters.report(0, 11) == 31
    await redis.hdel(ROOM, "viewers", "viewers_counted_at")
    assert await reporters.report(1, 11) == 32


async def test_a_process_that_comes_back_from_silence_counts_once(redis: RedisClient) -> None:
    reporters = Reporters(redis, 2)
    await reporters.report(0, 10)
    await reporters.report(1, 7)
    await reporters.fall_silent(1)
    assert await reporters.report(0, 10) == 10
    assert await reporters.report(1, 7) == 17
    await reporters.age_count()
    assert await reporters.report(0, 10) == 17
