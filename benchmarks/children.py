"""Processes of a benchmark, each on a core: told lines, which it answers with one each."""

import asyncio
import json
import os
import sys
import tempfile
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from live.storage.embedded import redis_executable

# Asked before anything is pinned: whoever is pinned has one core.
CORES = sorted(os.sched_getaffinity(0))


class Child:
    """One process."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    async def ask(self, line: str) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        return await self.answer()

    async def answer(self) -> Any:
        assert self._process.stdout is not None
        text = await self._process.stdout.readline()
        if not text:
            raise RuntimeError("a child process of the benchmark has died")
        return json.loads(text) if text.strip() != b"ok" else None


@asynccontextmanager
async def child(*arguments: str, core: int) -> AsyncIterator[Child]:
    """A Python process with these arguments."""
    process = await create_subprocess_exec(sys.executable, *arguments, stdin=PIPE, stdout=PIPE)
    async with ended(process):
        pin(process.pid, core)
        yield Child(process)


@asynccontextmanager
async def ended(process: Process) -> AsyncIterator[None]:
    """The process ends with the block."""
    try:
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def private_redis(core: int) -> AsyncIterator[str]:
    """The address of a Redis of our own."""
    with tempfile.TemporaryDirectory() as directory:
        path = f"{directory}/redis.sock"
        options = ["--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no"]
        process = await create_subprocess_exec(redis_executable(), *options, stdout=PIPE)
        async with ended(process):
            pin(process.pid, core)
            while not Path(path).exists():  # noqa: ASYNC110, ASYNC240 (it takes some ms)
                await asyncio.sleep(0.01)
            yield f"unix://{path}"


def pin(pid: int, core: int) -> None:
    """All threads of a process to one core (process 0: this one)."""
    threads = [int(path.name) for path in Path(f"/proc/{pid or 'self'}/task").iterdir()]
    for thread in threads:
        os.sched_setaffinity(thread, {CORES[core % len(CORES)]})


def cpu_seconds(pid: int) -> float:
    """CPU that all threads of a process have used, from the scheduler's own nanoseconds."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def resident_kb(pid: int) -> int:
    """Memory of a process that is in RAM."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError(f"no VmRSS of process {pid}")
