"""Ticks that need no second reading: a room sends the same bytes to everybody."""

from websockets.frames import Frame

from live.crowd.room_view import RoomHead

_KEPT = 4  # a viewer that is a little behind its neighbours finds its tick all the same


class TicksRead:
    """The latest ticks that viewers of one process have read, by the bytes they came in.

    A chunk from the network is one whole frame nearly always. What begins in the midst of a frame
    is text, so it never equals one.
    """

    def __init__(self) -> None:
        self._heads: dict[bytes, RoomHead] = {}
        self.find = self._heads.get

    def keep(self, chunk: bytes, frame: Frame, head: RoomHead) -> None:
        """Remember a tick, where the chunk is its frame and nothing else."""
        header_bytes = len(chunk) - len(frame.data)
        if head.type != "tick" or not frame.fin or header_bytes != _header_bytes(len(frame.data)):
            return
        if len(self._heads) >= _KEPT:
            del self._heads[next(iter(self._heads))]
        self._heads[chunk] = head


def _header_bytes(payload_bytes: int) -> int:
    """Of a frame that is not masked (RFC 6455, 5.2)."""
    if payload_bytes < 126:
        return 2
    return 4 if payload_bytes < 1 << 16 else 10
