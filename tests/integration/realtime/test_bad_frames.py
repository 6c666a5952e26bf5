"""Whatever a client sends, it gets its code or its problem, and the room goes on for the others."""

import asyncio
import json
import os
import struct
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import suppress

import aiohttp
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.typing import Origin

from tests.integration.realtime.rooms import (
    FAST,
    WAIT_SECONDS,
    RoomServer,
    Truth,
    Viewer,
    new_event,
    serving,
)
from tests.support.raw_websocket import handshake as handshake_bytes
from tests.support.raw_websocket import raw_client

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
        parts = ("x" * 1000 for _ in range(100))
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


BROKEN = {
    "text that is not UTF-8": (Frame(Opcode.TEXT, b"\xff\xfe").serialize(mask=True), 1007),
    "reserved bit": (b"\xa1\x80\x00\x00\x00\x00", 1002),
    "unknown opcode": (b"\x83\x80\x00\x00\x00\x00", 1002),
    "continuation of nothing": (Frame(Opcode.CONT, b"x").serialize(mask=True), 1002),
    "ping in fragments": (b"\x09\x80\x00\x00\x00\x00", 1002),
    "long ping": (b"\x89\xfe\x00\x7e\x00\x00\x00\x00" + b"x" * 126, 1002),
    "impossible length": (b"\x81\xff" + struct.pack("!Q", 2**63) + b"\x00" * 4, 1009),
    "close code of one byte": (Frame(Opcode.CLOSE, b"\x03").serialize(mask=True), 1002),
    "close code that may not be sent": (
        Frame(Opcode.CLOSE, struct.pack("!H", 1006)).serialize(mask=True),
        1002,
    ),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_broken_protocol_closes_as_the_protocol_says(
    server: RoomServer, truth: Truth, name: str
) -> None:
    sent, code = BROKEN[name]
    event_id = new_event(truth)
    async with server.viewer(event_id) as other:
        assert await code_for(server, event_id, sent) == code
        await other.until_type("tick")


async def test_close_is_answered_with_its_own_code(server: RoomServer, truth: Truth) -> None:
    event_id = new_event(truth)
    for sent, expected in ((3001, 3001), (1000, 1000)):
        frame = Frame(Opcode.CLOSE, struct.pack("!H", sent)).serialize(mask=True)
        assert await code_for(server, event_id, frame) == expected
    assert await code_for(server, event_id, Frame(Opcode.CLOSE, b"").serialize(mask=True)) == 1000


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
        reader, writer = await handshake(server, event_id)
        async with asyncio.timeout(WAIT_SECONDS), server.viewer(event_id) as polite:
            while await reader.read(65536):
                pass  # reads, but never answers a ping
            await polite.until(lambda m: m.get("viewers") == 1)
        writer.close()


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
    request = handshake_bytes(server.port, event_id).replace(
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


async def handshake(
    server: RoomServer, event_id: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection by hand, for what no library would send."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    lines = [
        f"GET /api/events/{event_id}/room HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {b64encode(os.urandom(16)).decode()}",
    ]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def code_for(server: RoomServer, event_id: str, sent: bytes) -> int:
    """The code of the Close frame that these bytes bring about, which is the last frame."""
    reader, writer = await handshake(server, event_id)
    writer.write(sent)
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            first, second = await reader.readexactly(2)
            length = second & 0x7F
            if length == 126:
                length = int.from_bytes(await reader.readexactly(2))
            payload = await reader.readexactly(length)
            if first & 0x0F == Opcode.CLOSE:
                break
        with suppress(ConnectionError):  # where ours was the first, the server is gone already
            writer.write(Frame(Opcode.CLOSE, payload[:2]).serialize(mask=True))
            assert await reader.read() == b"", "something followed the Close frame"
    writer.close()
    return int.from_bytes(payload[:2])
