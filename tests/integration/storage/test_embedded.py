"""The private Redis: it serves, it is alone, and it never outlives whoever started it."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from live.errors import StartupError
from live.storage.embedded import EmbeddedRedis
from live.storage.redis import REDIS_AWAY, RedisClient, connect_redis

_PARENT = """
import sys, time
from pathlib import Path
from live.storage.embedded import EmbeddedRedis

server = EmbeddedRedis(Path(sys.argv[1])).start()
print("ready", flush=True)
time.sleep(600)
"""


def _redis_of(directory: Path) -> int | None:
    """The process id of this directory's redis-server, where there is one."""
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes()
        except (OSError, NotADirectoryError):
            continue
        # redis-server overwrites its command line: "redis-server unixsocket:/path".
        program = command.split(b"\0")[0]
        is_redis = command.startswith(b"redis-server ") or b"/redis-server" in program
        if is_redis and bytes(directory) in command:
            return int(entry.name)
    return None


def _is_running(directory: Path) -> bool:
    return _redis_of(directory) is not None


def _wait_until_gone(directory: Path) -> None:
    deadline = time.monotonic() + 10
    while _is_running(directory):
        assert time.monotonic() < deadline, "the private Redis outlived its parent"
        time.sleep(0.02)


def _start_parent(directory: Path) -> subprocess.Popen[str]:
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(directory)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    return parent


async def test_serves_over_a_unix_socket_and_ends(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server:
        assert server.url.startswith("unix://")
        redis = connect_redis(server.url, timeout_ms=1_000, connections_max=4)
        assert await redis.set("a", "b")
        assert await redis.get("a") == b"b"
        await redis.aclose()
        assert _is_running(tmp_path)
    assert not _is_running(tmp_path)


async def test_starts_empty(tmp_path: Path) -> None:
    for _ in range(2):
        with EmbeddedRedis(tmp_path) as server:
            redis = connect_redis(server.url, timeout_ms=1_000, connections_max=4)
            assert await redis.dbsize() == 0
            await redis.set("a", "b")
            await redis.aclose()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_dies_with_its_parent_however_that_dies(tmp_path: Path, number: int) -> None:
    parent = _start_parent(tmp_path)
    assert _is_running(tmp_path)
    parent.send_signal(number)
    parent.communicate()
    _wait_until_gone(tmp_path)


def test_a_second_server_in_the_same_directory_is_refused(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path), pytest.raises(StartupError, match="in use by another"):
        EmbeddedRedis(tmp_path).start()


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def test_one_that_is_killed_is_back_soon_and_empty(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server:
        redis = connect_redis(server.url, timeout_ms=1_000, connections_max=4)
        for _ in range(2):
            await redis.set("a", "b")
            killed = _redis_of(tmp_path)
            assert killed is not None
            os.kill(killed, signal.SIGKILL)
            deadline = time.monotonic() + 10
            while _redis_of(tmp_path) in (None, killed) or not await _answers(redis):
                assert time.monotonic() < deadline, "no successor"
                await asyncio.sleep(0.02)
            assert await redis.dbsize() == 0
        await redis.aclose()
    assert not _is_running(tmp_path)


async def _answers(redis: RedisClient) -> bool:
    try:
        return bool(await redis.ping())
    except REDIS_AWAY:
        return False


async def test_a_stale_one_is_recognised_and_replaced(tmp_path: Path) -> None:
    parent = _start_parent(tmp_path)
    # Kill the shells between them, so that nobody ends the Redis when its parent goes.
    parent.send_signal(signal.SIGSTOP)  # it would start another
    redis_pid = _redis_of(tmp_path)
    shell = _children(parent.pid)[0]
    for pid in [shell, *_children(shell)]:
        if pid != redis_pid:
            os.kill(pid, signal.SIGKILL)
    parent.kill()
    parent.communicate()
    assert _is_running(tmp_path), "the test needs a stale Redis"
    with EmbeddedRedis(tmp_path) as server:
        redis = connect_redis(server.url, timeout_ms=1_000, connections_max=4)
        assert await redis.ping()
        await redis.aclose()
    _wait_until_gone(tmp_path)


async def test_a_directory_with_a_long_name(tmp_path: Path) -> None:
    directory = tmp_path / ("菠萝" * 20) / ("x" * 100)
    with EmbeddedRedis(directory) as server:
        redis = connect_redis(server.url, timeout_ms=1_000, connections_max=4)
        assert await redis.ping()
        await redis.aclose()
        with pytest.raises(StartupError, match="in use"):
            EmbeddedRedis(directory).start()


def test_one_that_cannot_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "bin" / "redis-server"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}:{os.environ['PATH']}")
    monkeypatch.setattr("live.storage.embedded.START_SECONDS", 0.3)
    with pytest.raises(StartupError, match="does not start"):
        EmbeddedRedis(tmp_path / "data").start()


def test_without_one_on_the_path_the_wheel_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("cat", "sh"):
        (tools / name).symlink_to(f"/bin/{name}")
    monkeypatch.setenv("PATH", str(tools))
    with EmbeddedRedis(tmp_path / "data") as server:
        assert "redis.sock" in server.url
    assert "6.2" in (tmp_path / "data" / "redis.log").read_text()
