"""When a coupon is good for an order."""

from typing import NamedTuple

import pytest

from live.sales.discounts import discount_refusal


class Coupon(NamedTuple):
    off_fen: int = 500
    min_spend_fen: int = 5_000
    use_until_ms: int = 1_000


@pytest.mark.parametrize(
    ("goods_fen", "now_ms", "code"),
    [
        (5_000, 999, ""),
        (4_999, 999, "coupon_min_spend"),
        (5_000, 1_000, "coupon_expired"),
        (4_999, 1_000, "coupon_min_spend"),
    ],
)
def test_enough_goods_in_time(goods_fen: int, now_ms: int, code: str) -> None:
    refusal = discount_refusal(Coupon(), goods_fen, now_ms)
    assert (refusal.code if refusal else "") == code
