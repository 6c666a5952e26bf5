"""Claims about splitting a room's bytes into frames, held against the websockets library."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from live.crowd.frames import FrameSplitter, Part

TEXT_BYTES_MAX = 100_000


def text(content: bytes) -> bytes:
    return Frame(Opcode.TEXT, content).serialize(mask=False)


def other(opcode: Opcode, content: bytes, *, fin: bool = True) -> bytes:
    return Frame(opcode, content, fin=fin).serialize(mask=False)


PING = other(Opcode.PING, b"hello")
CLOSE = other(Opcode.CLOSE, b"\x03\xe9going away")
FIRST = other(Opcode.TEXT, b"frag", fin=False)
LAST = other(Opcode.CONT, b"ment")
# Lengths around the borders of the three ways to write one.
LONG = [b"x" * size for size in (0, 1, 125, 126, 127, 65_535, 65_536, 70_000)]

STREAM = b"".join([text(LONG[1]), PING, *map(text, LONG), FIRST, PING, LAST, CLOSE])
PARTS = [
    Part(True, LONG[1]),
    Part(False, PING),
    *(Part(True, content) for content in LONG),
    *(Part(False, frame) for frame in (FIRST, PING, LAST, CLOSE)),
]


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_frames_are_the_same_however_the_bytes_arrive(cuts: list[int]) -> None:
    splitter = FrameSplitter(TEXT_BYTES_MAX)
    borders = [0, *sorted(cuts), len(STREAM)]
    parts = []
    for start, end in pairwise(borders):
        parts += splitter.feed(STREAM[start:end])
    assert parts == PARTS


def test_byte_by_byte_a_text_comes_with_its_last_byte() -> None:
    splitter = FrameSplitter(TEXT_BYTES_MAX)
    frame = text(b"y" * 300)
    for position in range(len(frame) - 1):
        assert splitter.feed(frame[position : position + 1]) == []
    assert splitter.feed(frame[-1:]) == [Part(True, b"y" * 300)]


@pytest.mark.parametrize(
    "wrong",
    [
        Frame(Opcode.TEXT, b"masked, as only clients do").serialize(mask=True),
        text(b"z" * (TEXT_BYTES_MAX + 1))[:20],  # too long: not waited for
    ],
)
def test_what_no_server_sends_is_handed_on_at_once(wrong: bytes) -> None:
    splitter = FrameSplitter(TEXT_BYTES_MAX)
    assert splitter.feed(text(b"good") + wrong) == [Part(True, b"good"), Part(False, wrong)]
    assert splitter.feed(text(b"later")) == [Part(False, text(b"later"))]
