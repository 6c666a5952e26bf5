"""Calls to a provider: so many at once, and each with an end."""

import asyncio
import threading

import pytest

from live.errors import Conflict, Unavailable
from live.sales.payments.calls import WAITING_PER_CALL_MAX, ProviderCalls


async def test_only_so_many_are_under_way_and_only_so_many_wait() -> None:
    calls = ProviderCalls("bank", at_once=2, timeout_seconds=60)
    under_way, most = 0, 0
    go = asyncio.Event()

    async def call() -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await go.wait()
        under_way -= 1

    room = 2 * (1 + WAITING_PER_CALL_MAX)
    asked = [asyncio.create_task(calls.run(call)) for _ in range(room + 3)]
    done, _ = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
    assert {repr(task.exception()) for task in done} == {"Unavailable('provider_busy')"}
    assert len(done) == 3
    go.set()
    await asyncio.gather(*asked[:room])
    assert most == 2


async def test_slow_threads_cost_a_503_and_are_never_more_than_allowed() -> None:
    calls = ProviderCalls("bank", at_once=2, timeout_seconds=0.05)
    go, started = threading.Event(), threading.Semaphore(2)

    def call() -> None:
        assert started.acquire(blocking=False), "a third thread"
        go.wait()

    async with calls.open():
        for _ in range(6):
            with pytest.raises(Unavailable) as refused:
                await calls.run_blocking(call)
            assert refused.value.retry_after_seconds
        assert not started.acquire(blocking=False), "the control: both were used"
        go.set()
        assert await calls.run_blocking(int, "7") == 7


async def test_refusals_pass_and_whatever_else_goes_wrong_is_unavailable() -> None:
    calls = ProviderCalls("bank", at_once=1, timeout_seconds=60)

    async def fail(error: Exception) -> None:
        raise error

    with pytest.raises(Conflict):
        await calls.run(lambda: fail(Conflict("no")))
    with pytest.raises(Unavailable, match="provider_unavailable"):
        await calls.run(lambda: fail(OSError("away")))
