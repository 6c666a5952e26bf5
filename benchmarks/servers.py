"""Servers to compare a room with: each sends one payload to all its connections, so many times a
second, and does nothing else.

``python -m benchmarks.servers bare|aiohttp|websockets`` prints its port and then obeys lines on
standard input: ``tick HZ BYTES`` and ``quiet``.
"""

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import cast

import uvloop
import websockets
from aiohttp import web
from websockets.asyncio.server import ServerConnection, serve

from benchmarks.listening import listen
from live.config import Settings
from live.realtime.protocol import text_frame

Send = Callable[[str], Awaitable[None]]
SEND_BUFFER_BYTES = Settings().send_buffer_bytes


class Bare(asyncio.Protocol):
    """The least a server can do: ``write()`` of ready bytes, in a loop."""

    writes: list[Callable[[bytes], None]] = []  # noqa: RUF012 (one server a process)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        _limit(transport)
        self.writes.append(cast(asyncio.Transport, transport).write)

    @classmethod
    async def send(cls, text: str) -> None:
        frame = text_frame(text.encode())
        for write in cls.writes:
            write(frame)


def _limit(transport: asyncio.BaseTransport | None) -> None:
    assert transport is not None
    client = transport.get_extra_info("socket")
    client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)


async def bare() -> tuple[int, Send]:
    server = await asyncio.get_running_loop().create_server(Bare, "127.0.0.1", 0, backlog=1024)
    return server.sockets[0].getsockname()[1], Bare.send


async def with_aiohttp() -> tuple[int, Send]:
    """``send_str`` to one after the other, as aiohttp's own broadcast example does."""
    sockets: set[web.WebSocketResponse] = set()

    async def handle(request: web.Request) -> web.WebSocketResponse:
        _limit(request.transport)
        ws = web.WebSocketResponse(compress=False)
        await ws.prepare(request)
        sockets.add(ws)
        async for _ in ws:
            pass
        sockets.discard(ws)
        return ws

    async def send(text: str) -> None:
        for ws in list(sockets):
            await ws.send_str(text)

    app = web.Application()
    app.router.add_get("/", handle)
    return await listen(web.AppRunner(app, access_log=None)), send


async def with_websockets() -> tuple[int, Send]:
    """``broadcast``."""
    sockets: set[ServerConnection] = set()

    async def handle(connection: ServerConnection) -> None:
        _limit(connection.transport)
        sockets.add(connection)
        await connection.wait_closed()
        sockets.discard(connection)

    async def send(text: str) -> None:
        websockets.broadcast(sockets, text)

    server = await serve(handle, "127.0.0.1", 0, compression=None, ping_interval=None, backlog=1024)
    return next(iter(server.sockets)).getsockname()[1], send


async def obey(send: Send) -> None:
    """Tick as told."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    ticking: asyncio.Task[None] | None = None
    while line := await reader.readline():
        if ticking is not None:
            ticking.cancel()
            ticking = None
        match line.decode().split():
            case ["tick", hz, size]:
                ticking = asyncio.create_task(_tick(send, float(hz), int(size)))
        print("ok", flush=True)


async def _tick(send: Send, hz: float, size: int) -> None:
    loop = asyncio.get_running_loop()
    due = loop.time()
    while True:
        await send("x" * size)
        due += 1 / hz
        await asyncio.sleep(max(0.0, due - loop.time()))


async def main(kind: str) -> None:
    kinds = {"bare": bare, "aiohttp": with_aiohttp, "websockets": with_websockets}
    port, send = await kinds[kind]()
    print(port, flush=True)
    await obey(send)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
