"""Reads HTTP/1.1 replies out of a byte stream, however it is split. Pure.

Only what a client of one JSON server meets: a status line, headers of which four matter, and a
body by ``Content-Length``, by chunks, or none.
"""

from typing import NamedTuple

HEAD_BYTES_MAX = 16 * 1024  # bytes of a reply's head; beyond: ReplyError
BODY_BYTES_MAX = 16 * 1024 * 1024  # bytes of one reply's body; beyond: ReplyError

_HEAD_END = b"\r\n\r\n"
_BODYLESS = frozenset({204, 304})


class ReplyError(Exception):
    """The bytes are not an HTTP reply this client understands; the connection is of no more use."""


class HttpReply(NamedTuple):
    """One reply. ``retry_after_seconds`` is None where the server named none."""

    status: int
    body: bytes
    retry_after_seconds: float | None = None
    is_last: bool = False  # the server closes the connection after this one


class ReplyParser:
    """Turns received bytes into replies, one request in flight at a time."""

    def __init__(self) -> None:
        self._buffer = b""
        self._body_start = 0  # 0: the head is not complete yet
        self._body_bytes = 0
        self._is_chunked = False
        self._head: tuple[int, float | None, bool] = (0, None, False)

    def feed(self, received: bytes) -> HttpReply | None:
        """The reply, once its last byte is here; None until then.

        Raises: ReplyError, also for bytes beyond the reply, which nobody asked for.
        """
        buffer = self._buffer + received if self._buffer else received
        if not self._body_start:
            end = buffer.find(_HEAD_END)
            if end < 0:
                if len(buffer) > HEAD_BYTES_MAX:
                    raise ReplyError("the head does not end")
                self._buffer = buffer
                return None
            self._read_head(buffer[:end])
            self._body_start = end + len(_HEAD_END)
        if self._is_chunked:
            return self._finish_chunked(buffer)
        missing = self._body_start + self._body_bytes - len(buffer)
        if missing > 0:
            self._buffer = buffer
            return None
        if missing < 0:
            raise ReplyError("bytes beyond the reply")
        return self._finish(buffer[self._body_start :])

    def _finish(self, body: bytes) -> HttpReply:
        status, retry_after_seconds, is_last = self._head
        self._buffer = b""
        self._body_start = 0
        return HttpReply(status, body, retry_after_seconds, is_last)

    def _read_head(self, head: bytes) -> None:
        # One pass over the few lines; a header object would cost more than the whole request.
        status_line, _, rest = head.partition(b"\r\n")
        if not status_line.startswith(b"HTTP/1.") or not status_line[9:12].isdigit():
            raise ReplyError(f"not a status line: {status_line[:60]!r}")
        status = int(status_line[9:12])
        length: int | None = None
        retry_after_seconds = None
        is_last = status_line.startswith(b"HTTP/1.0")
        self._is_chunked = False
        for line in rest.split(b"\r\n") if rest else ():
            name, _, value = line.partition(b":")
            match name.lower():
                case b"content-length":
                    length = _whole_number(value)
                case b"transfer-encoding":
                    self._is_chunked = value.strip().lower() == b"chunked"
                case b"retry-after":
                    retry_after_seconds = _seconds(value)
                case b"connection":
                    is_last = value.strip().lower() == b"close"
        if length is None and not self._is_chunked and status not in _BODYLESS:
            raise ReplyError("a reply without a length")
        self._body_bytes = 0 if status in _BODYLESS or length is None else length
        self._head = (status, retry_after_seconds, is_last)

    def _finish_chunked(self, buffer: bytes) -> HttpReply | None:
        parts: list[bytes] = []
        at = self._body_start
        while True:
            line_end = buffer.find(b"\r\n", at)
            if line_end < 0:
                break
            try:
                size = int(buffer[at:line_end].partition(b";")[0], 16)
            except ValueError:
                raise ReplyError("not a chunk size") from None
            start = line_end + 2
            if size == 0:
                trailers = buffer[start:]  # none, or lines that end with an empty one
                if trailers == b"\r\n" or trailers.endswith(_HEAD_END):
                    return self._finish(b"".join(parts))
                break
            parts.append(buffer[start : start + size])
            at = start + size + 2
            if at > len(buffer):
                break
        if len(buffer) > BODY_BYTES_MAX:
            raise ReplyError("the body does not end")
        self._buffer = buffer
        return None


def _whole_number(value: bytes) -> int:
    text = value.strip()
    if not text.isdigit() or int(text) > BODY_BYTES_MAX:
        raise ReplyError(f"not an acceptable length: {text[:20]!r}")
    return int(text)


def _seconds(value: bytes) -> float | None:
    """Retry-After in seconds; its other form, a date, counts as not given."""
    text = value.strip()
    return float(text) if text.isdigit() else None
