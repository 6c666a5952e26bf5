"""Fen and yuan."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.sales.payments.yuan import fen_of, yuan_of


@given(st.integers(0, 10**11))
def test_every_fen_survives_the_way_there_and_back(fen: int) -> None:
    assert fen_of(yuan_of(fen)) == fen


@pytest.mark.parametrize(("yuan", "fen"), [("19.9", 1990), ("20", 2000), ("0.01", 1), ("0.1", 10)])
def test_decimals_may_be_left_out(yuan: str, fen: int) -> None:
    assert fen_of(yuan) == fen


@pytest.mark.parametrize("yuan", ["", "-1", "1.", ".5", "1.234", "1e2", " 1", "１", "1\n", "NaN"])
def test_what_is_no_amount_is_refused(yuan: str) -> None:
    with pytest.raises(ValueError, match="no amount"):
        fen_of(yuan)


def test_a_debt_is_no_amount() -> None:
    with pytest.raises(ValueError, match="no amount"):
        yuan_of(-1)
