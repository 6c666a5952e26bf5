"""``live demo`` as somebody runs it: the whole event, over real sockets, to a clean count."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.live_server import ROOT, free_port, live, live_environment

RUN_SECONDS = 120.0
WAIT_SECONDS = 60.0


def demo(*arguments: str, data_dir: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a demo to its end."""
    environment = live_environment(LIVE_DATA_DIR=str(data_dir), **settings)
    return live("demo", *arguments, environment=environment, seconds=RUN_SECONDS)


def call(url: str, body: object) -> Any:
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as reply:
        return json.loads(reply.read() or b"null")


class RunningDemo:
    """A demo at work, and what it has printed so far."""

    def __init__(self, process: subprocess.Popen[str], output: Path, url: str) -> None:
        self.process = process
        self.url = url
        self._output = output

    def wait_for(self, pattern: str) -> re.Match[str]:
        deadline = time.monotonic() + WAIT_SECONDS
        while not (found := re.search(pattern, text := self._output.read_text())):
            assert self.process.poll() is None, text
            assert time.monotonic() < deadline, text
            time.sleep(0.1)
        return found


@contextmanager
def running_demo(data_dir: Path, *arguments: str) -> Iterator[RunningDemo]:
    port, output = free_port(), data_dir / "output"
    with (
        output.open("w") as out,
        subprocess.Popen(
            [sys.executable, "-m", "live", "demo", "--port", str(port), *arguments],
            cwd=ROOT,
            env=live_environment(LIVE_DATA_DIR=str(data_dir)),
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        try:
            yield RunningDemo(process, output, f"http://127.0.0.1:{port}")
        finally:
            process.kill()


def is_listening(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) == 0


def test_every_box_is_sold_once_and_the_books_agree(database_url: str, tmp_path: Path) -> None:
    done = demo(
        *("--orders", "120", "--viewers", "150", "--speed", "max", "--exit"),
        *("--port", str(free_port())),
        data_dir=tmp_path,
        LIVE_DATABASE_URL=database_url,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    *lines, last = done.stdout.splitlines()
    summary = json.loads(last)
    assert summary.pop("seconds") > 0
    assert summary == {
        "orders": 120,
        "units_sold": 120,
        "jin_sold": 720,
        "oversold_units": 0,
        "lost_orders": 0,
        "leaked_units": 0,
    }
    told = "\n".join(lines)
    assert "broken promises none" in told
    assert done.stderr == ""


def test_it_stays_up_until_ctrl_c_and_people_can_sign_in(tmp_path: Path) -> None:
    with running_demo(tmp_path, "--orders", "6", "--viewers", "3", "--speed", "40") as running:
        phone = running.wait_for(r"Host +sign in with (\d+)")[1]
        running.wait_for(r"Still at")
        # The show is over; the server answers, and a person at the terminal reads their code.
        call(f"{running.url}/api/auth/codes", {"phone": phone})
        code = running.wait_for(rf"Code +(\d{{6}}) for {phone} \(host\)")[1]
        signed_in = call(f"{running.url}/api/auth/sessions", {"phone": phone, "code": code})
        assert signed_in["account"]["role"] == "host"

        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(30) == 0
        assert not is_listening(running.url)


def test_no_server_is_left_behind_when_the_demo_is_killed(tmp_path: Path) -> None:
    with running_demo(tmp_path, "--orders", "100", "--viewers", "3") as running:
        running.wait_for(r"Room +http")
        assert is_listening(running.url)
        running.process.kill()
        running.process.wait()
        deadline = time.monotonic() + 30
        while is_listening(running.url):
            assert time.monotonic() < deadline, "the server outlives the demo"
            time.sleep(0.1)


def test_ctrl_c_in_the_midst_ends_everything_in_order(tmp_path: Path) -> None:
    with running_demo(tmp_path, "--orders", "100", "--viewers", "3", "--exit") as running:
        running.wait_for(r"viewers \d")
        os.kill(running.process.pid, signal.SIGINT)
        assert running.process.wait(30) == 130  # as any command that was cut off
        assert not is_listening(running.url)


def test_a_port_that_is_taken_is_told_in_a_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = demo("--port", str(taken.getsockname()[1]), data_dir=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("live demo: cannot listen on 127.0.0.1:")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [("--orders", "0"), ("--viewers", "0"), ("--speed", "0")])
def test_a_demo_of_nothing_is_refused(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = demo(*arguments, data_dir=tmp_path)
    assert done.returncode == 2
    assert arguments[0] in done.stderr
