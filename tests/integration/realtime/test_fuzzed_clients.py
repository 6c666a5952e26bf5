"""Whatever bytes a client sends, cut in whatever way: it gets the code that RFC 6455 names.

Another implementation says what that is (raw_reference.py). It is never 1011, nothing hangs, and
the room goes on for somebody who watches.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from itertools import chain, pairwise
from typing import Any, TypeVar

import pytest
import uvloop
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.realtime.rooms import FAST, Truth, new_event, serving
from tests.integration.realtime.witness import Witness, witnessing
from tests.support.raw_reference import verdict
from tests.support.raw_websocket import (
    Heard,
    Op,
    RawClient,
    close,
    fragmented,
    frame,
    handshake,
    ping,
    raw_client,
)

T = TypeVar("T")

FUZZING = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# Their limits are about something else.
UNLIMITED = FAST.model_copy(
    update={"frames_per_second_max": 100_000, "keepalive_seconds": 0.5, "close_abort_seconds": 5.0}
)
LAST = b"are you there?"

COMMANDS = [
    '{"type":"like","count":3,"ref":1}',
    '{"type":"chat","text":"甜吗 😀","ref":"a"}',
    '{"type":"resync"}',
    '{"type":"resync","since":"e1.5-0","ref":2}',
    '{"type":"dance","ref":3}',
    "[" * 300,
    "{",
    "",
]


class Server:
    """A room on a loop of its own, which runs while an example does."""

    def __init__(self, redis_url: str) -> None:
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._stack = AsyncExitStack()
        self.witness = self.run(self._start(redis_url))

    async def _start(self, redis_url: str) -> Witness:
        truth = Truth()
        server = await self._stack.enter_async_context(serving(redis_url, truth, UNLIMITED))
        return await self._stack.enter_async_context(witnessing(server, new_event(truth)))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def close(self) -> None:
        self.run(self._stack.aclose())
        self._runner.close()


@pytest.fixture(scope="module")
def server(single_redis: str) -> Iterator[Server]:
    running = Server(single_redis)
    yield running
    running.close()


# What clients send

texts = st.sampled_from(COMMANDS).map(str.encode)
controls = st.builds(frame, st.sampled_from([Op.PING, Op.PONG]), st.binary(max_size=125)).map(
    lambda one: [one]
)


@st.composite
def messages(draw: st.DrawFn) -> list[bytes]:
    """The frames of a message, perhaps in fragments with pings in between."""
    payload = draw(texts)
    cuts = sorted(draw(st.lists(st.integers(0, len(payload)), max_size=3)))
    edges = [0, *cuts, len(payload)]
    parts = [payload[start:end] for start, end in pairwise(edges)]
    opcode = draw(st.sampled_from([Op.TEXT, Op.TEXT, Op.TEXT, Op.BINARY]))
    frames = fragmented(parts, opcode)
    if draw(st.booleans()):
        frames.insert(draw(st.integers(0, len(frames))), ping(b"between"))
    return frames


endings: st.SearchStrategy[list[bytes]] = st.just([]) | st.builds(
    close, st.sampled_from([None, 1000, 1001, 3000, 4999])
).map(lambda one: [one])
conversations = st.tuples(st.lists(messages() | controls, max_size=8), endings).map(
    lambda parts: b"".join([*chain.from_iterable(parts[0]), *parts[1]])
)


@st.composite
def wild_frames(draw: st.DrawFn) -> bytes:
    """One that keeps hardly any rule."""
    payload = draw(st.binary(max_size=140) | texts | st.just(b"x" * 8192) | st.just(b"x" * 8193))
    lies = st.sampled_from(
        [None] * 9 + [0, 125, 126, 8193, 65_536, 2**31, 2**63 - 1, 2**63, 2**64 - 1]
    )
    return frame(
        draw(st.sampled_from([0, 1, 1, 1, 2, 8, 9, 9, 10]) | st.integers(0, 15)),
        payload,
        fin=draw(st.sampled_from([True, True, True, False])),
        rsv=draw(st.sampled_from([0] * 9 + [1, 2, 4, 7])),
        mask=draw(
            st.sampled_from([b"\x37\xfa\x21\x3d", b"\x00" * 4, b"\xff\x00\x80\x01"] * 4 + [None])
        ),
        length=draw(lies),
    )


@st.composite
def mutated(draw: st.DrawFn, original: st.SearchStrategy[bytes]) -> bytes:
    """With a few bytes changed, taken out, put in or said again."""
    data = bytearray(draw(original))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        span = draw(st.integers(1, 6))
        match draw(st.sampled_from(["change", "flip", "take out", "put in", "repeat"])):
            case "change":
                data[at : at + span] = draw(st.binary(min_size=span, max_size=span))
            case "flip" if at < len(data):
                data[at] ^= 1 << draw(st.integers(0, 7))
            case "take out":
                del data[at : at + span]
            case "put in":
                data[at:at] = draw(st.binary(max_size=span))
            case "repeat":
                data[at:at] = data[max(0, at - 8 * span) : at]
    return bytes(data)


cuts = st.lists(st.floats(0, 1), max_size=6) | st.just([place / 60 for place in range(60)])


def cut(data: bytes, places: list[float]) -> list[bytes]:
    edges = [0, *sorted(int(place * len(data)) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


# What becomes of them


async def outcome(client: RawClient) -> int | str | None:
    """The close code, ``LAST`` where that was answered, or None where neither came."""
    while (heard := await client.hear()) is not None:
        if heard.opcode == Op.CLOSE:
            return heard.code
        if heard == Heard(Op.PONG, LAST):
            return "pong"
    return None


async def send_and_compare(
    witness: Witness, sent: bytes, places: list[float], early: int, *, is_good: bool = False
) -> None:
    """Send it, and ask whether the server is there where it ought to be.

    Args:
        is_good: it keeps the rules: nothing follows a Close, for one.
    """
    expected = verdict(sent, UNLIMITED.frame_bytes_max)
    is_asked = expected.code is None
    if is_asked:
        sent += ping(LAST)
        expected = verdict(sent, UNLIMITED.frame_bytes_max)
    is_answered = expected.last is not None and bytes(expected.last.data) == LAST
    async with witness.raw(early=sent[:early]) as client:
        await client.send(cut(sent[early:], places))
        if expected.code is None and not is_answered:
            client.say_no_more()  # amid a frame, whatever its header promised
        came = await outcome(client)
    if is_answered:
        assert came == "pong"
    elif expected.is_answer:
        # What follows a client's Close may reset the connection before it has read the answer.
        assert came == expected.code or (came is None and not is_good)
    elif expected.code is not None:
        # A frame may break several rules, of which either looks at another first.
        assert came in {expected.code, 1002, 1009}
    else:
        assert came in {None, 1001, 1002, 1009}
    await witness.sees_the_room_go_on()


@FUZZING
@given(conversations, cuts, st.sampled_from([0, 0, 1, 7, 1000]))
def test_what_keeps_the_rules_is_answered_however_it_is_cut(
    server: Server, sent: bytes, places: list[float], early: int
) -> None:
    assert verdict(sent, UNLIMITED.frame_bytes_max).code in {None, 1000, 1001, 3000, 4999}
    server.run(send_and_compare(server.witness, sent, places, early, is_good=True))


@FUZZING
@given(mutated(conversations), cuts, st.sampled_from([0, 0, 1, 7, 1000]))
def test_mutated_conversations_end_as_the_protocol_says(
    server: Server, sent: bytes, places: list[float], early: int
) -> None:
    server.run(send_and_compare(server.witness, sent, places, early))


@FUZZING
@given(st.lists(wild_frames(), max_size=8).map(b"".join), cuts, st.sampled_from([0, 0, 1, 7, 1000]))
def test_wild_frames_end_as_the_protocol_says(
    server: Server, sent: bytes, places: list[float], early: int
) -> None:
    server.run(send_and_compare(server.witness, sent, places, early))


@FUZZING
@given(mutated(st.just(handshake(80, "EVENT", "Accept: */*"))), cuts)
def test_mutated_handshakes_are_let_in_or_refused(
    server: Server, request: bytes, places: list[float]
) -> None:
    server.run(shake_and_look(server.witness, request, places))


async def shake_and_look(witness: Witness, request: bytes, places: list[float]) -> None:
    async with raw_client(witness.server.port) as client:
        await client.send(cut(request.replace(b"EVENT", witness.event_id.encode()), places))
        head = await client.hear_head()
    status = head.split(b" ", 2)[1:2]
    assert status in ([], [b"101"]) or b"400" <= status[0] < b"500", head
    await witness.sees_the_room_go_on()
