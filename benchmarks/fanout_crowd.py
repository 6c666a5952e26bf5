"""Part ``crowd`` of ``benchmarks.fanout``: whether ``live crowd`` can keep up with a full room."""

import asyncio
import os
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

from benchmarks.children import cpu_seconds, pin
from benchmarks.fanout_rig import CLIENTS, SERVERS, WARM_SECONDS
from benchmarks.order_load import SETTINGS
from benchmarks.platform_server import running_platform, server_processes
from live.crowd.plan import Plan
from live.crowd.processes import CrowdProcesses, process_count, split
from live.crowd.xuwen import JOIN_SECONDS, WAVE_SECONDS

SPEAKERS = 3_000  # viewers with an account, who talk and like: so there is news in each tick
JOIN_PATIENCE_SECONDS = 120.0

Figures = dict[str, float | dict[str, float]]


async def crowd(viewers: int, seconds: float) -> Figures:
    """The server has one core, the crowd the other. Nobody may miss a tick."""
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="live-bench-")))
        platform = await stack.enter_async_context(
            running_platform("sqlite", directory, buyers=SPEAKERS, settings=SETTINGS)
        )
        for pid in server_processes(platform.pid):
            pin(pid, SERVERS if pid == platform.pid else CLIENTS)
        tokens = directory / "tokens"
        await asyncio.to_thread(tokens.write_text, "\n".join(platform.tokens))
        plan = Plan(
            url=f"http://{platform.origin.authority}",
            event_id=platform.sales[0].event_id,
            tokens_path=str(tokens),
            tokens_start=0,
            tokens_count=len(platform.tokens),
            viewers=viewers,
            intents=0,
            speed=0,
            lanes=1,
            wave_seconds=WAVE_SECONDS,
            join_seconds=JOIN_SECONDS,
            run_id="bench",
            ledger_path=str(directory / "ledger"),
        )
        plans = split(plan, process_count(viewers))
        known = set(server_processes(os.getpid()))
        watching = await stack.enter_async_context(CrowdProcesses(plans))
        people = set(server_processes(os.getpid())) - known
        async with asyncio.timeout(JOIN_PATIENCE_SECONDS):
            while watching.progress.connected < viewers:  # noqa: ASYNC110 (it tells nobody)
                await asyncio.sleep(0.2)
        await asyncio.sleep(WARM_SECONDS)
        before, cpu, started = watching.progress, _cpu(people), time.perf_counter()
        await asyncio.sleep(seconds)
        after, elapsed = watching.progress, time.perf_counter() - started
        spent = _cpu(people) - cpu
    ticks = after.ticks - before.ticks
    return {
        "crowd_viewers": after.connected,
        "crowd_processes": len(plans),
        "crowd_ticks_per_second": round(ticks / elapsed / viewers, 2),
        "crowd_cpu_percent": round(spent / elapsed * 100, 1),
        "crowd_us_per_tick": round(spent / ticks * 1e6, 2),
        "crowd_holes": after.holes,
        "crowd_faults": sum(after.faults.values()),
        "crowd_closes": sum(after.closes.values()),
    }


def _cpu(pids: set[int]) -> float:
    return sum(map(cpu_seconds, pids))
