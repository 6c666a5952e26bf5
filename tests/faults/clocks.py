"""The server's wall clock, which can be stepped while it runs; Redis and SQL keep their own."""

import time
from pathlib import Path

from live.clock import SystemClock

_LOOK_SECONDS = 0.02  # between two looks at where the clock has been stepped to


def step(directory: Path, ms: int) -> None:
    """From now on every worker's clock is so far ahead of the machine's."""
    new = directory / "clock-offset.new"
    new.write_text(str(ms))
    new.replace(_offset(directory))


def arm(directory: Path) -> None:
    """Have this process go by the clock that ``step`` steps."""
    offset, looked = 0, float("-inf")
    of_machine = SystemClock.now_ms

    def now_ms(clock: SystemClock) -> int:
        nonlocal offset, looked
        if time.monotonic() - looked > _LOOK_SECONDS:
            looked = time.monotonic()
            offset = int(_offset(directory).read_text()) if _offset(directory).exists() else 0
        return of_machine(clock) + offset

    setattr(SystemClock, "now_ms", now_ms)  # noqa: B010 (mypy allows no assignment)


def _offset(directory: Path) -> Path:
    return directory / "clock-offset"
