"""What the stock guard decides, question by question."""

from dataclasses import replace

import pytest

from live.stock.rules import (
    Admission,
    Hold,
    HoldState,
    OfferStock,
    OfferTerms,
    Settlement,
    UnitsIntent,
    admit,
    settle,
    status_now,
    take,
)

NOW_MS = 1_582_077_600_000
PRICE_FEN = 3_980
OPEN = OfferTerms("off_1", 1, 10, PRICE_FEN, per_buyer_limit=3, status="open")
WISH = UnitsIntent("ord_1", "off_1", "acc_1", 2, PRICE_FEN)
HELD = Hold("ord_1", "off_1", "acc_1", 2)


@pytest.mark.parametrize("status", ["draft", "scheduled", "closed"])
def test_status_of_an_offer_that_is_not_open_is_its_own(status: str) -> None:
    stock = OfferStock(replace(OPEN, status=status, opens_ms=NOW_MS - 1, allotment=0))
    assert status_now(stock, NOW_MS) == status


@pytest.mark.parametrize(
    ("opens_ms", "closes_ms", "reserved", "status"),
    [
        (None, None, 0, "open"),
        (NOW_MS, None, 0, "open"),
        (NOW_MS + 1, None, 0, "scheduled"),
        (None, NOW_MS + 1, 0, "open"),
        (None, NOW_MS, 0, "closed"),
        (None, None, 10, "sold_out"),
        (NOW_MS + 1, None, 10, "scheduled"),
        (None, NOW_MS, 10, "closed"),
    ],
)
def test_window_then_stock_refine_an_open_offer(
    opens_ms: int | None, closes_ms: int | None, reserved: int, status: str
) -> None:
    stock = OfferStock(replace(OPEN, opens_ms=opens_ms, closes_ms=closes_ms), reserved=reserved)
    assert status_now(stock, NOW_MS) == status


@pytest.mark.parametrize(
    ("stock", "bought", "word"),
    [
        (OfferStock(OPEN), 0, Admission.RESERVED),
        (OfferStock(OPEN), 1, Admission.RESERVED),
        (OfferStock(OPEN), 2, Admission.BUYER_LIMIT),
        (OfferStock(OPEN, reserved=5, sold=3), 0, Admission.RESERVED),
        (OfferStock(OPEN, reserved=5, sold=4), 0, Admission.SOLD_OUT),
        (OfferStock(OPEN, reserved=5, sold=4), 3, Admission.SOLD_OUT),
        (OfferStock(replace(OPEN, price_fen=1)), 3, Admission.PRICE_CHANGED),
        (OfferStock(replace(OPEN, price_fen=1, status="draft")), 3, Admission.NOT_OPEN),
        (OfferStock(replace(OPEN, closes_ms=NOW_MS)), 0, Admission.NOT_OPEN),
        (None, 0, Admission.UNKNOWN_OFFER),
    ],
)
def test_admit_a_new_order(stock: OfferStock | None, bought: int, word: Admission) -> None:
    assert admit(stock, None, bought, WISH, NOW_MS) is word


@pytest.mark.parametrize("stock", [None, OfferStock(replace(OPEN, status="closed"), sold=10)])
def test_a_held_order_is_repeated_before_any_question(stock: OfferStock | None) -> None:
    assert admit(stock, HELD, 99, WISH, NOW_MS) is Admission.REPEATED
    late = replace(HELD, hold_no=1)
    assert admit(stock, late, 99, WISH, NOW_MS) is Admission.REPEATED


def test_a_late_payment_takes_over_the_hold_it_finds() -> None:
    late = replace(WISH, hold_no=1)
    gone = OfferStock(replace(OPEN, status="closed"), sold=10)
    assert admit(gone, HELD, 99, late, NOW_MS) is Admission.RESERVED
    assert admit(None, HELD, 0, late, NOW_MS) is Admission.UNKNOWN_OFFER


def test_a_late_payment_without_a_hold_needs_stock_and_limit_only() -> None:
    late = replace(WISH, hold_no=1, price_fen=1)
    closed = OfferStock(replace(OPEN, status="closed"))
    assert admit(closed, None, 0, late, NOW_MS) is Admission.RESERVED
    assert admit(closed, None, 2, late, NOW_MS) is Admission.BUYER_LIMIT
    assert admit(replace(closed, sold=9), None, 0, late, NOW_MS) is Admission.SOLD_OUT


def test_only_two_words_come_with_a_hold() -> None:
    with_hold = {word for word in Admission if word.has_hold}
    assert with_hold == {Admission.RESERVED, Admission.REPEATED}


def test_take_moves_units_from_available_to_reserved() -> None:
    stock = take(OfferStock(OPEN, reserved=1, sold=2), 3)
    assert (stock.available, stock.reserved, stock.sold) == (4, 4, 2)


@pytest.mark.parametrize(
    ("state", "to", "left"),
    [
        (HoldState.RESERVED, Settlement.SOLD, (5, 1, 4)),
        (HoldState.SOLD, Settlement.SOLD, (5, 3, 2)),
        (HoldState.RESERVED, Settlement.RELEASED, (7, 1, 2)),
        (HoldState.SOLD, Settlement.RELEASED, (7, 3, 0)),
    ],
)
def test_settle(state: HoldState, to: Settlement, left: tuple[int, int, int]) -> None:
    hold = replace(HELD, state=state)
    stock, after = settle(OfferStock(OPEN, reserved=3, sold=2), hold, to)
    assert (stock.available, stock.reserved, stock.sold) == left
    expected = replace(hold, state=HoldState.SOLD) if to is Settlement.SOLD else None
    assert after == expected
