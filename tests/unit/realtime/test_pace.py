"""Ticks slow down when they cost too much, and recover."""

import asyncio
import time

import pytest

from live.realtime.pace import Metered, Pace


def test_cheap_ticks_keep_the_wanted_rate() -> None:
    pace = Pace(0.2, 2.0, load_max=0.5)
    for _ in range(50):
        pace.spent(0.09)
    assert pace.interval_seconds == 0.2
    assert not pace.is_slowed


def test_dear_ticks_slow_down_to_their_share_and_recover() -> None:
    pace = Pace(0.2, 2.0, load_max=0.5)
    for _ in range(50):
        pace.spent(0.3)
    assert pace.interval_seconds == pytest.approx(0.6)
    for _ in range(50):
        pace.spent(0.05)
    assert pace.interval_seconds == 0.2


def test_one_dear_tick_alone_does_not_halve_the_rate() -> None:
    pace = Pace(0.2, 2.0, load_max=0.5)
    pace.spent(0.3)
    assert pace.interval_seconds == 0.2


def test_interval_has_a_limit() -> None:
    pace = Pace(0.2, 2.0, load_max=0.5)
    for _ in range(50):
        pace.spent(10)
    assert pace.interval_seconds == 2.0


def burn(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


@pytest.mark.asyncio
async def test_meter_counts_its_own_work_and_not_that_of_others() -> None:
    async def work() -> str:
        burn(0.01)
        await asyncio.sleep(0.01)
        burn(0.01)
        return "done"

    async def others() -> None:
        for _ in range(10):
            burn(0.005)
            await asyncio.sleep(0)

    metered = Metered(work())
    other = asyncio.create_task(others())
    assert await metered == "done"
    await other
    assert 0.02 <= metered.cpu_seconds < 0.03


@pytest.mark.asyncio
async def test_meter_passes_errors_and_cancellations_on() -> None:
    seen: list[BaseException] = []

    async def fail() -> None:
        raise ValueError("broken")

    async def wait() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError as error:
            seen.append(error)
            raise

    with pytest.raises(ValueError, match="broken"):
        await Metered(fail())

    async def measured() -> None:
        await Metered(wait())

    task = asyncio.create_task(measured())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(seen) == 1
