"""Sheets that a tap opens: fetched before it, or else said so and tried again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ACTION_MS, Visitor
from tests.support.live_server import LiveServer

HOST = "13800000001"
PRICE_FEN = 1990
QUIET_MS = 3_000  # no page is busy for as long

expect.set_options(timeout=ACTION_MS)


@dataclass(frozen=True)
class Cast:
    event_id: str
    phones: list[Visitor]


@pytest.fixture(scope="module")
def cast(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """A live event with an offer, and three phones that nobody is signed in on."""
    server = LiveServer(tmp_path_factory.mktemp("live"))
    server.add_person(HOST, "host", "林知夏")
    server.start()
    host, *phones = [Visitor(browser, server, is_phone=True) for _ in range(4)]
    host.page.goto("/sign-in")
    host.sign_in(HOST)
    host.page.wait_for_url("**/")
    event = {"title": "徐闻菠萝", "county_code": "440825", "starts_at": "2020-02-19T02:00:00Z"}
    event_id = _call(host, "/api/events", event)["id"]
    _call(host, f"/api/events/{event_id}/start", {})
    terms = {
        "kind": "flash_sale", "title": "徐闻菠萝 6斤装", "unit_grams": 3000, "price_fen": PRICE_FEN,
        "allotment": 20, "per_buyer_limit": 3, "shipping_fen": 0,
    }  # fmt: skip
    offer_id = _call(host, f"/api/events/{event_id}/offers", terms)["id"]
    _call(host, f"/api/offers/{offer_id}/open", {})
    yield Cast(event_id, phones)
    server.stop()
    assert [fault for visitor in [host, *phones] for fault in visitor.faults] == []


def _call(visitor: Visitor, path: str, body: object) -> Any:
    """What the page of somebody signed in would send."""
    reply = visitor.page.request.post(path, data=body)
    assert reply.ok, reply.text()
    return reply.json() if reply.body() else None


def _enter(page: Page, event_id: str) -> None:
    page.goto(f"/events/{event_id}")
    expect(page.get_by_role("button", name="分享")).to_be_visible()


def test_what_a_purchase_needs_is_there_before_it_is_tapped_for(cast: Cast) -> None:
    phone = cast.phones[0]
    _enter(phone.page, cast.event_id)
    buy = phone.page.get_by_role("button", name="抢购").first
    expect(buy).to_be_enabled()
    phone.page.wait_for_timeout(QUIET_MS)

    phone.context.set_offline(True)
    buy.click()
    expect(phone.page.get_by_role("dialog").get_by_label("手机号")).to_be_visible()
    phone.page.keyboard.press("Escape")
    phone.page.get_by_role("button", name="全部商品").click()
    expect(phone.page.get_by_role("dialog").get_by_text("徐闻菠萝 6斤装")).to_be_visible()


def test_a_sheet_that_could_not_be_fetched_is_tried_again(cast: Cast) -> None:
    page = cast.phones[1].page
    page.route("**/assets/ShareSheet-*.js", lambda route: route.abort())
    _enter(page, cast.event_id)
    page.get_by_role("button", name="分享").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("没能加载出来")

    page.unroute("**/assets/ShareSheet-*.js")
    dialog.get_by_role("button", name="重试").click()
    expect(dialog.get_by_label("链接")).to_be_visible()
