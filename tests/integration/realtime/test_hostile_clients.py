"""Clients that mean ill, over real sockets: each meets its limit, and the room goes on."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from itertools import repeat

import pytest
import pytest_asyncio

from tests.integration.realtime.autobahn import HELLO, said
from tests.integration.realtime.rooms import FAST, Truth, new_event, serving
from tests.integration.realtime.witness import Witness, witnessing
from tests.support.raw_websocket import (
    WAIT_SECONDS,
    Op,
    RawClient,
    chopped,
    close,
    cont,
    frame,
    handshake,
    ping,
    pong,
    raw_client,
    text,
)

pytestmark = pytest.mark.asyncio

# A connection that is silent is given up, and a head that does not come is not waited for.
IMPATIENT = FAST.model_copy(update={"heartbeat_seconds": 0.3, "keepalive_seconds": 0.5})


@pytest_asyncio.fixture
async def witness(redis_url: str) -> AsyncIterator[Witness]:
    truth = Truth()
    async with (
        serving(redis_url, truth) as server,
        witnessing(server, new_event(truth)) as watching,
    ):
        yield watching


@pytest_asyncio.fixture
async def impatient(redis_url: str) -> AsyncIterator[Witness]:
    truth = Truth()
    async with (
        serving(redis_url, truth, IMPATIENT) as server,
        witnessing(server, new_event(truth)) as watching,
    ):
        yield watching


UNMASKED = {
    "text": frame(Op.TEXT, said("x"), mask=None),
    "binary": frame(Op.BINARY, b"x", mask=None),
    "ping": frame(Op.PING, b"", mask=None),
    "pong": frame(Op.PONG, b"", mask=None),
    "close": frame(Op.CLOSE, b"", mask=None),
    "long text": frame(Op.TEXT, b"x" * 70_000, mask=None),
}


@pytest.mark.parametrize("name", UNMASKED)
@pytest.mark.parametrize("size", [1, 100_000])
async def test_unmasked_frame_breaks_the_protocol(witness: Witness, name: str, size: int) -> None:
    """RFC 6455, 5.1. What came before it is answered all the same."""
    async with witness.raw() as client:
        await client.send([HELLO, *chopped(UNMASKED[name][:2000], size)])
        assert await client.closed() == 1002
        assert refs(client) == ["hello"]
    await witness.sees_the_room_go_on()


@pytest.mark.parametrize(
    "sent",
    [
        [text(b"", fin=False), text(said("x"))],
        [text(b"", fin=False), frame(Op.BINARY, b"x")],
        [text(b"", fin=False), cont(b"", fin=False), text(b"", fin=False)],
    ],
    ids=["text", "binary", "fragments"],
)
async def test_no_message_begins_amid_another_though_that_is_empty(
    witness: Witness, sent: list[bytes]
) -> None:
    async with witness.raw() as client:
        await client.send(sent)
        assert await client.closed() == 1002
    await witness.sees_the_room_go_on()


@pytest.mark.parametrize("length", [2**31, 2**63 - 1, 2**63, 2**64 - 1])
async def test_impossible_length_is_too_big_at_once(witness: Witness, length: int) -> None:
    async with witness.raw() as client:
        await client.send([frame(Op.TEXT, b"x", length=length)])
        assert await client.closed() == 1009
    await witness.sees_the_room_go_on()


FLOODS = {
    "texts": HELLO,
    "binary": frame(Op.BINARY, b"x"),
    "pings": ping(b"x" * 125),
    "pongs": pong(),
    "empty fragments": cont(b"", fin=False),
}


@pytest.mark.parametrize("name", FLOODS)
async def test_flood_is_too_many(witness: Witness, name: str) -> None:
    first = [text(b"", fin=False)] if name == "empty fragments" else []
    async with witness.raw() as client:
        await client.send([*first, *repeat(FLOODS[name], 2 * FAST.frames_per_second_max)])
        assert await client.closed() == 4029
    await witness.sees_the_room_go_on()


async def test_flood_in_one_write_is_too_many(witness: Witness) -> None:
    async with witness.raw() as client:
        await client.send([text(b"", fin=False) + cont(b"", fin=False) * 100_000])
        assert await client.closed() == 4029
    await witness.sees_the_room_go_on()


@pytest.mark.parametrize("size", [1, 7, 100_000])
async def test_frames_that_come_with_the_handshake_are_heard(witness: Witness, size: int) -> None:
    early = HELLO + ping(b"early") + text(b"", fin=False)
    async with witness.raw(early=early[:-3]) as client:
        await client.send([*chopped(early[-3:] + cont(said("late")), size)])
        assert await client.until_pong(b"there")
        assert refs(client) == ["hello", "late"]
    await witness.sees_the_room_go_on()


async def test_what_comes_with_the_handshake_keeps_the_protocol_too(witness: Witness) -> None:
    async with witness.raw(early=HELLO + UNMASKED["text"]) as client:
        assert await client.closed() == 1002
    await witness.sees_the_room_go_on()


def refs(client: RawClient) -> list[str]:
    """Of the answers that this client got."""
    messages = [json.loads(heard.payload) for heard in client.heard if heard.opcode == Op.TEXT]
    return [message["ref"] for message in messages if "ref" in message]


# Slowly

HALVES = {
    "a header": text(b"x" * 200)[:3],
    "a frame": text(b"x" * 200)[:50],
    "a fragment": text(b"x", fin=False),
}


@pytest.mark.parametrize("name", HALVES)
async def test_half_a_message_that_never_ends_is_given_up(impatient: Witness, name: str) -> None:
    """Whoever sends no more answers no ping either: that ends it, within two heartbeats."""
    async with impatient.raw() as client:
        await client.send([HALVES[name]])
        while await client.hear() is not None:
            pass
    await impatient.sees_the_room_go_on()


async def test_frame_that_comes_byte_by_byte_for_ever_is_given_up(impatient: Witness) -> None:
    """Bytes are no sign of life: only whole frames are."""
    async with impatient.raw() as client:
        dribbling = asyncio.create_task(dribble(client, text(b"x" * 8000)))
        while await client.hear() is not None:
            pass
        assert not dribbling.done()
        dribbling.cancel()
        await asyncio.gather(dribbling, return_exceptions=True)
    await impatient.sees_the_room_go_on()


async def test_message_in_slow_fragments_may_take_its_time(impatient: Witness) -> None:
    """It costs no more memory than a whole one, and its sender answers pings."""
    async with impatient.raw() as client:
        await client.send([text(said("slow")[:9], fin=False)])
        pings = 0
        while pings < 4:  # each would have been the last of a silent client
            heard = await client.hear()
            assert heard is not None
            if heard.opcode == Op.PING:
                pings += 1
                await client.send([pong(heard.payload)])
        await client.send([cont(said("slow")[9:]), close()])
        assert await client.closed() == 1000
        assert refs(client) == ["slow"]
    await impatient.sees_the_room_go_on()


async def test_handshake_byte_by_byte_is_answered(witness: Witness) -> None:
    request = handshake(witness.server.port, witness.event_id)
    async with raw_client(witness.server.port) as client:
        await client.send(chopped(request[:-1]))
        await client.shake_hands(request[-1:])
        assert await client.until_pong(b"there")
    await witness.sees_the_room_go_on()


@pytest.mark.parametrize("bytes_sent", [0, 1, 50])
async def test_handshake_that_never_ends_is_given_up(impatient: Witness, bytes_sent: int) -> None:
    request = handshake(impatient.server.port, impatient.event_id)
    async with raw_client(impatient.server.port) as client:
        await client.send([request[:bytes_sent]])
        assert await client.hear() is None
    await impatient.sees_the_room_go_on()


async def test_handshake_byte_by_byte_for_ever_is_given_up(impatient: Witness) -> None:
    request = handshake(impatient.server.port, impatient.event_id, "X-Slow: " + "x" * 8000)
    async with raw_client(impatient.server.port) as client:
        dribbling = asyncio.create_task(dribble(client, request))
        assert await client.hear() is None
        assert not dribbling.done()
        dribbling.cancel()
        await asyncio.gather(dribbling, return_exceptions=True)
    await impatient.sees_the_room_go_on()


async def dribble(client: RawClient, data: bytes) -> None:
    for write in chopped(data):
        await client.send([write])
        await asyncio.sleep(0.005)  # 8,000 of them take 40 s


# In heaps

LEAVES: dict[str, Callable[[RawClient], object]] = {
    "at once": lambda client: client.send([]),
    "amid a frame": lambda client: client.send([text(b"x" * 200)[:50]]),
    "amid a message": lambda client: client.send([text(b"x", fin=False)]),
    "amid commands": lambda client: client.send([text(b'{"type":"like","count":1}')] * 4),
    "broken": lambda client: client.send([frame(3, b"x")]),
    "after Close": lambda client: client.send([close(), HELLO]),
}


@pytest.mark.parametrize("name", LEAVES)
async def test_who_leaves_without_a_word_leaves_nothing_behind(witness: Witness, name: str) -> None:
    async def come_and_go() -> None:
        with suppress(ConnectionError):
            async with witness.raw() as client:
                leaving = LEAVES[name](client)
                assert asyncio.iscoroutine(leaving)
                await leaving

    async with asyncio.timeout(WAIT_SECONDS):
        await asyncio.gather(*(come_and_go() for _ in range(20)))
    await witness.sees_the_room_go_on()
