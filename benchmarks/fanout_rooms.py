"""Part ``rooms`` of ``benchmarks.fanout``: many rooms in one process, one viewer in each."""

import asyncio
from contextlib import AsyncExitStack
from statistics import median

from benchmarks.children import private_redis
from benchmarks.fanout_rig import (
    CLIENTS,
    HZ,
    WARM_SECONDS,
    baseline_path,
    baseline_rig,
    check_pace,
    news,
    probing,
    room_path,
    room_rig,
)
from benchmarks.fanout_write import HEADER_BYTES, feed_of

FRAME_BYTES = 200  # of the bare loop, about as large as a tick with one toast

Figures = dict[str, float | dict[str, float]]


async def rooms(count: int, rounds: int, seconds: float) -> Figures:
    event_ids = [f"evt_benchmark_{number}" for number in range(count)]
    measured = []
    async with AsyncExitStack() as stack:
        redis_url = await stack.enter_async_context(private_redis(CLIENTS))
        feed = await stack.enter_async_context(feed_of(redis_url))
        rig = await stack.enter_async_context(room_rig(redis_url, event_ids[0]))
        for event_id in event_ids:
            await rig.viewers.join(room_path(event_id), 1)
        probe = await stack.enter_async_context(probing(rig, event_ids[0]))
        bare, server = await stack.enter_async_context(baseline_rig("bare"))
        await bare.viewers.join(baseline_path("bare"), count)
        await server.ask(f"tick {HZ} {FRAME_BYTES - HEADER_BYTES}")
        await stack.enter_async_context(news(feed, event_ids))
        await asyncio.sleep(WARM_SECONDS)
        for _ in range(rounds):
            ticks, cpu, bare_cpu = probe.ticks, rig.cpu_seconds(), bare.cpu_seconds()
            await asyncio.sleep(seconds)
            ticks = probe.ticks - ticks
            check_pace(ticks, seconds)
            room_us = (rig.cpu_seconds() - cpu) / (ticks * count) * 1e6
            frame_us = (bare.cpu_seconds() - bare_cpu) / (HZ * seconds * count) * 1e6
            measured.append((room_us - frame_us, frame_us))
    return {
        "rooms": count,
        "us_per_room_tick": round(median(room for room, _ in measured), 1),
        "bare_frame_us_of_rooms": round(median(frame for _, frame in measured), 2),
    }
