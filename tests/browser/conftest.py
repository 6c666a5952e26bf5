"""A real server, a real Chromium, and people with phones."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.live_server import ROOT, LiveServer

STATIC = ROOT / "live" / "web" / "static"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
HOLD_SECONDS = 120
ACTION_MS = 15_000  # for anything a page is waited for


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    assert (STATIC / "index.html").is_file(), "the pages are not built: make frontend"
    running = LiveServer(tmp_path_factory.mktemp("live"), LIVE_HOLD_SECONDS=str(HOLD_SECONDS))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = os.environ.get("LIVE_CHROMIUM") or shutil.which("chromium")
    assert path, "no chromium on the PATH; tools/ensure_chromium.sh installs one"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield chromium
        chromium.close()


class Visitor:
    """Somebody with a browser of their own. ``faults`` are errors that a page threw."""

    def __init__(self, browser: Browser, server: LiveServer, *, is_phone: bool) -> None:
        size = {"width": 390, "height": 844} if is_phone else {"width": 1440, "height": 900}
        self.context: BrowserContext = browser.new_context(
            base_url=server.origin,
            viewport=size,  # type: ignore[arg-type]  # a ViewportSize is a TypedDict
            is_mobile=is_phone,
            has_touch=is_phone,
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(ACTION_MS)
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self._server = server

    def sign_in(self, phone: str) -> None:
        """Fill in the form that stands open, with the code that the server has sent."""
        page = self.page
        page.get_by_label("手机号").fill(phone)
        page.get_by_role("button", name="获取验证码").click()
        page.get_by_text("验证码已发送").wait_for()
        page.get_by_label("验证码", exact=True).fill(self._server.code_for(phone))
        page.get_by_role("button", name="登录", exact=True).click()
