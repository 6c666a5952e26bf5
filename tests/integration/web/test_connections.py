"""What is no HTTP is refused as a problem; nobody is waited for longer than the settings say."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import pytest_asyncio
from yarl import URL

from live.config import Settings
from live.web.application import build_application
from tests.support.people import KnownPeople
from tests.support.serving import WAIT_SECONDS, Caller, serving

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def caller() -> AsyncIterator[Caller]:
    application = build_application([], authenticator=KnownPeople(), settings=Settings())
    async with serving(application, keepalive_seconds=0.5) as running:
        yield running


async def told(caller: Caller, sent: bytes) -> bytes:
    """All that the server says until it ends the connection."""
    port = URL(caller.origin).port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        async with asyncio.timeout(WAIT_SECONDS):
            return await reader.read()
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


NO_HTTP = {
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40,
    "a word": b"hello\r\n\r\n",
    "another version": b"GET / HTTP/9.9\r\n\r\n",
    "a bad method": b"G\x00T / HTTP/1.1\r\n\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\nHost\r\n\r\n",
    "a long address": b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\n\r\n",
    "a long header": b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 1000 + b"\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    "a length and chunks": (
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
}


@pytest.mark.parametrize("name", NO_HTTP)
async def test_what_is_no_http_is_refused_as_a_problem(
    caller: Caller, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answer = await told(caller, NO_HTTP[name])
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.0 400 Bad Request\r\n"), answer
    assert b"content-type: application/problem+json" in head.lower()
    problem = json.loads(body)
    assert (problem["status"], problem["code"]) == (400, "malformed")
    assert not caplog.records


@pytest.mark.parametrize(
    "sent", [b"", b"GET / HT", b"GET /api/nothing HTTP/1.1\r\nHost: x\r\n\r\n"]
)
async def test_who_sends_no_more_is_not_waited_for(caller: Caller, sent: bytes) -> None:
    """A connection without a word, half a head, and one that idles after its answer."""
    answer = await told(caller, sent)
    assert answer[:12] == (b"HTTP/1.1 404" if sent.endswith(b"\r\n") else b"")
