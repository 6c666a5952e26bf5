"""Connections are taken a few at a time, so that several processes share them out."""

import asyncio
import errno
import socket
from collections.abc import Callable
from typing import cast

import pytest
import uvloop

from live.web import acceptor as acceptor_module
from live.web.acceptor import ACCEPTS_PER_TURN, Acceptor


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The server's own loop."""
    return {"uvloop": uvloop.new_event_loop}


class Guest(asyncio.Protocol):
    """Answers what it hears."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._transport.write(data.upper())


@pytest.fixture
def listener() -> socket.socket:
    opened = socket.create_server(("127.0.0.1", 0), backlog=512)
    opened.setblocking(False)
    return opened


async def knock(listener: socket.socket) -> bytes:
    reader, writer = await asyncio.open_connection(*listener.getsockname())
    writer.write(b"hello")
    heard = await reader.readexactly(5)
    writer.close()
    await writer.wait_closed()
    return heard


async def test_everybody_is_let_in(listener: socket.socket) -> None:
    door = Acceptor(listener, Guest)
    async with asyncio.timeout(10):
        heard = await asyncio.gather(*(knock(listener) for _ in range(100)))
    assert heard == [b"HELLO"] * 100
    await door.close()
    listener.close()


async def test_of_those_who_wait_it_takes_a_few_a_turn(listener: socket.socket) -> None:
    waiting = [socket.create_connection(listener.getsockname()) for _ in range(50)]
    made: list[Guest] = []

    def make() -> Guest:
        made.append(Guest())
        return made[-1]

    door = Acceptor(listener, make)
    taken_before = -1
    async with asyncio.timeout(10):
        while len(made) < len(waiting):
            taken_before = len(made)
            await asyncio.sleep(0)
            assert len(made) - taken_before <= ACCEPTS_PER_TURN
    await door.close()
    listener.close()
    for client in waiting:
        client.close()


async def test_who_waits_when_it_closes_is_left_to_the_other_process(
    listener: socket.socket,
) -> None:
    leaving = Acceptor(listener, Guest)
    await leaving.close()
    knocking = asyncio.create_task(knock(listener))
    await asyncio.sleep(0.05)
    assert not knocking.done()
    staying = Acceptor(listener, Guest)
    async with asyncio.timeout(10):
        assert await knocking == b"HELLO"
    await staying.close()
    listener.close()


class OutOfFiles:
    """A listener that has no descriptor for the first who comes."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self.refusals = 0

    def fileno(self) -> int:
        return self._listener.fileno()

    def accept(self) -> tuple[socket.socket, object]:
        if not self.refusals:
            self.refusals += 1
            raise OSError(errno.EMFILE, "Too many open files")
        return self._listener.accept()


async def test_without_a_free_descriptor_it_pauses_and_goes_on(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceptor_module, "PAUSE_SECONDS", 0.05)
    poor = OutOfFiles(listener)
    # It has of a socket what an acceptor uses, and only there can a process run out of files.
    door = Acceptor(poor, Guest)  # type: ignore[arg-type]
    async with asyncio.timeout(10):
        assert await knock(listener) == b"HELLO"
    assert poor.refusals == 1
    await door.close()
    listener.close()
