"""An event's keys in Redis as they were, brought back: what a failover or an old file does."""

from typing import Any

from live.storage.redis import RedisClient

Snapshot = dict[Any, Any]  # key → what DUMP gave, both bytes


async def take_snapshot(redis: RedisClient, event_id: str) -> Snapshot:
    keys = await redis.keys(f"live:{{{event_id}}}:*")
    return {key: await redis.dump(key) for key in keys}


async def bring_back(redis: RedisClient, event_id: str, snapshot: Snapshot) -> None:
    for key in await redis.keys(f"live:{{{event_id}}}:*"):
        await redis.delete(key)
    for key, value in snapshot.items():
        await redis.restore(key, 0, value)
