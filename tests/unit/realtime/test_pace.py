"""Ticks slow down when they cost too much, and recover."""

import asyncio
import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.realtime.pace import Metered, Pace, Rhythm


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


URGENT_SECONDS = 0.3


class Looking:
    """A process that looks whenever it is due, by a clock that only this moves."""

    def __init__(self, tick_hz: float = 5.0, longest_seconds: float = 2.0) -> None:
        self.rhythm = Rhythm(tick_hz, longest_seconds, 0.5, URGENT_SECONDS)
        self.looks: list[float] = []
        self.ticks: list[float] = []

    def look(self, cost_seconds: float = 0.0, at: float | None = None) -> None:
        at = at if at is not None else self.rhythm.look_due if self.looks else 100.0
        self.rhythm.looks(at)
        self.looks.append(at)
        if self.rhythm.is_tick_due:
            self.ticks.append(at)
            self.rhythm.ticks()
            self.rhythm.ticked(cost_seconds)


def gaps(times: list[float]) -> list[float]:
    return [later - earlier for earlier, later in itertools.pairwise(times)]


def test_every_look_is_a_tick_while_ticks_are_cheap() -> None:
    looking = Looking()
    for _ in range(20):
        looking.look(0.01)
    assert looking.looks == looking.ticks
    assert gaps(looking.ticks) == pytest.approx([0.2] * 19)


@given(
    st.sampled_from([0.5, 1.0, 5.0, 20.0]),
    st.lists(st.floats(0, 5), min_size=5, max_size=40),
    st.floats(0, 1),
)
def test_what_cannot_wait_goes_out_in_time_whatever_ticks_cost(
    tick_hz: float, costs: list[float], moment: float
) -> None:
    looking = Looking(tick_hz)
    for cost in costs:
        looking.look(cost)
    # An offer sells out at any moment: the next look finds it, and a look may always send.
    happens = looking.looks[0] + moment * (looking.looks[-1] - looking.looks[0])
    found = next(at for at in looking.looks if at >= happens)
    assert found - happens <= URGENT_SECONDS + 1e-9
    assert all(gap > 0 for gap in gaps(looking.looks))
    assert max(gaps(looking.ticks), default=0.0) <= max(2.0, 1 / tick_hz) + URGENT_SECONDS


def test_slowed_ticks_have_looks_between_them() -> None:
    looking = Looking()
    for _ in range(60):
        looking.look(0.5)  # half a core of it is a tick a second
    assert gaps(looking.ticks)[-1] == pytest.approx(1.0, rel=0.01)
    assert max(gaps(looking.looks)) == pytest.approx(URGENT_SECONDS)


def test_room_without_anybody_is_looked_at_at_the_wanted_rate() -> None:
    rhythm = Rhythm(5.0, 2.0, 0.5, URGENT_SECONDS)
    rhythm.looks(100.0)  # and no tick follows
    assert rhythm.look_due == pytest.approx(100.2)
    assert rhythm.looks(100.2)
    assert rhythm.look_due == pytest.approx(100.4)


def test_look_that_begins_half_an_interval_late_is_late() -> None:
    looking = Looking()
    looking.look()
    assert looking.rhythm.looks(100.29)
    looking.rhythm.ticks()
    assert not looking.rhythm.looks(100.29 + 0.31)


def test_told_rate_moves_only_when_the_rate_has_and_comes_back_whole() -> None:
    looking, told = Looking(), [5.0]
    for cost in [0.2] * 30 + [0.21, 0.19] * 10 + [0.01] * 30:
        looking.look(cost)
        if looking.rhythm.told_hz != told[-1]:
            told.append(looking.rhythm.told_hz)
    assert told[-1] == 5.0
    assert len(told) < 10
    assert min(told) == pytest.approx(2.5, rel=0.2)


def test_chat_gives_way_before_the_rate_does() -> None:
    looking = Looking()
    for _ in range(30):
        looking.look(0.09)  # of 0.1 s that a tick may cost
    assert looking.rhythm.is_near_its_share
    assert looking.rhythm.told_hz == 5.0
    for _ in range(30):
        looking.look(0.05)
    assert not looking.rhythm.is_near_its_share


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
