"""The sandbox's ledger: what any provider does with a refund."""

import pytest

from live.errors import Conflict
from live.sales.payments.book import Book
from live.sales.payments.provider import RefundRequest


def refund(refund_id: str, amount_fen: int, payment_id: str = "pay") -> RefundRequest:
    return RefundRequest(refund_id, payment_id, "ref", amount_fen, 100, "claim")


def test_parts_go_back_until_nothing_is_left() -> None:
    book = Book()
    book.collect("pay", 100)
    book.collect("pay", 100)
    assert book.balance_fen("pay") == 100
    book.give_back(refund("a", 60))
    with pytest.raises(Conflict, match="refund_too_much"):
        book.give_back(refund("b", 41))
    book.give_back(refund("b", 40))
    assert book.balance_fen("pay") == 0


def test_a_refund_is_done_once() -> None:
    book = Book()
    book.collect("pay", 100)
    for _ in range(3):
        book.give_back(refund("a", 60))
    assert book.balance_fen("pay") == 40
    with pytest.raises(Conflict, match="refund_id_reused"):
        book.give_back(refund("a", 61))


def test_a_forgotten_payment_is_as_the_request_has_it() -> None:
    book = Book()
    book.give_back(refund("a", 60))
    assert book.balance_fen("pay") == 40
    with pytest.raises(Conflict, match="refund_too_much"):
        book.give_back(refund("b", 41))
    assert book.balance_fen("another") == 0
