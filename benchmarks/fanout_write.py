"""Parts ``write`` and ``growth`` of ``benchmarks.fanout``: the CPU of one delivered frame."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from statistics import median

from benchmarks.children import private_redis
from benchmarks.fanout_rig import (
    CLIENTS,
    HZ,
    SERVERS,
    WARM_SECONDS,
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
    """One server of each size; they have news in turn, and rest meanwhile."""
    measured: dict[int, list[float]] = {size: [] for size in sizes}
    async with AsyncExitStack() as stack:
        redis_url = await stack.enter_async_context(private_redis(CLIENTS))
        feed = await stack.enter_async_context(feed_of(redis_url))
        rigs = {}
        for size in sizes:
            event_id = f"{EVENT_ID}_{size}"
            rig = await stack.enter_async_context(room_rig(redis_url, event_id))
            await rig.viewers.join(room_path(event_id), size)
            probe = await stack.enter_async_context(probing(rig, event_id))
            rigs[size] = (rig, probe, event_id)
        for number in range(rounds):
            for size, (rig, probe, event_id) in rigs.items():
                async with news(feed, [event_id]):
                    await asyncio.sleep(WARM_SECONDS / 2)
                    us = await frames_us(rig, probe, seconds, {})
                measured[size].append(us["room"])
            _tell(f"round {number + 1}", {str(size): us[-1] for size, us in measured.items()})
    costs = {str(size): round(median(us), 2) for size, us in measured.items()}
    return {"growth_us": costs, "growth": round(max(costs.values()) / min(costs.values()), 3)}


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
