"""Batches gather while the one before is under way, and each asker hears its own answer."""

import asyncio
from collections.abc import Sequence

import pytest

from live.errors import Conflict, Unavailable
from live.storage.batcher import Batcher


async def test_one_ask_goes_alone_and_those_behind_it_together() -> None:
    batches: list[list[int]] = []
    gate = asyncio.Event()

    async def run(asks: Sequence[int]) -> list[int]:
        batches.append(list(asks))
        await gate.wait()
        return [ask * 2 for ask in asks]

    batcher: Batcher[int, int] = Batcher("test", run, batch_max=4, queue_max=100)
    asking = [asyncio.create_task(batcher.ask(n)) for n in range(7)]
    await asyncio.sleep(0)
    gate.set()
    assert await asyncio.gather(*asking) == [n * 2 for n in range(7)]
    assert [n for batch in batches for n in batch] == list(range(7))
    assert max(map(len, batches)) <= 4


async def test_a_result_that_is_an_exception_is_its_asker_s_alone() -> None:
    async def run(asks: Sequence[int]) -> list[int | BaseException]:
        return [Conflict("odd") if ask % 2 else ask for ask in asks]

    batcher: Batcher[int, int] = Batcher("test", run, batch_max=10, queue_max=100)
    results = await asyncio.gather(*(batcher.ask(n) for n in range(4)), return_exceptions=True)
    assert results[0::2] == [0, 2]
    assert all(isinstance(result, Conflict) for result in results[1::2])


async def test_a_failed_batch_fails_its_askers_and_the_next_goes_on() -> None:
    calls = 0

    async def run(asks: Sequence[int]) -> list[int]:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise OSError("away")
        return list(asks)

    batcher: Batcher[int, int] = Batcher("test", run, batch_max=1, queue_max=100)
    first, second = await asyncio.gather(batcher.ask(1), batcher.ask(2), return_exceptions=True)
    assert isinstance(first, OSError)
    assert second == 2


async def test_a_full_queue_refuses_at_once() -> None:
    gate = asyncio.Event()

    async def run(asks: Sequence[int]) -> list[int]:
        await gate.wait()
        return list(asks)

    batcher: Batcher[int, int] = Batcher("test", run, batch_max=1, queue_max=2)
    asking = [asyncio.create_task(batcher.ask(n)) for n in range(2)]
    await asyncio.sleep(0)
    asking.append(asyncio.create_task(batcher.ask(2)))
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refusal:
        await batcher.ask(3)
    assert refusal.value.retry_after_seconds == 1
    gate.set()
    assert await asyncio.gather(*asking) == [0, 1, 2]


async def test_an_asker_that_left_does_not_stop_its_batch() -> None:
    gate = asyncio.Event()
    done: list[int] = []

    async def run(asks: Sequence[int]) -> list[int]:
        await gate.wait()
        done.extend(asks)
        return list(asks)

    batcher: Batcher[int, int] = Batcher("test", run, batch_max=10, queue_max=10)
    leaver = asyncio.create_task(batcher.ask(1))
    stayer = asyncio.create_task(batcher.ask(2))
    await asyncio.sleep(0)
    leaver.cancel()
    gate.set()
    assert await stayer == 2
    await batcher.close()
    assert done == [1, 2]
