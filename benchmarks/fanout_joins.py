"""Part ``joins`` of ``benchmarks.fanout``: what viewers cost who come, and who just sit there."""

import asyncio
import time
from contextlib import AsyncExitStack
from statistics import median

from benchmarks.children import private_redis, resident_kb
from benchmarks.fanout_rig import (
    CLIENTS,
    WARM_SECONDS,
    Rig,
    baseline_path,
    baseline_rig,
    room_path,
    room_rig,
)
from live.config import Settings

EVENT_ID = "evt_benchmark"
# Groups that are timed, of each server in turn. Each comes into a room of its own: else it would be
# the ticks to all who are there, about the new count, that cost.
GROUPS, GROUP = 10, 100

Figures = dict[str, float | dict[str, float]]


async def joins(viewers: int, quiet_seconds: float) -> Figures:
    room_joins: list[tuple[float, float]] = []
    bare_joins: list[tuple[float, float]] = []
    async with AsyncExitStack() as stack:
        redis_url = await stack.enter_async_context(private_redis(CLIENTS))
        room = await stack.enter_async_context(room_rig(redis_url, EVENT_ID))
        bare, _ = await stack.enter_async_context(baseline_rig("aiohttp"))
        await _join(room, room_path(EVENT_ID), GROUP)  # whatever the first ones bring about
        await _join(bare, baseline_path("aiohttp"), GROUP)
        for number in range(GROUPS):
            room_joins.append(await _join(room, room_path(f"{EVENT_ID}_{number}"), GROUP))
            bare_joins.append(await _join(bare, baseline_path("aiohttp"), GROUP))
        before = {rig.pid: resident_kb(rig.pid) for rig in (room, bare)}
        come = viewers - (GROUPS + 1) * GROUP
        await room.viewers.join(room_path(EVENT_ID), come)
        await bare.viewers.join(baseline_path("aiohttp"), come)
        await asyncio.sleep(WARM_SECONDS)
        memory = {pid: (resident_kb(pid) - kb) / come for pid, kb in before.items()}
        cpu, started = room.cpu_seconds(), time.perf_counter()
        await asyncio.sleep(quiet_seconds)
        idle = (room.cpu_seconds() - cpu) / (time.perf_counter() - started)
    pairs = list(zip(room_joins, bare_joins, strict=True))
    return {
        "join_ratio": round(median(bare[0] / ours[0] for ours, bare in pairs), 3),
        "join_us": round(median(us for us, _ in room_joins), 1),
        "bare_join_us": round(median(us for us, _ in bare_joins), 1),
        "join_per_second": round(median(rate for _, rate in room_joins)),
        "bare_join_per_second": round(median(rate for _, rate in bare_joins)),
        "rss_kb_per_viewer": round(memory[room.pid], 1),
        "bare_rss_kb_per_viewer": round(memory[bare.pid], 1),
        "idle_viewers": viewers,
        "idle_cpu": round(idle, 4),
        "heartbeat_seconds": Settings().heartbeat_seconds,
    }


async def _join(rig: Rig, path: str, count: int) -> tuple[float, float]:
    """CPU microseconds of the server for one who joins, and how many did a second."""
    cpu, started = rig.cpu_seconds(), time.perf_counter()
    await rig.viewers.join(path, count)
    elapsed = time.perf_counter() - started
    await asyncio.sleep(0.2)  # the last snapshots
    return (rig.cpu_seconds() - cpu) / count * 1e6, count / elapsed
