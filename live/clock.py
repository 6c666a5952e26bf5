"""Where the time comes from, so that tests can turn the hands themselves."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch, UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000


class ManualClock:
    """A clock that stands still until told otherwise. Shipped for tests and simulations."""

    def __init__(self, now_ms: int = 1_582_077_600_000) -> None:  # 2020-02-19T02:00:00Z
        self._now_ms = now_ms

    def now_ms(self) -> int:
        return self._now_ms

    def advance(self, *, seconds: float = 0, ms: int = 0) -> None:
        self._now_ms += round(seconds * 1000) + ms


async def is_set_within(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event, at most so long. Returns whether it is set."""
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
