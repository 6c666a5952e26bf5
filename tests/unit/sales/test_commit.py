"""What a batch becomes in SQL: decided again for every intent, whatever the guard said."""

from dataclasses import replace

import pytest

from live.sales.commit import (
    Candidate,
    EventBatch,
    Ledger,
    Objection,
    Outcome,
    Verdict,
    decide,
    reserved_facts,
)
from live.sales.stored_order import StoredOrder
from live.stock.rules import Admission
from tests.support.selling import EVENT, OFFER, OTHER_OFFER, PRICE_FEN, an_order, buyer

EPOCH = "epoch-1"
ADMITTED = Admission.RESERVED
LEDGER = Ledger(
    fences={EVENT: EPOCH},
    orders={},
    available={OFFER: 10, OTHER_OFFER: 10},
    prices={OFFER: PRICE_FEN, OTHER_OFFER: PRICE_FEN},
    limits={OFFER: 4, OTHER_OFFER: 4},
    bought={},
)


def batch(*asked: StoredOrder, word: Admission = ADMITTED, epoch: str = EPOCH) -> EventBatch:
    return EventBatch(EVENT, epoch, 1, [Candidate(order, word) for order in asked])


def orders(count: int, units: int = 1) -> list[StoredOrder]:
    return [an_order(buyer(n), units=units) for n in range(count)]


def verdicts(outcomes: list[list[Outcome]]) -> list[Verdict]:
    return [outcome.verdict for batch_outcomes in outcomes for outcome in batch_outcomes]


def test_what_fits_is_placed_and_summed_per_row() -> None:
    first, second = an_order(key="a", units=1), an_order(key="b", units=2)
    other = an_order(buyer(1), offer_id=OTHER_OFFER)
    outcomes, writes = decide([batch(first, second, other)], LEDGER)
    assert outcomes == [[Outcome(Verdict.PLACED, order) for order in (first, second, other)]]
    assert writes.orders == [first, second, other]
    assert writes.units_by_offer == {OFFER: 3, OTHER_OFFER: 1}
    assert writes.units_by_buyer == {(OFFER, buyer(0)): 3, (OTHER_OFFER, buyer(1)): 1}


def test_the_prefix_that_fits_is_placed_and_the_rest_overruled() -> None:
    outcomes, writes = decide([batch(*orders(5, units=3))], LEDGER)
    assert verdicts(outcomes) == [Verdict.PLACED] * 3 + [Verdict.OVERRULED] * 2
    assert outcomes[0][4].word is Admission.SOLD_OUT
    assert writes.units_by_offer[OFFER] == 9


def test_a_smaller_order_behind_one_too_large_still_fits() -> None:
    large, small = an_order(buyer(1), units=11), an_order(buyer(2), units=1)
    outcomes, _ = decide([batch(large, small)], LEDGER)
    assert verdicts(outcomes) == [Verdict.OVERRULED, Verdict.PLACED]


def test_batches_of_one_commit_see_each_other_s_units() -> None:
    ledger = replace(LEDGER, available={OFFER: 1})
    outcomes, _ = decide([batch(an_order(buyer(1))), batch(an_order(buyer(2)))], ledger)
    assert verdicts(outcomes) == [Verdict.PLACED, Verdict.OVERRULED]


def test_a_buyer_s_orders_in_one_batch_add_up_to_the_limit() -> None:
    keys = [an_order(key=f"key-{n}", units=2) for n in range(3)]
    outcomes, writes = decide([batch(*keys)], LEDGER)
    assert verdicts(outcomes) == [Verdict.PLACED, Verdict.PLACED, Verdict.OVERRULED]
    assert outcomes[0][2].word is Admission.BUYER_LIMIT
    assert writes.units_by_buyer == {(OFFER, buyer(0)): 4}


def test_what_a_buyer_had_before_counts() -> None:
    ledger = replace(LEDGER, bought={(OFFER, buyer(0)): 4})
    outcomes, writes = decide([batch(an_order(), an_order(buyer(1)))], ledger)
    assert verdicts(outcomes) == [Verdict.OVERRULED, Verdict.PLACED]
    assert writes.units_by_offer == {OFFER: 1}


@pytest.mark.parametrize("word", list(Admission))
@pytest.mark.parametrize("epoch", [EPOCH, "old"])
def test_a_stored_order_is_the_answer_whatever_the_guard_said(word: Admission, epoch: str) -> None:
    stored = an_order(units=2)._replace(status="expired")
    ledger = replace(LEDGER, orders={stored.id: stored}, available={OFFER: 0})
    outcomes, writes = decide([batch(an_order(), word=word, epoch=epoch)], ledger)
    assert outcomes == [[Outcome(Verdict.STORED, stored)]]
    assert not writes.orders


def test_a_repeat_within_the_commit_meets_the_first_one() -> None:
    first = an_order(units=1)
    again = an_order(units=2)
    assert first.id == again.id
    repeated = batch(again, word=Admission.REPEATED)
    outcomes, writes = decide([batch(first), repeated], LEDGER)
    assert outcomes == [[Outcome(Verdict.PLACED, first)], [Outcome(Verdict.STORED, first)]]
    assert writes.orders == [first]


def test_a_repeat_whose_first_commit_failed_is_placed() -> None:
    outcomes, writes = decide([batch(an_order(), word=Admission.REPEATED)], LEDGER)
    assert verdicts(outcomes) == [Verdict.PLACED]
    assert writes.orders


@pytest.mark.parametrize("word", [word for word in Admission if not word.has_hold])
def test_a_refusal_stands(word: Admission) -> None:
    outcomes, writes = decide([batch(an_order(), word=word)], LEDGER)
    assert outcomes == [[Outcome(Verdict.REFUSED, word=word)]]
    assert not writes.orders


@pytest.mark.parametrize("fences", [{EVENT: "newer"}, {EVENT: ""}, {}])
def test_what_other_counters_admitted_is_fenced(fences: dict[str, str]) -> None:
    outcomes, writes = decide([batch(an_order())], replace(LEDGER, fences=fences))
    assert verdicts(outcomes) == [Verdict.FENCED]
    assert not writes.orders


def test_a_fenced_batch_does_not_fence_the_others() -> None:
    old = batch(an_order(buyer(1)), epoch="old")
    outcomes, writes = decide([old, batch(an_order(buyer(2)))], LEDGER)
    assert verdicts(outcomes) == [Verdict.FENCED, Verdict.PLACED]
    assert writes.units_by_offer == {OFFER: 1}


@pytest.mark.parametrize("word", [Admission.RESERVED, Admission.REPEATED])
def test_nobody_buys_at_a_price_of_their_own(word: Admission) -> None:
    outcomes, writes = decide([batch(an_order(price_fen=1), word=word)], LEDGER)
    assert outcomes == [[Outcome(Verdict.REFUSED, word=Admission.PRICE_CHANGED)]]
    assert not writes.orders


def test_an_offer_that_sql_does_not_have_is_overruled() -> None:
    ledger = replace(LEDGER, available={}, prices={}, limits={})
    outcomes, _ = decide([batch(an_order())], ledger)
    assert verdicts(outcomes) == [Verdict.OVERRULED]


def test_each_placed_order_is_told_once() -> None:
    first = an_order(units=3)
    _, writes = decide([batch(first, first)], LEDGER)
    (fact,) = reserved_facts(writes)
    assert (fact.order_id, fact.event_id, fact.units) == (first.id, EVENT, 3)
    assert (fact.at_ms, fact.pay_by_ms) == (first.created_ms, first.pay_by_ms)


def test_a_coupon_that_an_order_uses_is_refused() -> None:
    ledger = replace(LEDGER, used_coupons={"cpn_1"})
    asked = an_order(coupon_id="cpn_1")
    free, plain = an_order(key="b", coupon_id="cpn_2"), an_order(key="c")
    outcomes, writes = decide([batch(asked, free, plain)], ledger)
    assert verdicts(outcomes) == [Verdict.REFUSED, Verdict.PLACED, Verdict.PLACED]
    assert outcomes[0][0].word is Objection.COUPON_USED
    assert writes.orders == [free, plain]
    assert writes.units_by_offer == {OFFER: 2}


def test_of_two_orders_with_one_coupon_the_first_has_it() -> None:
    first, second = an_order(key="a", coupon_id="cpn_1"), an_order(key="b", coupon_id="cpn_1")
    for batches in ([batch(first, second)], [batch(first), batch(second)]):
        outcomes, writes = decide(batches, LEDGER)
        assert verdicts(outcomes) == [Verdict.PLACED, Verdict.REFUSED]
        assert writes.orders == [first]


def test_an_order_that_is_not_placed_takes_no_coupon_along() -> None:
    large, small = an_order(units=11, coupon_id="cpn_1"), an_order(key="b", coupon_id="cpn_1")
    outcomes, _ = decide([batch(large, small)], LEDGER)
    assert verdicts(outcomes) == [Verdict.OVERRULED, Verdict.PLACED]


def test_a_repeat_with_its_own_coupon_gets_its_order() -> None:
    order = an_order(coupon_id="cpn_1")
    ledger = replace(LEDGER, orders={order.id: order}, used_coupons={"cpn_1"})
    outcomes, _ = decide([batch(order)], ledger)
    assert outcomes == [[Outcome(Verdict.STORED, order)]]
    outcomes, _ = decide([batch(order, order)], LEDGER)
    assert verdicts(outcomes) == [Verdict.PLACED, Verdict.STORED]


def test_counters_that_are_not_believed_say_nothing_of_a_coupon() -> None:
    ledger = replace(LEDGER, used_coupons={"cpn_1"})
    outcomes, _ = decide([batch(an_order(coupon_id="cpn_1"), epoch="old")], ledger)
    assert verdicts(outcomes) == [Verdict.FENCED]
