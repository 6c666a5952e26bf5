"""How many people a second are let through to checkout, from what checkout reports. Pure.

Additive increase, multiplicative decrease: a little more while people wait and checkout answers in
time, a third less as soon as it does not. The increase is kept near what checkout was seen to do,
because people think before they order: what was let in comes to checkout seconds later.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

MORE_PER_SECOND = 20.0  # accounts a second, added each second
LESS_FACTOR = 2 / 3
SETTLE_MS = 2_000  # from one decrease to the next, so that the first can take effect
# Of those let in not everybody orders, and some order twice.
ADMITTED_PER_ORDER_MAX = 4.0
PACE_MIN = 1.0  # accounts a second: nobody would ever learn that checkout is well again


class Load(Protocol):
    """What one process's checkout did since its last report."""

    @property
    def orders_per_second(self) -> float:
        """Answered with a decision, whichever."""
        ...

    @property
    def failed(self) -> int:
        """Answered 503."""
        ...

    @property
    def queued(self) -> int:
        """Waiting now."""
        ...

    @property
    def reply_ms(self) -> float:
        """The longest wait among those answered and those that still wait."""
        ...


class ReportedLoad(NamedTuple):
    """A ``Load`` as its report told it."""

    orders_per_second: float
    failed: int
    queued: int
    reply_ms: float


@dataclass(frozen=True, slots=True)
class Limits:
    """From the settings.

    Args:
        start, most: accounts a second.
        reply_ms: a longer wait in checkout means that it has too much to do.
    """

    start: float
    most: float
    reply_ms: float


@dataclass(frozen=True, slots=True)
class Pace:
    """Accounts let through a second, and when that was last lowered (ms, Redis's clock)."""

    per_second: float
    lowered_ms: int = 0


def next_pace(
    pace: Pace,
    loads: Iterable[Load],
    limits: Limits,
    *,
    waiting: int,
    elapsed_ms: int,
    now_ms: int,
) -> Pace:
    """The pace from now on.

    Args:
        loads: of the processes heard from lately.
        waiting: people in the queue. With nobody waiting nothing is learned, so nothing grows.
        elapsed_ms: since this was asked last.
    """
    reports = list(loads)
    if any(load.failed or load.reply_ms > limits.reply_ms for load in reports):
        if now_ms - pace.lowered_ms < SETTLE_MS:
            return pace
        return Pace(max(PACE_MIN, pace.per_second * LESS_FACTOR), now_ms)
    if not waiting or not reports:
        return pace
    seen_per_second = sum(load.orders_per_second for load in reports)
    most = min(limits.most, max(limits.start, seen_per_second * ADMITTED_PER_ORDER_MAX))
    grown = min(pace.per_second + MORE_PER_SECOND * elapsed_ms / 1000, most)
    return Pace(max(pace.per_second, grown), pace.lowered_ms)


def wait_seconds(position: int, per_second: float) -> int:
    """How long somebody waits in whom ``position`` people (themselves the last) are let in."""
    return -int(-position // max(per_second, PACE_MIN))
