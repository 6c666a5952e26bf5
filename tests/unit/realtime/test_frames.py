"""The watch finds the same frames however their bytes are cut, and stops at the first bad one."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.realtime.frames import FrameWatch
from tests.support.raw_websocket import MASK, Op, cont, frame, ping, text

REFUSED_BY_AIOHTTP = b"\x83\x80"

sizes = st.sampled_from([0, 1, 125, 126, 200, 65_535, 65_536])


@st.composite
def conversations(draw: st.DrawFn) -> tuple[list[bytes], int]:
    """Frames that keep the protocol, and how many of them are not the last of their message."""
    frames, fragments, is_unfinished = [], 0, False
    for _ in range(draw(st.integers(0, 8))):
        if draw(st.booleans()):
            frames.append(ping(b"x" * draw(st.integers(0, 125))))
            continue
        fin = draw(st.booleans())
        opcode = Op.CONT if is_unfinished else draw(st.sampled_from([Op.TEXT, Op.BINARY]))
        frames.append(frame(opcode, b"\xff" * draw(sizes), fin=fin))
        is_unfinished = not fin
        fragments += not fin
    return frames, fragments


def taken(data: bytes, cuts: Sequence[int]) -> tuple[bytes, int]:
    watch, passed, fragments = FrameWatch(), b"", 0
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    for start, end in pairwise(edges):
        more, count = watch.take(data[start:end])
        passed += more
        fragments += count
    return passed, fragments


cuts = st.lists(st.integers(0, 200_000), max_size=12)


@given(conversations(), cuts)
def test_what_keeps_the_protocol_passes_unchanged(
    conversation: tuple[list[bytes], int], cut_at: list[int]
) -> None:
    frames, fragments = conversation
    assert taken(b"".join(frames), cut_at) == (b"".join(frames), fragments)


@given(conversations(), cuts, st.sampled_from(list(Op)), st.binary(max_size=20))
def test_nothing_passes_from_an_unmasked_frame_on(
    conversation: tuple[list[bytes], int], cut_at: list[int], opcode: Op, after: bytes
) -> None:
    frames, fragments = conversation
    good = b"".join(frames)
    data = good + frame(opcode, b"x" * 100, mask=None) + after
    assert taken(data, cut_at) == (good + REFUSED_BY_AIOHTTP, fragments)


@pytest.mark.parametrize(
    ("frames", "good"),
    [
        ([text(b"", fin=False), text(b"a")], 1),
        ([text(b"", fin=False), ping(), frame(Op.BINARY, b"a", fin=False)], 2),
        ([cont(b"a")], 0),
        ([text(b"a"), cont(b"b")], 1),
        ([text(b"a", fin=False), cont(b"b"), cont(b"c", fin=False)], 2),
    ],
)
@given(cuts)
def test_messages_do_not_mix(frames: list[bytes], good: int, cut_at: list[int]) -> None:
    passed, _ = taken(b"".join(frames), cut_at)
    assert passed == b"".join(frames[:good]) + REFUSED_BY_AIOHTTP


def test_of_a_header_that_is_not_whole_nothing_passes() -> None:
    watch = FrameWatch()
    head = text(b"x" * 65_536)[:10]
    for place in range(9):
        assert watch.take(head[place : place + 1]) == (b"", 0)
    assert watch.take(head[9:]) == (head, 0)
    assert watch.take(MASK) == (MASK, 0)
