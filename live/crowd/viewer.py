"""One viewer over a real WebSocket, cheap enough for thousands in one process.

The protocol is the ``websockets`` library's, without its I/O: another implementation than the
server's own, so it tests ours. Every viewer checks the numbering of its ticks; a sample reads each
frame itself, keeps a whole screen and checks the sums on it. The others take a tick that is byte
for byte one which a neighbour has read as read, which costs 5 µs in place of 12.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import msgspec
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from live.crowd.http_client import Origin
from live.crowd.room_view import RoomHead, RoomMessage, RoomView, decode_head, decode_message
from live.crowd.ticks_read import TicksRead

RECONNECT_SECONDS = 5  # seconds within which to come back, until a snapshot names another
MESSAGE_BYTES_MAX = 1 << 20  # bytes of one message from the server
RESYNC = b'{"type":"resync"}'


@dataclass
class RoomStats:
    """What the viewers of one process saw together."""

    connected: int = 0
    joins: int = 0
    ticks: int = 0
    snapshots: int = 0
    holes: int = 0
    closes: Counter[str] = field(default_factory=Counter)  # reason → connections
    problems: Counter[str] = field(default_factory=Counter)  # code → answers
    faults: Counter[str] = field(default_factory=Counter)  # broken promises of the room


OnMessage = Callable[[RoomMessage], None]


class Viewer(asyncio.Protocol):
    """One connection to a room. Owned by the crew, which opens it again when it is lost.

    Args:
        view: the whole screen to keep; None: only the numbers are checked.
        on_message: told every message.
        ticks_read: what neighbours have read; only for who keeps no screen and tells nobody.
    """

    def __init__(
        self,
        origin: Origin,
        event_id: str,
        stats: RoomStats,
        *,
        token: str | None,
        view: RoomView | None,
        on_message: OnMessage | None = None,
        ticks_read: TicksRead | None = None,
    ) -> None:
        scheme = "wss" if origin.is_tls else "ws"
        uri = parse_uri(f"{scheme}://{origin.authority}/api/events/{event_id}/room")
        self._ws = ClientProtocol(uri, max_size=MESSAGE_BYTES_MAX)
        self._stats = stats
        self._token = token
        self._view = view
        self._on_message = on_message
        self._ticks_read = ticks_read
        self._transport: asyncio.Transport | None = None
        self._n: int | None = None  # the last number; None: a snapshot must come first
        self._has_snapshot = False
        self._parts: list[bytes | bytearray | memoryview] = []
        self.reconnect_seconds = RECONNECT_SECONDS
        self.is_ready: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.is_lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def is_signed_in(self) -> bool:
        return self._token is not None

    @property
    def is_open(self) -> bool:
        return self._transport is not None and self._ws.state is OPEN

    def say(self, message: bytes) -> None:
        """Send one JSON message; dropped where the connection is not open."""
        if self.is_open:
            self._ws.send_text(message)
            self._flush()

    def close(self) -> None:
        """Leave the room politely; ``is_lost`` follows."""
        if self.is_open:
            self._ws.send_close(1000)
            self._flush()
        elif self._transport is not None:
            self._transport.abort()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have the methods without being instances of asyncio.Transport.
        self._transport = cast(asyncio.Transport, transport)
        request = self._ws.connect()
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        self._ws.send_request(request)
        self._flush()

    def data_received(self, received: bytes) -> None:
        if self._ticks_read is not None and (tick := self._ticks_read.find(received)) is not None:
            self._follow(tick.n, tick.prev)
            return
        self._ws.receive_data(received)
        for event in self._ws.events_received():
            if isinstance(event, Frame):
                head = self._on_frame(event)
                if head is not None and self._ticks_read is not None:
                    self._ticks_read.keep(received, event, head)
            elif isinstance(event, Response):
                self._on_response()
        self._flush()

    def eof_received(self) -> None:
        self._ws.receive_eof()
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is None:
            return
        self._transport = None
        if self.is_ready.done() and self.is_ready.result():
            self._stats.connected -= 1
        self._stats.closes[self._reason()] += 1
        if not self.is_ready.done():
            self.is_ready.set_result(False)
        if not self.is_lost.done():  # whoever waited for it may have been cancelled
            self.is_lost.set_result(None)

    def _reason(self) -> str:
        if isinstance(refusal := self._ws.handshake_exc, InvalidStatus):
            return f"refused {refusal.response.status_code}"
        if self._ws.handshake_exc is not None:
            return "no handshake"
        return str(self._ws.close_code)

    def _flush(self) -> None:
        if self._transport is None:
            return
        for chunk in self._ws.data_to_send():
            if chunk:
                self._transport.write(chunk)
            else:
                # The protocol's sign to close our side; the server has closed or will.
                self._transport.close()
                return

    def _on_response(self) -> None:
        # Not the state: a Close may have come in the same bytes as the handshake.
        if self._ws.handshake_exc is None:
            self._stats.connected += 1
            self._stats.joins += 1
            self.is_ready.set_result(True)

    def _on_frame(self, frame: Frame) -> RoomHead | None:
        """The head of a message that this frame was the whole of, where no more was read."""
        if frame.opcode not in (Opcode.TEXT, Opcode.CONT):
            return None
        if frame.fin and not self._parts:
            return self._on_text(frame.data)
        self._parts.append(frame.data)
        if frame.fin:
            whole, self._parts = b"".join(self._parts), []
            self._on_text(whole)
        return None

    def _on_text(self, text: bytes | bytearray | memoryview) -> RoomHead | None:
        try:
            if self._view is not None or self._on_message is not None:
                self._on_whole(decode_message(text))
                return None
            head = decode_head(text)
        except msgspec.MsgspecError:
            self._stats.faults["unreadable"] += 1
            return None
        if head.type == "tick":
            self._follow(head.n, head.prev)
        elif head.type == "snapshot":
            self._restart(head.n, head.reconnect_seconds)
        return head

    def _on_whole(self, message: RoomMessage) -> None:
        if message.type == "tick":
            self._follow(message.n, message.prev)
        elif message.type == "snapshot":
            self._restart(message.n, message.reconnect_seconds)
        elif message.type == "problem":
            self._stats.problems[message.code] += 1
        if self._view is not None and message.type in ("tick", "snapshot"):
            self._view.apply(message)
        if self._on_message is not None:
            self._on_message(message)

    def _follow(self, n: int, prev: int) -> None:
        self._stats.ticks += 1
        if prev == self._n:
            self._n = n
        elif self._n is not None:
            self._stats.holes += 1
            self._n = None  # ask once; ticks until the snapshot are of no use
            self.say(RESYNC)
        elif not self._has_snapshot:
            self._stats.faults["tick_before_snapshot"] += 1

    def _restart(self, n: int, reconnect_seconds: int | None) -> None:
        self._stats.snapshots += 1
        self._has_snapshot = True
        self._n = n
        if reconnect_seconds is not None:
            self.reconnect_seconds = reconnect_seconds
