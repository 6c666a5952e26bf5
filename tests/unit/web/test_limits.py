"""A rate limit lets through what it says, and forgets nobody too early."""

from hypothesis import given
from hypothesis import strategies as st

from live.web.limits import Bucket, LocalRateLimit


class Hand:
    """A monotonic clock turned by hand."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


async def test_all_at_once_or_evenly_but_never_more() -> None:
    hand = Hand()
    limit = LocalRateLimit(Bucket.per_minute(5), monotonic=hand)
    assert [await limit.take("a") for _ in range(5)] == [0] * 5
    assert 11.9 < await limit.take("a") <= 12
    assert await limit.take("b") == 0
    hand.seconds += 12
    assert await limit.take("a") == 0
    assert await limit.take("a") > 0


async def test_the_burst_is_the_bucket_s_size_and_the_rate_refills_it() -> None:
    hand = Hand()
    limit = LocalRateLimit(Bucket.per_minute(60, burst=3), monotonic=hand)
    assert [await limit.take("a") for _ in range(3)] == [0] * 3
    assert 0.9 < await limit.take("a") <= 1
    hand.seconds += 60
    assert [await limit.take("a") == 0 for _ in range(4)] == [True, True, True, False]


@given(st.lists(st.floats(0, 30), max_size=100), st.integers(1, 10), st.integers(1, 10))
async def test_no_window_sees_more_than_the_burst_and_what_came_back(
    gaps: list[float], count: int, burst: int
) -> None:
    hand = Hand()
    limit = LocalRateLimit(Bucket.per_minute(count, burst), monotonic=hand)
    taken: list[float] = []
    for gap in gaps:
        hand.seconds += gap
        if await limit.take("a") == 0:
            taken.append(hand.seconds)
    for start in taken:
        assert sum(start <= moment <= start + 60 for moment in taken) <= burst + count


@given(st.floats(0, 100))
async def test_the_wait_it_names_is_enough_and_needed(gap: float) -> None:
    hand = Hand()
    limit = LocalRateLimit(Bucket.per_minute(3), monotonic=hand)
    for _ in range(3):
        await limit.take("a")
    hand.seconds += gap
    wait = await limit.take("a")
    if wait:
        hand.seconds += wait / 2
        assert await limit.take("a") > 0
        hand.seconds += wait / 2
        assert await limit.take("a") == 0


async def test_memory_is_bounded() -> None:
    hand = Hand()
    limit = LocalRateLimit(Bucket.per_minute(1), keys_max=10, monotonic=hand)
    for number in range(100):
        assert await limit.take(str(number)) == 0
    assert await limit.take("99") > 0  # the newest are remembered
    assert await limit.take("0") == 0  # the oldest are not
