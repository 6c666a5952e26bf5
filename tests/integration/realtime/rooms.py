"""A room server on a real port, with the parts that other features own kept as small as can be."""

import asyncio
import json
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiohttp import web
from websockets.asyncio.client import ClientConnection, connect

from live.clock import SystemClock
from live.config import Settings
from live.errors import Problem
from live.realtime.commands import Command
from live.realtime.definition import RoomDefinition
from live.realtime.feature import Realtime, RoomSources, realtime_feature
from live.realtime.feed import Feed
from live.realtime.ring import FeedEntry
from live.stock.redis_guard import OffersSection, RedisStockGuard
from live.stock.rules import OfferTerms
from live.storage.embedded import redis_executable
from live.storage.redis import RedisClient, connect_redis
from live.web.acceptor import Acceptor
from live.web.connections import http_connections
from live.web.routes import Call
from tests.support.people import KnownPeople

WAIT_SECONDS = 10.0  # anything that takes longer has failed

FAST = Settings(
    tick_hz=20,
    lease_ms=500,
    quiet_tick_seconds=1.0,
    behind_snapshot_seconds=0.2,
    behind_close_seconds=1.0,
    close_abort_seconds=0.5,
    drain_seconds=0.3,
    save_seconds=0.1,
    sketch_seconds=0.2,
    definition_seconds=0.5,
    sales_seconds=0.1,
    room_linger_seconds=0.1,
    sample_timeout_ms=300,
    chat_interval_ms=0,
    snapshot_feed_max=10,
    feed_entries_max=50,
    reconnect_seconds=2,
)


class RedisServer:
    """A private redis-server on a unix socket; can be killed and started again, empty."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.url = f"unix://{directory}/redis.sock"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        socket_path = self._directory / "redis.sock"
        options = ["--port", "0", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(
            [redis_executable(), *options, "--unixsocket", str(socket_path)],
            cwd=self._directory,
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            with socket.socket(socket.AF_UNIX) as probe:
                try:
                    probe.connect(str(socket_path))
                    return
                except OSError:
                    assert time.monotonic() < deadline, "redis-server does not start"
                    time.sleep(0.01)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            (self._directory / "redis.sock").unlink(missing_ok=True)


@dataclass
class Truth:
    """What SQL would know."""

    definitions: dict[str, RoomDefinition] = field(default_factory=dict)
    feed: dict[str, dict[str, FeedEntry]] = field(default_factory=dict)
    totals: dict[str, tuple[int, int]] = field(default_factory=dict)
    unique_viewers: dict[str, int] = field(default_factory=dict)
    sketches: dict[str, bytes] = field(default_factory=dict)
    is_away: bool = False

    async def load(self, event_id: str) -> RoomDefinition | None:
        self._check()
        return self.definitions.get(event_id)

    async def save_feed(self, event_id: str, entries: Sequence[FeedEntry]) -> None:
        self._check()
        known = self.feed.setdefault(event_id, {})
        for entry in entries:
            known.setdefault(entry.id, entry)

    async def save_totals(self, event_id: str, views: int, likes: int, unique_viewers: int) -> None:
        self._check()
        most = max(unique_viewers, self.unique_viewers.get(event_id, 0))
        self.unique_viewers[event_id] = most
        before = self.totals.get(event_id, (0, 0))
        self.totals[event_id] = (max(views, before[0]), max(likes, before[1]))

    async def save_sketch(self, event_id: str, sketch: bytes) -> None:
        self._check()
        self.sketches[event_id] = sketch

    async def load_sketch(self, event_id: str) -> bytes:
        self._check()
        return self.sketches.get(event_id, b"")

    async def load_sales(self, event_id: str) -> Mapping[str, Any]:
        self._check()
        return {"units_sold": 7}

    def _check(self) -> None:
        if self.is_away:
            raise ConnectionError("SQL is away")

    def change(self, event_id: str, **changes: Any) -> int:
        """Change a definition; returns its new revision."""
        before = self.definitions[event_id]
        self.definitions[event_id] = replace(before, revision=before.revision + 1, **changes)
        return before.revision + 1


class RoomServer:
    """One process's worth of rooms."""

    def __init__(self, redis: RedisClient, feed: Feed, realtime: Realtime, people: KnownPeople):
        self.redis = redis
        self.feed = feed
        self.realtime = realtime
        self.people = people
        self.port = 0

    @asynccontextmanager
    async def viewer(
        self, event_id: str, name: str | None = None, **query: str
    ) -> AsyncIterator["Viewer"]:
        async with connect(self.url(event_id, **query), **_options(name)) as socket_:
            yield Viewer(socket_)

    async def open_viewer(self, event_id: str, name: str | None = None, **query: str) -> "Viewer":
        return Viewer(await connect(self.url(event_id, **query), **_options(name)))

    def url(self, event_id: str, **query: str) -> str:
        ask = "&".join(f"{key}={value}" for key, value in query.items())
        return f"ws://127.0.0.1:{self.port}/api/events/{event_id}/room?{ask}"


def _options(name: str | None) -> dict[str, Any]:
    """``ann`` is a viewer; other roles are named: ``host-eve``."""
    token = name if name is None or "-" in name else f"viewer-{name}"
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return {"additional_headers": headers, "compression": None, "proxy": None}


class Viewer:
    """A client by another implementation of the protocol."""

    def __init__(self, socket_: ClientConnection) -> None:
        self.socket = socket_

    async def hear(self) -> dict[str, Any]:
        """The next message."""
        async with asyncio.timeout(WAIT_SECONDS):
            message: dict[str, Any] = json.loads(await self.socket.recv())
        return message

    async def until(self, is_it: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """The first message for which this holds."""
        async with asyncio.timeout(WAIT_SECONDS):
            while not is_it(message := await self.hear()):
                pass
        return message

    async def until_type(self, type_: str) -> dict[str, Any]:
        return await self.until(lambda message: message["type"] == type_)

    async def say(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def ask(self, **message: Any) -> dict[str, Any]:
        """Say it with a ref, and return the answer."""
        ref = uuid4().hex
        await self.say(ref=ref, **message)
        return await self.until(lambda answer: answer.get("ref") == ref)

    async def end(self) -> int | None:
        """The close code, once the server has closed."""
        async with asyncio.timeout(WAIT_SECONDS):
            await self.socket.wait_closed()
        return self.socket.close_code


async def eventually(is_true: Callable[[], object | Awaitable[object]]) -> None:
    """Wait until it holds."""
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            found = is_true()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return
            await asyncio.sleep(0.01)


OFFER = {
    "title": "菠萝",
    "allotment": 10,
    "available": 10,
    "reserved": 0,
    "sold": 0,
    "status": "open",
}


def new_event(truth: Truth, *, views_total: int = 0, staff: frozenset[str] = frozenset()) -> str:
    event_id = f"evt_{uuid4().hex[:12]}"
    truth.definitions[event_id] = RoomDefinition(
        revision=1,
        event={"id": event_id, "title": "徐闻菠萝", "status": "live"},
        staff=staff,
        items={"offers": {"off_1": OFFER}},
        views_total=views_total,
        likes_total=0,
    )
    return event_id


async def stock_offer(redis: RedisClient, event_id: str, allotment: int = 10) -> RedisStockGuard:
    guard = RedisStockGuard(redis)
    terms = OfferTerms("off_1", 1, allotment, 990, 10, "open", None, None)
    await guard.install(event_id, "stock-1", [terms], [])
    return guard


@asynccontextmanager
async def serving(
    redis_url: str,
    truth: Truth,
    settings: Settings = FAST,
    *,
    commands: Sequence[Command] = (),
) -> AsyncIterator[RoomServer]:
    """One process's worth of rooms, on a port of its own."""
    redis = connect_redis(redis_url, timeout_ms=300, connections_max=8)
    feed = Feed(redis, settings)
    people = KnownPeople()
    realtime = realtime_feature(
        redis,
        settings,
        SystemClock(),
        feed=feed,
        authenticator=people,
        viewer_key=b"of all processes",
        sources=RoomSources(load_definition=truth.load, load_sales=truth.load_sales, record=truth),
        sections=[OffersSection()],
        commands=commands,
    )
    server = RoomServer(redis, feed, realtime, people)
    try:
        async with _listening(realtime, people, settings) as server.port:
            yield server
    finally:
        await redis.aclose()


@asynccontextmanager
async def _listening(
    realtime: Realtime, people: KnownPeople, settings: Settings
) -> AsyncIterator[int]:
    [route] = realtime.feature.routes

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            reply = await route.handler(Call(request, await people.identify(request), None))
        except Problem as problem:
            return web.json_response({"code": problem.code}, status=problem.status)
        assert isinstance(reply, web.StreamResponse)
        return reply

    app = web.Application()
    app.router.add_get(route.path, handle)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    [life] = realtime.feature.lifespans
    try:
        async with life():
            assert runner.server is not None
            listener = socket.create_server(("127.0.0.1", 0))
            connections = http_connections(
                runner.server, keepalive_seconds=settings.keepalive_seconds
            )
            listener.setblocking(False)
            acceptor = Acceptor(listener, connections)
            yield listener.getsockname()[1]
            await acceptor.close()
            listener.close()
    finally:
        await runner.cleanup()
