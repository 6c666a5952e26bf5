"""The waiting room as people see it, on a phone and on a desktop.

The pace is so slow that one is let in at once; the next when the test makes room.
"""

import json
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from redis import Redis

from live.storage.redis import event_key
from tests.browser.conftest import ACTION_MS, Visitor
from tests.support.live_server import LiveServer, live

PHONE, DESKTOP = "13912340001", "13912340002"
OFFER = {
    "kind": "flash_sale",
    "title": "徐闻菠萝 6斤装",
    "unit_grams": 3000,
    "price_fen": 1990,
    "allotment": 30,
    "per_buyer_limit": 5,
}

expect.set_options(timeout=ACTION_MS)


@dataclass
class Stage:
    server: LiveServer
    redis: Redis
    host_token: str
    event_id: str
    offer_id: str
    phone: Visitor
    desktop: Visitor

    def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        return _call(self.server, self.host_token, method, path, body)

    def make_room(self) -> None:
        """Room for one more in checkout."""
        self.redis.hset(event_key(self.event_id, "waiting"), "tokens", "1")


@pytest.fixture(scope="module")
def stage(
    browser: Browser, single_redis: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    server = LiveServer(
        tmp_path_factory.mktemp("live"),
        LIVE_REDIS_URL=single_redis,
        LIVE_WAITING_PACE_START="0.0001",
        LIVE_WAITING_PACE_MAX="0.0001",
    )
    server.start()
    tokens = live(
        "accounts", "tokens", "--role", "host", "--count", "1", environment=server.environment
    )
    token = tokens.stdout.strip()
    event = _call(
        server,
        token,
        "POST",
        "/api/events",
        {
            "title": "徐闻菠萝：排队开抢",
            "county_code": "440825",
            "starts_at": "2026-02-19T02:00:00Z",
            "waiting_room": True,
        },
    )
    path = f"/api/events/{event['id']}"
    offer = _call(server, token, "POST", f"{path}/offers", OFFER)
    _call(server, token, "POST", f"{path}/start")
    people = [Visitor(browser, server, is_phone=is_phone) for is_phone in (True, False)]
    client = Redis.from_url(single_redis)
    yield Stage(server, client, token, event["id"], offer["id"], *people)
    client.close()
    server.stop()
    for visitor in people:
        assert visitor.faults == []


# One story, told in order.


def test_before_the_opening_both_join_the_draw(stage: Stage, shots: Path) -> None:
    for visitor, phone in ((stage.phone, PHONE), (stage.desktop, DESKTOP)):
        page = visitor.page
        page.goto(f"/events/{stage.event_id}")
        expect(page.get_by_text("本场下单需要排队")).to_be_visible()
        page.screenshot(path=shots / f"1-outside-{phone}.png")
        page.get_by_role("button", name="去排队").click()
        visitor.sign_in(phone)
        expect(page.get_by_text("已在队里，开抢时抽签定先后")).to_be_visible()
        page.screenshot(path=shots / f"2-gathering-{phone}.png")
    expect(stage.phone.page.get_by_text("共 2 人")).to_be_visible()


def test_the_opening_draws_one_of_them(stage: Stage, shots: Path) -> None:
    stage.call("POST", f"/api/offers/{stage.offer_id}/open")
    for visitor in (stage.phone, stage.desktop):
        turn = visitor.page.get_by_text("轮到你了！").first
        expect(turn.or_(visitor.page.get_by_text("排队中 · 第 1 位"))).to_be_visible()
    first, second = _in_order(stage)
    expect(first.page.get_by_text(re.compile(r"请在 \d\d:\d\d 内下单"))).to_be_visible()
    waiting = second.page.get_by_role("button", name="排队中 第 1 位").first
    expect(waiting).to_be_disabled()
    for visitor in (first, second):
        visitor.page.screenshot(path=shots / f"3-{_device(stage, visitor)}.png")


def test_reloading_changes_nothing(stage: Stage) -> None:
    _, second = _in_order(stage)
    second.page.reload()
    expect(second.page.get_by_text("排队中 · 第 1 位")).to_be_visible()


def test_whose_turn_it_is_may_order(stage: Stage, shots: Path) -> None:
    first, _ = _in_order(stage)
    first.page.get_by_role("button", name="抢购").first.click()
    expect(first.page.get_by_role("dialog")).to_be_visible()
    first.page.screenshot(path=shots / f"4-ordering-{_device(stage, first)}.png")


def test_the_next_one_hears_of_the_turn_without_asking(stage: Stage, shots: Path) -> None:
    _, second = _in_order(stage)
    stage.make_room()
    expect(second.page.get_by_text("轮到你了！").first).to_be_visible()
    expect(second.page.get_by_role("button", name="抢购").first).to_be_enabled()
    second.page.screenshot(path=shots / f"5-turn-{_device(stage, second)}.png")


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Screenshots, for a person to look at."""
    return tmp_path_factory.mktemp("shots")


_order: list[Visitor] = []


def _in_order(stage: Stage) -> list[Visitor]:
    """Who was drawn first, and second; as the pages show it at first sight."""
    if not _order:
        people = [stage.phone, stage.desktop]
        _order.extend(sorted(people, key=lambda v: v.page.get_by_text("轮到你了！").count() == 0))
    return _order


def _device(stage: Stage, visitor: Visitor) -> str:
    return "phone" if visitor is stage.phone else "desktop"


def _call(
    server: LiveServer, token: str, method: str, path: str, body: object = None
) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server.origin + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as reply:
        decoded: dict[str, Any] = json.load(reply)
        return decoded
