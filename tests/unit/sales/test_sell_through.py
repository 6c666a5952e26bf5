"""How fast an offer sells and when it will be gone: properties, and the coverage it claims."""

import random
from itertools import pairwise
from math import exp, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.sales.sell_through import CONFIDENCE, Pace, StockOut, pace, stock_out

MINUTES = st.lists(st.integers(0, 5_000), min_size=1, max_size=40)
SHARES = st.floats(0, 1)
PACES = st.builds(
    Pace,
    units_per_minute=st.floats(0.01, 10_000),
    minutes=st.floats(0.01, 15),
    dispersion=st.floats(1, 1_000),
)


def test_nothing_sold_is_no_estimate() -> None:
    assert pace([], 0.5) is None
    assert pace([0, 0, 0], 0.5) is None
    assert stock_out(None, 10) is None


@given(PACES)
def test_nothing_left_is_no_estimate(at: Pace) -> None:
    assert stock_out(at, 0) is None


@given(st.integers(1, 5_000), st.integers(2, 15))
def test_a_steady_pace_is_its_own_rate(units: int, minutes: int) -> None:
    at = pace([units] * minutes, 1.0)
    assert at is not None
    assert at.units_per_minute == pytest.approx(units)


@given(st.integers(10, 5_000), st.integers(2, 15), st.floats(0.1, 1))
def test_a_running_minute_counts_as_far_as_it_has_come(
    units: int, minutes: int, share: float
) -> None:
    at = pace([*[units] * minutes, round(units * share)], share)
    assert at is not None
    assert at.units_per_minute == pytest.approx(units, rel=0.1, abs=1)


@given(MINUTES, SHARES)
def test_the_rate_lies_between_the_slowest_and_the_fastest_minute(
    units: list[int], share: float
) -> None:
    at = pace(units, share)
    if at is None:
        assert sum(units[-15:]) == 0
        return
    per_minute = [*units[:-1], units[-1] / max(share, 1 / 60)][-15:]
    assert min(per_minute) * 0.999 <= at.units_per_minute <= max(per_minute) * 1.001
    assert 0 < at.minutes <= 15
    assert at.dispersion >= 1


@given(st.lists(st.integers(1, 100), min_size=4, max_size=15))
def test_the_last_minutes_weigh_most(units: list[int]) -> None:
    rising, falling = pace(sorted(units), 1.0), pace(sorted(units, reverse=True), 1.0)
    assert rising is not None
    assert falling is not None
    assert rising.units_per_minute >= falling.units_per_minute * 0.999


def test_minutes_long_past_weigh_nothing() -> None:
    assert pace([9_999, *[10] * 15], 1.0) == pace([10] * 15, 1.0)


@given(PACES, st.integers(1, 10**7))
def test_the_interval_lies_around_the_plain_quotient(at: Pace, available: int) -> None:
    gone = stock_out(at, available)
    assert gone is not None
    mean = available / at.units_per_minute
    assert 0 <= gone.earliest_minutes <= mean * 1.001
    assert gone.latest_minutes is None or gone.latest_minutes >= mean * 0.999


@given(PACES, st.integers(1, 10**6))
def test_more_units_last_longer(at: Pace, available: int) -> None:
    fewer, more = stock_out(at, available), stock_out(at, available * 2)
    assert fewer is not None
    assert more is not None
    assert more.earliest_minutes >= fewer.earliest_minutes
    if fewer.latest_minutes is not None and more.latest_minutes is not None:
        assert more.latest_minutes >= fewer.latest_minutes


@given(st.floats(1, 1_000), st.integers(100, 10**6))
def test_more_scatter_makes_a_wider_interval(rate: float, available: int) -> None:
    widths = []
    for dispersion in (1.0, 3.0, 9.0):
        gone = stock_out(Pace(rate, 10, dispersion), available)
        assert gone is not None
        widths.append(relative_width(gone))
    for narrow, wide in pairwise(widths):
        assert wide >= narrow * 0.999


def relative_width(gone: StockOut) -> float:
    """Latest over earliest: infinite where there is no latest."""
    if gone.latest_minutes is None:
        return float("inf")
    return gone.latest_minutes / max(gone.earliest_minutes, 1e-9)


def test_after_one_sale_nobody_knows_how_long_it_may_take() -> None:
    gone = stock_out(pace([1], 0.5), 1_000)
    assert gone is not None
    assert gone.latest_minutes is None


# Sales that scatter: what is called 90 % must come true about that often.


def poisson(chance: random.Random, mean: float) -> int:
    if mean > 50:
        return max(0, round(chance.gauss(mean, sqrt(mean))))
    limit, product, count = exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def sold(chance: random.Random, mean: float, dispersion: float) -> int:
    """Units of a minute: negative binomial with variance ``dispersion`` times the mean."""
    if dispersion > 1:
        mean = chance.gammavariate(mean / (dispersion - 1), dispersion - 1)
    return poisson(chance, mean)


@pytest.mark.parametrize("rate", [3, 40, 300])
@pytest.mark.parametrize("dispersion", [1, 3, 10])
@pytest.mark.parametrize("minutes_left", [2, 20])
def test_the_interval_holds_what_it_claims(
    rate: float, dispersion: float, minutes_left: int
) -> None:
    chance = random.Random(1)
    right = rounds = 0
    for _ in range(500):
        share = chance.uniform(0.05, 1)
        units = [sold(chance, rate, dispersion) for _ in range(14)]
        units.append(sold(chance, rate * share, dispersion))
        gone = stock_out(pace(units, share), int(rate * minutes_left))
        if gone is None:
            continue
        took = minutes_until_gone(chance, int(rate * minutes_left), rate, dispersion)
        latest = float("inf") if gone.latest_minutes is None else gone.latest_minutes
        rounds += 1
        right += gone.earliest_minutes <= took <= latest
    assert right / rounds > CONFIDENCE - 0.07


def minutes_until_gone(chance: random.Random, units: int, rate: float, dispersion: float) -> float:
    minutes = 0.0
    while True:
        now = sold(chance, rate, dispersion)
        if now >= units:
            return minutes + units / now
        units -= now
        minutes += 1
