"""What a claim comes to, and when it may be filed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.claims.rules import ClaimedOrder, ClaimTerms, Filed, fen_for, file, repeated
from live.claims.stored_claim import Harm, StoredClaim
from live.errors import Problem

DELIVERED_MS, WINDOW_MS = 1_000_000, 500
TERMS = ClaimTerms(WINDOW_MS, auto_share=10, per_order_max=3)
ORDER = ClaimedOrder("delivered", 3, 1_000, DELIVERED_MS, 1_000)


def percent(share: int) -> Harm:
    return Harm(None, share)


def boxes(units: int) -> Harm:
    return Harm(units, None)


ONE_BOX = boxes(1)


def claim(status: str = "rejected", harm: Harm = ONE_BOX, note: str = "") -> StoredClaim:
    return StoredClaim(
        "clm_1", "evt", "ord", "acc", *harm, note, 1, status, None, "", None, 0,
        None if status == "open" else 1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("harm", "fen"),
    [(percent(100), 1_000), (percent(1), 10), (boxes(3), 1_000), (boxes(1), 334), (boxes(2), 667)],
)
def test_the_share_is_rounded_up_for_the_buyer(harm: Harm, fen: int) -> None:
    assert fen_for(ORDER, harm) == fen


def test_no_more_than_is_left() -> None:
    assert fen_for(ORDER._replace(left_fen=300), boxes(1)) == 300


@given(st.integers(1, 10**9), st.integers(1, 1_000), st.integers(0, 100))
def test_all_boxes_are_the_whole_sum_and_parts_are_between(
    amount_fen: int, units: int, share: int
) -> None:
    order = ClaimedOrder("delivered", units, amount_fen, DELIVERED_MS, amount_fen)
    assert fen_for(order, boxes(units)) == fen_for(order, percent(100)) == amount_fen
    part = fen_for(order, percent(share))
    assert 0 <= part * 100 - amount_fen * share < 100, "rounded up by less than a fen"


def test_in_the_window_to_its_last_millisecond() -> None:
    last = DELIVERED_MS + WINDOW_MS
    assert file(ORDER, [], percent(50), last, TERMS) == Filed(500, is_automatic=False)
    with pytest.raises(Problem, match="claim_too_late"):
        file(ORDER, [], percent(50), last + 1, TERMS)


@pytest.mark.parametrize(
    ("order", "earlier", "harm", "code"),
    [
        (ORDER._replace(status="shipped", delivered_ms=None), [], boxes(1), "not_claimable"),
        (ORDER._replace(status="refunded"), [], boxes(1), "not_claimable"),
        (ORDER._replace(delivered_ms=None), [], boxes(1), "claim_too_late"),
        (ORDER, [claim("open")], boxes(1), "claim_open"),
        (ORDER, [claim()] * 3, boxes(1), "too_many_claims"),
        (ORDER, [], boxes(4), "invalid"),
        (ORDER._replace(left_fen=0), [claim("approved")], boxes(1), "nothing_left"),
    ],
)
def test_refused(order: ClaimedOrder, earlier: list[StoredClaim], harm: Harm, code: str) -> None:
    with pytest.raises(Problem) as refusal:
        file(order, earlier, harm, DELIVERED_MS, TERMS)
    assert refusal.value.code == code


def test_only_a_small_first_claim_needs_no_operator() -> None:
    def is_automatic(harm: Harm, *earlier: StoredClaim, terms: ClaimTerms = TERMS) -> bool:
        return file(ORDER, earlier, harm, DELIVERED_MS, terms).is_automatic

    assert is_automatic(percent(10))
    assert not is_automatic(percent(11))
    assert not is_automatic(boxes(1)), "a third of three boxes"
    assert not is_automatic(percent(1), claim("approved")), "not again and again"
    assert not is_automatic(percent(1), terms=ClaimTerms(WINDOW_MS, 0, 3))


def test_the_same_words_are_the_same_claim() -> None:
    known = claim(harm=boxes(1), note="坏了")
    assert repeated([known], boxes(1), "坏了") == known
    assert repeated([known], boxes(2), "坏了") is None
    assert repeated([known], boxes(1), "又坏了") is None
    assert repeated([], boxes(1), "") is None
