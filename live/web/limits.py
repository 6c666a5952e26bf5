"""How often one caller may do one thing: the generic cell rate algorithm (GCRA).

One number a caller: the moment at which it would have used up nothing. Each use moves it on by
one interval; a use that would move it beyond the window is refused. The same as a token
bucket of ``count`` tokens refilled evenly over ``seconds``, without a refill to remember.
"""

import time
from collections.abc import Callable
from math import ceil
from typing import Protocol

import structlog

from live.errors import TooMany
from live.storage.redis import REDIS_AWAY, RedisClient, Script

KEYS_MAX = 100_000  # callers remembered by one local limit; beyond, the oldest are forgotten

_ROUNDING_SECONDS = 1e-4  # the last use of a window must not fail by a rounding error

_TAKE = Script("live.web", "take")
log = structlog.get_logger(__name__)


class RateLimit(Protocol):
    async def take(self, key: str) -> float:
        """Use it once. Returns 0, or the seconds after which ``key`` may try again."""
        ...


class LocalRateLimit:
    """The limit of this process alone: enough where a few times too many do no harm.

    Args:
        count: uses in any ``seconds``, all at once if they like.
    """

    def __init__(
        self,
        count: int,
        seconds: float,
        *,
        keys_max: int = KEYS_MAX,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._interval = seconds / count
        self._slack = seconds - self._interval
        self._keys_max = keys_max
        self._monotonic = monotonic
        self._idle_from: dict[str, float] = {}

    async def take(self, key: str) -> float:
        return self.take_now(key)

    def take_now(self, key: str) -> float:
        """``take`` without an await, for hot paths."""
        now = self._monotonic()
        idle_from = max(self._idle_from.pop(key, now), now)
        wait = idle_from - now - self._slack
        if wait > _ROUNDING_SECONDS:
            self._idle_from[key] = idle_from
            return wait
        if len(self._idle_from) >= self._keys_max:
            del self._idle_from[next(iter(self._idle_from))]
        self._idle_from[key] = idle_from + self._interval
        return 0.0


class SharedRateLimit:
    """One limit for all processes, in Redis; each process on its own while Redis is away.

    Args:
        name: keeps the keys of one limit apart from another's.
    """

    def __init__(self, redis: RedisClient, name: str, count: int, seconds: float) -> None:
        self._redis = redis
        self._name = name
        self._window_ms = round(seconds * 1000)
        self._interval_ms = self._window_ms / count
        self._own = LocalRateLimit(count, seconds)

    async def take(self, key: str) -> float:
        try:
            wait_ms = await _TAKE.run(
                self._redis,
                [f"live:limit:{self._name}:{key}"],
                [self._interval_ms, self._window_ms],
            )
        except REDIS_AWAY as error:
            log.warning("limit counts alone: Redis is away", limit=self._name, error=repr(error))
            return self._own.take_now(key)
        return int(wait_ms) / 1000


async def take_or_refuse(limit: RateLimit, key: str, code: str, detail: str) -> None:
    """Use a limit once. Raises TooMany with ``Retry-After`` where it is used up."""
    wait = await limit.take(key)
    if wait > 0:
        raise TooMany(code, detail, retry_after_seconds=ceil(wait))
