"""Queues whose clock is turned by hand: Redis's own cannot be, so what it has written is moved."""

from collections.abc import Sequence
from typing import Any

from live.config import Settings
from live.storage.redis import RedisClient, event_key
from live.waiting.pacing import Pace, ReportedLoad
from live.waiting.places import QueueState
from live.waiting.queue import Queue
from live.waiting.rooms import HeldQueue

NO_LOAD = ReportedLoad(orders_per_second=0, failed=0, queued=0, reply_ms=0)


class StandingClock:
    """Monotonic seconds that stand still: all elapsed time is Redis's."""

    def __call__(self) -> float:
        return 0.0


def held_queue(event_id: str, queue: Queue, settings: Settings) -> HeldQueue:
    """One process's hold on a queue."""
    return HeldQueue(
        event_id, queue, settings.waiting_pass_seconds * 1000, monotonic=StandingClock()
    )


async def pass_time(redis: RedisClient, event_id: str, seconds: int) -> None:
    """As if everything in this queue had happened so much earlier."""
    head, steps = event_key(event_id, "waiting"), event_key(event_id, "waiting:steps")
    for field in ("at", "steered", "lowered", "gathers"):
        await redis.hincrby(head, field, -seconds * 1000)
    found: Any = await redis.zrange(steps, 0, -1, withscores=True)
    await redis.delete(steps)
    for second, admitted in found:
        await redis.zadd(steps, {str(int(second) - seconds): admitted})


async def open_queue(
    queue: Queue, event_id: str, *, per_second: float = 0.0, lowered_ms: int = 0
) -> QueueState:
    """Open it at a pace; 0: only those are let in for whom there is room at once."""
    state, _ = await queue.visit(event_id, None)
    pace = Pace(per_second, lowered_ms)
    await queue.steer(event_id, state.epoch, pace, has_sale_opened=True)
    return (await queue.visit(event_id, None))[0]


async def numbers_of(queue: Queue, event_id: str, accounts: Sequence[str]) -> list[int]:
    return (await queue.visit(event_id, None, ask=accounts))[1]
