"""How often a process ticks: as often as asked, unless that costs more than its share of a core."""

import time
from collections.abc import Coroutine, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_SMOOTHING = 0.3  # weight of the newest cost; one slow tick alone shall not halve the rate


class Pace:
    """The interval between repetitions of work whose cost varies. Pure.

    Args:
        interval_seconds: the wanted interval, and the shortest.
        interval_max_seconds: the longest, whatever the cost.
        load_max: share of a core that the work may take; beyond, the interval grows.
    """

    def __init__(
        self, interval_seconds: float, interval_max_seconds: float, load_max: float
    ) -> None:
        self._wanted_seconds = interval_seconds
        self._max_seconds = max(interval_seconds, interval_max_seconds)
        self._load_max = load_max
        self._cost_seconds = 0.0

    def spent(self, cpu_seconds: float) -> None:
        """One repetition has cost this much."""
        self._cost_seconds += _SMOOTHING * (cpu_seconds - self._cost_seconds)

    @property
    def interval_seconds(self) -> float:
        needed = self._cost_seconds / self._load_max
        return min(max(needed, self._wanted_seconds), self._max_seconds)

    @property
    def is_slowed(self) -> bool:
        return self.interval_seconds > self._wanted_seconds


class Metered(Generic[T]):
    """Awaits a coroutine and counts the CPU that it alone takes, not what runs while it waits."""

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        self._coroutine = coroutine
        self.cpu_seconds = 0.0

    def __await__(self) -> Generator[Any, Any, T]:
        step: Any = self._coroutine.send
        value: Any = None
        while True:
            started = time.thread_time()
            try:
                waits_for = step(value)
            except StopIteration as end:
                result: T = end.value
                return result
            finally:
                self.cpu_seconds += time.thread_time() - started
            try:
                value = yield waits_for
                step = self._coroutine.send
            except BaseException as error:  # a cancellation too is the coroutine's to handle
                value = error
                step = self._coroutine.throw
