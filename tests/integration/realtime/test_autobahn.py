"""Autobahn's cases (autobahn.py) over real sockets: each gets its answer, the room goes on."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.integration.realtime.autobahn import BINARY, CASES, MALFORMED, ROUND_TRIPS, Case, said
from tests.integration.realtime.rooms import FAST, Truth, new_event, serving
from tests.integration.realtime.witness import Witness, witnessing
from tests.support.raw_websocket import Heard, Op, close, frame, text

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Cases of many small frames are about something else.
PATIENT = FAST.model_copy(update={"frames_per_second_max": 300})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def witness(single_redis: str) -> AsyncIterator[Witness]:
    truth = Truth()
    async with (
        serving(single_redis, truth, PATIENT) as server,
        witnessing(server, new_event(truth)) as watching,
    ):
        yield watching


def answers(heard: list[Heard]) -> list[str]:
    """What the server had to say to this viewer alone, as ``Case`` has it."""
    told = []
    for one in heard:
        if one.opcode == Op.PONG:
            told.append(f"pong {one.payload.hex()}")
        elif one.opcode == Op.TEXT:
            message = json.loads(one.payload)
            if message["type"] == "problem":
                told.append(f"ref {message['ref']}" if "ref" in message else message["code"])
    return told


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.number)
async def test_case(witness: Witness, case: Case) -> None:
    async with witness.raw() as client:
        await client.send(case.sent)
        if case.code is None:
            assert await client.until_pong(b"still there"), client.heard[-1]
            assert answers(client.heard[:-1]) == list(case.answers)
            await client.send([close()])
            assert await client.closed() == 1000
        else:
            assert await client.closed() == case.code
            assert answers(client.heard) == list(case.answers)
    await witness.sees_the_room_go_on()


async def test_every_case_is_there_once() -> None:
    numbers = [case.number for case in CASES] + [number for number, _, _ in ROUND_TRIPS]
    assert len(set(numbers)) == len(numbers)
    counted = dict.fromkeys(range(1, 11), 0)
    for number in numbers:
        counted[int(number.split(".")[0])] += 1
    # As many as Autobahn has.
    assert counted == {1: 16, 2: 11, 3: 7, 4: 10, 5: 20, 6: 145, 7: 37, 8: 0, 9: 54, 10: 1}


@pytest.mark.parametrize(("number", "opcode", "size"), ROUND_TRIPS)
async def test_round_trips(witness: Witness, number: str, opcode: int, size: int) -> None:
    code = MALFORMED if opcode == Op.TEXT else BINARY
    async with witness.raw() as client:
        for trip in range(100):
            await client.send([frame(opcode, b"*" * size)])
            while len(answers(client.heard)) <= trip:
                assert await client.hear() is not None, number
        assert answers(client.heard) == [code] * 100
    await witness.sees_the_room_go_on()


@pytest.mark.parametrize(
    "offer",
    [
        "permessage-deflate",
        "permessage-deflate; client_max_window_bits; server_no_context_takeover",
        "x-webkit-deflate-frame",
    ],
)
async def test_compression_is_declined(witness: Witness, offer: str) -> None:
    async with witness.raw(f"Sec-WebSocket-Extensions: {offer}") as client:
        assert b"sec-websocket-extensions" not in client.head.lower()
        await client.send([text(said("compressed"), rsv=4)])
        assert await client.closed() == 1002
    await witness.sees_the_room_go_on()
