"""One viewer's WebSocket, from its snapshot to its Close frame.

Once aiohttp has shaken hands the connection is ours: what the client sends is read as it comes,
without a task, and what the server sends is written here as whole frames. So frames are encoded
once for everybody, and nothing can ever follow a Close frame.
"""

import asyncio
import math
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import WSMessage, WSMsgType
from websockets.frames import Frame, Opcode

from live.config import Settings
from live.errors import BadRequest
from live.realtime import metrics
from live.realtime.client_messages import ClientMessages, Parsed
from live.realtime.dialogue import Dialogue, Heard, Refused, problem_message
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

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the connections of a process have in common.

    Args:
        on_lost: told when a connection is over, and its socket with it.
    """

    dialogue: Dialogue
    settings: Settings
    on_lost: "Callable[[Connection], None]"
    parsed: Parsed


class Connection(asyncio.Protocol):
    """One viewer. Implements ``Speaker`` and ``Pulse``, and is its transport's protocol.

    Attributes:
        is_silent: nothing was heard since the last ping.
    """

    # Thousands of these: a dict each would be half a kilobyte more.
    __slots__ = (
        "_around",
        "_commands",
        "_frame_seconds",
        "_frames_left",
        "_is_ended",
        "_messages",
        "_room",
        "_settings",
        "_transport",
        "_turns",
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
        around: Surroundings,
    ) -> None:
        self.event_id = room.event_id
        self.identity = identity
        self.address = address
        self.is_silent = False
        self.sink = Sink(transport, self.end, identity, fingerprint)
        self._room = room
        self._transport = transport
        self._around = around
        self._settings = settings = around.settings
        self._messages = ClientMessages(around.parsed, settings.frame_bytes_max)
        self._commands: set[asyncio.Task[None]] | None = None  # until the first
        self._turns: asyncio.Semaphore | None = None
        self._is_ended = False
        # A token bucket: as many frames at once as a second allows.
        self._frames_left = float(settings.frames_per_second_max)
        self._frame_seconds = asyncio.get_running_loop().time()

    @property
    def session_id(self) -> str | None:
        return None if self.identity is None else self.identity.session_id

    # Its life

    def data_received(self, data: bytes) -> None:
        """Hear what the client says; once it has ended, only its Close frame."""
        try:
            messages, fragments, broken = self._messages.read(data)
            if messages or fragments:  # bytes alone are no sign of life
                self.is_silent = False
            if fragments:
                self._count(fragments)
            for message in messages:
                self._take(message)
            if broken is not None:
                self.end(broken)
        except Exception:
            log.exception("connection failed", event_id=self.event_id)
            self.end(CloseCode.INTERNAL)

    def connection_lost(self, exc: Exception | None) -> None:
        """The transport is about to close its socket: nobody may write to that any more.

        After this its file descriptor may be another connection's.
        """
        self._leave()
        self._around.on_lost(self)

    def end(self, code: int) -> None:
        """Leave the room, then say Close; whoever does not answer in time is cut off.

        Until then what the client sends is read: a socket closed with unread data in it resets
        the connection, and the client might never see why.
        """
        if self._is_ended:
            return
        # First: after this nothing is written but the Close frame.
        self._leave()
        loop = asyncio.get_running_loop()
        loop.call_later(self._settings.close_abort_seconds, self._transport.abort)
        if self._transport.is_closing():
            return
        with suppress(RuntimeError):  # uvloop, of a transport that was just lost
            self._transport.resume_reading()
            self._transport.write(_close_frame(code))
        metrics.CLOSES.labels(str(int(code))).inc()

    def _leave(self) -> None:
        self._is_ended = True
        self._room.leave(self.sink)

    # What it says

    def _take(self, message: WSMessage) -> None:
        if message.type is WSMsgType.CLOSE:
            self.end(_answer_to(message.data))
            self._transport.close()
        elif not self._is_ended and self._count(1):
            self._take_frame(message)

    def _take_frame(self, message: WSMessage) -> None:
        match message.type:
            case WSMsgType.TEXT:
                self._hear(message.data)
            case WSMsgType.BINARY:
                problem = BadRequest("binary_not_supported", "Messages are text frames of JSON.")
                self._say(problem_message(problem))
            case WSMsgType.PING:
                pong = Frame(Opcode.PONG, message.data).serialize(mask=False)
                self.sink.say(pong, self._settings.unread_bytes_max)

    def _hear(self, text: str) -> None:
        try:
            heard = self._around.dialogue.hear(text)
        except Refused as refused:
            metrics.COMMANDS.labels("", "refused").inc()
            self._say(refused.answer)
            return
        in_flight_max = self._settings.commands_in_flight_max
        if self._commands is None or self._turns is None:
            self._commands = set()
            self._turns = asyncio.Semaphore(in_flight_max)
        task = asyncio.create_task(
            self._answer(heard, self._turns), name=f"command {heard.command.type}"
        )
        self._commands.add(task)
        task.add_done_callback(self._answered)
        # Not reading on is what slows the client down.
        if len(self._commands) == in_flight_max and not self._transport.is_closing():
            self._transport.pause_reading()

    def _answered(self, task: "asyncio.Task[None]") -> None:
        assert self._commands is not None
        self._commands.discard(task)
        if len(self._commands) == self._settings.commands_in_flight_max - 1:
            # What it sent while we did not read comes at once now, and not too fast.
            self._refill(math.inf)
            if not self._transport.is_closing():
                self._transport.resume_reading()

    async def _answer(self, heard: Heard, turns: asyncio.Semaphore) -> None:
        async with turns:
            answer, outcome = await self._around.dialogue.answer(heard, self)
        metrics.COMMANDS.labels(heard.command.type, outcome).inc()
        self._say(answer)

    def _say(self, message: bytes) -> None:
        self.sink.say(text_frame(message), self._settings.unread_bytes_max)

    def _count(self, frames: int) -> bool:
        """Count frames against the client's rate. Returns whether it may send so many."""
        self._refill(float(self._settings.frames_per_second_max))
        self._frames_left -= frames
        if self._frames_left < 0:
            self.end(CloseCode.TOO_MANY)
        return self._frames_left >= 0

    def _refill(self, most: float) -> None:
        now = asyncio.get_running_loop().time()
        limit = self._settings.frames_per_second_max
        refilled = self._frames_left + (now - self._frame_seconds) * limit
        self._frame_seconds = now
        self._frames_left = max(self._frames_left, min(refilled, most))

    # Speaker

    def resync(self, since: FeedPosition | None) -> None:
        self._room.resync(self.sink, since)

    # Pulse

    def ping(self) -> bool:
        return self.sink.say(PING, 0)

    def give_up(self) -> None:
        # No Close frame: nobody is there to read it.
        self._leave()
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
