"""Claims about arrival curves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.crowd.ramp import (
    MAX_SPEED,
    OFFER_RUSH,
    ROOM_JOIN,
    Curve,
    arrival_seconds,
    hesitation_seconds,
)

CURVES = [OFFER_RUSH, ROOM_JOIN]


@pytest.mark.parametrize("curve", CURVES)
def test_a_curve_starts_with_nobody_and_ends_with_everybody(curve: Curve) -> None:
    assert curve.share_before(0) == 0
    assert curve.share_before(1) == pytest.approx(1)


@pytest.mark.parametrize("curve", CURVES)
@given(share=st.floats(min_value=0, max_value=1))
def test_part_when_inverts_share_before(curve: Curve, share: float) -> None:
    assert curve.share_before(curve.part_when(share)) == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize("curve", CURVES)
@given(count=st.integers(min_value=1, max_value=500), speed=st.floats(min_value=0.1, max_value=100))
def test_everybody_comes_in_order_and_within_the_span(
    curve: Curve, count: int, speed: float
) -> None:
    times = arrival_seconds(count, curve, 40.0, speed)
    assert len(times) == count
    assert times == sorted(times)
    assert 0 <= times[0] <= times[-1] <= 40.0 / speed + 1e-9


def test_a_flash_sale_bursts_decays_and_comes_again() -> None:
    times = arrival_seconds(1000, OFFER_RUSH, 100.0, 1.0)
    opening = sum(t < 10 for t in times)
    lull = sum(40 <= t < 50 for t in times)
    second = sum(57 <= t < 67 for t in times)
    assert opening > second > 2 * lull


def test_at_full_speed_everybody_comes_at_once_and_nobody_thinks() -> None:
    assert set(arrival_seconds(10, OFFER_RUSH, 40.0, MAX_SPEED)) == {0.0}
    assert hesitation_seconds(5.0, MAX_SPEED, 0.99) == 0.0


@given(uniform=st.floats(min_value=0, max_value=1))
def test_people_hesitate_around_the_median_and_not_for_ever(uniform: float) -> None:
    assert 1.0 < hesitation_seconds(5.0, 1.0, uniform) < 25.0
    assert hesitation_seconds(5.0, 1.0, 0.5) == pytest.approx(5.0)


def test_nothing_runs_at_no_speed() -> None:
    with pytest.raises(ValueError, match="speed"):
        arrival_seconds(1, OFFER_RUSH, 1.0, 0)
