"""Redis: one client for a single server or a Cluster, and Lua scripts called by digest.

Client-side retries are off: every script is idempotent or checked by its caller, and a retry
storm against a paused Redis is worse than an honest 503. Replies are bytes.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from hashlib import sha1
from importlib.resources import files
from typing import Any

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.connection import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

RedisClient = Redis | RedisCluster

# What a caller must expect of Redis: its own errors, and the operating system's.
REDIS_AWAY = (RedisError, OSError, TimeoutError)

_CLUSTER_SCHEME = "redis+cluster://"


def connect_redis(url: str, *, timeout_ms: int, connections_max: int) -> RedisClient:
    """A lazy client; nothing is sent yet.

    Args:
        url: ``redis://``, ``rediss://``, ``unix://`` or, for Cluster, ``redis+cluster://host:port``.
        timeout_ms: for connecting, for any one reply, and for a free connection of the pool.
        connections_max: connections of this process at most (per node on a Cluster).
    """
    seconds = timeout_ms / 1000
    no_retry = Retry(NoBackoff(), 0)
    if url.startswith(_CLUSTER_SCHEME):
        return RedisCluster.from_url(
            "redis://" + url.removeprefix(_CLUSTER_SCHEME),
            socket_timeout=seconds,
            socket_connect_timeout=seconds,
            max_connections=connections_max,
            retry=no_retry,
        )
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=connections_max,
        timeout=seconds,
        socket_timeout=seconds,
        socket_connect_timeout=seconds,
        retry=no_retry,
    )
    return Redis.from_pool(pool)


class Script:
    """A Lua script that lives in its own file beside the code that calls it."""

    def __init__(self, package: str, name: str) -> None:
        self.name = name
        self.text = files(package).joinpath(f"{name}.lua").read_text(encoding="utf-8")
        self.sha = sha1(self.text.encode(), usedforsecurity=False).hexdigest()

    def call(self, keys: Sequence[str], args: Sequence[bytes | str | int | float]) -> "ScriptCall":
        return ScriptCall(self, (len(keys), *keys, *args))

    async def run(self, redis: RedisClient, keys: Sequence[str], args: Sequence[Any] = ()) -> Any:
        """One call; loads the script where the server has forgotten it.

        Raises: any of REDIS_AWAY.
        """
        rest = (len(keys), *keys, *args)
        try:
            return await _heeding_cancellation(redis.execute_command("EVALSHA", self.sha, *rest))
        except NoScriptError:
            return await _heeding_cancellation(redis.execute_command("EVAL", self.text, *rest))


@dataclass(frozen=True, slots=True)
class ScriptCall:
    script: Script
    rest: tuple[Any, ...]  # number of keys, keys, arguments


async def run_scripts(redis: RedisClient, calls: Sequence[ScriptCall]) -> list[Any]:
    """Many calls in one pipeline; a failed call's place holds its exception.

    Raises: any of REDIS_AWAY, when the pipeline as a whole did not get through.
    """
    replies = await _pipelined(redis, "EVALSHA", [(c.script.sha, *c.rest) for c in calls])
    forgotten = [i for i, reply in enumerate(replies) if isinstance(reply, NoScriptError)]
    if forgotten:
        again = [(calls[i].script.text, *calls[i].rest) for i in forgotten]
        for i, reply in zip(forgotten, await _pipelined(redis, "EVAL", again), strict=True):
            replies[i] = reply
    return replies


async def _pipelined(
    redis: RedisClient, command: str, rows: Sequence[tuple[Any, ...]]
) -> list[Any]:
    # execute_command, not .evalsha(): on a Cluster a pipeline refuses the latter.
    pipe = (
        redis.pipeline() if isinstance(redis, RedisCluster) else redis.pipeline(transaction=False)
    )
    for row in rows:
        pipe.execute_command(command, *row)
    replies: list[Any] = await _heeding_cancellation(pipe.execute(raise_on_error=False))
    return replies


async def _heeding_cancellation(reply: Awaitable[Any]) -> Any:
    """What ``reply`` brings, unless the task was cancelled meanwhile.

    On Python 3.11 redis-py's own timeout can swallow a cancellation that arrives together with
    the reply; the task would then go on for ever. Only a cancellation during this call counts:
    a task that cleans up after one may still talk to Redis.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task is not None else 0
    result = await reply
    if task is not None and task.cancelling() > before:
        raise asyncio.CancelledError
    return result


def event_key(event_id: str, name: str) -> str:
    """A key of one event. The hash tag keeps all keys of an event on one Cluster node."""
    return f"live:{{{event_id}}}:{name}"
