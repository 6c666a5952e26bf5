"""Claims about the lean client: what it repeats, what it gives up, and what stays unknown."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from live.crowd.http_client import HttpPool, Origin, Unanswered, request_bytes

pytestmark = pytest.mark.asyncio

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
BUSY = b"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"

# Answers one request: gets its bytes, returns the reply's, or None to hang up.
Answer = Callable[[bytes], Awaitable[bytes | None]]


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[Origin]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                reply = await answer(head)
                if reply is None:
                    break
                writer.write(reply)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield Origin.parse(f"http://127.0.0.1:{port}")


def scripted(*replies: bytes | None) -> tuple[Answer, list[bytes]]:
    """An answer that plays its replies in turn, and the requests it heard."""
    remaining = list(replies)
    heard: list[bytes] = []

    async def answer(request: bytes) -> bytes | None:
        heard.append(request)
        return remaining.pop(0)

    return answer, heard


async def test_a_lost_reply_is_asked_for_again_with_the_same_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("live.crowd.http_client.RETRY_SECONDS", 0.0)
    answer, heard = scripted(None, BUSY, OK)
    async with serving(answer) as origin, HttpPool(origin) as pool:
        request = request_bytes(origin, "POST", "/api/offers/o/orders", key="k1")
        reply = await pool.ask(request)
    assert reply.body == b"ok"
    assert heard == [request] * 3


async def test_busy_to_the_end_is_told_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("live.crowd.http_client.RETRY_SECONDS", 0.0)
    answer, heard = scripted(BUSY, BUSY, BUSY)
    async with serving(answer) as origin, HttpPool(origin) as pool:
        reply = await pool.ask(request_bytes(origin, "GET", "/"), attempts_max=3)
    assert reply.status == 503
    assert len(heard) == 3


async def test_no_reply_in_time_leaves_the_outcome_unknown() -> None:
    too_late = asyncio.Event()

    async def slow(_request: bytes) -> bytes | None:
        await too_late.wait()
        return None

    async with serving(slow) as origin, HttpPool(origin, request_seconds=0.01) as pool:
        with pytest.raises(Unanswered):
            await pool.send(request_bytes(origin, "GET", "/"))
        too_late.set()


async def test_nobody_listening_is_unanswered() -> None:
    async with serving(scripted()[0]) as origin:
        pass
    async with HttpPool(origin) as pool:
        with pytest.raises(Unanswered):
            await pool.send(request_bytes(origin, "GET", "/"))


async def test_requests_share_few_connections_and_all_are_answered() -> None:
    open_now = open_most = 0

    async def slow(_request: bytes) -> bytes:
        nonlocal open_now, open_most
        open_now += 1
        open_most = max(open_most, open_now)
        await asyncio.sleep(0.001)
        open_now -= 1
        return OK

    async with serving(slow) as origin, HttpPool(origin, connections_max=4) as pool:
        request = request_bytes(origin, "GET", "/")
        replies = await asyncio.gather(*(pool.send(request) for _ in range(50)))
    assert [reply.status for reply in replies] == [200] * 50
    assert open_most <= 4


async def test_a_lost_connection_makes_room_for_those_who_wait() -> None:
    replies = [None, OK, None, OK]
    answer, _ = scripted(*replies)
    async with serving(answer) as origin, HttpPool(origin, connections_max=1) as pool:
        request = request_bytes(origin, "GET", "/")
        results = await asyncio.gather(
            *(pool.send(request) for _ in replies), return_exceptions=True
        )
    assert sum(isinstance(result, Unanswered) for result in results) == 2


async def test_a_closing_server_is_met_with_a_new_connection() -> None:
    closing = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    answer, heard = scripted(closing, OK)
    async with serving(answer) as origin, HttpPool(origin, connections_max=1) as pool:
        request = request_bytes(origin, "GET", "/")
        assert (await pool.send(request)).status == 200
        assert (await pool.send(request)).status == 200
    assert len(heard) == 2


@pytest.mark.parametrize(
    ("url", "authority", "is_tls"),
    [
        ("http://127.0.0.1:8080", "127.0.0.1:8080", False),
        ("https://live.example", "live.example:443", True),
        ("live.example", "live.example:80", False),
        ("http://[::1]:9000/", "[::1]:9000", False),
    ],
)
async def test_addresses_are_read(url: str, authority: str, is_tls: bool) -> None:
    origin = Origin.parse(url)
    assert (origin.authority, origin.is_tls) == (authority, is_tls)


async def test_an_address_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="not an http address"):
        Origin.parse("ftp://live.example")
