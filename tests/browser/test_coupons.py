"""Coupons as people see them: a host drops two, two claim them, one orders, cancels and orders."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import ACTION_MS, Visitor
from tests.support.live_server import LiveServer

HOST, PHONE, DESKTOP, LATE = "13800000001", "13912360001", "13912360002", "13912360003"
EVENT = "徐闻菠萝：县长请你来菠萝的海"
PRICE_FEN = 1990  # of a box: three of them reach the least spend of 50 yuan
SHIP_TO = {
    "name": "李晓雨", "phone": PHONE, "province_code": "440000", "address": "广州市天河区某路1号",
}  # fmt: skip

expect.set_options(timeout=ACTION_MS)


@dataclass(frozen=True)
class Cast:
    event_id: str
    offer_id: str
    host: Visitor
    phone: Visitor
    desktop: Visitor
    late: Visitor


@pytest.fixture(scope="module")
def cast(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """A live event with one offer. The host is signed in; the phone has an address, but is not."""
    server = LiveServer(tmp_path_factory.mktemp("live"), LIVE_DEFINITION_SECONDS="0.5")
    server.add_person(HOST, "host", "林知夏")
    server.start()
    people = [Visitor(browser, server, is_phone=is_phone) for is_phone in (True, True, False, True)]
    host, phone = people[:2]
    for visitor, number in ((host, HOST), (phone, PHONE)):
        visitor.page.goto("/sign-in")
        visitor.sign_in(number)
        visitor.page.wait_for_url("**/")
    _call(phone, "POST", "/api/addresses", SHIP_TO)
    _call(phone, "DELETE", "/api/auth/sessions")
    event = {"title": EVENT, "county_code": "440825", "starts_at": "2020-02-19T02:00:00Z"}
    event_id = _call(host, "POST", "/api/events", event)["id"]
    _call(host, "POST", f"/api/events/{event_id}/start")
    terms = {
        "kind": "flash_sale", "title": "徐闻菠萝 6斤装", "unit_grams": 3000, "price_fen": PRICE_FEN,
        "allotment": 20, "per_buyer_limit": 3, "shipping_fen": 0,
    }  # fmt: skip
    offer_id = _call(host, "POST", f"/api/events/{event_id}/offers", terms)["id"]
    _call(host, "POST", f"/api/offers/{offer_id}/open")
    yield Cast(event_id, offer_id, *people)
    server.stop()
    assert [fault for visitor in people for fault in visitor.faults] == []


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Screenshots, for a person to look at."""
    chosen = os.environ.get("COUPON_SHOTS")
    return Path(chosen) if chosen else tmp_path_factory.mktemp("shots")


# One story, told in order.


def test_the_host_drops_two(cast: Cast, shots: Path) -> None:
    page = cast.host.page
    page.goto(f"/host/events/{cast.event_id}")
    page.get_by_role("button", name="发优惠券").click()
    form = page.get_by_role("dialog")
    form.get_by_label("减（元）").fill("5")
    form.get_by_label("满（元）").fill("5")
    form.get_by_role("button", name="发出优惠券").click()
    expect(form.get_by_text("使用金额要大于减的金额")).to_be_visible()
    form.get_by_label("满（元）").fill("50")
    form.get_by_label("张数").fill("2")
    expect(form.get_by_text("满50减5，共 2 张，最多让利 ¥10.00")).to_be_visible()
    page.screenshot(path=shots / "1-form.png")
    form.get_by_role("button", name="发出优惠券").click()
    drop = _drop(page)
    expect(drop).to_contain_text("0 / 2 张已领")
    expect(drop).to_contain_text("还可领 0")
    expect(page.get_by_role("button", name="发优惠券")).to_be_hidden()


def test_a_viewer_claims_after_signing_in(cast: Cast, shots: Path) -> None:
    page = cast.phone.page
    page.goto(f"/events/{cast.event_id}")
    badge = _badge(page)
    expect(badge).to_contain_text("剩 2/2")
    expect(page.get_by_text("发优惠券啦：满50减5，共 2 张")).to_be_visible()
    page.screenshot(path=shots / "2-badge.png")
    badge.click()
    expect(page.get_by_text("登录后领取优惠券")).to_be_visible()
    cast.phone.sign_in(PHONE)
    sheet = page.get_by_role("dialog", name="优惠券")
    expect(sheet.get_by_text("已领到，下单时自动抵扣")).to_be_visible()
    page.screenshot(path=shots / "3-claimed.png")
    expect(_drop(cast.host.page)).to_contain_text("1 / 2 张已领")


def test_reloading_keeps_it(cast: Cast) -> None:
    page = cast.phone.page
    page.reload()
    expect(_badge(page)).to_contain_text("已领，下单自动抵扣")


def test_when_the_last_is_claimed_all_see_it_gone(cast: Cast, shots: Path) -> None:
    late, page = cast.late.page, cast.desktop.page
    for each in (late, page):
        each.goto(f"/events/{cast.event_id}")
        expect(_badge(each)).to_contain_text("剩 1/2")
    _badge(page).click()
    cast.desktop.sign_in(DESKTOP)
    expect(page.get_by_text("已领到，下单时自动抵扣")).to_be_visible()
    page.screenshot(path=shots / "4-desktop.png")
    expect(_badge(late)).to_contain_text("已抢光")
    expect(late.get_by_text("优惠券「直播间优惠券」2 张已抢光")).to_be_visible()
    late.screenshot(path=shots / "5-gone.png")
    _badge(late).click()
    expect(late.get_by_text("2 张已全部抢光")).to_be_visible()
    expect(_drop(cast.host.page)).to_contain_text("已抢光")


def test_too_small_an_order_is_told_what_is_missing(cast: Cast, shots: Path) -> None:
    page = cast.phone.page
    page.get_by_role("button", name="抢购").first.click()
    sheet = page.get_by_role("dialog", name="确认订单")
    expect(sheet.get_by_role("region", name="优惠券")).to_contain_text("还差 ¥30.10 可减5")
    expect(sheet.get_by_role("button", name="确认下单 ¥19.90")).to_be_visible()
    page.screenshot(path=shots / "6-missing.png")


def test_the_coupon_is_chosen_by_itself_and_may_be_left_out(cast: Cast, shots: Path) -> None:
    page = cast.phone.page
    sheet = page.get_by_role("dialog", name="确认订单")
    row = sheet.get_by_role("region", name="优惠券")
    for _ in range(2):
        sheet.get_by_role("button", name="增加一箱").click()
    expect(row).to_contain_text("−¥5")
    expect(sheet.get_by_role("button", name="确认下单 ¥54.70")).to_be_visible()
    page.screenshot(path=shots / "7-order.png")
    row.get_by_role("button").click()
    row.get_by_label("不使用优惠券").check()
    expect(sheet.get_by_role("button", name="确认下单 ¥59.70")).to_be_visible()
    row.get_by_label("满50减5").check()
    sheet.get_by_role("button", name="确认下单 ¥54.70").click()
    expect(page.get_by_role("button", name="付款 ¥54.70")).to_be_visible()
    expect(page.get_by_text("已减 ¥5.00")).to_be_visible()
    page.screenshot(path=shots / "8-held.png")
    (order,) = _call(cast.phone, "GET", "/api/orders")["items"]
    assert order["discount_fen"] == 500
    assert order["amount_fen"] == 3 * PRICE_FEN - 500


def test_an_order_that_is_cancelled_leaves_it_to_the_next(cast: Cast, shots: Path) -> None:
    page = cast.phone.page
    page.goto("/me")
    page.get_by_role("link", name="我的优惠券").click()
    page.get_by_role("tab", name="已使用").click()
    page.get_by_role("link", name="查看订单").click()
    expect(page.get_by_role("article")).to_contain_text("已减 ¥5.00")
    page.screenshot(path=shots / "9-orders.png")
    page.get_by_role("article").get_by_role("button", name="取消订单").click()
    page.get_by_role("dialog").get_by_role("button", name="取消订单").click()
    expect(page.get_by_text("订单已取消")).to_be_visible()
    page.goto("/coupons")
    coupon = page.get_by_role("article")
    expect(coupon).to_contain_text(f"仅限：{EVENT}")
    page.screenshot(path=shots / "10-mine.png")
    coupon.get_by_role("link", name="去使用").click()
    expect(_badge(page)).to_contain_text("已领，下单自动抵扣")


def test_another_device_takes_it_out_of_the_sheet_and_puts_it_back(cast: Cast) -> None:
    page = cast.phone.page
    page.get_by_role("button", name="抢购").first.click()
    sheet = page.get_by_role("dialog", name="确认订单")
    for _ in range(2):
        sheet.get_by_role("button", name="增加一箱").click()
    expect(sheet.get_by_role("button", name="确认下单 ¥54.70")).to_be_visible()
    (coupon,) = _call(cast.phone, "GET", f"/api/coupons?event_id={cast.event_id}")["items"]
    wish = {
        "units": 3, "price_fen": PRICE_FEN, "ship_to": SHIP_TO, "coupon_id": coupon["id"],
    }  # fmt: skip
    order = _call(cast.phone, "POST", f"/api/offers/{cast.offer_id}/orders", wish, key="tablet")
    expect(sheet.get_by_role("button", name="确认下单 ¥59.70")).to_be_visible()
    expect(sheet.get_by_role("region", name="优惠券")).to_be_hidden()
    _call(cast.phone, "POST", f"/api/orders/{order['id']}/cancel")
    expect(sheet.get_by_role("button", name="确认下单 ¥54.70")).to_be_visible()


def test_paid_it_stays_used(cast: Cast) -> None:
    page = cast.phone.page
    sheet = page.get_by_role("dialog", name="确认订单")
    sheet.get_by_role("button", name="确认下单 ¥54.70").click()
    page.get_by_role("button", name="付款 ¥54.70").click()
    expect(page.get_by_text("付款成功").first).to_be_visible()
    expect(_badge(page)).to_be_hidden()
    (coupon,) = _call(cast.phone, "GET", f"/api/coupons?event_id={cast.event_id}")["items"]
    assert coupon["status"] == "used"


def test_the_host_ends_another_early(cast: Cast, shots: Path) -> None:
    page, late = cast.host.page, cast.late.page
    _english(cast.host, f"/host/events/{cast.event_id}")
    _english(cast.late, f"/events/{cast.event_id}")
    page.get_by_role("button", name="Coupons").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Takes off").fill("2.50")
    form.get_by_label("From").fill("20")
    page.screenshot(path=shots / "11-en-form.png")
    form.get_by_role("button", name="Drop the coupons").click()
    badge = late.get_by_role("button", name="¥2.50 off from ¥20")
    expect(badge).to_contain_text("100/100 left")
    late.screenshot(path=shots / "12-en-badge.png")
    page.get_by_role("button", name="End claiming").click()
    page.get_by_role("dialog").get_by_role("button", name="End claiming").click()
    expect(badge).to_contain_text("Claiming has ended")
    expect(page.get_by_role("button", name="Coupons")).to_be_visible()
    page.screenshot(path=shots / "13-en-host.png")


def _badge(page: Page) -> Locator:
    return page.get_by_role("button", name="满50减5")


def _drop(page: Page) -> Locator:
    """The host's own card of it; offers have cards too."""
    return page.get_by_role("article").filter(has_text="张已领")


def _english(visitor: Visitor, address: str) -> None:
    visitor.page.evaluate("localStorage.setItem('live.locale', 'en')")
    visitor.page.goto(address)


def _call(
    visitor: Visitor, method: str, path: str, body: object = None, key: str = ""
) -> dict[str, Any]:
    """What the page of somebody signed in would send."""
    headers = {"Idempotency-Key": key} if key else {}
    reply = visitor.page.request.fetch(path, method=method, data=body, headers=headers)
    assert reply.ok, reply.text()
    decoded: dict[str, Any] = reply.json() if reply.body() else {}
    return decoded
