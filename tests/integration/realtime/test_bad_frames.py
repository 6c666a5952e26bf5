"""Whatever a client sends, it gets its code or its problem, and the room goes on for the others."""

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from tests.integration.realtime.rooms import (
    FAST,
    RoomServer,
    Truth,
    Viewer,
    new_event,
    serving,
)
from tests.support.raw_websocket import handshake, raw_client

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "malformed"),
        ("{", "malformed"),
        ("[]", "malformed"),
        ("7", "malformed"),
        ("null", "malformed"),
        ("{}", "malformed"),
        ('{"type":7}', "malformed"),
        ('{"type":"chat","text":"a","ref":{}}', "malformed"),
        ('{"type":"chat","text":"a","ref":true}', "malformed"),
        (json.dumps({"type": "chat", "text": "a", "ref": "r" * 65}), "malformed"),
        ('{"type":"dance"}', "unknown_type"),
        ('{"type":"chat"}', "invalid"),
        ('{"type":"chat","text":null}', "invalid"),
        ('{"type":"chat","text":"a","colour":"red"}', "invalid"),
        ('{"type":"resync","since":"yesterday"}', "invalid"),
        ("[" * 8000, "malformed"),
    ],
)
async def test_bad_text_is_answered_and_the_connection_stays(
    server: RoomServer, truth: Truth, text: str, code: str
) -> None:
    event_id = new_event(truth)
    async with server.viewer(event_id, "ann") as ann:
        await ann.socket.send(text)
        assert (await ann.until_type("problem"))["code"] == code
        assert (await ann.ask(type="like", count=1))["type"] == "ack"


async def test_refused_message_comes_back_with_its_ref(server: RoomServer, truth: Truth) -> None:
    event_id = new_event(truth)
    async with server.viewer(event_id, "ann") as ann:
        assert (await ann.ask(type="dance"))["code"] == "unknown_type"


async def test_binary_is_answered_and_the_connection_stays(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    async with server.viewer(event_id, "ann") as ann:
        await ann.socket.send(b"\x00\xff")
        assert (await ann.until_type("problem"))["code"] == "binary_not_supported"
        assert (await ann.ask(type="like", count=1))["type"] == "ack"


async def test_largest_message_is_read_and_one_byte_more_is_too_big(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    async with server.viewer(event_id, "ann") as ann:
        await ann.socket.send("x" * FAST.frame_bytes_max)
        assert (await ann.until_type("problem"))["code"] == "malformed"
        await ann.socket.send("x" * (FAST.frame_bytes_max + 1))
        assert await closed(ann) == 1009


async def test_huge_message_is_too_big_though_most_of_it_is_never_read(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    for _ in range(5):
        async with server.viewer(event_id) as viewer:
            sending = asyncio.create_task(viewer.socket.send("x" * 4_000_000))
            assert await closed(viewer) == 1009
            await asyncio.gather(sending, return_exceptions=True)


async def test_fragments_that_add_up_to_too_much_are_too_big(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    async with server.viewer(event_id) as viewer:
        parts = ("x" * 1000 for _ in range(15))  # more would be too many as well
        sending = asyncio.create_task(viewer.socket.send(parts))
        assert await closed(viewer) == 1009
        await asyncio.gather(sending, return_exceptions=True)


async def test_fragmented_message_is_read_with_pings_in_between(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    async with server.viewer(event_id, "ann") as ann:
        text = json.dumps({"type": "like", "count": 1, "ref": 5})

        async def parts() -> AsyncIterator[str]:
            for letter in text[:6]:
                yield letter
            await (await ann.socket.ping())
            yield text[6:]

        await ann.socket.send(parts())
        assert await ann.until_type("ack") == {"type": "ack", "ref": 5}


async def test_flood_is_closed(server: RoomServer, truth: Truth) -> None:
    event_id = new_event(truth)
    async with server.viewer(event_id, "ann") as ann, server.viewer(event_id, "bob") as bob:
        for _ in range(200):
            await ann.say(type="like", count=1)
        assert await closed(ann) == 4029
        assert (await bob.ask(type="like", count=1))["type"] == "ack"


async def test_flood_of_pings_is_closed(server: RoomServer, truth: Truth) -> None:
    event_id = new_event(truth)
    async with server.viewer(event_id) as viewer:
        for _ in range(200):
            await viewer.socket.ping()
        assert await closed(viewer) == 4029


async def test_who_vanishes_without_a_word_is_gone(server: RoomServer, truth: Truth) -> None:
    event_id = new_event(truth)
    async with server.viewer(event_id) as viewer, server.viewer(event_id) as other:
        await viewer.until(lambda m: m.get("viewers") == 2)
        other.socket.transport.abort()
        await viewer.until(lambda m: m.get("viewers") == 1)


async def test_who_answers_no_ping_is_given_up(redis_url: str, truth: Truth) -> None:
    event_id = new_event(truth)
    brisk = FAST.model_copy(update={"heartbeat_seconds": 0.3})
    async with serving(redis_url, truth, brisk) as server:
        request = handshake(server.port, event_id)
        async with raw_client(server.port) as mute, server.viewer(event_id) as polite:
            await mute.shake_hands(request)
            while await mute.hear() is not None:
                pass  # reads, but never answers a ping
            await polite.until(lambda m: m.get("viewers") == 1)


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_foreign_page_is_refused(server: RoomServer, truth: Truth, origin: str) -> None:
    event_id = new_event(truth)
    with pytest.raises(InvalidStatus) as refusal:
        await connect(server.url(event_id), origin=Origin(origin), proxy=None)
    assert refusal.value.response.status_code == 403


async def test_own_page_is_let_in(server: RoomServer, truth: Truth) -> None:
    event_id = new_event(truth)
    origin = Origin(f"http://127.0.0.1:{server.port}")
    async with connect(server.url(event_id), origin=origin, proxy=None) as socket:
        assert "snapshot" in str(await socket.recv())


@pytest.mark.parametrize(
    ("event_id", "query", "status"),
    [("evt_unknown", "", 404), ("known", "since=x", 422), ("known", "ticket=x", 401)],
)
async def test_who_cannot_come_in_is_told_why(
    server: RoomServer, truth: Truth, event_id: str, query: str, status: int
) -> None:
    if event_id == "known":
        event_id = new_event(truth)
    with pytest.raises(InvalidStatus) as refusal:
        await connect(server.url(event_id) + query, proxy=None)
    assert refusal.value.response.status_code == status


async def test_plain_http_is_told_that_this_is_a_websocket(
    server: RoomServer, truth: Truth
) -> None:
    url = server.url(new_event(truth)).replace("ws://", "http://")
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert (answer.status, (await answer.json())["code"]) == (400, "websocket_required")


@pytest.mark.parametrize(
    "name", ["Upgrade", "Connection", "Sec-WebSocket-Version", "Sec-WebSocket-Key"]
)
async def test_header_that_is_not_ascii_is_refused(
    server: RoomServer, truth: Truth, name: str
) -> None:
    event_id = new_event(truth)
    request = handshake(server.port, event_id).replace(
        f"\r\n{name}: ".encode(), f"\r\n{name}: ".encode() + b"\x80"
    )
    async with raw_client(server.port) as client:
        await client.send([request])
        assert b" 400 " in await client.hear_head()


async def test_full_process_lets_nobody_in(redis_url: str, truth: Truth) -> None:
    event_id = new_event(truth)
    small = FAST.model_copy(update={"viewers_max": 1})
    async with serving(redis_url, truth, small) as server, server.viewer(event_id):
        with pytest.raises(InvalidStatus) as refusal:
            await server.open_viewer(event_id)
        assert refusal.value.response.status_code == 503


async def closed(viewer: Viewer) -> int | None:
    """The code with which the server closes; what comes before it is read away."""
    try:
        while True:
            await viewer.hear()
    except ConnectionClosed:
        pass
    return viewer.socket.close_code
