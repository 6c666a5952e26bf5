"""Fixtures of the room's tests."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import pytest_asyncio
import uvloop

from tests.integration.realtime.rooms import RedisServer, RoomServer, Truth, serving


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The server's own loop: its transports differ from asyncio's where it matters here."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One that a test may kill, pause or flush."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def truth() -> Truth:
    return Truth()


@pytest_asyncio.fixture
async def server(redis_url: str, truth: Truth) -> AsyncIterator[RoomServer]:
    async with serving(redis_url, truth) as running:
        yield running
