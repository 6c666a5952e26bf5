"""An offer with a countdown as people see it: the host sets it, and at zero it can be bought."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import ACTION_MS, Visitor
from tests.support.live_server import LiveServer

HOST, VIEWER = "13800000001", "13912345678"
NOW_SELLING, COMING = "徐闻菠萝 6斤装", "【县长加推】徐闻菠萝 9斤装"

expect.set_options(timeout=ACTION_MS)


@dataclass(frozen=True)
class Cast:
    host: Visitor
    viewer: Visitor
    event_id: str


@pytest.fixture(scope="module")
def cast(server: LiveServer, browser: Browser) -> Iterator[Cast]:
    """A live event that sells one offer and has another drafted; nothing is pinned."""
    server.add_person(HOST, "host", "林知夏")
    server.start()
    host, viewer = (Visitor(browser, server, is_phone=True) for _ in range(2))
    for visitor, phone in ((host, HOST), (viewer, VIEWER)):
        visitor.page.goto("/sign-in")
        visitor.sign_in(phone)
        visitor.page.wait_for_url("**/")
    event = {"title": "徐闻菠萝", "county_code": "440825", "starts_at": "2020-02-19T02:00:00Z"}
    event_id = _post(host, "/api/events", event)["id"]
    _post(host, f"/api/events/{event_id}/start")
    selling = _offer(host, event_id, NOW_SELLING)
    _post(host, f"/api/offers/{selling}/open")
    _offer(host, event_id, COMING)
    yield Cast(host, viewer, event_id)
    assert [fault for visitor in (host, viewer) for fault in visitor.faults] == []


# One story, told in order: each test goes on where the one before ended.


def test_what_can_be_bought_is_held_up_where_nothing_comes(cast: Cast) -> None:
    page = cast.viewer.page
    page.goto(f"/events/{cast.event_id}")
    card = page.get_by_role("region", name="正在热卖")
    expect(card).to_contain_text(NOW_SELLING)
    expect(card.get_by_role("button", name="抢购")).to_be_visible()


def test_a_countdown_of_the_hosts_takes_the_card_and_at_zero_the_offer_can_be_bought(
    cast: Cast,
) -> None:
    console, page = cast.host.page, cast.viewer.page
    page.evaluate("window.isTheSamePage = true")
    console.goto(f"/host/events/{cast.event_id}")
    offer = console.get_by_role("article").filter(has_text=COMING)
    offer.get_by_role("button", name="开抢倒计时").click()
    console.get_by_role("dialog").get_by_role("button", name="10 秒").click()
    expect(offer.get_by_text("后开抢")).to_be_visible()

    card = page.get_by_role("region", name="即将开抢")
    expect(card).to_contain_text(COMING)
    expect(card.get_by_text("后开抢")).to_be_visible()
    expect(card.get_by_role("button", name="抢购")).to_be_hidden()

    # The server opens it; nothing is loaded again.
    expect(page.get_by_role("status").filter(has_text=f"开抢了：{COMING}")).to_be_visible()
    page.get_by_role("button", name="全部商品（2）").click()
    row = page.get_by_role("dialog").get_by_role("listitem").filter(has_text=COMING)
    row.get_by_role("button", name="抢购").click()
    expect(page.get_by_role("dialog", name="确认订单")).to_be_visible()
    page.get_by_role("dialog", name="确认订单").get_by_role("button", name="关闭").click()
    assert page.evaluate("window.isTheSamePage") is True


def test_beside_what_the_host_talks_about_the_next_one_is_counted_down(cast: Cast) -> None:
    console, page = cast.host.page, cast.viewer.page
    selling = console.get_by_role("article").filter(has_text=NOW_SELLING)
    coming = console.get_by_role("article").filter(has_text=COMING)
    selling.get_by_role("button", name="讲解", exact=True).click()
    coming.get_by_role("button", name="下架").click()
    coming.get_by_role("button", name="开抢倒计时").click()
    console.get_by_role("dialog").get_by_role("button", name="5 分钟").click()

    expect(page.get_by_role("region", name="讲解中")).to_contain_text(NOW_SELLING)
    expect(page.get_by_role("log").get_by_text(f"开始讲解：{NOW_SELLING}")).to_be_visible()
    line = page.get_by_role("button", name=f"即将开抢：{COMING}")
    expect(line).to_contain_text("后开抢")
    line.click()
    rows = page.get_by_role("dialog").get_by_role("listitem")
    expect(rows.filter(has_text="讲解中")).to_contain_text(NOW_SELLING)

    coming.get_by_role("button", name="开抢倒计时").click()
    console.get_by_role("dialog").get_by_role("button", name="立即开抢").click()
    expect(rows.filter(has_text=COMING).get_by_role("button", name="抢购")).to_be_visible()
    expect(line).to_be_hidden()


def _offer(host: Visitor, event_id: str, title: str) -> str:
    offer = {
        "kind": "flash_sale", "title": title, "unit_grams": 3000, "price_fen": 1990,
        "allotment": 30, "per_buyer_limit": 2,
    }  # fmt: skip
    return str(_post(host, f"/api/events/{event_id}/offers", offer)["id"])


def _post(visitor: Visitor, path: str, body: Any = None) -> Any:
    answer = visitor.context.request.post(path, data=body)
    assert answer.ok, answer.text()
    return answer.json()
