"""Token buckets in Redis: one limit for all processes, by Redis's own clock.

Two ways to one. ``SharedRateLimit`` asks at each use: for what is rare, and goes on alone while
Redis is away. ``LeasedRateLimit`` is for the rush: what many callers ask in one turn of the loop
goes out as one script call, and a caller who comes often is lent a few tokens at once.

All buckets of one limit share a hash tag, so that a call may name many of them on a Cluster too.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from live.storage.batcher import Batcher
from live.storage.redis import REDIS_AWAY, RedisClient, Script
from live.values import MS_PER_SECOND
from live.web.limits import KEYS_MAX, Bucket, LocalRateLimit

# A process is lent this share of a bucket at most, so that others find nearly all of it …
LENT_SHARE = 10
LENT_TOKENS_MAX = 8
# … and for so long. What it has not used by then is given back with its next call.
LENT_SECONDS = 1.0

_CALLERS_MAX = 500  # in one script call: about 1 ms of Redis
_WAITING_MAX = 20_000  # callers waiting for Redis; beyond: 503

_TAKE = Script("live.web", "take")
log = structlog.get_logger(__name__)


class _Buckets:
    """All buckets of one limit, as Redis holds them."""

    def __init__(self, redis: RedisClient, name: str, bucket: Bucket) -> None:
        self._redis = redis
        self._prefix = f"live:limit:{{{name}}}:"
        self._size = (bucket.refill_seconds * MS_PER_SECOND, bucket.burst)

    async def take(self, asks: Sequence[tuple[str, int, int]]) -> list[tuple[int, float]]:
        """For each (caller, tokens wanted, tokens given back): tokens taken, and the seconds
        until there is another one.

        Raises: any of REDIS_AWAY.
        """
        keys = [self._prefix + caller for caller, _, _ in asks]
        numbers = [number for _, *numbers in asks for number in numbers]
        reply: Sequence[Any] = await _TAKE.run(self._redis, keys, (*self._size, *numbers))
        waits = (wait_ms / MS_PER_SECOND for wait_ms in reply[1::2])
        return list(zip(reply[::2], waits, strict=True))


class SharedRateLimit:
    """One question to Redis a use; each process on its own while Redis is away.

    Args:
        name: keeps the buckets of one limit apart from another's.
    """

    def __init__(self, redis: RedisClient, name: str, bucket: Bucket) -> None:
        self._name = name
        self._buckets = _Buckets(redis, name, bucket)
        self._own = LocalRateLimit(bucket)

    async def take(self, key: str) -> float:
        try:
            [(taken, wait)] = await self._buckets.take([(key, 1, 0)])
        except REDIS_AWAY as error:
            log.warning("limit counts alone: Redis is away", limit=self._name, error=repr(error))
            return await self._own.take(key)
        return 0.0 if taken else wait


class _Lease:
    """Tokens of one caller that lie with this process; or the word that there are none."""

    __slots__ = ("tokens", "until", "wait_until")

    def __init__(self, tokens: int, until: float, wait_until: float) -> None:
        self.tokens = tokens
        self.until = until
        self.wait_until = wait_until

    def use(self, now: float) -> float:
        """Returns 0, or the seconds until there is a token."""
        if self.tokens:
            self.tokens -= 1
            return 0.0
        return self.wait_until - now


class LeasedRateLimit:
    """For hot paths: a round trip for many callers, and none for who is known already.

    Never more generous than the bucket: a token that is lent has been taken from it. Who is
    refused hears so from memory until a token is due.

    Args:
        name: keeps the buckets of one limit apart from another's.
        keys_max: callers remembered; beyond, the oldest are forgotten, and their loans with them.
    """

    def __init__(
        self,
        redis: RedisClient,
        name: str,
        bucket: Bucket,
        *,
        keys_max: int = KEYS_MAX,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._buckets = _Buckets(redis, name, bucket)
        self._lent = max(1, min(LENT_TOKENS_MAX, bucket.burst // LENT_SHARE))
        self._keys_max = keys_max
        self._monotonic = monotonic
        self._leases: dict[str, _Lease] = {}
        self._asks: Batcher[str, float] = Batcher(
            name,
            self._ask,
            batch_max=_CALLERS_MAX,
            queue_max=_WAITING_MAX,
        )

    async def take(self, key: str) -> float:
        """See ``RateLimit``. Raises: any of REDIS_AWAY; Unavailable where too many wait."""
        lease = self._leases.get(key)
        if lease is not None:
            now = self._monotonic()
            if now < (lease.until if lease.tokens else lease.wait_until):
                return lease.use(now)
        return await self._asks.ask(key)

    async def close(self) -> None:
        """Wait until everybody who asked has been answered."""
        await self._asks.close()

    async def _ask(self, keys: Sequence[str]) -> list[float]:
        uses = Counter(keys)
        now = self._monotonic()
        asks = [(key, max(self._lent, uses[key]), self._returned(key)) for key in uses]
        replies = await self._buckets.take(asks)
        leases = {
            key: _Lease(taken, now + LENT_SECONDS, now + wait)
            for key, (taken, wait) in zip(uses, replies, strict=True)
        }
        for key, lease in leases.items():
            self._remember(key, lease)
        return [leases[key].use(now) for key in keys]

    def _returned(self, key: str) -> int:
        """Tokens that were lent and are given back: their time is over, or somebody asks again."""
        lease = self._leases.pop(key, None)
        return 0 if lease is None else lease.tokens

    def _remember(self, key: str, lease: _Lease) -> None:
        if len(self._leases) >= self._keys_max:
            del self._leases[next(iter(self._leases))]
        self._leases[key] = lease
