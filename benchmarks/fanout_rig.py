"""What the parts of ``benchmarks.fanout`` are made of: a server, its viewers, and one who reads.

Servers have the first core; clients, Redis and whoever makes the news have the second.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

from websockets.asyncio.client import connect

from benchmarks.children import Child, child, cpu_seconds
from live.config import Settings
from live.realtime.feed import Entry, Feed
from live.realtime.protocol import text_frame

HZ = Settings().tick_hz
SERVERS, CLIENTS = 0, 1  # cores
WARM_SECONDS = 2.0


def room_path(event_id: str) -> str:
    return f"/api/events/{event_id}/room"


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


@dataclass
class Viewers:
    """Those of one server, in a process of their own."""

    clients: Child
    port: int

    async def join(self, path: str, count: int) -> None:
        """So many more."""
        await self.clients.ask(f"open {self.port} {path} {count}")

    async def received(self) -> int:
        """Bytes that they have read so far."""
        answer = await self.clients.ask("bytes")
        if answer["closed"]:
            raise RuntimeError(f"the server has closed {answer['closed']} of its connections")
        return int(answer["received"])


@dataclass
class Rig:
    """A server and its viewers."""

    pid: int
    viewers: Viewers

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.pid)


@asynccontextmanager
async def viewers_of(port: int) -> AsyncIterator[Viewers]:
    async with child("-m", "benchmarks.sockets", core=CLIENTS) as clients:
        yield Viewers(clients, port)


@asynccontextmanager
async def room_rig(redis_url: str, event_id: str) -> AsyncIterator[Rig]:
    """The room's server, with no viewers yet."""
    module = ["-m", "benchmarks.room_server", redis_url, event_id]
    async with _serving(*module) as (rig, _):
        yield rig


@asynccontextmanager
async def baseline_rig(kind: str) -> AsyncIterator[tuple[Rig, Child]]:
    """A server of ``benchmarks.servers`` with no viewers yet, and how to tell it to tick."""
    async with _serving("-m", "benchmarks.servers", kind) as (rig, server):
        yield rig, server


@asynccontextmanager
async def _serving(*module: str) -> AsyncIterator[tuple[Rig, Child]]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(child(*module, core=SERVERS))
        viewers = await stack.enter_async_context(viewers_of(await server.answer()))
        yield Rig(server.pid, viewers), server


def baseline_path(kind: str) -> str:
    """What a viewer of this baseline asks for; ``-`` is a bare socket."""
    return "-" if kind == "bare" else "/"


@asynccontextmanager
async def probing(rig: Rig, event_id: str) -> AsyncIterator[Probe]:
    """One more viewer, who reads."""
    probe = Probe()
    watching = asyncio.create_task(
        probe.watch(f"ws://127.0.0.1:{rig.viewers.port}{room_path(event_id)}")
    )
    try:
        yield probe
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def make_news(feed: Feed, event_ids: list[str]) -> None:
    """One toast for each tick and event, until cancelled."""
    loop = asyncio.get_running_loop()
    due = loop.time()
    while True:
        body = {"names": ["王**", "陈*"], "units": 3, "offer_id": "off_k3v0abcdefghij"}
        async with asyncio.TaskGroup() as publishing:
            for event_id in event_ids:
                publishing.create_task(feed.publish(event_id, [Entry("orders", body)]))
        due += 1 / HZ
        await asyncio.sleep(max(0.0, due - loop.time()))


@asynccontextmanager
async def news(feed: Feed, event_ids: list[str]) -> AsyncIterator[None]:
    """There is news as long as the block lasts."""
    making = asyncio.create_task(make_news(feed, event_ids))
    try:
        yield
    finally:
        making.cancel()
        with suppress(asyncio.CancelledError):
            await making


def check_pace(ticks: int, seconds: float) -> None:
    """Raises RuntimeError where the machine cannot keep up: then nothing is measured."""
    if ticks < 0.75 * HZ * seconds:
        raise RuntimeError(f"only {ticks} ticks in {seconds:.1f} s: the machine is too busy")


async def frames_us(
    room: Rig, probe: Probe, seconds: float, others: Mapping[str, tuple[Rig, int]]
) -> dict[str, float]:
    """CPU microseconds of each server for a frame that its viewers have read.

    All in the same seconds: what slows the machine slows all alike.

    Args:
        others: name → server, and the bytes of each of its frames; the room's own are as large as
            its probe's were.

    Returns: ``room`` and those names → microseconds.
    """
    rigs = {"room": room, **{name: rig for name, (rig, _) in others.items()}}
    ticks, read = probe.ticks, probe.frame_bytes
    cpu = {name: rig.cpu_seconds() for name, rig in rigs.items()}
    received = {name: await rig.viewers.received() for name, rig in rigs.items()}
    await asyncio.sleep(seconds)
    cpu = {name: rig.cpu_seconds() - cpu[name] for name, rig in rigs.items()}
    received = {name: await rig.viewers.received() - received[name] for name, rig in rigs.items()}
    ticks, read = probe.ticks - ticks, probe.frame_bytes - read
    check_pace(ticks, seconds)
    sizes = {"room": read / ticks, **{name: float(size) for name, (_, size) in others.items()}}
    return {name: cpu[name] / (received[name] / sizes[name]) * 1e6 for name in rigs}
