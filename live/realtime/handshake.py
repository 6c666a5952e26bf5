"""The handshake of a room's WebSocket: aiohttp's, which hears nothing of the connection after it.

What aiohttp keeps for each WebSocket until its end (a task, its coroutines, the request and its
head, the response, an HTTP parser) is more than half of what a viewer's connection weighs, and
each frame wakes that task. None of it is of use in a room.
"""

import asyncio

from aiohttp import web
from aiohttp.http import WebSocketWriter

from live.errors import BadRequest


class _Handshake(web.WebSocketResponse):
    """The answer 101, and nothing beyond."""

    def __init__(self) -> None:
        super().__init__(autoclose=False, autoping=False, compress=False)

    def _post_start(
        self, request: web.BaseRequest, protocol: str | None, writer: WebSocketWriter
    ) -> None:
        """Here aiohttp would begin to read frames."""

    async def close(self, *, code: int = 1000, message: bytes = b"", drain: bool = True) -> bool:
        """Called by aiohttp when the handler is done: the connection goes on."""
        return True


async def shake_hands(request: web.Request) -> web.StreamResponse:
    """Answer that this is a WebSocket now. The handler must return what this does.

    Raises: BadRequest ``websocket_required``.
    """
    answer = _Handshake()
    try:
        await answer.prepare(request)
    except web.HTTPBadRequest as error:
        raise BadRequest("websocket_required", error.text or "") from error
    except ValueError as error:  # of aiohttp, over headers that are not ASCII
        raise BadRequest("websocket_required") from error
    return answer


def take_over(request: web.Request, protocol: asyncio.Protocol) -> bytes:
    """Give the connection to this protocol; to aiohttp it is as if it had been lost.

    Returns: what the client has sent after its handshake.

    Raises: ConnectionResetError where it has really been lost.
    """
    http, transport = request.protocol, request.transport
    if transport is None:
        raise ConnectionResetError("gone during the handshake")
    sent, http._message_tail = http._message_tail, b""
    transport.set_protocol(protocol)
    http.transport = None  # or it would close it
    http.connection_lost(None)
    if not transport.is_reading():  # so much had come already
        transport.resume_reading()
    return sent
