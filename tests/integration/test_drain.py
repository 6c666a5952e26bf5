"""SIGTERM in a rush: every order that was sent is answered, here or at the next server."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import count
from pathlib import Path

import pytest

from live.accounts.feature import tokens_of
from live.accounts.secrets import Keys
from live.accounts.simulated import sign_in_simulated
from live.clock import SystemClock
from live.crowd.api import Api
from live.crowd.http_client import HttpPool, Origin, request_bytes
from live.crowd.people import ship_to_json
from live.storage.database import Database
from live.values import Role
from tests.support.live_server import LiveServer

pytestmark = pytest.mark.asyncio

SECRET = "a secret that both servers know"
KEEPING, HASTY, CALM = 12, 6, 6  # lanes: one connection after the other, one each, with pauses
BUYERS = KEEPING + HASTY + CALM
PAUSE_SECONDS = 0.3
PRICE_FEN = 1_990
ORDERS_BEFORE = 300  # answered before the first server is told to end


@dataclass
class Told:
    """What all lanes have been told."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)  # (server, status)
    unanswered: list[str] = field(default_factory=list)
    has_moved: set[int] = field(default_factory=set)  # lanes that have left the first server

    def count(self, server: str) -> int:
        return sum(n for (name, _), n in self.answers.items() if name == server)


class Lane:
    """A buyer behind a balancer: at the first server until it says that it is leaving."""

    def __init__(self, number: int, token: str, path: str, told: Told) -> None:
        self._number = number
        self._token = token
        self._path = path
        self._told = told
        self._keys = count()

    async def run(self, ports: dict[str, int], stop: asyncio.Event) -> None:
        is_hasty = KEEPING <= self._number < KEEPING + HASTY
        pause_seconds = PAUSE_SECONDS if self._number >= KEEPING + HASTY else 0.0
        home = "first"
        connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        while not stop.is_set():
            if connection is None:
                try:
                    connection = await asyncio.open_connection("127.0.0.1", ports[home])
                except ConnectionRefusedError:
                    assert home == "first", "the second server has gone"
                    home = "second"
                    self._told.has_moved.add(self._number)
                    continue
            is_last = await self._order(home, ports[home], *connection)
            if is_last or is_hasty:
                connection[1].close()
                connection = None
            if is_last:
                home = "second"
                self._told.has_moved.add(self._number)
            await asyncio.sleep(pause_seconds)
        if connection is not None:
            connection[1].close()

    async def _order(
        self, home: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Order one unit. Returns whether this connection takes no more."""
        key = f"lane-{self._number}-{next(self._keys)}"
        body = f'{{"units":1,"price_fen":{PRICE_FEN},"ship_to":{ship_to_json(self._number)}}}'
        origin = Origin.parse(f"http://127.0.0.1:{port}")
        writer.write(
            request_bytes(
                origin, "POST", self._path, token=self._token, body=body.encode(), key=key
            )
        )
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(head.split("content-length: ")[1].split("\r\n")[0])
            await reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            self._told.unanswered.append(f"{key} at the {home}: {error!r}")
            return True
        self._told.answers[home, int(head.split()[1])] += 1
        return "connection: close" in head


async def until(is_so: Callable[[], bool]) -> None:
    while True:
        if is_so():
            return
        await asyncio.sleep(0.02)


async def people(database_url: str) -> tuple[str, list[str]]:
    """Tokens of a host and of the buyers."""
    signer, clock = tokens_of(Keys(SECRET.encode())), SystemClock()
    database = Database(database_url)
    [host] = await sign_in_simulated(database, signer, clock, Role.HOST, 1, days=1)
    buyers = await sign_in_simulated(database, signer, clock, Role.VIEWER, BUYERS, days=1)
    await database.close()
    return host, buyers


async def open_sale(server: LiveServer, host: str) -> str:
    """The path to order at."""
    async with HttpPool(Origin.parse(server.origin), 1) as pool:
        api = Api(pool, host)
        event = await api.post("/api/events", {
            "title": "A rush", "county_code": "440825", "starts_at": datetime.now(UTC).isoformat(),
        })  # fmt: skip
        offer = await api.post(f"/api/events/{event['id']}/offers", {
            "kind": "flash_sale", "title": "A box", "unit_grams": 3_000, "price_fen": PRICE_FEN,
            "allotment": 1_000_000, "per_buyer_limit": 1_000_000,
        })  # fmt: skip
        await api.post(f"/api/events/{event['id']}/start")
        await api.post(f"/api/offers/{offer['id']}/open")
    return f"/api/offers/{offer['id']}/orders"


async def rush_through(
    tmp_path: Path, database_url: str, redis_url: str, workers: int, end_with: signal.Signals
) -> Told:
    """Two servers, and a rush during which the first one is told to end."""
    settings = {
        "LIVE_DATABASE_URL": database_url,
        "LIVE_REDIS_URL": redis_url,
        "LIVE_SECRET": SECRET,
        "LIVE_DRAIN_SECONDS": "2",
        "LIVE_ORDERS_PER_MINUTE": "1000000",
    }
    host, buyers = await people(database_url)
    first = LiveServer(tmp_path / "first", workers=workers, **settings)
    second = LiveServer(tmp_path / "second", workers=1, **settings)
    told, stop = Told(), asyncio.Event()
    try:
        for server in (first, second):
            await asyncio.to_thread(server.start)
        path = await open_sale(first, host)
        ports = {"first": first.port, "second": second.port}
        async with asyncio.timeout(60), asyncio.TaskGroup() as lanes:
            for number, token in enumerate(buyers):
                lanes.create_task(Lane(number, token, path, told).run(ports, stop))
            await until(lambda: told.count("first") >= ORDERS_BEFORE)
            os.kill(first.pid, end_with)
            await until(lambda: len(told.has_moved) == BUYERS)
            assert await asyncio.to_thread(first.wait) in (0, -signal.SIGKILL)
            stop.set()
    finally:
        for server in (first, second):
            await asyncio.to_thread(server.stop)
    return told


@pytest.mark.cluster
@pytest.mark.parametrize("workers", [1, 2])
async def test_sigterm_leaves_no_order_unanswered(
    tmp_path: Path, database_url: str, redis_url: str, workers: int
) -> None:
    told = await rush_through(tmp_path, database_url, redis_url, workers, signal.SIGTERM)
    assert told.unanswered == []
    assert {status for _, status in told.answers} == {HTTPStatus.CREATED}
    assert told.count("second") > 0


async def test_a_server_that_is_killed_leaves_some(
    tmp_path: Path, sqlite_url: str, redis_url: str
) -> None:
    """The control: this is what the draining is for."""
    told = await rush_through(tmp_path, sqlite_url, redis_url, 1, signal.SIGKILL)
    assert told.unanswered
