"""Thousands of viewers lose their server at once, or are seen out by it, and come to another.

``python -m tests.support.storm [--viewers N]`` plays both and prints a JSON object as its last
line; ``tests/integration/test_reconnect_storm.py`` does so with a few hundred. Each viewer follows
a feed of numbered entries over all its connections, so a hole or a repetition in anybody's feed is
found.
"""

import argparse
import asyncio
import json
import os
import random
import resource
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import msgspec
import uvloop

from live.realtime.feed import Entry
from live.storage.embedded import EmbeddedRedis, redis_executable
from live.storage.schema import upgrade
from tests.support.watching import Fair, fair

ADDRESSES = 250  # source addresses 127.0.1.x: one has only 28,000 ports
JOINING_MAX = 200  # handshakes under way at once before the storm; in it as many as there are
ENTRIES_PER_SECOND = 5
FILES_SPARE = 500
_HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
)
_CLOSE, _PING = 8, 9


class _Entry(msgspec.Struct):
    id: str
    i: int = -1


class _Message(msgspec.Struct):
    type: str
    feed: list[_Entry] = []
    feed_id: str = ""
    gap: bool = False
    reconnect_seconds: int = 0


_decode = msgspec.json.Decoder(_Message).decode


@dataclass
class Told:
    """What all viewers together have seen."""

    connected: int = 0
    holes: int = 0
    repeats: int = 0
    gaps: int = 0
    refused: int = 0
    closes: Counter[int] = field(default_factory=Counter)  # code, 0 for none → connections
    lost_at: list[float] = field(default_factory=list)  # loop times
    back_at: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)  # seconds from a loss to the first attempt


class Viewer(asyncio.Protocol):
    """One connection of a ``Follower``: takes frames apart, and hands on what they say."""

    def __init__(self, follower: "Follower", path: str) -> None:
        self._follower = follower
        self._path = path
        self._transport: asyncio.Transport | None = None
        self._pending = b""
        self._has_head = False
        self._code = 0
        loop = asyncio.get_running_loop()
        self.is_in: asyncio.Future[bool] = loop.create_future()
        self.is_lost: asyncio.Future[int] = loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(_HANDSHAKE.format(path=self._path).encode())

    def data_received(self, data: bytes) -> None:
        self._pending += data
        if not self._has_head:
            head, found, rest = self._pending.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head[:20]:
                self._follower.told.refused += 1
                self.close()
                return
            self._has_head, self._pending = True, rest
        while (frame := self._next_frame()) is not None:
            self._take(*frame)

    def _next_frame(self) -> tuple[int, bytes] | None:
        pending = self._pending
        if len(pending) < 2:
            return None
        size, start = pending[1], 2
        if size >= 126:
            start = 4 if size == 126 else 10
            size = int.from_bytes(pending[2:start])
        if len(pending) < start + size:
            return None
        self._pending = pending[start + size :]
        return pending[0] & 15, pending[start : start + size]

    def _take(self, opcode: int, body: bytes) -> None:
        if opcode == _CLOSE:
            self._code = int.from_bytes(body[:2])
            self.close()
        elif opcode == _PING and self._transport is not None:
            self._transport.write(b"\x8a\x80\x00\x00\x00\x00")
        else:
            self._follower.hear(_decode(body), is_first=not self.is_in.done())
            if not self.is_in.done():
                self.is_in.set_result(True)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.is_in.done():
            self.is_in.set_result(False)
        if not self.is_lost.done():
            self.is_lost.set_result(self._code)


class Follower:
    """One person: follows the feed over all connections, as docs/protocol.md asks of a client."""

    def __init__(self, number: int, path: str, told: Told) -> None:
        self._address = f"127.0.1.{1 + number % ADDRESSES}"
        self._path = path
        self.told = told
        self._feed_id = ""
        self._last: int | None = None
        self._reconnect_seconds = 5
        self._viewer: Viewer | None = None

    async def follow(self, home: Callable[[], int], turns: asyncio.Semaphore) -> None:
        """Join the server that ``home`` names, and again whenever the connection is lost."""
        loop, is_new, attempt = asyncio.get_running_loop(), True, 0
        while True:
            if not is_new:
                window = self._reconnect_seconds * 2**attempt
                wait = random.uniform(0, window)
                if attempt == 0:
                    self.told.waits.append(wait)
                await asyncio.sleep(wait)
            async with turns:
                viewer = await self._connect(home())
            if viewer is None:
                attempt += 1
                is_new = False
                continue
            attempt = 0
            self.told.connected += 1
            if not is_new:
                self.told.back_at.append(loop.time())
            self._viewer, is_new = viewer, False
            self.told.closes[await viewer.is_lost] += 1
            self.told.connected -= 1
            self.told.lost_at.append(loop.time())

    async def _connect(self, port: int) -> Viewer | None:
        path = f"{self._path}?since={self._feed_id}" if self._feed_id else self._path
        loop = asyncio.get_running_loop()
        try:
            _, viewer = await loop.create_connection(
                lambda: Viewer(self, path), "127.0.0.1", port, local_addr=(self._address, 0)
            )
        except OSError:
            return None
        return viewer if await viewer.is_in else None

    def hear(self, message: _Message, *, is_first: bool) -> None:
        if message.type not in ("snapshot", "tick"):
            return
        self.told.gaps += message.gap
        self._feed_id = message.feed_id or self._feed_id
        if message.reconnect_seconds:
            self._reconnect_seconds = message.reconnect_seconds
        is_catch_up = message.type == "snapshot" and not is_first
        for number in (entry.i for entry in message.feed if entry.i >= 0):
            if self._last is not None and number <= self._last:
                self.told.repeats += not is_catch_up
                continue
            self.told.holes += self._last is not None and number != self._last + 1
            self._last = number

    @property
    def last(self) -> int:
        return -1 if self._last is None else self._last


class Storm:
    """All viewers, on two servers."""

    def __init__(self, two: Fair, viewers: int) -> None:
        self._two = two
        self._viewers = viewers
        self._home = 0
        self.told = Told()
        path = f"/api/events/{two.event_id}/room"
        self._followers = [Follower(n, path, self.told) for n in range(viewers)]
        self._published = -1

    async def play(self) -> dict[str, Any]:
        """Everybody in; one server killed; its successor up; the other told to end."""
        loop = asyncio.get_running_loop()
        turns = asyncio.Semaphore(JOINING_MAX)
        began = loop.time()
        tasks = [
            asyncio.create_task(f.follow(lambda: self._two.servers[self._home].port, turns))
            for f in self._followers
        ]
        news = asyncio.create_task(self._make_news())
        try:
            await self._all_there()
            joins_per_second = self._viewers / (loop.time() - began)
            turns._value = self._viewers * 2  # from now on nobody waits for anybody
            killed = await self._lose(0, signal.SIGKILL, to=1)
            await asyncio.to_thread(self._two.servers[0].wait)
            await asyncio.to_thread(self._two.servers[0].start)
            drained = await self._lose(1, signal.SIGTERM, to=0)
            news.cancel()
            await self._until(lambda: all(f.last == self._published for f in self._followers))
        finally:
            for task in (news, *tasks):
                task.cancel()
            for follower in self._followers:
                if follower._viewer is not None:
                    follower._viewer.close()
            await asyncio.gather(news, *tasks, return_exceptions=True)
        told = self.told
        return {
            "viewers": self._viewers, "joins_per_second": round(joins_per_second),
            "holes": told.holes, "repeats": told.repeats, "gaps": told.gaps,
            "refused": told.refused, "killed": killed, "drained": drained,
        }  # fmt: skip

    async def _lose(self, server: int, how: signal.Signals, *, to: int) -> dict[str, Any]:
        """End a server, and wait until everybody is at the other one."""
        told = self.told
        for seen in (told.closes, told.lost_at, told.back_at, told.waits):
            seen.clear()
        self._home = to
        os.kill(self._two.servers[server].pid, how)
        await self._until(lambda: len(told.lost_at) >= self._viewers)
        await self._all_there()
        first = min(told.lost_at)
        by_second = Counter(int(at - first) for at in told.back_at)
        return {
            "closes": {str(code): n for code, n in sorted(told.closes.items())},
            "closing_seconds": round(max(told.lost_at) - first, 2),
            "all_back_seconds": round(max(told.back_at) - first, 2),
            "longest_wait_seconds": round(max(told.waits), 2),
            "most_back_in_a_second": max(by_second.values()),
        }

    async def _all_there(self) -> None:
        await self._until(lambda: self.told.connected == self._viewers)

    async def _until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(60 + self._viewers / 20):
            while not is_so():  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def _make_news(self) -> None:
        while True:
            entry = Entry("notice", {"i": self._published + 1})
            await self._two.feed.publish(self._two.event_id, [entry])
            self._published += 1
            await asyncio.sleep(1 / ENTRIES_PER_SECOND)


async def main(viewers: int) -> dict[str, Any]:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, viewers + FILES_SPARE), most))
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        redis = stack.enter_context(EmbeddedRedis(directory, redis_executable()))
        database_url = f"sqlite+aiosqlite:///{directory / 'live.db'}"
        await asyncio.to_thread(upgrade, database_url)
        settings = {"LIVE_DRAIN_SECONDS": "10"}
        async with fair(directory, database_url, redis.url, **settings) as two:
            return await Storm(two, viewers).play()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=1_000)
    sys.stdout.write(json.dumps(uvloop.run(main(parser.parse_args().viewers))) + "\n")
