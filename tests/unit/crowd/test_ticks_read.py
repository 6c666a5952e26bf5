"""Claims about what a viewer takes as read because a neighbour has read it."""

import pytest
from websockets.frames import Frame, Opcode

from live.crowd.room_view import RoomHead
from live.crowd.ticks_read import TicksRead

TICK = RoomHead("tick", n=2, prev=1)


def text_frame(payload: bytes, *, fin: bool = True) -> tuple[Frame, bytes]:
    """A frame, and the bytes in which a server sends it."""
    frame = Frame(Opcode.TEXT, payload, fin=fin)
    return frame, frame.serialize(mask=False)


@pytest.mark.parametrize("payload_bytes", [2, 125, 126, 400, 65_535, 65_536])
def test_the_same_bytes_are_the_same_tick(payload_bytes: int) -> None:
    read = TicksRead()
    frame, chunk = text_frame(b"x" * payload_bytes)
    read.keep(chunk, frame, TICK)
    assert read.find(bytes(bytearray(chunk))) is TICK
    assert read.find(chunk[:-1] + b"y") is None


def test_a_chunk_that_is_not_one_whole_tick_is_not_kept() -> None:
    read = TicksRead()
    frame, chunk = text_frame(b"{}")
    part, part_chunk = text_frame(b"{}", fin=False)
    read.keep(chunk + chunk, frame, TICK)
    read.keep(chunk[1:], frame, TICK)
    read.keep(part_chunk, part, TICK)
    read.keep(chunk, frame, RoomHead("snapshot", n=2))
    for seen in (chunk + chunk, chunk[1:], part_chunk, chunk):
        assert read.find(seen) is None


def test_only_the_latest_are_kept() -> None:
    read = TicksRead()
    chunks = []
    for n in range(6):
        frame, chunk = text_frame(b'{"n":%d}' % n)
        read.keep(chunk, frame, RoomHead("tick", n=n, prev=n - 1))
        chunks.append(chunk)
    assert [read.find(chunk) is not None for chunk in chunks] == [False] * 2 + [True] * 4
