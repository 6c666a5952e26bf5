"""Moderation as people see it: a host and an assistant with phones, a viewer who misbehaves."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import ACTION_MS, Visitor
from tests.support.live_server import LiveServer

HOST, VIEWER, OTHER = "13800000001", "13912345678", "13912340002"
EVENT = {"title": "徐闻菠萝", "county_code": "440825", "starts_at": "2020-02-19T02:00:00Z"}
BAD, GOOD = "骗子，大家别买", "菠萝真甜"

expect.set_options(timeout=ACTION_MS)


@dataclass(frozen=True)
class Cast:
    host: Visitor
    viewer: Visitor
    other: Visitor
    event_id: str


@pytest.fixture(scope="module")
def cast(server: LiveServer, browser: Browser) -> Iterator[Cast]:
    """A live event, its host at the console, and two viewers in the room."""
    server.add_person(HOST, "host", "林知夏")
    server.start()
    people = [Visitor(browser, server, is_phone=True) for _ in range(3)]
    for visitor, phone in zip(people, (HOST, VIEWER, OTHER), strict=True):
        visitor.page.goto("/sign-in")
        visitor.sign_in(phone)
        visitor.page.wait_for_url("**/")
    host, viewer, other = people
    made = host.context.request.post("/api/events", data=EVENT)
    event_id = str(made.json()["id"])
    assert host.context.request.post(f"/api/events/{event_id}/start").ok
    host.page.goto(f"/host/events/{event_id}")
    for visitor in (viewer, other):
        visitor.page.goto(f"/events/{event_id}")
    yield Cast(host, viewer, other, event_id)
    assert [fault for visitor in people for fault in visitor.faults] == []


def log(page: Page) -> Locator:
    return page.get_by_role("log")


def say(page: Page, text: str) -> None:
    field = page.get_by_label("说点什么")
    field.fill(text)
    page.get_by_role("button", name="发送").click()
    expect(log(page)).to_contain_text(text)


def open_menu(page: Page, text: str) -> Locator:
    page.get_by_role("button", name=text).click()
    return page.get_by_role("dialog", name="管理这条消息")


# One story, told in order: each test goes on where the one before ended.


def test_what_the_host_deletes_vanishes_from_a_viewers_screen(cast: Cast) -> None:
    viewer, other, host = cast.viewer.page, cast.other.page, cast.host.page
    say(other, GOOD)
    viewer.wait_for_timeout(1_100)  # the usual second between messages
    say(viewer, BAD)
    expect(log(other)).to_contain_text(BAD)
    expect(other.get_by_role("button", name="管理")).to_have_count(0)
    sheet = open_menu(host, BAD)
    expect(sheet).to_contain_text(BAD)
    sheet.get_by_role("button", name="删除这条消息").click()
    for page in (host, viewer, other):
        expect(log(page)).not_to_contain_text(BAD)
        expect(log(page)).to_contain_text(GOOD)
    other.reload()
    expect(log(other)).to_contain_text(GOOD)
    expect(log(other)).not_to_contain_text(BAD)


def test_a_muted_viewer_is_told_and_may_speak_again_when_it_is_lifted(cast: Cast) -> None:
    viewer, host = cast.viewer.page, cast.host.page
    say(viewer, "再说一次")
    open_menu(host, "再说一次").get_by_role("button", name="禁言 10 分钟").click()
    expect(viewer.get_by_text("你被禁言到")).to_be_visible()
    expect(viewer.get_by_label("说点什么")).to_be_hidden()
    host.get_by_role("button", name="管理聊天").click()
    desk = host.get_by_role("dialog", name="聊天管理")
    expect(desk.get_by_text("禁言到")).to_be_visible()
    desk.get_by_role("button", name="解除").click()
    expect(desk.get_by_text("没有人被禁言")).to_be_visible()
    expect(viewer.get_by_label("说点什么")).to_be_visible()
    desk.get_by_role("button", name="关闭").click()


def test_an_assistant_sees_the_menu_until_removed(cast: Cast) -> None:
    other, host, viewer = cast.other.page, cast.host.page, cast.viewer.page
    host.get_by_role("button", name="管理聊天").click()
    desk = host.get_by_role("dialog", name="聊天管理")
    desk.get_by_role("tab", name="房管").click()
    desk.get_by_label("添加房管").fill("13900009999")
    desk.get_by_role("button", name="添加").click()
    expect(desk.get_by_text("请对方先登录一次")).to_be_visible()
    desk.get_by_label("添加房管").fill(OTHER)
    desk.get_by_role("button", name="添加").click()
    expect(desk.get_by_role("listitem")).to_have_count(1)
    open_menu(other, "再说一次").get_by_role("button", name="移出聊天").click()
    expect(viewer.get_by_text("你已被移出本场聊天")).to_be_visible()
    desk.get_by_role("button", name="取消").click()
    expect(desk.get_by_text("还没有房管")).to_be_visible()
    expect(other.get_by_role("button", name="再说一次")).to_have_count(0)
    desk.get_by_role("tab", name="操作记录").click()
    trail = desk.get_by_role("listitem")
    expect(trail).to_have_count(6)
    expect(trail.nth(1)).to_contain_text("移出聊天")
    expect(trail.last).to_contain_text(BAD)
    desk.get_by_role("tab", name="禁言名单").click()
    desk.get_by_role("button", name="解除").click()
    expect(viewer.get_by_label("说点什么")).to_be_visible()


def test_slow_mode_counts_down_where_one_has_spoken(cast: Cast) -> None:
    host = cast.host.page
    desk = host.get_by_role("dialog", name="聊天管理")
    desk.get_by_label("慢速模式").select_option("300")
    expect(host.get_by_role("status").filter(has_text="慢速模式已开")).to_be_visible()
    desk.get_by_role("button", name="关闭").click()
    other = cast.other.page
    say(other, "慢慢说")
    other.get_by_label("说点什么").fill("还想说")
    expect(other.get_by_text("秒后可再发言")).to_be_visible()
    expect(other.get_by_role("button", name="发送")).to_be_disabled()
    # A page that has just been opened does not know, until the server tells it.
    other.reload()
    other.get_by_label("说点什么").fill("还想说")
    other.get_by_role("button", name="发送").click()
    expect(other.get_by_text("秒后可再发言")).to_be_visible()
    expect(other.get_by_label("说点什么")).to_have_value("还想说")
    expect(log(other)).not_to_contain_text("还想说")
    for text in ("主播来答", "再答一个"):  # staff speaks on
        say(host, text)
        host.wait_for_timeout(1_100)
