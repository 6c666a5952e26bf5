"""Servers as processes, an event to watch on them, and what a viewer of one has seen."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from live.accounts.feature import tokens_of
from live.accounts.secrets import Keys
from live.accounts.simulated import sign_in_simulated
from live.clock import SystemClock
from live.config import Settings
from live.crowd.api import Api
from live.crowd.http_client import HttpPool, Origin
from live.realtime.feed import Feed
from live.storage.database import Database
from live.storage.redis import connect_redis
from live.values import Role
from tests.support.live_server import LiveServer

SECRET = "a secret that all servers know"
WAIT_SECONDS = 30.0  # anything that takes longer has failed


@dataclass
class Watcher:
    """A viewer who keeps every message, in order."""

    socket: ClientConnection
    messages: list[dict[str, Any]]

    @property
    def shown(self) -> dict[str, Any]:
        """The latest value of every field of a snapshot or tick."""
        fields: dict[str, Any] = {}
        for message in self.messages:
            if message["type"] in ("snapshot", "tick"):
                fields |= message
        return fields

    @property
    def last_sales(self) -> dict[str, Any] | None:
        return next((m for m in reversed(self.messages) if m["type"] == "sales"), None)


@dataclass
class Fair:
    """Servers that share SQL and Redis, and an event that is live.

    Attributes:
        tokens: of viewers.
        feed: to speak into the event's room as no server does.
    """

    servers: list[LiveServer]
    event_id: str
    host: str
    tokens: list[str]
    feed: Feed

    def room_url(self, server: int, since: str = "") -> str:
        port = self.servers[server].port
        ask = f"?since={since}" if since else ""
        return f"ws://127.0.0.1:{port}/api/events/{self.event_id}/room{ask}"

    @asynccontextmanager
    async def watcher(self, server: int, token: str | None = None) -> AsyncIterator[Watcher]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with connect(
            self.room_url(server), additional_headers=headers, compression=None, proxy=None
        ) as socket:
            watcher = Watcher(socket, [])
            listening = asyncio.create_task(_listen(watcher))
            try:
                await until(lambda: watcher.messages)
                yield watcher
            finally:
                listening.cancel()


async def _listen(watcher: Watcher) -> None:
    with suppress(ConnectionClosed):
        async for text in watcher.socket:
            watcher.messages.append(json.loads(text))


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while not is_so():  # noqa: ASYNC110 (what is waited for is another process's)
            await asyncio.sleep(0.01)


@asynccontextmanager
async def fair(
    directory: Path, database_url: str, redis_url: str, **settings: str
) -> AsyncIterator[Fair]:
    """Start two ``live serve``, each on a port of its own, and an event with an offer."""
    shared = {
        "LIVE_DATABASE_URL": database_url, "LIVE_REDIS_URL": redis_url, "LIVE_SECRET": SECRET,
        **settings,
    }  # fmt: skip
    started = [LiveServer(directory / f"server-{n}", workers=1, **shared) for n in range(2)]
    signer, clock, database = (
        tokens_of(Keys(SECRET.encode())),
        SystemClock(),
        Database(database_url),
    )
    [host] = await sign_in_simulated(database, signer, clock, Role.HOST, 1, days=1)
    tokens = await sign_in_simulated(database, signer, clock, Role.VIEWER, 5, days=1)
    await database.close()
    redis = connect_redis(redis_url, timeout_ms=5_000, connections_max=4)
    try:
        await asyncio.gather(*(asyncio.to_thread(server.start) for server in started))
        event_id = await _open_event(started[0], host)
        yield Fair(started, event_id, host, tokens, Feed(redis, Settings()))
    finally:
        await redis.aclose()
        for server in started:
            await asyncio.to_thread(server.stop)


async def _open_event(server: LiveServer, host: str) -> str:
    async with HttpPool(Origin.parse(server.origin), 1) as pool:
        api = Api(pool, host)
        event = await api.post("/api/events", {
            "title": "徐闻菠萝", "county_code": "440825",
            "starts_at": datetime.now(UTC).isoformat(),
        })  # fmt: skip
        offer = await api.post(f"/api/events/{event['id']}/offers", {
            "kind": "flash_sale", "title": "菠萝 6 斤", "unit_grams": 3_000, "price_fen": 1_990,
            "allotment": 1_000, "per_buyer_limit": 10,
        })  # fmt: skip
        await api.post(f"/api/events/{event['id']}/start")
        await api.post(f"/api/offers/{offer['id']}/open")
    return str(event["id"])
