"""The parent's side of the crowd: starts its processes, hears their progress, stops them."""

import asyncio
import math
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from live.crowd.plan import STOP_LINE, Plan, Progress, decode_progress, encode_line

VIEWERS_PER_PROCESS = 15_000  # room connections one process follows with ease
LINE_BYTES_MAX = 1 << 20  # bytes of one progress line
FINISH_SECONDS = 180.0  # seconds from ``stop`` until a process has closed its books


class CrowdFailed(Exception):
    """A crowd process ended before its time."""


def process_count(viewers: int) -> int:
    """Processes for an audience of this size: one more would only take the server's core."""
    return max(1, min(math.ceil(viewers / VIEWERS_PER_PROCESS), os.cpu_count() or 1))


def split(whole: Plan, processes: int) -> list[Plan]:
    """The plan of a whole crowd as one plan per process, everybody in exactly one of them."""
    tokens = _shares(whole.tokens_count, processes)
    viewers = _shares(whole.viewers, processes)
    intents = _shares(whole.intents, processes)
    lanes = _shares(whole.lanes, processes)
    audits = _shares(whole.audit_buyers_max, processes)
    return [
        msgspec.structs.replace(
            whole,
            tokens_start=whole.tokens_start + sum(tokens[:i]),
            tokens_count=tokens[i],
            viewers=viewers[i],
            intents=intents[i],
            lanes=max(1, lanes[i]),
            audit_buyers_max=audits[i],
            run_id=f"{whole.run_id}-{i}",
            ledger_path=f"{whole.ledger_path}.{i}",
            seed=whole.seed + i,
        )
        for i in range(processes)
    ]


def total(parts: Sequence[Progress]) -> Progress:
    """The crowd's progress as one; what the room shows is taken from the first that sees it."""
    shown = next((part for part in parts if part.offers), parts[0] if parts else Progress())
    sums = {
        name: sum(getattr(part, name) for part in parts)
        for name in (
            *("connected", "ticks", "holes", "orders", "paying", "refused", "unknown"),
            *("waiting", "audited_buyers"),
        )
    }
    merged = {
        name: dict(sum((Counter(getattr(part, name)) for part in parts), Counter()))
        for name in ("faults", "closes", "problems")
    }
    return msgspec.structs.replace(
        shown,
        **sums,
        **merged,
        order_p50_ms=max((part.order_p50_ms for part in parts), default=0.0),
        order_p99_ms=max((part.order_p99_ms for part in parts), default=0.0),
        is_full=all(part.is_full for part in parts),
        is_done=all(part.is_done for part in parts),
    )


class CrowdProcesses:
    """Runs one process per plan; an async context manager that leaves none behind."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        self._plans = plans
        self._processes: list[asyncio.subprocess.Process] = []
        self._readers: list[asyncio.Task[None]] = []
        self._latest = [Progress() for _ in plans]

    @property
    def progress(self) -> Progress:
        return total(self._latest)

    async def __aenter__(self) -> "CrowdProcesses":
        for index, plan in enumerate(self._plans):
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "live.crowd.audience",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=LINE_BYTES_MAX,
            )
            self._processes.append(process)
            self._write(process, encode_line(plan) + b"\n")
            reader = asyncio.create_task(self._read(index, process), name="crowd progress")
            self._readers.append(reader)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        for process in self._processes:
            if process.returncode is None:
                process.kill()
            await process.wait()
        await asyncio.gather(*self._readers, return_exceptions=True)

    def check(self) -> None:
        """Raises CrowdFailed if a process has ended without being told to."""
        for reader in self._readers:
            if reader.done():
                reader.result()

    async def finish(self) -> list[Path]:
        """Tell everybody that the show is over and wait for their books.

        Returns: the ledger files. Raises: CrowdFailed, TimeoutError.
        """
        for process in self._processes:
            self._write(process, STOP_LINE)
        async with asyncio.timeout(FINISH_SECONDS):
            await asyncio.gather(*self._readers)
        return [Path(plan.ledger_path) for plan in self._plans]

    @staticmethod
    def _write(process: asyncio.subprocess.Process, line: bytes) -> None:
        assert process.stdin is not None
        process.stdin.write(line)

    async def _read(self, index: int, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            self._latest[index] = decode_progress(line)
            if self._latest[index].is_done:
                return
        raise CrowdFailed(f"a crowd process ended early, exit code {await process.wait()}")


def _shares(number: int, parts: int) -> list[int]:
    """``number`` in whole parts that differ by one at most and sum to the whole."""
    return [number // parts + (i < number % parts) for i in range(parts)]
