"""Following, reminders and sharing as people see them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import ACTION_MS, Visitor
from tests.support.live_server import LiveServer

HOST, VIEWER = "13800000001", "13912345678"
TITLE = "徐闻菠萝：县长请你来菠萝的海"
MINUTES = 30

expect.set_options(timeout=ACTION_MS)


@dataclass(frozen=True)
class Cast:
    host: Visitor
    viewer: Visitor
    event_id: str


@pytest.fixture(scope="module")
def cast(server: LiveServer, browser: Browser) -> Iterator[Cast]:
    """An event half an hour ahead; its host is signed in, the viewer is nobody yet."""
    server.add_person(HOST, "host", "林知夏")
    server.start()
    host, viewer = (Visitor(browser, server, is_phone=True) for _ in range(2))
    host.page.goto("/sign-in")
    host.sign_in(HOST)
    host.page.wait_for_url("**/")
    starts = datetime.now(UTC) + timedelta(minutes=MINUTES)
    event = {"title": TITLE, "county_code": "440825", "starts_at": starts.isoformat()}
    answer = host.context.request.post("/api/events", data=event)
    assert answer.ok, answer.text()
    yield Cast(host, viewer, answer.json()["id"])
    assert [fault for visitor in (host, viewer) for fault in visitor.faults] == []


# One story, told in order: each test goes on where the one before ended.


def test_who_signs_in_for_a_reminder_has_it_at_once(cast: Cast) -> None:
    page = cast.viewer.page
    page.goto(f"/events/{cast.event_id}")
    page.get_by_role("button", name=f"开播提醒：{TITLE}").click()
    expect(page.get_by_text("登录后提醒你开播")).to_be_visible()
    cast.viewer.sign_in(VIEWER)
    expect(page.get_by_role("button", name=f"开播提醒：{TITLE}")).to_have_text("将提醒你")
    (reminder,) = _get(cast.viewer, "/api/reminders")["items"]
    assert reminder["event_id"] == cast.event_id


def test_the_event_goes_into_ones_own_calendar(cast: Cast, tmp_path: Path) -> None:
    page = cast.viewer.page
    with page.expect_download() as download:
        page.get_by_role("link", name=f"加入日历：{TITLE}").click()
    file = tmp_path / "event.ics"
    download.value.save_as(file)
    (entry,) = icalendar.Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    assert entry["SUMMARY"] == TITLE


def test_a_host_is_followed_from_the_room_and_sees_how_many_do(cast: Cast) -> None:
    page = cast.viewer.page
    follow = page.get_by_role("button", name=re.compile("^关注 林知夏"))
    follow.click()
    expect(follow).to_have_attribute("aria-pressed", "true")
    page.goto("/me")
    page.get_by_role("link", name="关注与提醒").click()
    hosts = page.get_by_role("listitem").filter(has_text="林知夏").filter(has_text="1 人关注")
    expect(hosts.get_by_role("link", name=TITLE)).to_be_visible()
    cast.host.page.goto(f"/host/events/{cast.event_id}")
    expect(cast.host.page.get_by_text("1 人关注")).to_be_visible()


def test_the_notice_comes_on_any_page_shortly_before_the_start_and_once(cast: Cast) -> None:
    starts = datetime.now(UTC) + timedelta(minutes=9)
    answer = cast.host.context.request.patch(
        f"/api/events/{cast.event_id}", data={"starts_at": starts.isoformat()}
    )
    assert answer.ok, answer.text()
    page = cast.viewer.page
    page.goto("/orders")
    notice = page.get_by_role("link", name=re.compile(f"9 分钟后开播 *{TITLE}"))
    expect(notice).to_be_visible()
    page.get_by_role("button", name="收起提醒").click()
    expect(notice).to_be_hidden()
    page.reload()
    expect(page.get_by_role("heading", name="我的订单")).to_be_visible()
    expect(notice).to_be_hidden()


def test_a_room_is_shared_by_link_and_by_code(cast: Cast) -> None:
    page = cast.viewer.page
    cast.viewer.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/events/{cast.event_id}?from=elsewhere")
    page.get_by_role("button", name="分享").click()
    sheet = page.get_by_role("dialog", name="分享")
    expect(sheet.get_by_role("img", name=f"{TITLE} 的二维码")).to_be_visible()
    link = sheet.get_by_label("链接", exact=True).input_value()
    assert link.endswith(f"/events/{cast.event_id}")
    sheet.get_by_role("button", name="复制链接").click()
    expect(sheet.get_by_text("链接已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link

    console = cast.host.page
    console.get_by_role("button", name="分享").click()
    expect(console.get_by_role("dialog", name="分享").get_by_role("img")).to_be_visible()


def test_the_rooms_address_tells_previews_the_title_and_the_county(cast: Cast) -> None:
    text = cast.viewer.context.request.get(f"/events/{cast.event_id}").text()
    assert f"<title>{TITLE} · 徐闻县</title>" in text
    assert f'<meta property="og:title" content="{TITLE} · 徐闻县" />' in text
    assert "广东省徐闻县 · 林知夏" in text
    image = re.search(r'property="og:image" content="([^"]+)"', text)
    assert image is not None
    assert cast.viewer.context.request.get(image[1]).headers["content-type"] == "image/jpeg"


def _get(visitor: Visitor, path: str) -> Any:
    answer = visitor.context.request.get(path)
    assert answer.ok, answer.text()
    return answer.json()
