"""A giveaway as people see it: a host opens it, two enter, one of them wins and says where to."""

import json
import os
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import ACTION_MS, Visitor
from tests.support.live_server import LiveServer, live

PHONE, DESKTOP = "13912350001", "13912350002"

expect.set_options(timeout=ACTION_MS)


@dataclass
class Stage:
    server: LiveServer
    host_token: str
    event_id: str
    host: Visitor
    phone: Visitor
    desktop: Visitor

    @property
    def viewers(self) -> list[Visitor]:
        return [self.phone, self.desktop]

    def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        return _call(self.server, self.host_token, method, path, body)

    def winner(self) -> Visitor:
        (winner,) = [v for v in self.viewers if _congratulation(v).is_visible()]
        return winner


@pytest.fixture(scope="module")
def stage(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    server = LiveServer(
        tmp_path_factory.mktemp("live"),
        LIVE_GIVEAWAY_DRAW_SECONDS="0.5",
        LIVE_DEFINITION_SECONDS="0.5",
    )
    server.start()
    tokens = live(
        "accounts", "tokens", "--role", "host", "--count", "1", environment=server.environment
    )
    token = tokens.stdout.strip()
    event = {
        "title": "徐闻菠萝：县长请你来菠萝的海", "county_code": "440825",
        "starts_at": "2026-02-19T02:00:00Z",
    }  # fmt: skip
    event_id = _call(server, token, "POST", "/api/events", event)["id"]
    _call(server, token, "POST", f"/api/events/{event_id}/start")
    people = [Visitor(browser, server, is_phone=is_phone) for is_phone in (True, True, False)]
    people[0].context.add_cookies([{"name": "live_session", "value": token, "url": server.origin}])
    yield Stage(server, token, event_id, *people)
    server.stop()
    for visitor in people:
        assert visitor.faults == []


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Screenshots, for a person to look at."""
    chosen = os.environ.get("GIVEAWAY_SHOTS")
    return Path(chosen) if chosen else tmp_path_factory.mktemp("shots")


# One story, told in order.


def test_the_host_opens_one(stage: Stage, shots: Path) -> None:
    page = stage.host.page
    page.goto(f"/host/events/{stage.event_id}")
    page.get_by_role("button", name="发福袋").click()
    form = page.get_by_role("dialog")
    form.get_by_role("button", name="发出福袋").click()
    expect(form.get_by_text("请填写奖品")).to_be_visible()
    form.get_by_label("奖品").fill("徐闻菠萝 6斤装 一箱")
    page.screenshot(path=shots / "1-form.png")
    form.get_by_role("button", name="发出福袋").click()
    expect(page.get_by_text("还有 0")).to_be_visible()
    expect(page.get_by_role("button", name="发福袋")).to_be_hidden()
    page.screenshot(path=shots / "2-host-running.png")


def test_viewers_enter_once(stage: Stage, shots: Path) -> None:
    for visitor, phone in ((stage.phone, PHONE), (stage.desktop, DESKTOP)):
        page = visitor.page
        page.goto(f"/events/{stage.event_id}")
        badge = page.get_by_role("button", name="福袋")
        expect(badge).to_be_visible()
        page.screenshot(path=shots / f"3-badge-{phone}.png")
        badge.click()
        page.get_by_role("button", name="参与抽奖").click()
        visitor.sign_in(phone)
        expect(page.get_by_text("已参与，等待开奖")).to_be_visible()
        page.screenshot(path=shots / f"4-entered-{phone}.png")
    expect(stage.phone.page.get_by_text("2", exact=True)).to_be_visible()
    expect(stage.host.page.get_by_text("2 人已参与")).to_be_visible()


def test_reloading_keeps_the_entry(stage: Stage) -> None:
    page = stage.desktop.page
    page.reload()
    page.get_by_role("button", name="福袋").click()
    expect(page.get_by_text("已参与，等待开奖")).to_be_visible()


def test_one_of_them_wins_and_both_can_see_how(stage: Stage, shots: Path) -> None:
    stage.call("POST", f"/api/events/{stage.event_id}/end")
    lost = [v.page.get_by_text("这次没有中奖") for v in stage.viewers]
    for visitor, sorry in zip(stage.viewers, lost, strict=True):
        expect(_congratulation(visitor).or_(sorry)).to_be_visible()
    winner = stage.winner()
    for visitor in stage.viewers:
        page = visitor.page
        page.get_by_text("怎么开奖的？").click()
        expect(page.get_by_text("查看全部参与编号")).to_be_visible()
        expect(page.get_by_text("中奖名单")).to_be_visible()
        word = "won" if visitor is winner else "lost"
        page.screenshot(path=shots / f"5-{word}.png")


def test_the_winner_says_where_to(stage: Stage, shots: Path) -> None:
    page = stage.winner().page
    page.get_by_role("link", name="填写收货地址").click()
    page.get_by_role("button", name="填写收货地址").click()
    form = page.get_by_role("dialog")
    form.get_by_label("收货人").fill("王小明")
    form.get_by_label("手机号").fill("13812345678")
    form.get_by_label("省份").select_option("440000")
    form.get_by_label("详细地址").fill("广州市天河区体育西路 1 号")
    page.screenshot(path=shots / "6-address.png")
    form.get_by_role("button", name="保存并使用").click()
    form.get_by_role("button", name="寄到这里").click()
    expect(page.get_by_text("广州市天河区体育西路 1 号")).to_be_visible()
    page.screenshot(path=shots / "7-prize.png")


def test_the_host_sees_who_won_masked(stage: Stage, shots: Path) -> None:
    page = stage.host.page
    page.get_by_role("button", name="中奖名单").click()
    expect(page.get_by_text("138****5678")).to_be_visible()
    expect(page.get_by_text("体育西路")).to_be_hidden()
    page.screenshot(path=shots / "8-host-winners.png")


def test_an_operator_sees_where_the_prizes_go(browser: Browser, stage: Stage, shots: Path) -> None:
    tokens = live(
        "accounts", "tokens", "--role", "operator", "--count", "1",
        environment=stage.server.environment,
    )  # fmt: skip
    operator = Visitor(browser, stage.server, is_phone=False)
    operator.context.add_cookies(
        [{"name": "live_session", "value": tokens.stdout.strip(), "url": stage.server.origin}]
    )
    page = operator.page
    page.goto(f"/operator/events/{stage.event_id}")
    prizes = page.get_by_role("region", name="福袋奖品寄送")
    expect(prizes.get_by_text("1 人中奖")).to_be_visible()
    expect(prizes.get_by_text("13812345678")).to_be_visible()
    expect(prizes.get_by_text("广东省 广州市天河区体育西路 1 号")).to_be_visible()
    prizes.screenshot(path=shots / "8-operator.png")

    page.route("**/api/giveaways/*/winners", lambda route: route.fulfill(status=503, body="{}"))
    prizes.get_by_role("button", name="刷新").click()
    expect(page.get_by_role("alert").get_by_text("服务繁忙")).to_be_visible()
    expect(prizes.get_by_text("13812345678")).to_be_visible()
    page.reload()
    expect(prizes.get_by_role("alert")).to_contain_text("没能加载出来")
    page.unroute("**/api/giveaways/*/winners")
    prizes.get_by_role("button", name="重试").click()
    expect(prizes.get_by_text("13812345678")).to_be_visible()
    # Since they have said where to, the winner looks at their prizes.
    (winner,) = [visitor.page for visitor in stage.viewers if "/prizes" in visitor.page.url]
    _note_the_parcel(prizes, winner, shots)

    page.goto(f"/operator/events/{_event_with_giveaway(stage)}")
    expect(prizes.get_by_text("还没有开奖的福袋")).to_be_visible()
    assert operator.faults == []


def _note_the_parcel(prizes: Locator, winner: Page, shots: Path) -> None:
    """The winner reads the number, and can no longer say where else it should go."""
    prizes.get_by_role("button", name="填写快递单号").click()
    prizes.get_by_role("button", name="保存单号").click()
    expect(prizes.get_by_text("请填写快递公司")).to_be_visible()
    prizes.get_by_label("快递公司").fill("顺丰速运")
    prizes.get_by_label("快递单号").fill("SF 12")
    prizes.get_by_role("button", name="保存单号").click()
    expect(prizes.get_by_text("单号只能有数字、字母和连字符")).to_be_visible()
    prizes.screenshot(path=shots / "8-operator-parcel.png")
    prizes.get_by_label("快递单号").fill("SF1234567890")
    prizes.get_by_role("button", name="保存单号").click()
    expect(prizes.get_by_text("已寄出 · 顺丰速运 SF1234567890")).to_be_visible()
    expect(prizes.get_by_role("button", name="更正单号")).to_be_visible()
    prizes.screenshot(path=shots / "8-operator-sent.png")
    winner.goto("/prizes")
    expect(winner.get_by_text("已寄出 · 顺丰速运 SF1234567890")).to_be_visible()
    expect(winner.get_by_role("button", name="更换")).to_be_hidden()
    winner.screenshot(path=shots / "8-prize-sent.png")


def test_in_english(stage: Stage, shots: Path) -> None:
    other = _event_with_giveaway(stage)
    for visitor, where, name in (
        (stage.phone, f"/events/{other}", "9-en-phone"),
        (stage.desktop, f"/events/{other}", "9-en-desktop"),
        (stage.host, f"/host/events/{other}", "9-en-host"),
    ):
        page = visitor.page
        page.evaluate("localStorage.setItem('live.locale', 'en')")
        page.goto(where)
        if visitor is not stage.host:
            page.get_by_role("button", name="Giveaway").click()
            expect(page.get_by_role("button", name="Enter")).to_be_visible()
            page.get_by_text("How is it drawn?").click()
        else:
            expect(page.get_by_text("0 people have entered")).to_be_visible()
        page.screenshot(path=shots / f"{name}.png")
    stage.host.page.set_viewport_size({"width": 1440, "height": 900})
    expect(stage.host.page.get_by_text("0 people have entered")).to_be_visible()
    stage.host.page.screenshot(path=shots / "9-en-host-desktop.png")


def _event_with_giveaway(stage: Stage) -> str:
    event = {
        "title": "Xuwen pineapples", "county_code": "440825", "starts_at": "2026-02-19T02:00:00Z",
    }  # fmt: skip
    event_id = str(stage.call("POST", "/api/events", event)["id"])
    stage.call("POST", f"/api/events/{event_id}/start")
    terms = {
        "title": "Opening giveaway", "prize": "A 3 kg box of Xuwen pineapples",
        "winners_count": 3, "seconds": 600,
    }  # fmt: skip
    stage.call("POST", f"/api/events/{event_id}/giveaways", terms)
    return event_id


def _congratulation(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("dialog").get_by_text("恭喜，你中奖了！第 1 位")


def _call(
    server: LiveServer, token: str, method: str, path: str, body: object = None
) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server.origin + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as reply:
        decoded: dict[str, Any] = json.load(reply)
        return decoded
