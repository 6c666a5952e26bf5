"""Claims about viewers, against a room played by the websockets library's own server."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve

from live.crowd.crew import Crew
from live.crowd.http_client import Origin
from live.crowd.room_view import RoomMessage

pytestmark = pytest.mark.asyncio

OFFER = {
    "id": "off_1",
    "available": 4,
    "reserved": 0,
    "sold": 0,
    "allotment": 4,
    "status": "open",
    "price_fen": 100,
}
Room = Callable[[ServerConnection], Awaitable[None]]


def snapshot(n: int, **fields: object) -> str:
    body = {"type": "snapshot", "n": n, "viewers": 1, "offers": [OFFER], "reconnect_seconds": 0}
    return json.dumps(body | fields)


def tick(n: int, prev: int, **fields: object) -> str:
    return json.dumps({"type": "tick", "n": n, "prev": prev} | fields)


@asynccontextmanager
async def in_room(
    room: Room, tokens: list[str | None]
) -> AsyncIterator[tuple[Crew, list[RoomMessage]]]:
    """A crew that has joined the room, and what its first viewer hears."""
    heard: list[RoomMessage] = []
    async with serve(room, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        crew = Crew(Origin.parse(f"http://127.0.0.1:{port}"), "evt_1", tokens, heard.append)
        joining = asyncio.create_task(crew.join([0.0] * len(tokens)))
        try:
            yield crew, heard
        finally:
            await crew.leave()
            joining.cancel()
            await asyncio.gather(joining, return_exceptions=True)


async def until(is_true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not is_true():  # noqa: ASYNC110 (viewers tell nobody)
            await asyncio.sleep(0.005)


async def test_everybody_joins_with_their_own_token_and_counts_ticks() -> None:
    seen: list[str | None] = []

    async def room(socket: ServerConnection) -> None:
        assert socket.request is not None
        seen.append(socket.request.headers.get("Authorization"))
        await socket.send(snapshot(1))
        await socket.send(tick(2, 1, offers=[{"id": "off_1", "available": 3, "reserved": 1}]))
        await socket.wait_closed()

    async with in_room(room, ["a", "b", None]) as (crew, heard):
        await until(lambda: crew.stats.ticks == 3)
        assert sorted(map(str, seen)) == ["Bearer a", "Bearer b", "None"]
        assert crew.stats.connected == 3
        assert [message.type for message in heard] == ["snapshot", "tick"]
        assert not crew.faults()


async def test_a_hole_is_noticed_and_mended_by_resync() -> None:
    async def room(socket: ServerConnection) -> None:
        await socket.send(snapshot(1))
        await socket.send(tick(3, 2))
        assert json.loads(await socket.recv()) == {"type": "resync"}
        await socket.send(tick(4, 3))
        await socket.send(snapshot(4))
        await socket.send(tick(5, 4))
        await socket.wait_closed()

    async with in_room(room, [None]) as (crew, heard):
        await until(lambda: len(heard) == 5)
        assert (crew.stats.holes, crew.stats.snapshots) == (1, 2)
        assert not crew.faults()


async def test_a_hole_is_noticed_in_ticks_that_a_neighbour_has_read() -> None:
    """All ticks but the last are read twice: by the first of those who keep no screen, and after.

    The room sends to one viewer after the other; the last of them misses the second tick.
    """
    has_read = asyncio.Event()
    unsampled: list[ServerConnection] = []

    async def room(socket: ServerConnection) -> None:
        is_sampled = socket.request is not None and "Authorization" in socket.request.headers
        await socket.send(snapshot(1))
        if is_sampled:
            await socket.wait_closed()
            return
        unsampled.append(socket)
        if len(unsampled) == 2:
            await has_read.wait()
            await socket.send(tick(3, 2))
            assert json.loads(await socket.recv()) == {"type": "resync"}
            await socket.send(snapshot(3))
        else:
            await socket.send(tick(2, 1))
            await socket.send(tick(3, 2))
        await socket.send(tick(4, 3))
        await socket.wait_closed()

    async with in_room(room, ["sampled", None, None]) as (crew, _):
        await until(lambda: crew.stats.ticks == 3)
        assert crew.stats.holes == 0
        has_read.set()
        await until(lambda: crew.stats.ticks == 5)
        assert (crew.stats.holes, crew.stats.snapshots) == (1, 4)
        assert not crew.faults()


async def test_wrong_sums_are_the_rooms_fault() -> None:
    async def room(socket: ServerConnection) -> None:
        await socket.send(snapshot(1))
        await socket.send(tick(2, 1, offers=[{"id": "off_1", "available": 3}]))
        await socket.wait_closed()

    async with in_room(room, [None]) as (crew, heard):
        await until(lambda: len(heard) == 2)
        assert crew.faults() == {"sum_wrong": 1}


async def test_a_tick_before_any_snapshot_is_the_rooms_fault() -> None:
    async def room(socket: ServerConnection) -> None:
        await socket.send(tick(2, 1))
        await socket.wait_closed()

    async with in_room(room, [None]) as (crew, _):
        await until(lambda: crew.stats.ticks == 1)
        assert crew.faults() == {"tick_before_snapshot": 1}


async def test_who_is_thrown_out_comes_back() -> None:
    visits = 0

    async def room(socket: ServerConnection) -> None:
        nonlocal visits
        visits += 1
        await socket.send(snapshot(1))
        if visits == 1:
            await socket.close(4008)
        else:
            await socket.wait_closed()

    async with in_room(room, [None]) as (crew, _):
        await until(lambda: crew.stats.joins == 2)
        assert crew.stats.closes == {"4008": 1}
        assert crew.stats.connected == 1


async def test_a_refused_handshake_is_counted_by_its_status() -> None:
    async def room(_socket: ServerConnection) -> None: ...

    async with serve(
        room, "127.0.0.1", 0, process_request=lambda socket, _request: socket.respond(401, "who?")
    ) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        crew = Crew(
            Origin.parse(f"http://127.0.0.1:{port}"), "evt_1", ["bad"], lambda _message: None
        )
        joining = asyncio.create_task(crew.join([0.0]))
        await until(lambda: crew.stats.closes["refused 401"] == 1)
        assert crew.stats.connected == 0
        joining.cancel()
        await asyncio.gather(joining, return_exceptions=True)


async def test_a_message_in_fragments_is_one_message() -> None:
    async def room(socket: ServerConnection) -> None:
        whole = snapshot(1)
        await socket.send([whole[:40], whole[40:]])
        await socket.send(tick(2, 1))
        await socket.wait_closed()

    async with in_room(room, [None]) as (crew, heard):
        await until(lambda: len(heard) == 2)
        assert not crew.faults()
