"""How often a process ticks: as often as asked, unless that costs more than its share of a core.

What gives way, in this order: chat is sampled when ticks come near their share; beyond it the rate
falls. An offer that opens or sells out never waits for a slowed tick.
"""

import time
from collections.abc import Coroutine, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_SMOOTHING = 0.3  # weight of the newest cost; one slow tick alone shall not halve the rate
_NEAR = 0.8  # of its share of a core, from which chat is sampled
_GRACE = 0.1  # of the wanted interval
_HURRY_SECONDS = 0.05  # between looks at least, whatever there is to hurry for
_TOLD_SHARE = 0.2  # of the rate that was told, by which it must move to be told anew


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

    @property
    def is_near_its_share(self) -> bool:
        """Whether the work takes most of what it may: what can be left out of it should be."""
        return self._cost_seconds > _NEAR * self._load_max * self._wanted_seconds


class Rhythm:
    """When to look at Redis, and which looks end in a tick for everybody. Pure.

    Invariant: looks are due at most ``urgent_seconds`` apart, whatever they and the ticks cost. A
    change that cannot wait for a slowed tick is found by the next look, and sent with it.

    Args:
        tick_hz: ticks a second, and the most.
        interval_max_seconds: between ticks at most.
        load_max: share of a core that looks may cost, and ticks.
        urgent_seconds: between looks at most.

    Attributes:
        told_hz: the rate that viewers are told: moves when the rate has by more than a fifth.
    """

    def __init__(
        self, tick_hz: float, interval_max_seconds: float, load_max: float, urgent_seconds: float
    ) -> None:
        self._tick_hz = tick_hz
        self._urgent_seconds = urgent_seconds
        self._looks = Pace(min(1 / tick_hz, urgent_seconds), urgent_seconds, load_max)
        self._ticks = Pace(1 / tick_hz, interval_max_seconds, load_max)
        self._looked_at = self._ticked_at = float("-inf")
        self.told_hz = tick_hz

    @property
    def interval_seconds(self) -> float:
        """Between ticks."""
        return max(self._ticks.interval_seconds, self._looks.interval_seconds)

    @property
    def is_near_its_share(self) -> bool:
        return self._ticks.is_near_its_share

    @property
    def look_due(self) -> float:
        """When to look again: for the next tick, or sooner for what cannot wait for it."""
        for_tick = self._ticked_at + self.interval_seconds
        if for_tick <= self._looked_at:  # it was due, and nobody was there to be told
            for_tick = self._looked_at + self.interval_seconds
        return min(for_tick, self._looked_at + self._urgent_seconds)

    @property
    def hurry_due(self) -> float:
        """When to look again where something is known that cannot wait."""
        return self._looked_at + _HURRY_SECONDS

    def looks(self, now: float) -> bool:
        """A look begins (loop time). Returns False where that is half an interval too late."""
        is_first = self._looked_at == float("-inf")
        is_late = not is_first and now - self.look_due > self.interval_seconds / 2
        self._looked_at = now
        return not is_late

    def looked(self, cpu_seconds: float) -> None:
        """It has cost this much."""
        self._looks.spent(cpu_seconds)

    @property
    def is_tick_due(self) -> bool:
        """Whether everybody is to be told of this look, and not only what cannot wait."""
        # A little grace: a wake-up that is a hair early must not skip the tick.
        due = self._ticked_at + self.interval_seconds - _GRACE / self._tick_hz
        return self._looked_at >= due

    def ticks(self) -> None:
        """Everybody is told of this look."""
        self._ticked_at = self._looked_at

    def ticked(self, cpu_seconds: float) -> None:
        """It has cost this much."""
        self._ticks.spent(cpu_seconds)
        hz = 1 / self.interval_seconds
        if hz >= self._tick_hz:
            self.told_hz = self._tick_hz
        elif abs(hz - self.told_hz) > _TOLD_SHARE * self.told_hz:
            self.told_hz = max(round(hz, 1), 0.1)


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
