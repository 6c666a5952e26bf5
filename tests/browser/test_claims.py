"""Bad fruit as people see it: a buyer with a phone claims, an operator at a desk decides."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import ACTION_MS, Visitor
from tests.support.live_server import LiveServer

HOST, OPERATOR, BUYER = "13800000001", "13800000002", "13912345678"
EVENT, OFFER = "徐闻菠萝", "徐闻菠萝 6斤装"
PRICE_FEN, UNITS = 1990, 3
SHIP_TO = {
    "name": "李晓雨", "phone": BUYER, "province_code": "440000", "address": "广州市天河区某路1号",
}  # fmt: skip

expect.set_options(timeout=ACTION_MS)


@dataclass(frozen=True)
class Cast:
    buyer: Visitor
    operator: Visitor


@pytest.fixture(scope="module")
def cast(server: LiveServer, browser: Browser) -> Iterator[Cast]:
    """A buyer to whom two orders of three boxes have been delivered, and an operator."""
    server.add_person(HOST, "host", "林知夏")
    server.add_person(OPERATOR, "operator", "运营·周末")
    server.start()
    people = [Visitor(browser, server, is_phone=n < 2) for n in range(3)]
    host, buyer, operator = people
    for visitor, phone in zip(people, (HOST, BUYER, OPERATOR), strict=True):
        visitor.page.goto("/sign-in")
        visitor.sign_in(phone)
        visitor.page.wait_for_url("**/")
    _deliver(host, buyer)
    yield Cast(buyer, operator)
    assert [fault for visitor in people for fault in visitor.faults] == []


# One story, told in order: each test goes on where the one before ended.


def test_a_buyer_sees_what_a_claim_comes_to_and_sends_it(cast: Cast) -> None:
    page = cast.buyer.page
    page.goto("/orders")
    page.get_by_role("tab", name="全部").click()
    order = page.get_by_role("article").first
    order.get_by_role("button", name="坏果包赔").click()
    sheet = page.get_by_role("dialog", name="坏果包赔")
    expect(sheet.get_by_text("预计退款 ¥17.91")).to_be_visible()  # 30 of 100
    sheet.get_by_role("tab", name="按箱数").click()
    expect(sheet.get_by_text("预计退款 ¥19.90")).to_be_visible()
    sheet.get_by_role("button", name="增加一箱").click()
    expect(sheet.get_by_text("预计退款 ¥39.80")).to_be_visible()
    sheet.get_by_label("说明").fill("两箱靠近箱底都烂了")
    sheet.get_by_role("button", name="提交申请").click()
    expect(order.get_by_text("坏果包赔处理中，申请退 ¥39.80")).to_be_visible()
    expect(order.get_by_role("button", name="坏果包赔")).to_be_hidden()
    page.get_by_role("article").last.get_by_role("button", name="坏果包赔").click()
    page.get_by_role("dialog").get_by_role("button", name="提交申请").click()
    expect(page.get_by_text("坏果包赔处理中，申请退 ¥17.91")).to_be_visible()


def test_an_operator_approves_less_and_rejects_with_a_reason(cast: Cast) -> None:
    page = cast.operator.page
    page.goto("/operator")
    page.get_by_role("link", name="坏果包赔申请").click()
    claims = page.get_by_role("article")
    expect(claims).to_have_count(2)
    expect(claims.first).to_contain_text("两箱靠近箱底都烂了")
    claims.first.get_by_role("button", name="赔付").click()
    sheet = page.get_by_role("dialog", name="赔付")
    amount = sheet.get_by_label("赔付金额")
    expect(amount).to_have_value("39.80")
    amount.fill("60")
    sheet.get_by_role("button", name="赔付 ¥60.00").click()
    expect(sheet.get_by_text("最多可退 ¥59.70")).to_be_visible()
    amount.fill("19.9")
    sheet.get_by_role("button", name="赔付 ¥19.90").click()
    expect(page.get_by_role("status").filter(has_text="已赔付 ¥19.90")).to_be_visible()
    expect(claims).to_have_count(1)
    claims.first.get_by_role("button", name="驳回").click()
    sheet = page.get_by_role("dialog", name="驳回")
    sheet.get_by_label("驳回理由").fill("没有说明哪里坏了")
    sheet.get_by_role("button", name="驳回").click()
    expect(page.get_by_text("没有待处理的申请")).to_be_visible()


def test_the_buyer_reads_what_became_of_them_and_may_claim_again(cast: Cast) -> None:
    page = cast.buyer.page
    page.reload()
    page.get_by_role("tab", name="全部").click()
    orders = page.get_by_role("article")
    expect(orders.first).to_contain_text("坏果包赔已通过，¥19.90 原路退回")
    expect(orders.last).to_contain_text("坏果包赔未通过：没有说明哪里坏了")
    expect(orders.first.get_by_role("button", name="坏果包赔")).to_be_visible()


def test_the_revenue_is_less_what_was_given_back(cast: Cast) -> None:
    page = cast.operator.page
    page.goto("/operator")
    page.get_by_role("link", name=EVENT).click()
    revenue = page.locator("dl.figures > div").filter(has_text="成交额")
    expect(revenue).to_contain_text("¥100")  # six boxes of ¥19.90, less one
    expect(revenue).to_contain_text("坏果已赔 ¥20")


def _deliver(host: Visitor, buyer: Visitor) -> None:
    """What else it takes, without the pages that have tests of their own."""
    event = {"title": EVENT, "county_code": "440825", "starts_at": "2020-02-19T02:00:00Z"}
    event_id = _post(host, "/api/events", event)["id"]
    _post(host, f"/api/events/{event_id}/start")
    offer = {
        "kind": "fixed_price", "title": OFFER, "unit_grams": 3000, "price_fen": PRICE_FEN,
        "allotment": 30, "per_buyer_limit": 10,
    }  # fmt: skip
    offer_id = _post(host, f"/api/events/{event_id}/offers", offer)["id"]
    _post(host, f"/api/offers/{offer_id}/open")
    for key in ("key-one-1", "key-two-2"):
        wish = {"units": UNITS, "price_fen": PRICE_FEN, "ship_to": SHIP_TO}
        order_id = _post(buyer, f"/api/offers/{offer_id}/orders", wish, key=key)["id"]
        path = f"/api/orders/{order_id}"
        _post(buyer, f"{path}/payment", {"provider": "sandbox"})
        for _ in range(100):
            if buyer.context.request.get(path).json()["status"] == "paid":
                break
            buyer.page.wait_for_timeout(50)
        _post(host, f"{path}/pack")
        _post(host, f"{path}/ship", {"carrier": "顺丰", "tracking_number": "SF1234567"})
        _post(host, f"{path}/deliver")


def _post(visitor: Visitor, path: str, body: Any = None, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    answer = visitor.context.request.post(path, data=body, headers=headers)
    assert answer.ok, answer.text()
    return answer.json()
