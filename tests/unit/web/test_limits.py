"""A rate limit lets through what it says, and forgets nobody too early."""

from hypothesis import given
from hypothesis import strategies as st

from live.web.limits import LocalRateLimit


class Hand:
    """A monotonic clock turned by hand."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def test_all_at_once_or_evenly_but_never_more() -> None:
    hand = Hand()
    limit = LocalRateLimit(5, 60, monotonic=hand)
    assert [limit.take_now("a") for _ in range(5)] == [0] * 5
    assert 11.9 < limit.take_now("a") <= 12
    assert limit.take_now("b") == 0
    hand.seconds += 12
    assert limit.take_now("a") == 0
    assert limit.take_now("a") > 0


@given(st.lists(st.floats(0, 30), max_size=100), st.integers(1, 10))
def test_no_window_sees_more_than_twice_the_count(gaps: list[float], count: int) -> None:
    # The bound of any bucket: what was saved up, and what comes in during the window.
    hand = Hand()
    limit = LocalRateLimit(count, 60, monotonic=hand)
    taken: list[float] = []
    for gap in gaps:
        hand.seconds += gap
        if limit.take_now("a") == 0:
            taken.append(hand.seconds)
    for start in taken:
        assert sum(start <= moment <= start + 60 for moment in taken) <= 2 * count


@given(st.floats(0, 100))
def test_the_wait_it_names_is_enough_and_needed(gap: float) -> None:
    hand = Hand()
    limit = LocalRateLimit(3, 60, monotonic=hand)
    for _ in range(3):
        limit.take_now("a")
    hand.seconds += gap
    wait = limit.take_now("a")
    if wait:
        hand.seconds += wait / 2
        assert limit.take_now("a") > 0
        hand.seconds += wait / 2
        assert limit.take_now("a") == 0


def test_memory_is_bounded() -> None:
    hand = Hand()
    limit = LocalRateLimit(1, 60, keys_max=10, monotonic=hand)
    for number in range(100):
        assert limit.take_now(str(number)) == 0
    assert limit.take_now("99") > 0  # the newest are remembered
    assert limit.take_now("0") == 0  # the oldest are not
