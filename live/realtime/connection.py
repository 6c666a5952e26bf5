"""One viewer's WebSocket, from its snapshot to its Close frame.

aiohttp does the handshake and parses what the client sends. What the server sends is written
here as whole frames, past aiohttp, which writes nothing after the handshake: so frames are
encoded once for everybody, and nothing can ever follow a Close frame.
"""

import asyncio
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog
from aiohttp import WSMessage, WSMsgType, web
from aiohttp.http import WebSocketWriter
from websockets.frames import Frame, Opcode

from live.config import Settings
from live.errors import BadRequest
from live.realtime import metrics
from live.realtime.dialogue import Dialogue, Heard, Refused, problem_message
from live.realtime.frames import FrameWatch
from live.realtime.heartbeat import PING
from live.realtime.live_room import LiveRoom
from live.realtime.position import FeedPosition
from live.realtime.protocol import CloseCode, close_frame, text_frame
from live.realtime.sink import Sink
from live.web.routes import Identity

# A client may not send these, nor any beyond; whoever does is told that it broke the protocol.
_CODES_NEVER_SENT = frozenset({1004, 1005, 1006, 1015})
_CODE_MAX = 4999
_NO_CODE = 0  # aiohttp's word for a Close frame without one
_LINGER_STEP_SECONDS = 0.05

log = structlog.get_logger(__name__)


class RoomSocket(web.WebSocketResponse):
    """aiohttp's WebSocket, reading only: whenever it would say Close, ``on_close`` does.

    Attributes:
        watch: every byte from the client passes through it.
    """

    def __init__(self, on_close: Callable[[int], None], frame_bytes_max: int) -> None:
        super().__init__(
            autoclose=False,
            autoping=False,  # pings count against the client's rate, like every frame
            compress=False,
            # aiohttp refuses messages of this size and above.
            max_msg_size=frame_bytes_max + 1,
        )
        self._on_close = on_close
        self.watch = FrameWatch()

    def _post_start(
        self, request: web.BaseRequest, protocol: str | None, writer: WebSocketWriter
    ) -> None:
        # Frames that came with the handshake go to aiohttp's parser in here, past the earpiece.
        handler = request.protocol
        handler._message_tail, _ = self.watch.take(handler._message_tail)
        super()._post_start(request, protocol, writer)

    async def close(self, *, code: int = 1000, message: bytes = b"", drain: bool = True) -> bool:
        """Called by aiohttp alone: for a broken protocol, a lost connection, a finished handler."""
        self._on_close(code)
        return True


class _Earpiece(asyncio.Protocol):
    """Between a transport and aiohttp's protocol: watches frames, and says at once what happens.

    That the connection is lost aiohttp tells its handler, whose task runs a little later; by then
    the file descriptor may be another connection's.
    """

    __slots__ = ("_on_fragments", "_on_lost", "_protocol", "_watch")

    def __init__(
        self,
        protocol: asyncio.BaseProtocol,
        watch: FrameWatch,
        on_fragments: Callable[[int], None],
        on_lost: Callable[[], None],
    ) -> None:
        assert isinstance(protocol, asyncio.Protocol)
        self._protocol = protocol
        self._watch = watch
        self._on_fragments = on_fragments
        self._on_lost = on_lost

    def data_received(self, data: bytes) -> None:
        data, fragments = self._watch.take(data)
        if fragments:
            self._on_fragments(fragments)
        if data:
            self._protocol.data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        try:
            self._on_lost()
        finally:
            self._protocol.connection_lost(exc)

    def eof_received(self) -> bool | None:
        return self._protocol.eof_received()

    def pause_writing(self) -> None:
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        self._protocol.resume_writing()


class Connection:
    """One viewer. Implements ``Speaker`` and ``Pulse``.

    Attributes:
        is_silent: nothing was heard since the last ping.
    """

    # Thousands of these: a dict each would be half a kilobyte more.
    __slots__ = (
        "_commands",
        "_dialogue",
        "_frame_seconds",
        "_frames_left",
        "_is_ended",
        "_room",
        "_settings",
        "_transport",
        "address",
        "event_id",
        "identity",
        "is_silent",
        "sink",
    )

    def __init__(
        self,
        room: LiveRoom,
        transport: asyncio.Transport,
        identity: Identity | None,
        fingerprint: bytes,
        address: str,
        dialogue: Dialogue,
        settings: Settings,
    ) -> None:
        self.event_id = room.event_id
        self.identity = identity
        self.address = address
        self.is_silent = False
        self.sink = Sink(transport, self.end, identity, fingerprint)
        self._room = room
        self._transport = transport
        self._dialogue = dialogue
        self._settings = settings
        self._commands: set[asyncio.Task[None]] | None = None  # until the first
        self._is_ended = False
        # A token bucket: as many frames at once as a second allows.
        self._frames_left = float(settings.frames_per_second_max)
        self._frame_seconds = asyncio.get_running_loop().time()

    # Its life

    def listen(self, protocol: asyncio.BaseProtocol, watch: FrameWatch) -> None:
        """Hear of fragments and of the connection's loss; the rest is for aiohttp's protocol."""
        self._transport.set_protocol(_Earpiece(protocol, watch, self._count_fragments, self.lost))

    def lost(self) -> None:
        """The transport is about to close its socket: nobody may write to that any more."""
        self._is_ended = True
        self._room.leave(self.sink)

    async def stay(self, socket: RoomSocket) -> None:
        """Read until the connection is over. It has joined the room; here it leaves."""
        try:
            while await self._take(await socket.receive()):
                pass
        except Exception:
            log.exception("connection failed", event_id=self.event_id)
            self.end(CloseCode.INTERNAL)
        finally:
            self.end(CloseCode.GOING_AWAY)  # cancelled; else it has ended already
            await self._linger()

    def end(self, code: int) -> None:
        """Leave the room, then say Close; whoever does not answer in time is cut off."""
        if self._is_ended:
            return
        self._is_ended = True
        # First: after this nothing is written but the Close frame.
        self._room.leave(self.sink)
        loop = asyncio.get_running_loop()
        loop.call_later(self._settings.close_abort_seconds, self._transport.abort)
        if self._transport.is_closing():
            return
        with suppress(RuntimeError):  # uvloop, of a transport that was just lost
            self._transport.write(_close_frame(code))
        metrics.CLOSES.labels(str(int(code))).inc()

    async def _linger(self) -> None:
        """Read on without listening until the client has closed.

        A socket closed with unread data in it resets the connection, and the client might
        never see why.
        """
        loop = asyncio.get_running_loop()
        end_seconds = loop.time() + self._settings.close_abort_seconds
        # A transport has no event to wait for.
        while not self._transport.is_closing() and loop.time() < end_seconds:  # noqa: ASYNC110
            await asyncio.sleep(_LINGER_STEP_SECONDS)

    # What it says

    async def _take(self, message: WSMessage) -> bool:
        """One frame from the client. Returns whether to read on."""
        self.is_silent = False
        match message.type:
            case WSMsgType.TEXT | WSMsgType.BINARY | WSMsgType.PING | WSMsgType.PONG:
                if self._is_ended:
                    return True  # until its Close comes
                if not self._may_send(1):
                    self.end(CloseCode.TOO_MANY)
                    return True
                await self._take_frame(message)
                return True
            case WSMsgType.CLOSE:
                self.end(_answer_to(message.data))
                self._transport.close()
        return False  # closed, lost, or aiohttp has found the protocol broken and ended it

    async def _take_frame(self, message: WSMessage) -> None:
        match message.type:
            case WSMsgType.TEXT:
                await self._hear(message.data)
            case WSMsgType.BINARY:
                problem = BadRequest("binary_not_supported", "Messages are text frames of JSON.")
                self._say(problem_message(problem))
            case WSMsgType.PING:
                pong = Frame(Opcode.PONG, message.data).serialize(mask=False)
                self.sink.say(pong, self._settings.unread_bytes_max)

    async def _hear(self, text: str) -> None:
        try:
            heard = self._dialogue.hear(text)
        except Refused as refused:
            metrics.COMMANDS.labels("", "refused").inc()
            self._say(refused.answer)
            return
        if self._commands is None:
            self._commands = set()
        while len(self._commands) >= self._settings.commands_in_flight_max:
            # Not reading on is what slows the client down.
            await asyncio.wait(self._commands, return_when=asyncio.FIRST_COMPLETED)
        task = asyncio.create_task(self._answer(heard), name=f"command {heard.command.type}")
        self._commands.add(task)
        task.add_done_callback(self._commands.discard)

    async def _answer(self, heard: Heard) -> None:
        answer, outcome = await self._dialogue.answer(heard, self)
        metrics.COMMANDS.labels(heard.command.type, outcome).inc()
        self._say(answer)

    def _say(self, message: bytes) -> None:
        self.sink.say(text_frame(message), self._settings.unread_bytes_max)

    def _count_fragments(self, count: int) -> None:
        # aiohttp tells of the last frame of a message only.
        if not self._may_send(count):
            self.end(CloseCode.TOO_MANY)

    def _may_send(self, frames: int) -> bool:
        now = asyncio.get_running_loop().time()
        limit = self._settings.frames_per_second_max
        refilled = self._frames_left + (now - self._frame_seconds) * limit
        self._frame_seconds = now
        self._frames_left = min(refilled, float(limit)) - frames
        return self._frames_left >= 0

    # Speaker

    def resync(self, since: FeedPosition | None) -> None:
        self._room.resync(self.sink, since)

    # Pulse

    def ping(self) -> bool:
        return self.sink.say(PING, 0)

    def give_up(self) -> None:
        # No Close frame: nobody is there to read it.
        self.lost()
        self._transport.abort()


def _answer_to(code: Any) -> int:
    """The code that answers a client's Close frame: its own, where that may be sent."""
    if code == _NO_CODE:
        return CloseCode.NORMAL
    if code in _CODES_NEVER_SENT or code > _CODE_MAX:
        return CloseCode.PROTOCOL_ERROR
    return int(code)


def _close_frame(code: int) -> bytes:
    try:
        return close_frame(CloseCode(code))
    except ValueError:  # the client's own, sent back
        return Frame(Opcode.CLOSE, struct.pack("!H", code)).serialize(mask=False)
