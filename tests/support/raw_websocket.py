"""A WebSocket client of bytes, for what no library would send."""

import asyncio
import os
import socket
from base64 import b64encode
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import IntEnum

WAIT_SECONDS = 20.0  # anything that takes longer has failed
MASK = b"\x37\xfa\x21\x3d"


class Op(IntEnum):
    """Opcodes."""

    CONT = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    rsv: int = 0,
    mask: bytes | None = MASK,
    length: int | None = None,
) -> bytes:
    """The bytes of one frame, be it ever so wrong.

    Args:
        rsv: the three reserved bits, as a number.
        mask: four bytes; None for a frame that is not masked.
        length: what the header says of the payload, where that is not the truth.
    """
    length = len(payload) if length is None else length
    first = fin << 7 | rsv << 4 | opcode
    masked = 0 if mask is None else 0x80
    if length < 126:
        head = bytes([first, masked | length])
    elif length < 65_536:
        head = bytes([first, masked | 126]) + length.to_bytes(2)
    else:
        head = bytes([first, masked | 127]) + length.to_bytes(8)
    if mask is None:
        return head + payload
    repeated = mask * (len(payload) // 4 + 1)
    return head + mask + bytes(a ^ b for a, b in zip(payload, repeated, strict=False))


def text(payload: bytes | str, *, fin: bool = True, rsv: int = 0) -> bytes:
    encoded = payload.encode() if isinstance(payload, str) else payload
    return frame(Op.TEXT, encoded, fin=fin, rsv=rsv)


def cont(payload: bytes, *, fin: bool = True) -> bytes:
    return frame(Op.CONT, payload, fin=fin)


def ping(payload: bytes = b"") -> bytes:
    return frame(Op.PING, payload)


def pong(payload: bytes = b"") -> bytes:
    return frame(Op.PONG, payload)


def close(code: int | None = 1000, reason: bytes = b"") -> bytes:
    return frame(Op.CLOSE, (b"" if code is None else code.to_bytes(2)) + reason)


def fragmented(parts: Sequence[bytes], opcode: int = Op.TEXT) -> list[bytes]:
    """The frames of one message in as many parts."""
    last = len(parts) - 1
    return [
        frame(opcode if place == 0 else Op.CONT, part, fin=place == last)
        for place, part in enumerate(parts)
    ]


def chopped(data: bytes, size: int = 1) -> list[bytes]:
    """The same bytes as writes of that size."""
    return [data[start : start + size] for start in range(0, len(data), size)]


@dataclass(frozen=True)
class Heard:
    """A frame from the server."""

    opcode: int
    payload: bytes

    @property
    def code(self) -> int:
        """Of a Close frame; 1005 where it has none."""
        return int.from_bytes(self.payload[:2]) if self.payload else 1005


class RawClient:
    """One connection in the room; ``heard`` are the frames that were read."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.heard: list[Heard] = []
        self.head = b""  # of the handshake's answer

    async def shake_hands(self, request: bytes) -> None:
        self._writer.write(request)
        async with asyncio.timeout(WAIT_SECONDS):
            self.head = await self._reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in self.head, self.head

    async def send(self, writes: Iterable[bytes]) -> None:
        """Each in a segment of its own; those that the server no longer wants are dropped."""
        with suppress(ConnectionError):
            for data in writes:
                self._writer.write(data)
                await self._writer.drain()
                await asyncio.sleep(0)

    async def hear(self) -> Heard | None:
        """The next frame; None at the end of the connection."""
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                first, second = await self._reader.readexactly(2)
                assert first & 0xF0 == 0x80, "servers send whole messages, and no reserved bits"
                assert second < 0x80, "servers do not mask"
                length = second
                if length >= 126:
                    length = int.from_bytes(
                        await self._reader.readexactly(2 if length == 126 else 8)
                    )
                payload = await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        self.heard.append(Heard(first & 0x0F, payload))
        return self.heard[-1]

    async def hear_head(self) -> bytes:
        """Of the answer to a request; empty where the connection ends without one."""
        async with asyncio.timeout(WAIT_SECONDS):
            try:
                return await self._reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                return b""

    def say_no_more(self) -> None:
        """Half a good-bye: what the server still says can be heard."""
        with suppress(OSError, RuntimeError):  # uvloop's word for a connection that is gone
            self._writer.write_eof()

    async def until_pong(self, payload: bytes) -> bool:
        """Whether the server is still there to answer."""
        await self.send([ping(payload)])
        while (heard := await self.hear()) is not None:
            if heard == Heard(Op.PONG, payload):
                return True
        return False

    async def closed(self) -> int | None:
        """The code of the Close frame, after which nothing may follow; None where none came."""
        while (heard := await self.hear()) is not None:
            if heard.opcode == Op.CLOSE:
                await self.send([close(heard.code if heard.payload else None)])
                self.say_no_more()
                after = await self.hear()
                assert after is None, f"something followed the Close frame: {after}"
                return heard.code
        return None


@asynccontextmanager
async def raw_client(port: int) -> AsyncIterator[RawClient]:
    """A connection; leaving it ends it without a word."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    # Or the kernel would put small writes together.
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        yield RawClient(reader, writer)
    finally:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()


def handshake(port: int, event_id: str, *more: str) -> bytes:
    """The head of the request that opens a room."""
    lines = [
        f"GET /api/events/{event_id}/room HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {b64encode(os.urandom(16)).decode()}",
        *more,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
