"""Who may claim a coupon, on which terms, and what drops and coupons are by now."""

import pytest

from live.coupons.rules import (
    CouponStatus,
    Drop,
    DropStatus,
    Limits,
    Terms,
    after,
    check_terms,
    claim_refusal,
    coupon_id_for,
    coupon_status,
    drop_status,
    is_coupon_id,
)
from live.errors import Invalid

LIMITS = Limits(quantity_max=100, claim_seconds_min=10, claim_seconds_max=600, use_seconds_max=900)
TERMS = Terms(off_fen=500, min_spend_fen=5_000, quantity=100, claim_seconds=600, use_seconds=900)
OPEN = Drop(
    id="cpd_1", event_id="evt_1", title="满50减5", off_fen=500, min_spend_fen=5_000, quantity=10,
    claimed=7, status="open", opened_ms=0, claim_until_ms=1_000, use_until_ms=2_000,
    event_title="徐闻菠萝", event_status="live", host_id="acc_host",
)  # fmt: skip
GONE = OPEN._replace(claimed=10)


def code(
    drop: Drop, who: str = "acc_1", *, at_ms: int = 999, operator: bool = False, taken: int = 0
) -> str:
    refusal = claim_refusal(drop, who, is_operator=operator, taken=taken, now_ms=at_ms)
    return "" if refusal is None else refusal.code


def test_anybody_may_claim_until_its_time_is_over() -> None:
    assert code(OPEN) == ""
    assert code(OPEN, at_ms=1_000) == "drop_ended"


def test_nobody_claims_when_somebody_has_ended_it_or_the_event_is_over() -> None:
    assert code(OPEN._replace(status="ended")) == "drop_ended"
    assert code(OPEN._replace(event_status="ended")) == "drop_ended"


def test_what_others_take_in_the_same_batch_is_not_there_any_more() -> None:
    assert [code(OPEN, taken=taken) for taken in (2, 3)] == ["", "coupons_gone"]
    assert code(GONE) == "coupons_gone"


def test_who_drops_them_does_not_claim_one() -> None:
    assert code(OPEN, "acc_host") == "own_drop"
    assert code(OPEN, operator=True) == "own_drop"


@pytest.mark.parametrize(
    "terms",
    [
        TERMS,
        Terms(off_fen=1, min_spend_fen=2, quantity=1, claim_seconds=10, use_seconds=10),
    ],
)
def test_terms_within_the_limits(terms: Terms) -> None:
    check_terms(terms, LIMITS)
    assert after(5, terms.claim_seconds) == 5 + terms.claim_seconds * 1_000


@pytest.mark.parametrize(
    ("terms", "wrong"),
    [
        (TERMS._replace(min_spend_fen=500), {"min_spend_fen"}),
        (TERMS._replace(quantity=101), {"quantity"}),
        (TERMS._replace(claim_seconds=9), {"claim_seconds"}),
        (TERMS._replace(claim_seconds=601), {"claim_seconds"}),
        (TERMS._replace(use_seconds=599), {"use_seconds"}),
        (TERMS._replace(use_seconds=901, quantity=101), {"use_seconds", "quantity"}),
    ],
)
def test_terms_beyond_the_limits_name_each_field(terms: Terms, wrong: set[str]) -> None:
    with pytest.raises(Invalid) as caught:
        check_terms(terms, LIMITS)
    assert caught.value.fields.keys() == wrong


def test_what_is_gone_stays_gone() -> None:
    assert drop_status(OPEN, 999) is DropStatus.OPEN
    assert drop_status(OPEN, 1_000) is DropStatus.ENDED
    for later in (GONE, GONE._replace(status="ended"), GONE._replace(event_status="ended")):
        assert drop_status(later, 5_000) is DropStatus.GONE


def test_a_coupon_is_used_by_its_order_and_else_good_for_its_time() -> None:
    assert coupon_status("ord_1", 2_000, "ended", 9_000) is CouponStatus.USED
    assert coupon_status(None, 2_000, "live", 1_999) is CouponStatus.USABLE
    assert coupon_status(None, 2_000, "live", 2_000) is CouponStatus.EXPIRED
    assert coupon_status(None, 2_000, "ended", 0) is CouponStatus.EXPIRED


def test_a_person_s_coupon_of_a_drop_has_one_id() -> None:
    assert coupon_id_for("cpd_1", "acc_1") == coupon_id_for("cpd_1", "acc_1")
    others = {coupon_id_for("cpd_2", "acc_1"), coupon_id_for("cpd_1", "acc_2")}
    assert len(others | {coupon_id_for("cpd_1", "acc_1")}) == 3


def test_what_could_be_a_coupon_s_id() -> None:
    own = coupon_id_for("cpd_1", "acc_1")
    assert is_coupon_id(own)
    for text in ("", "cpn_1", f"{own}0", own.upper(), f"{own[:-1]}\0", f"{own}\n"):
        assert not is_coupon_id(text)
