"""How many are let through: more while checkout keeps up, fewer as soon as it does not."""

from hypothesis import given
from hypothesis import strategies as st

from live.waiting.pacing import (
    ADMITTED_PER_ORDER_MAX,
    PACE_MIN,
    SETTLE_MS,
    Limits,
    Load,
    Pace,
    ReportedLoad,
    next_pace,
    wait_seconds,
)

LIMITS = Limits(start=100, most=5_000, reply_ms=800)
BUSY = ReportedLoad(orders_per_second=400, failed=0, queued=20, reply_ms=120)
SLOW = ReportedLoad(orders_per_second=400, failed=0, queued=900, reply_ms=2_500)
FAILING = ReportedLoad(orders_per_second=0, failed=3, queued=0, reply_ms=40)
LOADS = st.builds(
    ReportedLoad,
    orders_per_second=st.floats(0, 50_000),
    failed=st.integers(0, 10),
    queued=st.integers(0, 20_000),
    reply_ms=st.floats(0, 10_000),
)


def after(
    pace: float, *loads: Load, waiting: int = 1_000, lowered_ms: int = 0, now_ms: int = 100_000
) -> Pace:
    before = Pace(pace, lowered_ms)
    return next_pace(before, loads, LIMITS, waiting=waiting, elapsed_ms=500, now_ms=now_ms)


def test_it_grows_step_by_step_while_people_wait_and_checkout_answers_in_time() -> None:
    assert after(200, BUSY) == Pace(210)


def test_it_does_not_grow_where_nobody_waits() -> None:
    assert after(200, BUSY, waiting=0) == Pace(200)


def test_it_does_not_grow_where_nobody_reports() -> None:
    assert after(200) == Pace(200)


def test_one_slow_process_lowers_it_for_all() -> None:
    assert after(300, BUSY, SLOW) == Pace(200, 100_000)


def test_orders_that_hear_503_lower_it() -> None:
    assert after(300, FAILING) == Pace(200, 100_000)


def test_a_decrease_has_time_to_take_effect() -> None:
    just_lowered = after(300, SLOW, lowered_ms=100_000 - SETTLE_MS + 1)
    assert just_lowered.per_second == 300
    assert after(300, SLOW, lowered_ms=100_000 - SETTLE_MS).per_second == 200


def test_people_who_were_let_in_and_still_think_do_not_let_in_more() -> None:
    nobody_orders_yet = ReportedLoad(orders_per_second=0, failed=0, queued=0, reply_ms=0)
    assert after(100, nobody_orders_yet) == Pace(100)
    some_order = ReportedLoad(orders_per_second=30, failed=0, queued=0, reply_ms=10)
    assert after(115, some_order).per_second == 30 * ADMITTED_PER_ORDER_MAX


@given(st.floats(PACE_MIN, 5_000), st.lists(LOADS, max_size=4), st.integers(0, 10**6))
def test_it_stays_within_its_bounds(pace: float, loads: list[Load], waiting: int) -> None:
    found = after(pace, *loads, waiting=waiting).per_second
    assert PACE_MIN <= found <= LIMITS.most


def test_it_settles_near_what_checkout_can_take() -> None:
    """A checkout that commits 1,000 orders a second, and two people of three order."""
    capacity, pace, queued = 1_000.0, Pace(LIMITS.start), 0.0
    paces: list[float] = []
    for tick in range(1, 600):
        queued += pace.per_second * 2 / 3 * 0.5
        done = min(queued, capacity * 0.5)
        queued -= done
        load = ReportedLoad(done * 2, 0, round(queued), queued / capacity * 1000 + 20)
        pace = next_pace(pace, [load], LIMITS, waiting=10**6, elapsed_ms=500, now_ms=tick * 500)
        paces.append(pace.per_second)
        assert queued < 4 * capacity  # some seconds of work at worst, and never more
    settled = paces[200:]
    mean = sum(settled) / len(settled)
    assert 0.75 * capacity < mean * 2 / 3 < 1.05 * capacity


def test_the_wait_is_what_is_left_at_the_pace_of_now() -> None:
    assert wait_seconds(1, 100) == 1
    assert wait_seconds(250, 100) == 3
    assert wait_seconds(60, 0) == 60
