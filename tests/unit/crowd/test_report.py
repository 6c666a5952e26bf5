"""Claims about the closing report: honest books pass, and every doctored book is caught."""

import json
from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from live.crowd.ledger import STARTED, Entry
from live.crowd.report import OrderTruth, Probe, Truth, oversold_units, summarize

OPENED_MS = 1_000_000


def honest_entry(number: int, **changes: object) -> Entry:
    entry = Entry(
        key=f"k{number}",
        buyer=number,
        offer_id="off_1",
        units=1,
        price_fen=1990,
        answer="reserved",
        order_id=f"ord_{number}",
        amount_fen=1990,
        payment=STARTED,
        status="paid",
    )
    return msgspec.structs.replace(entry, **changes)


def honest_order(number: int) -> OrderTruth:
    return OrderTruth(
        id=f"ord_{number}",
        offer_id="off_1",
        units=1,
        grams=3000,
        amount_fen=1990,
        status="paid",
        paid_ms=OPENED_MS + 1000 * number,
    )


def honest_books() -> tuple[list[Entry], Truth]:
    entries = [honest_entry(number) for number in range(1, 5)]
    orders = {f"ord_{number}": honest_order(number) for number in range(1, 5)}
    return entries, Truth(orders, {"off_1": 4})


def truth_with(truth: Truth, number: int, **changes: object) -> Truth:
    order = replace(truth.orders[f"ord_{number}"], **changes)  # type: ignore[arg-type]
    return Truth({**truth.orders, order.id: order}, truth.allotments)


def test_honest_books_are_clean_and_add_up() -> None:
    entries, truth = honest_books()
    summary, findings = summarize(entries, truth, [Probe("off_1", 0, 0)], first_opened_ms=OPENED_MS)
    assert json.loads(summary.to_json()) == {
        "orders": 4,
        "units_sold": 4,
        "jin_sold": 24,
        "oversold_units": 0,
        "lost_orders": 0,
        "leaked_units": 0,
        "seconds": 4.0,
    }
    assert summary.is_clean
    assert findings.sentences == []


Doctor = Callable[[list[Entry], Truth], tuple[list[Entry], Truth]]


def _row_deleted(entries: list[Entry], truth: Truth) -> tuple[list[Entry], Truth]:
    return entries, Truth({k: v for k, v in truth.orders.items() if k != "ord_2"}, truth.allotments)


def _entry_changed(**changes: object) -> Doctor:
    return lambda entries, truth: ([honest_entry(1, **changes), *entries[1:]], truth)


def _row_changed(**changes: object) -> Doctor:
    return lambda entries, truth: (entries, truth_with(truth, 1, **changes))


DOCTORED: dict[str, Doctor] = {
    "an accepted order is not in SQL": _row_deleted,
    "told paid, SQL says reserved": _row_changed(status="reserved", paid_ms=None),
    "told paid, SQL says expired": _row_changed(status="expired", paid_ms=None),
    "another amount than told": _row_changed(amount_fen=1),
    "other units than told": _row_changed(units=2),
    "another offer than told": _row_changed(offer_id="off_2"),
    "told cancelled, SQL sold it": _entry_changed(
        cancel="cancelled", payment="", status="cancelled"
    ),
    "money taken, no goods and no refund": lambda entries, truth: (
        [honest_entry(1, status="reserved"), *entries[1:]],
        truth_with(truth, 1, status="expired", paid_ms=None),
    ),
    "one key, two orders": _entry_changed(other_ids=["ord_9"]),
    "not in the buyer's own list": _entry_changed(is_missing=True),
    "sold to somebody who never paid": _entry_changed(payment="", status="reserved"),
}


@pytest.mark.parametrize("doctor", DOCTORED.values(), ids=DOCTORED.keys())
def test_a_doctored_book_shows_a_lost_order(doctor: Doctor) -> None:
    entries, truth = doctor(*honest_books())
    summary, findings = summarize(entries, truth, [], first_opened_ms=OPENED_MS)
    assert summary.lost_orders == 1
    assert not summary.is_clean
    assert len(findings.sentences) == 1


def test_a_late_payment_that_was_given_back_is_not_lost() -> None:
    entries, truth = honest_books()
    refunded = truth_with(truth, 1, status="refunded")
    assert summarize(entries, refunded, [], first_opened_ms=OPENED_MS)[0].lost_orders == 0


def test_units_beyond_the_allotment_are_oversold_by_sql_and_by_what_was_told() -> None:
    entries, truth = honest_books()
    assert oversold_units(entries, Truth(truth.orders, {"off_1": 3}), []) == 1
    # SQL has forgotten one, but four clients were told that they have paid for three boxes.
    forgetful = _row_deleted(entries, truth)[1]
    assert oversold_units(entries, Truth(forgetful.orders, {"off_1": 3}), []) == 1


def test_a_probe_that_cannot_buy_what_sql_calls_available_shows_a_leak() -> None:
    entries, truth = honest_books()
    probes = [Probe("off_1", 5, 3), Probe("off_2", 1, 1)]
    summary, _ = summarize(entries, truth, probes, first_opened_ms=OPENED_MS)
    assert summary.leaked_units == 2


def test_a_probe_that_buys_more_than_sql_calls_available_shows_an_oversale() -> None:
    entries, truth = honest_books()
    summary, _ = summarize(entries, truth, [Probe("off_1", 0, 1)], first_opened_ms=OPENED_MS)
    assert summary.oversold_units == 1


def test_units_available_are_counted_from_orders_alone() -> None:
    _, truth = honest_books()
    some = truth_with(truth_with(truth, 1, status="expired"), 2, status="cancelled")
    assert some.units_available() == {"off_1": 2}
