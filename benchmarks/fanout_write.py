"""Parts ``write`` and ``growth`` of ``benchmarks.fanout``: the CPU of one delivered frame."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.children import Child, private_redis
from benchmarks.fanout_rig import (
    CLIENTS,
    HZ,
    SERVERS,
    WARM_SECONDS,
    Probe,
    Rig,
    baseline_path,
    baseline_rig,
    frames_us,
    news,
    probing,
    room_path,
    room_rig,
    viewers_of,
)
from benchmarks.nchan import PATH, Nchan, nchan_server, nginx
from live.config import Settings
from live.realtime.feed import Feed
from live.storage.redis import connect_redis

BASELINES = ("bare", "aiohttp", "websockets")
EVENT_ID = "evt_benchmark"
HEADER_BYTES = 4  # of a frame that is larger than 125 bytes and smaller than 64 KiB

Figures = dict[str, float | dict[str, float]]


@asynccontextmanager
async def feed_of(redis_url: str) -> AsyncIterator[Feed]:
    redis = connect_redis(redis_url, timeout_ms=2_000, connections_max=4)
    try:
        yield Feed(redis, Settings())
    finally:
        await redis.aclose()


async def write(viewers: int, rounds: int, seconds: float) -> Figures:
    async with AsyncExitStack() as stack:
        redis_url = await stack.enter_async_context(private_redis(CLIENTS))
        feed = await stack.enter_async_context(feed_of(redis_url))
        room = await stack.enter_async_context(room_rig(redis_url, EVENT_ID))
        await room.viewers.join(room_path(EVENT_ID), viewers)
        probe = await stack.enter_async_context(probing(room, EVENT_ID))
        await stack.enter_async_context(news(feed, [EVENT_ID]))
        await asyncio.sleep(WARM_SECONDS)
        ticks, read = probe.ticks, probe.frame_bytes
        await asyncio.sleep(WARM_SECONDS)
        # The others are to send as much as the room does.
        frame_bytes = round((probe.frame_bytes - read) / (probe.ticks - ticks))
        others = {
            kind: (await _ticking(stack, kind, viewers, frame_bytes), frame_bytes)
            for kind in BASELINES
        }
        if (nchan := await _nchan(stack, viewers, frame_bytes)) is not None:
            others["nchan"] = (nchan, frame_bytes)
        await asyncio.sleep(WARM_SECONDS)
        measured = []
        for number in range(rounds):
            measured.append(await frames_us(room, probe, seconds, others))
            _tell(f"round {number + 1}", measured[-1])
    ratios = {
        ("write_ratio" if kind == "bare" else f"vs_{kind}"): round(
            median(us["room"] / us[kind] for us in measured), 3
        )
        for kind in others
    }
    costs = {f"{kind}_us": round(median(us[kind] for us in measured), 2) for kind in measured[0]}
    return {"viewers": viewers, "frame_bytes": frame_bytes, **costs, **ratios}


async def growth(sizes: list[int], rounds: int, seconds: float) -> Figures:
    """A room and a bare loop of each size; those of one size tick in turn, the others rest."""
    measured: dict[int, list[dict[str, float]]] = {size: [] for size in sizes}
    async with AsyncExitStack() as stack:
        redis_url = await stack.enter_async_context(private_redis(CLIENTS))
        feed = await stack.enter_async_context(feed_of(redis_url))
        pairs = {
            size: await stack.enter_async_context(_pair(redis_url, feed, size)) for size in sizes
        }
        for number in range(rounds):
            for size, pair in pairs.items():
                measured[size].append(await pair.measure(seconds))
            latest = {str(size): us[-1]["room"] for size, us in measured.items()}
            _tell(f"round {number + 1}", latest)
    costs, bare = (
        {str(size): round(median(us[kind] for us in some), 2) for size, some in measured.items()}
        for kind in ("room", "bare")
    )
    ratios = [median(us["room"] / us["bare"] for us in some) for some in measured.values()]
    return {
        "growth_us": costs,
        "growth": _spread(costs.values()),
        "bare_growth_us": bare,
        "bare_growth": _spread(bare.values()),
        "growth_beside_bare": _spread(ratios),
    }


def _spread(values: Iterable[float]) -> float:
    known = list(values)
    return round(max(known) / min(known), 3)


@dataclass
class _Pair:
    """A room and a bare loop with as many viewers each."""

    feed: Feed
    event_id: str
    room: Rig
    probe: Probe
    bare: Rig
    bare_server: Child

    async def measure(self, seconds: float) -> dict[str, float]:
        async with news(self.feed, [self.event_id]):
            ticks, read = self.probe.ticks, self.probe.frame_bytes
            await asyncio.sleep(WARM_SECONDS / 2)
            frame_bytes = round((self.probe.frame_bytes - read) / (self.probe.ticks - ticks))
            await self.bare_server.ask(f"tick {HZ} {frame_bytes - HEADER_BYTES}")
            await asyncio.sleep(WARM_SECONDS / 2)
            us = await frames_us(self.room, self.probe, seconds, {"bare": (self.bare, frame_bytes)})
            await self.bare_server.ask("quiet")
        return us


@asynccontextmanager
async def _pair(redis_url: str, feed: Feed, size: int) -> AsyncIterator[_Pair]:
    event_id = f"{EVENT_ID}_{size}"
    async with (
        room_rig(redis_url, event_id) as room,
        baseline_rig("bare") as (bare, bare_server),
        probing(room, event_id) as probe,
    ):
        await room.viewers.join(room_path(event_id), size)
        await bare.viewers.join(baseline_path("bare"), size)
        yield _Pair(feed, event_id, room, probe, bare, bare_server)


async def _ticking(stack: AsyncExitStack, kind: str, viewers: int, frame_bytes: int) -> Rig:
    rig, server = await stack.enter_async_context(baseline_rig(kind))
    await rig.viewers.join(baseline_path(kind), viewers)
    await server.ask(f"tick {HZ} {frame_bytes - HEADER_BYTES}")
    return rig


async def _nchan(stack: AsyncExitStack, viewers: int, frame_bytes: int) -> Rig | None:
    program = nginx()
    if program is None:
        print("no nginx with nchan: that comparison is left out", file=sys.stderr)
        return None
    directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="live-nchan-")))
    nchan = await stack.enter_async_context(nchan_server(program, directory, SERVERS))
    watching = await stack.enter_async_context(viewers_of(nchan.port))
    await watching.join(PATH, viewers)
    ticking = asyncio.create_task(_feed_nchan(nchan, "x" * (frame_bytes - HEADER_BYTES)))
    stack.push_async_callback(_end, ticking)
    return Rig(nchan.pid, watching)


async def _feed_nchan(nchan: Nchan, text: str) -> None:
    loop = asyncio.get_running_loop()
    due = loop.time()
    while True:
        await nchan.publish(text)
        due += 1 / HZ
        await asyncio.sleep(max(0.0, due - loop.time()))


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _tell(what: str, figures: dict[str, float]) -> None:
    told = {name: round(us, 2) for name, us in figures.items()}
    print(f"{what}: {json.dumps(told)} µs", file=sys.stderr, flush=True)
