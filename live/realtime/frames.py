"""The headers of a client's frames, and what RFC 6455 asks of them that aiohttp does not. Pure.

aiohttp's parser takes unmasked frames (5.1) and, after an empty first fragment, a new message
amid another (5.4); and it tells of a message only when it is whole, so fragments cost the sender
nothing. The bytes pass through here first.
"""

_FIN = 0x80
_MASKED = 0x80
_DATA_OPCODE_MAX = 0x7
_OPCODE = 0x0F
_LENGTH = 0x7F
_EXTENDED_BYTES = {126: 2, 127: 8}
_MASK_BYTES = 4
# A masked frame of an opcode that there is not: aiohttp takes it for a broken protocol.
_BROKEN = b"\x83\x80"


class FrameWatch:
    """Follows the frames of one connection, however their bytes are cut.

    Holds no payload, and of a header at most 9 bytes.
    """

    __slots__ = ("_head", "_is_broken", "_is_unfinished", "_payload_bytes")

    def __init__(self) -> None:
        self._head = b""  # of the frame to come; nobody else has seen it yet
        self._payload_bytes = 0  # of this frame, and its mask, still to come
        self._is_unfinished = False  # a message has begun and not ended
        self._is_broken = False

    def take(self, received: bytes) -> tuple[bytes, int]:
        """Look at what was received.

        Returns: what the parser is to get: all of it, but for a header that is not whole yet, and
            in place of the first frame that breaks the protocol one that aiohttp refuses; then
            nothing more. And how many frames ended within it that were not the last of their
            message.
        """
        if self._is_broken:
            return b"", 0
        data = self._head + received if self._head else received
        self._head = b""
        fragments = 0
        at, end = min(self._payload_bytes, len(data)), len(data)
        self._payload_bytes -= at
        while at < end:
            head_bytes = 2
            if at + 1 < end:
                if self._breaks(data[at], data[at + 1]):
                    self._is_broken = True
                    return data[:at] + _BROKEN, fragments
                head_bytes += _EXTENDED_BYTES.get(data[at + 1] & _LENGTH, 0)
            if end - at < head_bytes:
                self._head = data[at:]
                return data[:at], fragments
            opcode, is_last = data[at] & _OPCODE, data[at] & _FIN
            if opcode <= _DATA_OPCODE_MAX:
                self._is_unfinished = not is_last
                fragments += not is_last
            length = data[at + 1] & _LENGTH
            if head_bytes > 2:
                length = int.from_bytes(data[at + 2 : at + head_bytes])
            at += head_bytes
            passed = min(_MASK_BYTES + length, end - at)
            self._payload_bytes = _MASK_BYTES + length - passed
            at += passed
        return data, fragments

    def _breaks(self, first: int, second: int) -> bool:
        """Whether a frame may not begin so, at this place. The rest aiohttp sees."""
        if not second & _MASKED:
            return True
        opcode = first & _OPCODE
        return opcode <= _DATA_OPCODE_MAX and (opcode == 0) != self._is_unfinished
