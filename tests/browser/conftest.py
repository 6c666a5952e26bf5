"""A real server, a real Chromium, and people with phones."""

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[2]
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
READY_SECONDS = 60.0
CODE_SECONDS = 10.0
STOP_SECONDS = 20.0
HOLD_SECONDS = 120
ACTION_MS = 15_000  # for anything a page is waited for
_CODE = re.compile(r"sms_code\W+(\d{6})\W.*sms_to\W+(\+\d+)|sms_to\W+(\+\d+).*sms_code\W+(\d{6})")


class Server:
    """``live serve`` on a port and a directory of its own, and the codes that it sends."""

    def __init__(self, directory: Path) -> None:
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LIVE_")},
            "LIVE_DATA_DIR": str(directory),
            "LIVE_ALLOW_SANDBOX": "1",
            "LIVE_HOLD_SECONDS": str(HOLD_SECONDS),
        }
        self._lines: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self.port = _free_port()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def add_person(self, phone: str, role: str, name: str) -> None:
        """An account, as an operator of the machine would add it."""
        self._live("accounts", "add", "--phone", phone, "--role", role, "--name", name)

    def token(self) -> str:
        """Of a made-up viewer who needs no browser."""
        return self._live("accounts", "tokens", "--count", "1").strip()

    def start(self) -> None:
        command = [sys.executable, "-m", "live", "serve", "--host", "127.0.0.1", "--port"]
        self._process = subprocess.Popen(
            [*command, str(self.port)],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()
        deadline = time.monotonic() + READY_SECONDS
        while not self._is_ready():
            assert self._process.poll() is None, "\n".join(self._lines[-20:])
            assert time.monotonic() < deadline, "the server does not get ready"
            time.sleep(0.1)

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def code_for(self, phone: str) -> str:
        """The last sign-in code sent to a phone."""
        deadline = time.monotonic() + CODE_SECONDS
        while time.monotonic() < deadline:
            for line in reversed(self._lines):
                match = _CODE.search(line)
                if match and (match[2] or match[3]).endswith(phone):
                    return match[1] or match[4]
            time.sleep(0.05)
        raise AssertionError(f"no code for {phone}:\n" + "\n".join(self._lines[-20:]))

    def _live(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "live", *arguments],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _listen(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        self._lines.extend(iter(self._process.stdout.readline, ""))

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.origin}/readyz", timeout=2) as reply:
                return bool(reply.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    assert (STATIC / "index.html").is_file(), "the pages are not built: make pages"
    running = Server(tmp_path_factory.mktemp("live"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = os.environ.get("LIVE_CHROMIUM") or shutil.which("chromium")
    if path is None:
        assert not os.environ.get("CI"), "CI must have a Chromium: apt-get install chromium"
        pytest.skip("no chromium on the PATH; LIVE_CHROMIUM may name one")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield chromium
        chromium.close()


class Visitor:
    """Somebody with a browser of their own. ``faults`` are errors that a page threw."""

    def __init__(self, browser: Browser, server: Server, *, is_phone: bool) -> None:
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
