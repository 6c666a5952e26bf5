"""The Xuwen event as people see it: a host, a buyer and an operator, each in a browser."""

import json
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.browser.conftest import ACTION_MS, Visitor
from tests.support.live_server import LiveServer

HOST, OPERATOR, BUYER = "13800000001", "13800000002", "13912345678"
EVENT = "徐闻菠萝：浏览器里的田头"
OFFER = "徐闻菠萝 6斤装"
NEXT_OFFER = "徐闻菠萝 3斤装"
ALLOTMENT = 30
BOUGHT_ELSEWHERE = 2
PHONE = ViewportSize(width=390, height=844)
HOLD_MS = 900  # held longer than the button's 600 ms

expect.set_options(timeout=ACTION_MS)


@dataclass(frozen=True)
class Cast:
    host: Visitor
    buyer: Visitor
    operator: Visitor


@pytest.fixture(scope="module")
def cast(server: LiveServer, browser: Browser) -> Iterator[Cast]:
    server.add_person(HOST, "host", "林知夏")
    server.add_person(OPERATOR, "operator", "运营·周末")
    server.start()
    people = Cast(
        host=Visitor(browser, server, is_phone=True),
        buyer=Visitor(browser, server, is_phone=True),
        operator=Visitor(browser, server, is_phone=False),
    )
    yield people
    for visitor in (people.host, people.buyer, people.operator):
        assert visitor.faults == []


# One story, told in order: each test goes on where the one before ended.


def test_a_host_plans_an_event_and_its_offers(cast: Cast) -> None:
    page = cast.host.page
    page.goto("/host")
    cast.host.sign_in(HOST)
    page.get_by_role("button", name="新建直播").click()
    page.get_by_label("标题").fill(EVENT)
    page.get_by_label("产地").select_option("440825")
    page.get_by_role("button", name="创建直播").click()
    expect(page.get_by_role("heading", name=EVENT)).to_be_visible()
    _add_offer(page, OFFER, price="19.9", jin="6", boxes=ALLOTMENT)
    _add_offer(page, NEXT_OFFER, price="12.9", jin="3", boxes=ALLOTMENT)


def test_it_goes_live_and_the_sale_starts_only_when_held(cast: Cast) -> None:
    page = cast.host.page
    page.get_by_role("button", name="开播").click()
    expect(page.get_by_text("直播中").first).to_be_visible()
    button = _card(page, OFFER).get_by_role("button", name="按住开抢")
    button.scroll_into_view_if_needed()
    _hold(page, button, ms=200)
    expect(button).to_be_visible()
    _hold(page, button, ms=HOLD_MS)
    expect(_card(page, OFFER).get_by_text("在售")).to_be_visible()


def test_a_viewer_finds_the_room_and_sees_a_pin_without_asking(cast: Cast) -> None:
    page = cast.buyer.page
    page.goto("/")
    page.get_by_role("link", name=EVENT).click()
    expect(page.get_by_text("1 人在看").or_(page.get_by_text("2 人在看"))).to_be_visible()
    card = page.get_by_role("region", name="正在热卖")
    expect(card).to_contain_text(OFFER)
    _card(cast.host.page, OFFER).get_by_role("button", name="讲解").click()
    pinned = page.get_by_role("region", name="讲解中")
    expect(pinned).to_contain_text("¥19.90")
    expect(pinned).to_contain_text("3 kg（6斤）")
    expect(pinned).to_contain_text(f"剩 {ALLOTMENT} 箱")


def test_stock_falls_while_one_looks(cast: Cast, server: LiveServer) -> None:
    _buy_elsewhere(server, cast, BOUGHT_ELSEWHERE)
    left = ALLOTMENT - BOUGHT_ELSEWHERE
    expect(cast.buyer.page.get_by_text(f"剩 {left} 箱").first).to_be_visible()


def test_a_viewer_signs_in_in_place_buys_and_pays(cast: Cast) -> None:
    page = cast.buyer.page
    room = page.url
    page.get_by_role("button", name="抢购").click()
    cast.buyer.sign_in(BUYER)
    _fill_address(page)
    confirm = page.get_by_role("button", name="确认下单 ¥19.90")
    confirm.click()
    expect(page.get_by_text("已为你保留 1 箱")).to_be_visible()
    expect(page.get_by_text(re.compile(r"请在 \d\d:\d\d 内付款"))).to_be_visible()
    page.get_by_role("button", name="付款 ¥19.90").click()
    expect(page.get_by_role("status").filter(has_text="付款成功")).to_be_visible()
    expect(page.get_by_role("button", name="付款 ¥19.90")).to_be_hidden()
    assert page.url == room


def test_the_second_order_takes_two_taps(cast: Cast) -> None:
    page = cast.buyer.page
    page.get_by_role("button", name="抢购").click()
    page.get_by_role("button", name="确认下单 ¥19.90").click()
    expect(page.get_by_text("已为你保留 1 箱")).to_be_visible()


def test_my_orders_show_what_is_paid_and_what_is_not(cast: Cast) -> None:
    page = cast.buyer.page
    page.goto("/orders")
    page.get_by_role("tab", name="待发货").click()
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("tab", name="待付款").click()
    order = page.get_by_role("article")
    expect(order).to_contain_text(OFFER)
    order.get_by_role("button", name="取消订单").click()
    page.get_by_role("dialog").get_by_role("button", name="取消订单").click()
    expect(page.get_by_text("这里没有订单")).to_be_visible()


def test_people_talk(cast: Cast) -> None:
    cast.buyer.page.go_back()
    cast.buyer.page.get_by_label("说点什么").fill("菠萝看着好甜")
    cast.buyer.page.get_by_role("button", name="发送").click()
    for visitor in (cast.buyer, cast.host):
        expect(visitor.page.get_by_role("log").get_by_text("菠萝看着好甜")).to_be_visible()


def test_an_operator_watches_it_sell_and_restocks(cast: Cast) -> None:
    page = cast.operator.page
    page.goto("/operator")
    cast.operator.sign_in(OPERATOR)
    page.get_by_role("link", name=EVENT).click()
    row = page.get_by_role("row").filter(has_text=OFFER)
    expect(row.get_by_role("cell").nth(2)).to_have_text("1")  # sold
    sold = page.locator("dl.figures > div").filter(has_text="已售重量")
    expect(sold).to_contain_text("6斤")
    row.get_by_role("button", name="补货").click()
    page.get_by_role("dialog").get_by_role("button", name="+50", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=f"改为 {ALLOTMENT + 50} 箱").click()
    left = ALLOTMENT + 50 - BOUGHT_ELSEWHERE - 1
    expect(cast.buyer.page.get_by_text(f"剩 {left} 箱").first).to_be_visible()


def test_the_pages_speak_english_too(cast: Cast) -> None:
    page = cast.operator.page
    page.goto("/me")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Language")).to_be_visible()


def test_the_host_ends_it_by_a_slide_and_everybody_sees(cast: Cast) -> None:
    page = cast.host.page
    slide = page.get_by_role("slider", name="向右滑动，结束直播")
    slide.focus()
    page.keyboard.press("End")
    expect(page.get_by_text("已结束").first).to_be_visible()
    expect(cast.buyer.page.get_by_text("直播已结束")).to_be_visible()


@pytest.mark.parametrize("path", ["/operator", "/operator/events/{}", "/operator/claims"])
def test_an_operator_s_page_is_no_wider_than_a_phone(cast: Cast, path: str) -> None:
    page = cast.operator.page
    event_id = cast.buyer.page.url.rsplit("/", 1)[1]
    page.set_viewport_size(PHONE)
    page.goto(path.format(event_id))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("Loading")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def _add_offer(page: Page, title: str, *, price: str, jin: str, boxes: int) -> None:
    page.get_by_role("button", name="添加商品").click()
    form = page.get_by_role("dialog")
    form.get_by_label("商品名称").fill(title)
    form.get_by_label("价格").fill(price)
    form.get_by_label("每箱净重").fill(jin)
    form.get_by_label("总箱数").fill(str(boxes))
    form.get_by_role("button", name="添加商品").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(form).to_be_hidden()


def _card(page: Page, title: str) -> Locator:
    return page.get_by_role("article").filter(has_text=title)


def _hold(page: Page, button: Locator, *, ms: int) -> None:
    box = button.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(ms)
    page.mouse.up()


def _fill_address(page: Page) -> None:
    form = page.get_by_role("dialog")
    form.get_by_label("收货人").fill("周小满")
    form.get_by_label("手机号").fill(BUYER)
    form.get_by_label("省份").select_option("110000")
    form.get_by_label("详细地址").fill("海淀区田园路 18 号")
    form.get_by_role("button", name="保存并使用").click()


def _buy_elsewhere(server: LiveServer, cast: Cast, units: int) -> None:
    """Another buyer, who needs no browser, and does not pay."""
    event_id = cast.buyer.page.url.rsplit("/", 1)[1]
    event = _call(server, "GET", f"/api/events/{event_id}")
    offer_id = next(offer["id"] for offer in event["offers"] if offer["title"] == OFFER)
    order = {
        "units": units,
        "price_fen": 1990,
        "ship_to": {
            "name": "陈安",
            "phone": "13100000001",
            "province_code": "440000",
            "address": "广州市天河区菠萝街 1 号",
        },
    }
    _call(server, "POST", f"/api/offers/{offer_id}/orders", order, token=server.token())


def _call(
    server: LiveServer, method: str, path: str, body: object = None, token: str | None = None
) -> dict[str, list[dict[str, str]]]:
    headers = {"Content-Type": "application/json", "Idempotency-Key": "elsewhere"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server.origin + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as reply:
        decoded: dict[str, list[dict[str, str]]] = json.load(reply)
        return decoded
