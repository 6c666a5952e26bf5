"""A lean keep-alive HTTP/1.1 client: a pool of connections, each with one request in flight.

aiohttp's client is made for every server in the world and costs accordingly. Measured against
the same server that does nothing (``python -m benchmarks.client``, two cores): 11.8 µs of CPU
for a request here, 74.9 µs there, a ratio of 6.3. At 100,000 requests in one rush beside the
server, that is the difference between measuring the server and measuring its guests.

A request whose reply never came may have been carried out. So every write carries an
idempotency key, and whoever repeats it gets the same answer: see ``ask``.
"""

import asyncio
import random
import ssl
from collections import deque
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

from live.crowd.http_parse import HttpReply, ReplyError, ReplyParser

CONNECT_SECONDS = 10.0  # seconds for one connection to open
REQUEST_SECONDS = 10.0  # seconds for one reply
SWEEP_SECONDS = 0.5  # seconds between looks for requests past their time
ATTEMPTS_MAX = 8  # times one request is sent at most
RETRY_SECONDS = 0.5  # seconds before a repeat where the server names none
_BUSY = frozenset({429, 503})


class Unanswered(Exception):
    """No reply came: the request may or may not have been carried out."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a server is: the part of an address before the path."""

    host: str
    port: int
    is_tls: bool

    @classmethod
    def parse(cls, url: str) -> "Origin":
        """Raises ValueError for anything but an http or https address."""
        parts = urlsplit(url if "//" in url else f"http://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not an http address: {url}")
        is_tls = parts.scheme == "https"
        return cls(parts.hostname, parts.port or (443 if is_tls else 80), is_tls)

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def ssl_context(self) -> ssl.SSLContext | None:
        return ssl.create_default_context() if self.is_tls else None


class _Connection(asyncio.Protocol):
    """One connection. The pool lends it to one request at a time."""

    def __init__(self, pool: "HttpPool") -> None:
        self._pool = pool
        self._parser = ReplyParser()
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[HttpReply] | None = None
        self.deadline = 0.0  # loop time after which the request in flight is given up

    def send(self, request: bytes, deadline: float) -> "asyncio.Future[HttpReply]":
        assert self._transport is not None
        assert self._waiter is None
        waiter = self._waiter = self._pool.loop.create_future()
        self.deadline = deadline
        self._transport.write(request)
        return waiter

    def abort(self, reason: str) -> None:
        """Close without a word, and tell whoever waits why."""
        if self._transport is not None:
            self._transport.abort()
        self._fail(Unanswered(reason))

    def expire(self, now: float) -> None:
        if self._waiter is not None and now > self.deadline:
            self.abort("no reply in time")

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have the methods without being instances of asyncio.Transport.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, received: bytes) -> None:
        try:
            reply = self._parser.feed(received)
        except ReplyError as error:
            self.abort(str(error))
            return
        if reply is None:
            return
        waiter, self._waiter = self._waiter, None
        if waiter is None:
            self.abort("a reply to nothing")
            return
        if reply.is_last:
            self.abort("closed by the server")
        else:
            self._pool.take_back(self)
        if not waiter.done():
            waiter.set_result(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._fail(Unanswered("connection lost"))
        self._pool.forget(self)

    def _fail(self, error: Unanswered) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_exception(error)


@dataclass
class HttpPool:
    """Connections to one server, opened as needed and kept.

    Args:
        connections_max: open at once; beyond, a request waits its turn.

    Use as an async context manager; leaving it aborts what is still in flight.
    """

    origin: Origin
    connections_max: int = 256
    request_seconds: float = REQUEST_SECONDS
    _idle: deque[_Connection] = field(default_factory=deque)
    _all: set[_Connection] = field(default_factory=set)
    _opening: int = 0
    _turns: deque["asyncio.Future[_Connection | None]"] = field(default_factory=deque)
    _sweeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "HttpPool":
        self.loop = asyncio.get_running_loop()
        self._ssl = self.origin.ssl_context()
        self._sweeper = asyncio.create_task(self._sweep(), name="http sweeper")
        return self

    async def __aexit__(self, *_exc: object) -> None:
        assert self._sweeper is not None
        self._sweeper.cancel()
        await asyncio.gather(self._sweeper, return_exceptions=True)
        for connection in list(self._all):
            connection.abort("the client stops")

    async def send(self, request: bytes) -> HttpReply:
        """Send one request once.

        Raises: Unanswered. Cancelling the caller leaves the request in flight unanswered.
        """
        connection = self._idle.pop() if self._idle else await self._connection()
        return await connection.send(request, self.loop.time() + self.request_seconds)

    async def ask(self, request: bytes, *, attempts_max: int = ATTEMPTS_MAX) -> HttpReply:
        """Send until answered, waiting as long as a busy server (429, 503) asks.

        Only for requests that are safe to repeat: reads, and writes with an idempotency key.

        Returns: the last reply, which may still be a 429 or 503.
        Raises: Unanswered when the last attempt got no reply: the outcome is unknown.
        """
        for attempt in range(1, attempts_max + 1):
            is_last = attempt == attempts_max
            wait_seconds = RETRY_SECONDS
            try:
                reply = await self.send(request)
            except Unanswered:
                if is_last:
                    raise
            else:
                if reply.status not in _BUSY or is_last:
                    return reply
                wait_seconds = reply.retry_after_seconds or RETRY_SECONDS
            # Jitter: those who were turned away together shall not come back together.
            await asyncio.sleep(wait_seconds * random.uniform(1.0, 1.5))  # noqa: S311
        raise AssertionError("the last attempt returns or raises")

    # The connections' side

    def take_back(self, connection: _Connection) -> None:
        """A connection has delivered its reply."""
        while self._turns:
            turn = self._turns.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        self._idle.append(connection)

    def forget(self, connection: _Connection) -> None:
        """A connection is gone; the next in line may open another."""
        self._all.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        while self._turns:
            turn = self._turns.popleft()
            if not turn.done():
                turn.set_result(None)
                return

    async def _connection(self) -> _Connection:
        while len(self._all) + self._opening >= self.connections_max:
            turn: asyncio.Future[_Connection | None] = self.loop.create_future()
            self._turns.append(turn)
            connection = await turn
            if connection is not None:
                return connection
        return await self._open()

    async def _open(self) -> _Connection:
        self._opening += 1
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, connection = await self.loop.create_connection(
                    lambda: _Connection(self), self.origin.host, self.origin.port, ssl=self._ssl
                )
        except OSError as error:
            raise Unanswered(f"cannot connect: {error}") from error
        finally:
            self._opening -= 1
        self._all.add(connection)
        return connection

    async def _sweep(self) -> None:
        # One look at all instead of a timer per request, which would cost as much as parsing.
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            now = self.loop.time()
            for connection in list(self._all):
                connection.expire(now)


def request_bytes(
    origin: Origin,
    method: str,
    path: str,
    *,
    token: str | None = None,
    body: bytes | None = None,
    key: str | None = None,
) -> bytes:
    """One request, ready to send and to send again.

    Args:
        token: bearer token of the caller.
        body: JSON.
        key: the Idempotency-Key.
    """
    lines = [f"{method} {path} HTTP/1.1\r\nHost: {origin.authority}\r\n"]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}\r\n")
    if key is not None:
        lines.append(f"Idempotency-Key: {key}\r\n")
    if body is not None:
        lines.append(f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n")
    elif method != "GET":
        lines.append("Content-Length: 0\r\n")
    lines.append("\r\n")
    head = "".join(lines).encode("ascii")
    return head + body if body else head
