"""Somebody who has asked for many codes solves a captcha, and gets the next one.

The service is a counterpart: its ``siteverify`` on a local port, its widget in place of the script
that Cloudflare would send.
"""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Visitor
from tests.support.live_server import LiveServer

PHONE = "13900001234"
SITE_KEY, SECRET, TOKEN = "site-key", "secret", "a person's token"
WIDGET = f"""
window.turnstile = {{
  render(element, options) {{
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = 'I am a person ' + options.sitekey
    button.onclick = () => options.callback({json.dumps(TOKEN)})
    element.append(button)
    return 'w1'
  }},
  remove() {{}},
}}
"""


class _SiteVerify(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        is_person = form == {"secret": [SECRET], "response": [TOKEN]}
        body = json.dumps({"success": is_person}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture(scope="module")
def verify_url() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _SiteVerify) as service:
        thread = threading.Thread(target=service.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{service.server_port}/siteverify"
        service.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, verify_url: str) -> Iterator[LiveServer]:
    running = LiveServer(
        tmp_path_factory.mktemp("live"),
        LIVE_CAPTCHA="turnstile",
        LIVE_CAPTCHA_SITE_KEY=SITE_KEY,
        LIVE_CAPTCHA_SECRET=SECRET,
        LIVE_CAPTCHA_VERIFY_URL=verify_url,
        LIVE_CAPTCHA_AFTER_CODES="1",
    )
    running.start()
    yield running
    running.stop()


@pytest.mark.parametrize("is_phone", [True, False], ids=["phone", "desktop"])
def test_the_next_code_comes_after_the_captcha(
    guarded: LiveServer, browser: Browser, is_phone: bool, tmp_path: Path
) -> None:
    phone = PHONE if is_phone else PHONE[:-1] + "5"
    first = Visitor(browser, guarded, is_phone=is_phone)
    first.page.goto("/sign-in")
    first.sign_in(phone)  # nothing is asked of somebody who wants one code
    first.context.close()

    again = Visitor(browser, guarded, is_phone=is_phone)
    page = again.page
    page.route(
        "https://challenges.cloudflare.com/**",
        lambda route: route.fulfill(body=WIDGET, content_type="text/javascript"),
    )
    page.goto("/sign-in")
    page.get_by_label("手机号").fill(phone)
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_text("请先完成人机验证").wait_for()
    page.get_by_role("button", name=f"I am a person {SITE_KEY}").wait_for()
    page.screenshot(path=str(tmp_path / "captcha.png"))
    page.get_by_role("button", name=f"I am a person {SITE_KEY}").click()
    page.get_by_text("验证码已发送").wait_for()
    assert page.get_by_role("region", name="人机验证").count() == 0
    page.get_by_label("验证码", exact=True).fill(guarded.code_for(phone))
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/")
    assert again.faults == []
    again.context.close()


def test_a_widget_that_does_not_load_is_told(guarded: LiveServer, browser: Browser) -> None:
    visitor = Visitor(browser, guarded, is_phone=True)
    page = visitor.page
    page.route("https://challenges.cloudflare.com/**", lambda route: route.abort())
    page.goto("/sign-in")
    page.get_by_label("手机号").fill(PHONE)
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_text("验证组件加载失败").wait_for()
    visitor.context.close()
