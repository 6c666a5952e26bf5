"""Script calls of one turn of the loop share a pipeline, and nothing else."""

import asyncio

import pytest
from redis.exceptions import ResponseError

from live.storage.redis import RedisClient, Script, event_key, run_scripts

READ = Script("live.stock", "read")


async def put(redis: RedisClient, *numbers: int) -> list[list[str]]:
    """Counters of some events; returns the keys that reading each takes."""
    keys = [[event_key(f"evt_{number}", "stock")] for number in numbers]
    for number, (key,) in zip(numbers, keys, strict=True):
        await redis.hset(key, mapping={"epoch": f"epoch-{number}", "seq": number})
    return keys


async def test_each_caller_gets_its_own_reply(redis: RedisClient) -> None:
    keys = await put(redis, *range(30))
    replies = await asyncio.gather(*[READ.run(redis, key) for key in keys])
    assert [reply[1] for reply in replies] == list(range(30))


async def test_a_call_that_fails_is_its_callers_alone(redis: RedisClient) -> None:
    good, bad = await put(redis, 1, 2)
    await redis.delete(bad[0])
    await redis.set(bad[0], "no hash")
    first, second, third = await asyncio.gather(
        *[READ.run(redis, key) for key in (good, bad, good)], return_exceptions=True
    )
    assert first == third == [b"epoch-1", 1]
    assert isinstance(second, ResponseError)
    assert "WRONGTYPE" in str(second)


async def test_a_server_that_has_forgotten_the_script_learns_it_again(redis: RedisClient) -> None:
    keys = await put(redis, 1, 2)
    await redis.script_flush()
    replies = await asyncio.gather(*[READ.run(redis, key) for key in keys])
    assert [reply[1] for reply in replies] == [1, 2]


async def test_who_gives_up_holds_up_nobody(redis: RedisClient) -> None:
    first, second = await put(redis, 1, 2)
    leaving = asyncio.create_task(READ.run(redis, first))
    staying = asyncio.create_task(READ.run(redis, second))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying)[1] == 2
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_they_cross_together(redis: RedisClient) -> None:
    """Seen from the server: it is asked once by one connection, not by many at once."""
    keys = await put(redis, *range(50))
    before = len(await redis.client_list())
    await asyncio.gather(*[READ.run(redis, key) for key in keys])
    assert len(await redis.client_list()) == before


async def test_a_reply_that_comes_too_late_is_nobody_else_s(redis: RedisClient) -> None:
    slow, next_one = await put(redis, 1, 2)
    await redis.client_pause(300)
    with pytest.raises(TimeoutError):
        await run_scripts(redis, [READ.call(slow, ()), READ.call(slow, ())], seconds=0.05)
    # The same connection is asked again: there is one only.
    assert (await READ.run(redis, next_one))[1] == 2
