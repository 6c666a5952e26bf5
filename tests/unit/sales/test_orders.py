"""The life of an order: all pairs of statuses, and what an order's amount and digest say."""

from itertools import product

import pytest

from live.sales.orders import (
    HOLDING,
    RESERVING,
    SELLING,
    amount_fen,
    do_units_return,
    may_become,
    request_digest,
    sources_of,
)
from live.sales.schemas import OrderStatus as S
from live.sales.tables import USES_COUPON

LEGAL = {
    (S.RESERVED, S.PAID),
    (S.RESERVED, S.CANCELLED),
    (S.RESERVED, S.EXPIRED),
    (S.EXPIRED, S.PAID),  # a late payment
    (S.PAID, S.PACKED),
    (S.PACKED, S.SHIPPED),
    (S.SHIPPED, S.DELIVERED),
    (S.PAID, S.REFUNDED),
    (S.PACKED, S.REFUNDED),
    (S.SHIPPED, S.REFUNDED),
    (S.DELIVERED, S.REFUNDED),
}
SHIP_TO = ("王芳", "+8613800138000", "440000", "广州市天河区 1 号")


@pytest.mark.parametrize(("status", "target"), list(product(S, S)))
def test_every_step_is_legal_or_not(status: S, target: S) -> None:
    assert may_become(status, target) is ((status, target) in LEGAL)


@pytest.mark.parametrize("target", list(S))
def test_sources_are_the_legal_steps_read_backwards(target: S) -> None:
    assert sources_of(target) == {status for status, to in LEGAL if to is target}


@pytest.mark.parametrize("status", [S.CANCELLED, S.REFUNDED])
def test_nothing_follows_an_order_that_is_over(status: S) -> None:
    assert not any(may_become(status, target) for target in S)


def test_an_order_has_its_units_until_it_ends() -> None:
    assert {S.RESERVED} == RESERVING
    assert {S.PAID, S.PACKED, S.SHIPPED, S.DELIVERED} == SELLING
    assert set(S) - HOLDING == {S.CANCELLED, S.EXPIRED, S.REFUNDED}


def test_units_return_only_before_packing() -> None:
    assert {status for status in S if do_units_return(status)} == {S.PAID}


def test_amount_is_units_and_one_parcel() -> None:
    assert amount_fen(3, 3_980, 600) == 12_540
    assert amount_fen(1, 1, 0) == 1


def test_a_discount_comes_off_the_amount() -> None:
    assert amount_fen(3, 3_980, 600, 500) == 12_040


def test_the_index_of_used_coupons_has_the_orders_that_hold_their_units() -> None:
    assert {status for status in S if f"'{status}'" not in USES_COUPON} == HOLDING


def test_the_same_request_has_the_same_digest() -> None:
    assert request_digest(2, 3_980, SHIP_TO) == request_digest(2, 3_980, SHIP_TO)
    assert len(request_digest(2, 3_980, SHIP_TO)) == 16


@pytest.mark.parametrize(
    ("units", "price_fen", "ship_to"),
    [
        (3, 3_980, SHIP_TO),
        (2, 3_981, SHIP_TO),
        (23, 980, SHIP_TO),
        (2, 3_980, ("王芳 ", *SHIP_TO[1:])),
        (2, 3_980, ("王芳', '", *SHIP_TO[1:])),
        (2, 3_980, (*SHIP_TO[:3], "广州市天河区 2 号")),
        (2, 3_980, (SHIP_TO[1], SHIP_TO[0], *SHIP_TO[2:])),
    ],
)
def test_another_request_has_another_digest(
    units: int, price_fen: int, ship_to: tuple[str, str, str, str]
) -> None:
    assert request_digest(units, price_fen, ship_to) != request_digest(2, 3_980, SHIP_TO)


def test_a_coupon_is_part_of_the_request_only_where_there_is_one() -> None:
    without = request_digest(2, 3_980, SHIP_TO)
    assert request_digest(2, 3_980, SHIP_TO, None) == without
    with_one = request_digest(2, 3_980, SHIP_TO, "cpn_1")
    assert with_one not in (without, request_digest(2, 3_980, SHIP_TO, "cpn_2"))


def test_parts_cannot_be_moved_across_their_borders() -> None:
    one = request_digest(1, 1, ("a', 'b", "c", "d", "e"))
    other = request_digest(1, 1, ("a", "b', 'c", "d", "e"))
    assert one != other
