"""``live serve``: it refuses to start in one clear line, drains, and keeps its workers."""

import json
import os
import signal
import socket
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from live.storage.schema import downgrade
from tests.support.live_server import LiveServer, free_port, live, live_environment
from tests.support.processes import workers_of

HOST = ("serve", "--host", "127.0.0.1", "--port")


def _refusal(*arguments: str, **settings: str) -> str:
    """What a start that must fail says: one line."""
    done = live(*arguments, environment=live_environment(**settings))
    assert done.returncode == 1, done.stdout + done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("live ")]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


def _serve(directory: Path, **settings: str) -> str:
    return _refusal(*HOST, str(free_port()), LIVE_DATA_DIR=str(directory), **settings)


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = _refusal(*HOST, str(port), LIVE_DATA_DIR=str(tmp_path))
    assert f"cannot listen on 127.0.0.1:{port}" in said
    assert list(tmp_path.iterdir()) == [], "nothing is made before the port is ours"


def test_no_sandbox_and_no_secret(tmp_path: Path) -> None:
    assert "LIVE_SECRET is not set" in _serve(tmp_path, LIVE_ALLOW_SANDBOX="0")


def test_no_sandbox_and_no_way_to_send_codes(tmp_path: Path) -> None:
    said = _serve(tmp_path, LIVE_ALLOW_SANDBOX="0", LIVE_SECRET="s" * 32)
    assert "LIVE_SMS_URL is not set" in said


def test_no_sandbox_and_nobody_to_collect_money(tmp_path: Path) -> None:
    said = _serve(
        tmp_path,
        LIVE_ALLOW_SANDBOX="0",
        LIVE_SECRET="s" * 32,
        LIVE_SMS_URL="https://sms.invalid/send",
    )
    assert "no payment provider is configured" in said


def test_a_secret_that_is_too_short(tmp_path: Path) -> None:
    assert "at least 16 bytes" in _serve(tmp_path, LIVE_SECRET="short")


def test_a_setting_that_makes_no_sense(tmp_path: Path) -> None:
    said = _serve(tmp_path, LIVE_HOLD_SECONDS="soon")
    assert "LIVE_HOLD_SECONDS" in said


def test_a_redis_that_does_not_answer(tmp_path: Path) -> None:
    said = _serve(tmp_path, LIVE_REDIS_URL=f"redis://:hunter22@127.0.0.1:{free_port()}/0")
    assert "cannot reach Redis redis://" in said
    assert "hunter22" not in said


def test_a_redis_cluster_that_does_not_answer(tmp_path: Path) -> None:
    nodes = f"127.0.0.1:{free_port()},127.0.0.1:{free_port()}"
    said = _serve(tmp_path, LIVE_REDIS_URL=f"redis+cluster://live:hunter22@{nodes}")
    assert f"cannot reach Redis redis+cluster://live@{nodes}" in said
    assert "hunter22" not in said


def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    url = f"postgresql+asyncpg://live:hunter22@127.0.0.1:{free_port()}/live"
    said = _serve(tmp_path, LIVE_DATABASE_URL=url)
    assert "cannot reach the database postgresql+asyncpg://" in said
    assert "hunter22" not in said


def test_a_schema_behind_the_code(tmp_path: Path, database_url: str) -> None:
    downgrade(database_url, "base")
    assert "schema_behind" in _serve(tmp_path, LIVE_DATABASE_URL=database_url)


def test_migrate_brings_it_up_and_may_be_repeated(tmp_path: Path, database_url: str) -> None:
    downgrade(database_url, "base")
    environment = live_environment(LIVE_DATABASE_URL=database_url)
    for _ in range(2):
        done = live("migrate", environment=environment)
        assert done.returncode == 0, done.stderr
        assert "schema at " in done.stdout


def test_two_servers_in_one_directory(tmp_path: Path) -> None:
    server = LiveServer(tmp_path)
    server.start()
    try:
        assert "in use by another live server" in _serve(tmp_path)
    finally:
        assert server.stop() == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_sigterm_drains_and_leaves_nothing_behind(tmp_path: Path, workers: int) -> None:
    server = LiveServer(tmp_path, workers=workers, LIVE_DRAIN_SECONDS="0.5")
    server.start()
    assert _get(server, "/healthz") == {"alive": True}
    assert server.stop() == 0
    assert "Traceback" not in server.output
    _until(lambda: not _processes_of(tmp_path), "something was left behind")


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    server = LiveServer(tmp_path, workers=2, LIVE_DRAIN_SECONDS="0.1")
    server.start()
    try:
        _until(lambda: len(workers_of(server.pid)) == 2, "two workers were asked for")
        victim = workers_of(server.pid)[0]
        os.kill(victim, signal.SIGKILL)
        _until(
            lambda: len(workers_of(server.pid)) == 2 and victim not in workers_of(server.pid),
            "the dead worker has no successor",
        )
        for _ in range(20):
            assert _get(server, "/healthz") == {"alive": True}
    finally:
        server.stop()


def test_workers_do_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    server = LiveServer(tmp_path, workers=2, LIVE_DRAIN_SECONDS="0.1")
    server.start()
    _until(lambda: len(workers_of(server.pid)) == 2, "two workers were asked for")
    workers = workers_of(server.pid)
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    _until(
        lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers),
        "the workers outlived their parent",
    )
    _until(lambda: not _processes_of(tmp_path), "its Redis outlived it")


def _get(server: LiveServer, path: str) -> object:
    with urllib.request.urlopen(f"{server.origin}{path}", timeout=5) as reply:
        return json.load(reply)


def _processes_of(directory: Path) -> list[int]:
    """Processes with the directory in their command line: the private Redis and its keeper."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if bytes(directory) in _command(pid)]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _until(is_so: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.05)
