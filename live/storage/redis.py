"""Redis: one client for a single server or a Cluster, and Lua scripts called by digest.

Client-side retries are off: every script is idempotent or checked by its caller, and a retry
storm against a paused Redis is worse than an honest 503. Replies are bytes.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from hashlib import sha1
from importlib.resources import files
from math import inf
from typing import Any
from weakref import WeakKeyDictionary

from hiredis import pack_command
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection, BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, ResponseError

from live.storage.answers import answer_each
from live.storage.lost_connections import AWAY, lost_connections_named
from live.storage.redis_cluster import ClusterClient, names_cluster

RedisClient = Redis | ClusterClient

# What a caller must expect of Redis: its own errors, and the operating system's.
REDIS_AWAY = AWAY


def connect_redis(url: str, *, timeout_ms: int, connections_max: int) -> RedisClient:
    """A lazy client; nothing is sent yet.

    Args:
        url: ``redis://``, ``rediss://``, ``unix://``, or what ``ClusterClient.connect`` takes.
        timeout_ms: for connecting, for any one reply, and for a free connection of the pool.
        connections_max: connections of this process at most (per node on a Cluster).
    """
    seconds = timeout_ms / 1000
    if names_cluster(url):
        return ClusterClient.connect(url, seconds=seconds, connections_max=connections_max)
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=connections_max,
        timeout=seconds,
        socket_timeout=seconds,
        socket_connect_timeout=seconds,
        retry=Retry(NoBackoff(), 0),
    )
    return Redis.from_pool(pool)


class Script:
    """A Lua script that lives in its own file beside the code that calls it.

    Args:
        names: of its files; more than one are put together.
    """

    def __init__(self, package: str, *names: str) -> None:
        self.text = "".join(
            files(package).joinpath(f"{name}.lua").read_text(encoding="utf-8") for name in names
        )
        self.sha = sha1(self.text.encode(), usedforsecurity=False).hexdigest()

    def call(self, keys: Sequence[str], args: Sequence[bytes | str | int | float]) -> "ScriptCall":
        return ScriptCall(self, (len(keys), *keys, *args))

    async def run(self, redis: RedisClient, keys: Sequence[str], args: Sequence[Any] = ()) -> Any:
        """One call; loads the script where the server has forgotten it.

        Calls of one turn of the event loop go in one pipeline, which costs this process a fifth
        of what calls that go alone do. On a Cluster they go alone, since a node that is
        away fails the whole pipeline.

        Raises: any of REDIS_AWAY.
        """
        if not isinstance(redis, ClusterClient):
            return await _gathering(redis).reply(self.call(keys, args))
        rest = (len(keys), *keys, *args)
        try:
            return await _heeding_cancellation(_execute(redis, "EVALSHA", self.sha, *rest))
        except NoScriptError:
            return await _heeding_cancellation(_execute(redis, "EVAL", self.text, *rest))


@dataclass(frozen=True, slots=True)
class ScriptCall:
    script: Script
    rest: tuple[Any, ...]  # number of keys, keys, arguments


async def run_scripts(
    redis: RedisClient, calls: Sequence[ScriptCall], *, seconds: float | None
) -> list[Any]:
    """Many calls at once, in one pipeline a server; a failed call's place holds its exception.

    Args:
        seconds: for each server to answer; None: as long as the client waits for a reply. On a
            Cluster a server that does not answer fails its own calls.

    Raises: any of REDIS_AWAY, when nothing got through.
    """
    replies = await _pipelined(redis, "EVALSHA", [(c.script.sha, *c.rest) for c in calls], seconds)
    forgotten = [i for i, reply in enumerate(replies) if isinstance(reply, NoScriptError)]
    if forgotten:
        again = [(calls[i].script.text, *calls[i].rest) for i in forgotten]
        answers = await _pipelined(redis, "EVAL", again, seconds)
        for i, reply in zip(forgotten, answers, strict=True):
            replies[i] = reply
    return replies


class _Gathering:
    """The script calls of one turn of an event loop, on their way to one server."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._waiting: list[tuple[ScriptCall, asyncio.Future[Any]]] = []
        self._tasks = set[asyncio.Task[None]]()

    async def reply(self, call: ScriptCall) -> Any:
        """Raises: any of REDIS_AWAY. Cancelling the caller does not undo the call."""
        loop = asyncio.get_running_loop()
        reply: asyncio.Future[Any] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._begin)
        self._waiting.append((call, reply))
        return await reply

    def _begin(self) -> None:
        gathered, self._waiting = self._waiting, []
        task = asyncio.create_task(self._send(gathered), name="script calls")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, gathered: Sequence[tuple[ScriptCall, asyncio.Future[Any]]]) -> None:
        replies: Sequence[Any]
        try:
            replies = await run_scripts(self._redis, [call for call, _ in gathered], seconds=None)
        except Exception as error:
            replies = [error] * len(gathered)
        answer_each([future for _, future in gathered], replies)


_gatherings = WeakKeyDictionary[Redis, _Gathering]()


def _gathering(redis: Redis) -> _Gathering:
    gathering = _gatherings.get(redis)
    if gathering is None:
        gathering = _gatherings[redis] = _Gathering(redis)
    return gathering


async def _pipelined(
    redis: RedisClient, command: str, rows: Sequence[tuple[Any, ...]], seconds: float | None
) -> list[Any]:
    if isinstance(redis, ClusterClient):
        answered: list[Any] = await _heeding_cancellation(redis.run_all(command, rows, seconds))
        return answered
    packed = b"".join([pack_command((command, *row)) for row in rows])
    with lost_connections_named():
        async with asyncio.timeout(seconds):
            replies: list[Any] = await _heeding_cancellation(_exchange(redis, packed, len(rows)))
            return replies


async def _exchange(redis: Redis, packed: bytes, commands: int) -> list[Any]:
    """A reply for each command, or the error that came instead of it.

    What redis-py's pipeline does, whose packing in Python and timer for each reply cost 2.4 times
    as much. Whatever ends it early closes the connection.
    """
    pool = redis.connection_pool
    connection = await pool.get_connection()  # type: ignore[no-untyped-call]
    try:
        await connection.send_packed_command(packed)
        async with asyncio.timeout(connection.socket_timeout):
            return [await _next_reply(connection) for _ in range(commands)]
    finally:
        await pool.release(connection)


async def _next_reply(connection: AbstractConnection) -> Any:
    try:
        return await connection.read_response(timeout=inf)  # the caller has a timer
    except ResponseError as error:
        return error


def _execute(redis: RedisClient, *words: Any) -> Awaitable[Any]:
    reply: Awaitable[Any] = redis.execute_command(*words)  # type: ignore[no-untyped-call]
    return reply


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
