"""Orders in a spreadsheet: every cell is text, and none of it runs."""

import csv
import io

import pytest

from live.sales import order_csv
from live.sales.order_views import order_view
from live.sales.schemas import Order
from live.sales.stored_order import StoredOrder

STORED = StoredOrder(
    id="ord_1", event_id="evt_1", offer_id="off_1", buyer_id="acc_1", request_digest="d",
    units=2, price_fen=2990, shipping_fen=500, amount_fen=6480, grams=6000, status="paid",
    hold_no=0, ship_name="李晓雨", ship_phone="+8613812341234", ship_province_code="420000",
    ship_address="湖北省武汉市洪山区珞喻路1号", created_ms=1_582_077_600_000,
    pay_by_ms=1_582_078_500_000, paid_ms=1_582_077_601_000, closed_ms=None,
)  # fmt: skip


def table(*orders: Order) -> list[dict[str, str]]:
    raw = order_csv.header() + order_csv.rows(orders)
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_a_line_says_all_of_an_order() -> None:
    (line,) = table(order_view(STORED, offer_title="菠萝", carrier="SF", tracking_number="SF1"))
    assert line == {
        "order_id": "ord_1", "status": "paid", "created_at": "2020-02-19T02:00:00.000Z",
        "paid_at": "2020-02-19T02:00:01.000Z", "closed_at": "", "offer_id": "off_1",
        "offer_title": "菠萝", "units": "2", "grams": "6000", "price_fen": "2990",
        "shipping_fen": "500", "discount_fen": "0", "amount_fen": "6480", "ship_name": "李晓雨",
        "ship_phone": "'+8613812341234", "ship_province_code": "420000",
        "ship_address": "湖北省武汉市洪山区珞喻路1号", "carrier": "SF", "tracking_number": "SF1",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        '=HYPERLINK("http://x","y")', "+1+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "  =1",
        "＝1", "＋1", "－1", "＠x",
    ],
)  # fmt: skip
def test_no_cell_begins_a_formula(name: str) -> None:
    assert order_csv.safe(name) == "'" + name
    (line,) = table(order_view(STORED._replace(ship_name=name, ship_address='x",\r\n=1+1,"y')))
    assert line["ship_name"] == "'" + name
    # Quoting keeps the rest of a cell from becoming cells of its own.
    assert line["ship_address"] == 'x",\r\n=1+1,"y'


def test_harmless_cells_stay_as_they_are() -> None:
    for text in ("李晓雨", "1-2", "a=b", "138****1234", "", "'x"):
        assert order_csv.safe(text) == text
    assert order_csv.safe(None) == ""
    assert order_csv.safe(5) == "5"


def test_a_masked_order_tells_neither_who_nor_where() -> None:
    text = str(order_view(STORED, masked=True))
    for secret in ("李晓雨", "13812341234", "珞喻路", "acc_1"):
        assert secret not in text
    to = order_view(STORED, masked=True).ship_to
    assert (to.name, to.phone, to.province_code) == ("李**", "138****1234", "420000")
    assert to.address == "湖北省武汉市****"
