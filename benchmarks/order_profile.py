"""Where a server's CPU goes: py-spy's samples of its processes, by the part of the code.

A sample belongs to the innermost frame that is ours or aiohttp's; what the interpreter, drivers and
the event loop do beneath counts to whoever called them.
"""

import asyncio
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import TypeVar

from benchmarks.platform_server import server_processes

SAMPLES_PER_SECOND = 97  # not in step with anything of ours; each stops the process for a moment
GRACE_SECONDS = 5.0  # for py-spy to start and to write
# Path of a frame's file → part; the first that fits.
_PARTS = (
    ("live/storage/sqlite_writer/", "way to SQLite's writer"),
    ("live/storage/redis", "way to Redis"),
    ("live/storage/", "SQL"),
    ("live/stock/", "stock guard"),
    ("live/accounts/", "sign-in"),
    ("live/realtime/", "room"),
    ("live/web/", "dispatch"),
    ("live/sales/intake", "intake"),
    ("live/sales/checkout_api", "intake"),
    ("live/sales/order_views", "intake"),
    ("live/sales/checkout", "checkout"),
    ("live/sales/commit", "commit"),
    ("live/sales/", "what follows an order"),
    ("aiohttp/", "aiohttp"),
)
_IDLE = ("threading.py", "selectors.py", "concurrent/futures", "subprocess.py", "aiosqlite/core.py")

T = TypeVar("T")


async def profiled(
    pid: int, seconds: float, work: Callable[[], Awaitable[T]]
) -> tuple[T, dict[str, float]]:
    """Do the work while every process of the server is sampled.

    Returns: what the work returns, and part → share of the CPU; empty where py-spy may not look
        into other processes.
    """
    spy = shutil.which("py-spy", path=str(Path(sys.executable).parent))
    if spy is None:
        return await work(), {}
    with tempfile.TemporaryDirectory(prefix="live-profile-") as scratch:
        paths = {process: Path(scratch, f"{process}.txt") for process in server_processes(pid)}
        spies = [
            await asyncio.create_subprocess_exec(
                *(spy, "record", "--format", "raw", "--rate", str(SAMPLES_PER_SECOND)),
                *("--duration", str(round(seconds)), "--output", str(path), "--pid", str(process)),
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
            for process, path in paths.items()
        ]
        result = await work()
        async with asyncio.timeout(seconds + GRACE_SECONDS):
            for each in spies:
                await each.wait()
        samples: Counter[str] = Counter()
        for path in paths.values():
            if path.exists():
                samples += _samples_by_part(path.read_text().splitlines())
    whole = samples.total()
    return result, {part: round(n / whole, 3) for part, n in samples.most_common()}


def _samples_by_part(lines: Iterable[str]) -> Counter[str]:
    """Lines of py-spy: frames from the outermost, with ``;`` between them, and a count."""
    samples: Counter[str] = Counter()
    for line in lines:
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        if not any(idle in frames[-1] for idle in _IDLE):
            samples[_part(frames)] += int(count)
    return samples


def _part(frames: list[str]) -> str:
    for frame in reversed(frames):
        for place, part in _PARTS:
            if place in frame:
                return part
    return "event loop and the rest"
