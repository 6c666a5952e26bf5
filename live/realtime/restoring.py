"""Gives rooms the rules of their chat again where Redis has lost them, beside the tick loop."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

AGAIN_SECONDS = 1.0  # between attempts for one room

# Puts the rules of one event into Redis, from SQL.
RestoreRules = Callable[[str], Awaitable[None]]

log = structlog.get_logger(__name__)


class Restoring:
    """One attempt at a time for each room."""

    def __init__(self, restore: RestoreRules | None) -> None:
        self._restore = restore
        self._under_way: dict[str, asyncio.Task[None]] = {}

    def begin(self, event_id: str) -> None:
        """Start an attempt, unless one is under way or has only just failed."""
        if self._restore is not None and event_id not in self._under_way:
            task = asyncio.create_task(self._run(self._restore, event_id), name="restore rules")
            self._under_way[event_id] = task

    async def close(self) -> None:
        """Stop what is under way."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, restore: RestoreRules, event_id: str) -> None:
        try:
            await restore(event_id)
        except Exception as error:  # SQL's or Redis's own; the next look finds them missing still
            log.warning("chat rules not restored", event_id=event_id, error=repr(error))
            await asyncio.sleep(AGAIN_SECONDS)
        finally:
            del self._under_way[event_id]
