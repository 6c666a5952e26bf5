"""What it costs to bring one tick to one viewer, against doing nothing but ``write()``.

``python -m benchmarks.fanout [--viewers N] [--rounds R] [--seconds S]`` prints a JSON object as
its last line: the server's CPU microseconds for one delivered frame (medians of rounds, and
everything the server does meanwhile included), and the ratios

- ``write_ratio``: the room against a bare loop of ``write()`` of as many bytes to as many sockets,
- ``vs_aiohttp``: against ``send_str`` to one after the other, ``vs_websockets``: ``broadcast``.

All servers tick at once, on one core; clients, Redis and whoever makes the news have another.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect

from live.config import Settings
from live.realtime.feed import Entry, Feed
from live.realtime.protocol import text_frame
from live.storage.embedded import redis_executable
from live.storage.redis import connect_redis

BASELINES = ("bare", "aiohttp", "websockets")
EVENT_ID = "evt_benchmark"
WARM_SECONDS = 2.0
HZ = Settings().tick_hz


@dataclass
class Child:
    """A process that is told lines and answers each with one."""

    process: Process
    figures: list[float] = field(default_factory=list)  # CPU µs a frame, one for each round

    async def ask(self, line: str) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        return await self.answer()

    async def answer(self) -> Any:
        assert self.process.stdout is not None
        text = await self.process.stdout.readline()
        if not text:
            raise RuntimeError("a child process of the benchmark has died")
        return json.loads(text) if text.strip() != b"ok" else None

    def cpu_seconds(self) -> float:
        """CPU that all its threads have used, from the scheduler's own nanoseconds."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


@asynccontextmanager
async def child(*arguments: str, core: int) -> AsyncIterator[Child]:
    process = await create_subprocess_exec(sys.executable, *arguments, stdin=PIPE, stdout=PIPE)
    try:
        _pin(process.pid, core)
        yield Child(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def private_redis(core: int) -> AsyncIterator[str]:
    with tempfile.TemporaryDirectory() as directory:
        path = f"{directory}/redis.sock"
        options = ["--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no"]
        process = await create_subprocess_exec(redis_executable(), *options, stdout=PIPE)
        try:
            _pin(process.pid, core)
            while not Path(path).exists():  # noqa: ASYNC110, ASYNC240 (it takes some ms)
                await asyncio.sleep(0.01)
            yield f"unix://{path}"
        finally:
            process.kill()
            await process.wait()


def _pin(pid: int, core: int) -> None:
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(pid, {cores[core % len(cores)]})


@dataclass
class Probe:
    """One viewer who reads every message: how many ticks there were, and how large."""

    ticks: int = 0
    frame_bytes: int = 0

    async def watch(self, url: str) -> None:
        async with connect(url, compression=None, proxy=None, max_size=None) as socket:
            async for message in socket:
                assert isinstance(message, str)
                if message.startswith('{"type":"tick"'):
                    self.ticks += 1
                    self.frame_bytes += len(text_frame(message.encode()))


class Bench:
    """All processes of one run."""

    def __init__(self, viewers: int, seconds: float) -> None:
        self.viewers = viewers
        self.seconds = seconds
        self.probe = Probe()
        self.payload_bytes = 200
        self.baselines: dict[str, Child] = {}
        self.clients: dict[str, Child] = {}

    async def received(self) -> dict[str, int]:
        """Bytes that the clients of each server have read so far."""
        received: dict[str, int] = {}
        for kind, clients in self.clients.items():
            answer = await clients.ask("bytes")
            if answer["closed"]:
                raise RuntimeError(f"{kind} has closed {answer['closed']} of its connections")
            received[kind] = answer["received"]
        return received

    async def start(self, stack: AsyncExitStack) -> None:
        """Start everything, and bring everybody in."""
        redis_url = await stack.enter_async_context(private_redis(core=1))
        module = ["-m", "benchmarks.room_server", redis_url, EVENT_ID]
        self.room = await stack.enter_async_context(child(*module, core=0))
        path = f"/api/events/{EVENT_ID}/room"
        port = await self._bring_in(stack, "room", self.room, path)
        for kind in BASELINES:
            module = ["-m", "benchmarks.servers", kind]
            server = await stack.enter_async_context(child(*module, core=0))
            self.baselines[kind] = server
            await self._bring_in(stack, kind, server, "-" if kind == "bare" else "/")
        redis = connect_redis(redis_url, timeout_ms=2000, connections_max=4)
        stack.push_async_callback(redis.aclose)
        self.feed = Feed(redis, Settings())
        watching = asyncio.create_task(self.probe.watch(f"ws://127.0.0.1:{port}{path}"))
        stack.callback(watching.cancel)

    async def _bring_in(self, stack: AsyncExitStack, kind: str, server: Child, path: str) -> int:
        """Open this server's viewers, in a process of their own. Returns its port."""
        port: int = await server.answer()
        clients = await stack.enter_async_context(child("-m", "benchmarks.sockets", core=1))
        await clients.ask(f"open {port} {path} {self.viewers}")
        self.clients[kind] = clients
        return port

    @property
    def servers(self) -> dict[str, Child]:
        return {"room": self.room, **self.baselines}

    async def learn_size(self) -> None:
        """How large a tick of the room is; the others are to send as much."""
        ticks, frame_bytes = self.probe.ticks, self.probe.frame_bytes
        await asyncio.sleep(WARM_SECONDS)
        ticks, frame_bytes = self.probe.ticks - ticks, self.probe.frame_bytes - frame_bytes
        self.payload_bytes = round(frame_bytes / ticks) - 4

    async def measure(self) -> None:
        """One round: everybody ticks at once, so what slows the machine slows all alike."""
        ticks, frame_bytes = self.probe.ticks, self.probe.frame_bytes
        cpu_seconds = {kind: server.cpu_seconds() for kind, server in self.servers.items()}
        received = await self.received()
        await asyncio.sleep(self.seconds)
        cpu_after = {kind: server.cpu_seconds() for kind, server in self.servers.items()}
        received_after = await self.received()
        ticks, frame_bytes = self.probe.ticks - ticks, self.probe.frame_bytes - frame_bytes
        if ticks < 0.75 * HZ * self.seconds:
            raise RuntimeError(f"only {ticks} ticks: the machine is too busy to measure")
        for kind, server in self.servers.items():
            size = frame_bytes / ticks if kind == "room" else self.payload_bytes + 4
            frames = (received_after[kind] - received[kind]) / size
            server.figures.append((cpu_after[kind] - cpu_seconds[kind]) / frames * 1e6)

    def last(self) -> str:
        return " ".join(
            f"{kind} {server.figures[-1]:.2f} µs" for kind, server in self.servers.items()
        )

    async def make_news(self) -> None:
        """One toast for each tick."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            body = {"names": ["王**", "陈*"], "units": 3, "offer_id": "off_k3v0abcdefghij"}
            await self.feed.publish(EVENT_ID, [Entry("orders", body)])
            due += 1 / HZ
            await asyncio.sleep(max(0.0, due - loop.time()))


async def main(viewers: int, rounds: int, seconds: float) -> dict[str, float]:
    _pin(0, core=1)
    bench = Bench(viewers, seconds)
    async with AsyncExitStack() as stack:
        await bench.start(stack)
        news = asyncio.create_task(bench.make_news())
        stack.callback(news.cancel)
        await asyncio.sleep(WARM_SECONDS)
        await bench.learn_size()
        for server in bench.baselines.values():
            await server.ask(f"tick {HZ} {bench.payload_bytes}")
        await asyncio.sleep(WARM_SECONDS)
        for number in range(rounds):
            await bench.measure()
            print(f"round {number + 1}:", bench.last(), file=sys.stderr, flush=True)
    figures = {kind: server.figures for kind, server in bench.servers.items()}
    return {
        "viewers": viewers,
        "frame_bytes": bench.payload_bytes + 4,
        **{f"{kind}_us": round(statistics.median(us), 2) for kind, us in figures.items()},
        "write_ratio": _ratio(figures, "bare"),
        "vs_aiohttp": _ratio(figures, "aiohttp"),
        "vs_websockets": _ratio(figures, "websockets"),
    }


def _ratio(figures: dict[str, list[float]], kind: str) -> float:
    # Of each round, then the median: what slows the machine for a while slows both.
    pairs = zip(figures["room"], figures[kind], strict=True)
    return round(statistics.median(room / other for room, other in pairs), 3)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=4_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=2.0)
    options = parser.parse_args()
    print(json.dumps(asyncio.run(main(options.viewers, options.rounds, options.seconds))))
