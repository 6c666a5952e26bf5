"""What a process's checkout can take, measured: for whoever lets people in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckoutLoad:
    """Since the last reading.

    Args:
        orders_per_second: answered with a decision, whichever.
        failed: answered 503.
        queued: waiting now.
        reply_ms: the longest wait among those answered and those that still wait.
    """

    orders_per_second: float
    failed: int
    queued: int
    reply_ms: float


class CheckoutMeter:
    """Counts answers, and remembers who waits. Times are of one monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._waiting: dict[object, float] = {}  # who waits → since when, in order of coming
        self._answered = 0
        self._failed = 0
        self._slowest_seconds = 0.0
        self._read_seconds: float | None = None

    def begin(self, who: object, now: float) -> None:
        self._waiting[who] = now

    def end(self, who: object, now: float, *, has_failed: bool) -> None:
        self._slowest_seconds = max(self._slowest_seconds, now - self._waiting.pop(who))
        if has_failed:
            self._failed += 1
        else:
            self._answered += 1

    def refuse(self) -> None:
        """Somebody was not even let wait."""
        self._failed += 1

    def read(self, now: float) -> CheckoutLoad:
        """What happened since the last reading, which begins anew."""
        oldest = next(iter(self._waiting.values()), now)
        elapsed = now - self._read_seconds if self._read_seconds is not None else 0.0
        load = CheckoutLoad(
            orders_per_second=self._answered / elapsed if elapsed > 0 else 0.0,
            failed=self._failed,
            queued=len(self._waiting),
            reply_ms=max(self._slowest_seconds, now - oldest) * 1000,
        )
        self._answered, self._failed, self._slowest_seconds = 0, 0, 0.0
        self._read_seconds = now
        return load
