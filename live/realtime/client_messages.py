"""What one client says, as whole messages: its frames watched, then read by aiohttp's parser."""

from typing import NamedTuple

from aiohttp import WebSocketError, WSMessage
from aiohttp._websocket.reader import WebSocketDataQueue
from aiohttp.http import WebSocketReader

from live.realtime.frames import FrameWatch
from live.realtime.protocol import CloseCode


class Read(NamedTuple):
    """
    Args:
        messages: that are whole now, in order; control frames too.
        fragments: frames among what was received that were not the last of their message.
        broken: the close code for what follows the messages and breaks the protocol; then
            nothing more will be read.
    """

    messages: list[WSMessage]
    fragments: int
    broken: int | None


class Parsed(WebSocketDataQueue):
    """Where the parsers of all connections put messages; emptied after each chunk. Share one.

    aiohttp's own queue holds them for a task to read, and weighs more than its parser.
    """

    def __init__(self) -> None:
        # Its protocol, limit and loop are for a reader that waits, and nobody does.
        super().__init__(None, 0, loop=None)  # type: ignore[arg-type]
        self._messages: list[WSMessage] = []
        self._broken: int | None = None

    def feed_data(self, data: WSMessage, size: int) -> None:  # type: ignore[override]
        self._messages.append(data)

    def set_exception(self, exc: BaseException, *_cause: BaseException) -> None:
        self._broken = exc.code if isinstance(exc, WebSocketError) else CloseCode.INTERNAL

    def take(self) -> tuple[list[WSMessage], int | None]:
        """The messages of this chunk, and the code where it breaks the protocol."""
        taken = self._messages, self._broken
        self._messages, self._broken = [], None
        return taken


class ClientMessages:
    """Reads what one client sends, however its bytes are cut.

    Args:
        frame_bytes_max: bytes of one message.
    """

    __slots__ = ("_parsed", "_parser", "_watch")

    def __init__(self, parsed: Parsed, frame_bytes_max: int) -> None:
        self._parsed = parsed
        # aiohttp refuses messages of this size and above.
        self._parser = WebSocketReader(
            parsed, frame_bytes_max + 1, compress=False, decode_text=True
        )
        self._watch = FrameWatch()

    def read(self, received: bytes) -> Read:
        data, fragments = self._watch.take(received)
        if data:
            self._parser.feed_data(data)
        messages, broken = self._parsed.take()
        return Read(messages, fragments, broken)
