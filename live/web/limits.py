"""How often one caller may do one thing: token buckets, in the form of one moment (GCRA).

One number a caller: the moment at which its bucket would be full again. Each use moves it on by
the time that one token takes to come back; a use that would move it beyond a whole bucket is
refused. The same as counting tokens, without a refill to remember.

Here are the words, and the buckets of one process alone; ``shared_limits`` has those in Redis.
"""

import time
from collections.abc import Callable
from math import ceil
from typing import NamedTuple, Protocol

from live.errors import TooMany

KEYS_MAX = 100_000  # callers remembered by one process; beyond, the oldest are forgotten

_ROUNDING_SECONDS = 1e-4  # the last token must not be missing by a rounding error
_MINUTE = 60.0
_HOUR = 3_600.0


class Bucket(NamedTuple):
    """What a limit allows.

    Args:
        burst: tokens of a full bucket: uses at once.
        refill_seconds: in which one token comes back.
    """

    burst: int
    refill_seconds: float

    @classmethod
    def per_minute(cls, count: int, burst: int | None = None) -> "Bucket":
        """So many a minute; without ``burst``, all of them at once if they like."""
        return cls(burst or count, _MINUTE / count)

    @classmethod
    def per_hour(cls, count: int, burst: int | None = None) -> "Bucket":
        """So many an hour; without ``burst``, all of them at once if they like."""
        return cls(burst or count, _HOUR / count)


class RateLimit(Protocol):
    async def take(self, key: str) -> float:
        """Use it once. Returns 0, or the seconds after which ``key`` may try again."""
        ...


class LocalRateLimit:
    """Buckets of this process alone."""

    def __init__(
        self,
        bucket: Bucket,
        *,
        keys_max: int = KEYS_MAX,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._interval = bucket.refill_seconds
        self._slack = (bucket.burst - 1) * bucket.refill_seconds
        self._keys_max = keys_max
        self._monotonic = monotonic
        self._full_at: dict[str, float] = {}

    async def take(self, key: str) -> float:
        now = self._monotonic()
        full_at = max(self._full_at.pop(key, now), now)
        wait = full_at - now - self._slack
        if wait > _ROUNDING_SECONDS:
            self._full_at[key] = full_at
            return wait
        if len(self._full_at) >= self._keys_max:
            del self._full_at[next(iter(self._full_at))]
        self._full_at[key] = full_at + self._interval
        return 0.0


async def take_or_refuse(limit: RateLimit, key: str, code: str, detail: str) -> None:
    """Use a limit once. Raises TooMany with ``Retry-After`` where it is used up."""
    wait = await limit.take(key)
    if wait > 0:
        raise TooMany(code, detail, retry_after_seconds=ceil(wait))
