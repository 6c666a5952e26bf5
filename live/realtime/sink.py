"""Where the frames of one connection go."""

import asyncio
from collections.abc import Callable

from live.realtime import metrics
from live.realtime.protocol import CloseCode
from live.web.routes import Identity


class Sink:
    """One connection, as far as writing to it goes.

    Attributes:
        fingerprint: tells its viewer from others, see ``fingerprint``; empty where nobody counts.
        fd: its socket, to write to while nothing is unread; None where TLS is in between.
        close: ends the connection with a code, without waiting.
        on_clogged: told when something written was not taken by the socket at once.
        snapshot_seconds: loop time of the last snapshot to catch up.
    """

    __slots__ = (
        "_transport",
        "close",
        "fd",
        "fingerprint",
        "identity",
        "on_clogged",
        "snapshot_seconds",
    )

    def __init__(
        self,
        transport: asyncio.Transport,
        close: Callable[[CloseCode], None],
        identity: Identity | None,
        fingerprint: bytes = b"",
    ) -> None:
        self._transport: asyncio.Transport | None = transport
        is_plain = transport.get_extra_info("sslcontext") is None
        self.fd: int | None = transport.get_extra_info("socket").fileno() if is_plain else None
        self.close = close
        self.identity = identity
        self.fingerprint = fingerprint
        self.on_clogged: Callable[[Sink], None] = _ignore
        self.snapshot_seconds = float("-inf")

    @property
    def is_detached(self) -> bool:
        return self._transport is None

    @property
    def unread_bytes(self) -> int:
        """What the transport still holds back."""
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    def detach(self) -> None:
        """Nothing may follow a Close frame: from now on whatever is written goes nowhere."""
        self._transport = None
        self.close = _stay_closed
        self.on_clogged = _ignore

    def say(self, frame: bytes, unread_bytes_max: int) -> bool:
        """Write one frame. Returns False where more than that lies unread already."""
        transport = self._transport
        if transport is None:
            return False
        if transport.get_write_buffer_size() > unread_bytes_max:
            metrics.UNREAD.inc()
            return False
        try:
            transport.write(frame)
        except RuntimeError:  # uvloop, of a transport that was just lost
            return False
        if transport.get_write_buffer_size():
            self.on_clogged(self)
        return True


def _ignore(_sink: Sink) -> None:
    return None


def _stay_closed(_code: CloseCode) -> None:
    return None
