"""A real Redis Cluster on loopback: three masters and three replicas that keep nothing on disk."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from redis import Redis
from redis.crc import key_slot
from redis.exceptions import RedisError

from tests.support.live_server import free_port

HOST = "127.0.0.1"
MASTERS = 3
SLOTS = 16_384
FORM_SECONDS = 60.0  # until all nodes agree, on a machine that is busy
NEEDED = (
    "the Cluster tests need redis-server 7: install it (Debian: apt-get install redis-server)"
    " or name one in LIVE_REDIS_SERVER; `make test` does so by itself"
)


@dataclass(frozen=True, slots=True)
class Node:
    """One redis-server of the cluster."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"

    def client(self) -> Redis:
        return Redis(HOST, self.port, socket_timeout=2.0, decode_responses=True)

    def ask(self, *words: str | int) -> Any:
        """The reply as Redis gives it."""
        with self.client() as client:
            client.response_callbacks.clear()
            return client.execute_command(*words)

    @property
    def id(self) -> str:
        return str(self.ask("CLUSTER MYID"))

    @property
    def is_master(self) -> bool:
        return bool(self.ask("ROLE")[0] == "master")

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class LoopbackCluster:
    """Formed when entered, gone when left.

    Args:
        node_timeout_ms: of silence, after which a master is given up and its replica takes over.
    """

    def __init__(self, directory: Path, *, node_timeout_ms: int = 10_000) -> None:
        self._directory = directory
        self._node_timeout_ms = node_timeout_ms
        self._ports: list[tuple[int, int]] = []
        self.nodes: list[Node] = []

    @property
    def url(self) -> str:
        return "redis+cluster://" + ",".join(node.address for node in self.nodes)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Returns when every node serves, or follows a master."""
        self._ports = [(free_port(), free_port()) for _ in range(2 * MASTERS)]
        executable = server_executable()
        try:
            for place, (port, _) in enumerate(self._ports):
                directory = self._directory / f"node-{place}"
                directory.mkdir(parents=True)
                # As if they had met before: each knows the others, and who has which slots.
                (directory / "nodes.conf").write_text(_nodes_conf(place, self._ports))
                self.nodes.append(Node(port, self._run(executable, place)))
            _until(lambda: all(map(_is_in_place, self.nodes)))
        except BaseException:
            self.stop()
            raise

    def revive(self, node: Node) -> None:
        """Start a node that has died; it comes back empty, and follows whoever took over."""
        place = self.nodes.index(node)
        self.nodes[place] = revived = Node(node.port, self._run(server_executable(), place))
        _until(lambda: _is_in_place(revived))

    def stop(self) -> None:
        for node in self.nodes:
            node.signal(signal.SIGCONT)
            node.kill()

    def master_of(self, key: str) -> Node:
        """The node that serves a key now."""
        slot = key_slot(key.encode())
        for node in self._running():
            for first, last, (_, port, *_), *_ in node.ask("CLUSTER SLOTS"):
                if first <= slot <= last:
                    return next(other for other in self.nodes if other.port == port)
        raise AssertionError(f"nobody serves {key}")

    def replica_of(self, master: Node) -> Node | None:
        """One that is in step, and would take over."""
        for node in self._running():
            role = node.ask("ROLE")
            if role[0] == "slave" and role[2:4] == [master.port, "connected"]:
                return node
        return None

    def _running(self) -> list[Node]:
        return [node for node in self.nodes if node.process.poll() is None]

    def _run(self, executable: str, place: int) -> subprocess.Popen[bytes]:
        directory = self._directory / f"node-{place}"
        port, bus_port = self._ports[place]
        options = {
            "port": port, "bind": HOST, "dir": directory, "logfile": directory / "redis.log",
            "save": "", "appendonly": "no", "repl-diskless-sync-delay": 0,
            "cluster-enabled": "yes", "cluster-port": bus_port,
            "cluster-node-timeout": self._node_timeout_ms,
        }  # fmt: skip
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        return subprocess.Popen([executable, *words], start_new_session=True)


def server_executable() -> str:
    """A redis-server that can form a cluster; the run fails, and says why, where there is none."""
    found = os.environ.get("LIVE_REDIS_SERVER") or shutil.which("redis-server")
    if not found:
        raise AssertionError(NEEDED)
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    if int(said.partition("v=")[2].partition(".")[0] or 0) < 7:
        raise AssertionError(f"{found} is too old: {NEEDED}")
    return found


def _nodes_conf(mine: int, ports: list[tuple[int, int]]) -> str:
    """A node's memory of the cluster, in Redis's own format."""
    lines = []
    for place, (port, bus_port) in enumerate(ports):
        shard = place % MASTERS
        is_master = place < MASTERS
        flags = ("myself," if place == mine else "") + ("master" if is_master else "slave")
        follows = "-" if is_master else _id(shard)
        first, end = (SLOTS * part // MASTERS for part in (shard, shard + 1))
        slots = f" {first}-{end - 1}" if is_master else ""
        address = f"{HOST}:{port}@{bus_port}"
        lines.append(f"{_id(place)} {address} {flags} {follows} 0 0 {shard + 1} connected{slots}")
    return "\n".join([*lines, f"vars currentEpoch {MASTERS} lastVoteEpoch 0\n"])


def _id(place: int) -> str:
    return f"{place + 1:040x}"


def _is_in_place(node: Node) -> bool:
    """Whether it serves, follows or is followed, as it should."""
    try:
        state, role = node.ask("CLUSTER INFO"), node.ask("ROLE")
    except RedisError:
        return False
    if "cluster_state:ok" not in state:
        return False
    return bool(role[2]) if role[0] == "master" else role[3] == "connected"


def _until(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + FORM_SECONDS
    while not is_true():
        assert time.monotonic() < deadline, "the cluster does not form"
        time.sleep(0.02)
