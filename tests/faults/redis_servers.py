"""The Redis of a ``World``, to be broken: one server with a replica when needed, or a Cluster."""

import asyncio
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from redis.exceptions import RedisError

from live.storage.embedded import redis_executable
from live.storage.redis import RedisClient, connect_redis
from tests.support.live_server import free_port
from tests.support.redis_cluster import HOST, LoopbackCluster

RETURN_SECONDS = 60.0  # until a part that was started must answer, on a machine that is busy
NODE_TIMEOUT_MS = 1_000  # of a Cluster's master, until its replica takes over
_DUMP = "dump.rdb"


class RedisServers(Protocol):
    """What a ``World`` asks of its Redis, whatever it is."""

    @property
    def url(self) -> str: ...

    async def start(self) -> None: ...

    def stop(self) -> None: ...


class RedisServer:
    """A redis-server on a unix socket that keeps nothing unless told to."""

    def __init__(self, directory: Path, name: str = "redis") -> None:
        self._directory = directory
        self._name = name
        self._socket = directory / f"{name}.sock"
        self._port = free_port()  # for a replica, which needs one
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    async def start(self, *, dump: Path | None = None) -> None:
        """Start it empty, or with what a snapshot held."""
        own = self._directory / f"{self._name}-{_DUMP}"
        own.unlink(missing_ok=True)
        if dump is not None:
            shutil.copy(dump, own)
        options = {
            "port": str(self._port), "bind": HOST, "unixsocket": str(self._socket),
            "dir": str(self._directory), "dbfilename": own.name, "save": "",
            "repl-diskless-sync-delay": "0",
            "logfile": str(self._directory / f"{self._name}.log"),
        }  # fmt: skip
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        self._process = _started([redis_executable(), *words])
        async with asyncio.timeout(RETURN_SECONDS):
            while not await self._answers():
                await asyncio.sleep(0.02)

    async def replicated(self) -> "RedisServer":
        """A replica that has all that we have, and follows."""
        replica = RedisServer(self._directory, "replica")
        await replica.start()
        async with client_of(replica.url) as client, asyncio.timeout(RETURN_SECONDS):
            await client.execute_command("REPLICAOF", HOST, self._port)  # type: ignore[no-untyped-call]
            while (await client.info("replication")).get("master_link_status") != "up":
                await asyncio.sleep(0.02)
        return replica

    async def has_caught_up(self) -> None:
        """As a replica, have all that the master has written."""
        async with client_of(self.url) as client, asyncio.timeout(RETURN_SECONDS):
            port = (await client.info("replication"))["master_port"]
            async with client_of(f"redis://{HOST}:{port}") as master:
                written = (await master.info("replication"))["master_repl_offset"]
            while (await client.info("replication"))["slave_repl_offset"] < written:
                await asyncio.sleep(0.01)

    async def cut_off(self) -> None:
        """As a replica, hear no more of what the master writes."""
        async with client_of(self.url) as client:
            await client.execute_command("REPLICAOF", "NO", "ONE")  # type: ignore[no-untyped-call]

    def take_over(self, replica: "RedisServer") -> None:
        """Die, and have the replica answer where we did."""
        self.kill()
        replica._socket.rename(self._socket)
        self._process, self._port = replica._process, replica._port
        self._name = replica._name  # by which it saves

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def save(self, name: str) -> Path:
        """A snapshot of now, kept under a name."""
        async with client_of(self.url) as client:
            await client.save()
        kept = self._directory / name
        shutil.copy(self._directory / f"{self._name}-{_DUMP}", kept)
        return kept

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self.kill()

    async def _answers(self) -> bool:
        try:
            async with client_of(self.url) as client:
                return bool(await client.ping())
        except (RedisError, OSError):
            return False


class RedisClusterServers:
    """A Cluster of three masters and three replicas."""

    def __init__(self, directory: Path) -> None:
        self.cluster = LoopbackCluster(directory / "cluster", node_timeout_ms=NODE_TIMEOUT_MS)

    @property
    def url(self) -> str:
        return self.cluster.url

    async def start(self) -> None:
        await asyncio.to_thread(self.cluster.start)

    def stop(self) -> None:
        self.cluster.stop()


@asynccontextmanager
async def client_of(url: str) -> AsyncIterator[RedisClient]:
    """With connections of its own, which no fault has broken yet."""
    client = connect_redis(url, timeout_ms=5_000, connections_max=4)
    try:
        yield client
    finally:
        await client.aclose()


def _started(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command)
