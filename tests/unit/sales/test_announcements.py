"""What a room is told of orders, as JSON; the pages read these very words."""

import msgspec

from live.sales.announcements import NAMES_MAX, OrderNotice, OrdersToast, latest_buyers
from live.sales.facts import OrderReserved
from live.sales.schemas import OrderStatus


def reserved(buyer: int) -> OrderReserved:
    return OrderReserved(
        event_id="evt", at_ms=1, order_id=f"ord_{buyer}", offer_id="off", buyer_id=f"acc_{buyer}",
        units=1, amount_fen=1990, pay_by_ms=2,
    )  # fmt: skip


def test_the_latest_buyers_come_first_and_nobody_twice() -> None:
    facts = [reserved(buyer) for buyer in (1, 2, 3, 2, 4, 4)]
    assert latest_buyers(facts) == ["acc_4", "acc_2", "acc_3", "acc_1"]


def test_a_toast_names_a_few() -> None:
    assert len(latest_buyers([reserved(n) for n in range(100)])) == NAMES_MAX


def test_the_words_of_a_toast() -> None:
    toast = msgspec.to_builtins(OrdersToast("off_1", 12, ["李**", "王**"]))
    assert toast == {"offer_id": "off_1", "count": 12, "names": ["李**", "王**"]}


def test_the_words_of_a_notice() -> None:
    notice = OrderNotice("ord_1", "off_1", OrderStatus.PAID, 2)
    assert msgspec.to_builtins(notice) == {
        "kind": "order", "order_id": "ord_1", "offer_id": "off_1", "status": "paid", "units": 2,
    }  # fmt: skip
    reserved_notice = OrderNotice("ord_1", "off_1", OrderStatus.RESERVED, 2, "2020-02-19T02:15:00Z")
    assert msgspec.to_builtins(reserved_notice)["pay_by"] == "2020-02-19T02:15:00Z"
