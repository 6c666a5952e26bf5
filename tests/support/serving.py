"""Real servers on real ports, and a client that speaks to them as strangers would."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web

from live.config import Settings
from live.feature import Feature
from live.web.connections import http_connections

WAIT_SECONDS = 20.0  # anything that takes longer has failed


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    raw: bytes
    body: Any  # decoded JSON, None for anything else

    @property
    def code(self) -> str | None:
        """The stable code of a problem."""
        if self.headers.get("Content-Type") != "application/problem+json":
            return None
        return str(self.body["code"])


class Caller:
    """Speaks to one server; keeps no cookies of its own accord."""

    def __init__(self, origin: str, session: aiohttp.ClientSession) -> None:
        self.origin = origin
        self._session = session

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        cookie: str | None = None,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request.

        Args:
            body: sent as JSON; ``raw`` is sent as it is.
            token: as a bearer token; ``cookie`` as the session cookie.
        """
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        if cookie is not None:
            sent["Cookie"] = f"live_session={cookie}"
        content: dict[str, Any] = {"data": raw} if raw is not None else {}
        if body is not None:
            content = {"json": body}
        url = self.origin + path
        async with self._session.request(
            method, url, headers=sent, allow_redirects=False, **content
        ) as reply:
            received = await reply.read()
            is_json = "json" in reply.headers.get("Content-Type", "")
            decoded = await reply.json(content_type=None) if is_json and received else None
            return Answer(reply.status, reply.headers, received, decoded)

    async def get(self, path: str, **options: Any) -> Answer:
        return await self.call("GET", path, **options)

    async def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        return await self.call("POST", path, body, **options)


@asynccontextmanager
async def serving(
    application: web.Application,
    features: tuple[Feature, ...] = (),
    *,
    keepalive_seconds: float = Settings().keepalive_seconds,
) -> AsyncIterator[Caller]:
    """Serve an application on a free port, with the features' lifespans entered."""
    async with AsyncExitStack() as stack:
        for feature in features:
            for lifespan in feature.lifespans:
                await stack.enter_async_context(lifespan())
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        assert runner.server is not None
        connections = http_connections(runner.server, keepalive_seconds=keepalive_seconds)
        listener = await asyncio.get_running_loop().create_server(connections, "127.0.0.1", 0)
        stack.callback(listener.close)
        host, port = listener.sockets[0].getsockname()[:2]
        session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        await stack.enter_async_context(session)
        yield Caller(f"http://{host}:{port}", session)


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what another task brings about. Raises: TimeoutError."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not await is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
