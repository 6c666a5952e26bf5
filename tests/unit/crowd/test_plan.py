"""Claims about dividing a crowd into processes and adding up what they report."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.crowd.plan import OfferProgress, Plan, Progress
from live.crowd.processes import split, total

WHOLE = Plan(
    url="http://127.0.0.1:8080",
    event_id="evt_1",
    tokens_path=str(Path("tokens")),
    tokens_start=10,
    tokens_count=100,
    viewers=51,
    intents=301,
    speed=1.0,
    lanes=64,
    wave_seconds=38.0,
    join_seconds=60.0,
    run_id="r",
    ledger_path="ledger",
)


@given(processes=st.integers(min_value=1, max_value=8))
def test_everybody_is_in_exactly_one_process(processes: int) -> None:
    parts = split(WHOLE, processes)
    for name in ("tokens_count", "viewers", "intents", "audit_buyers_max"):
        assert sum(getattr(part, name) for part in parts) == getattr(WHOLE, name)
    seats = [range(p.tokens_start, p.tokens_start + p.tokens_count) for p in parts]
    assert sorted(seat for part in seats for seat in part) == list(range(10, 110))
    assert len({part.run_id for part in parts}) == len({p.ledger_path for p in parts}) == processes


def test_progress_adds_up_and_the_room_is_shown_once() -> None:
    offers = [OfferProgress("off_1", "菠萝", 1, 2, 3, "open")]
    whole = total(
        [
            Progress(connected=2, orders=5, problems={"sold_out": 1}, order_p99_ms=7.0),
            Progress(
                connected=3, orders=6, problems={"sold_out": 2}, offers=offers, room_viewers=9
            ),
        ]
    )
    assert (whole.connected, whole.orders, whole.room_viewers) == (5, 11, 9)
    assert whole.problems == {"sold_out": 3}
    assert whole.offers == offers
    assert whole.order_p99_ms == 7.0


def test_the_crowd_is_done_when_all_are() -> None:
    assert total([Progress(is_done=True)]).is_done
    assert not total([Progress(is_done=True), Progress()]).is_done


@pytest.mark.parametrize("number", [1, 2])
def test_no_progress_yet_is_nobody(number: int) -> None:
    assert total([Progress()] * number).connected == 0
