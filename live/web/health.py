"""/healthz: the process runs. /readyz: it can do its work, so a balancer may send it people."""

import asyncio

import msgspec
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from live.errors import Unavailable
from live.storage.database import Database
from live.storage.redis import REDIS_AWAY, RedisClient
from live.storage.schema import alembic_config
from live.web.draining import Draining
from live.web.routes import Access, Call, Reply, Route

CHECK_SECONDS = 2.0  # seconds for SQL, and for Redis, to answer


class Alive(msgspec.Struct, frozen=True):
    alive: bool


class Readiness(msgspec.Struct, frozen=True):
    """Every field true but ``redis``, without which people can still watch the last numbers."""

    ready: bool
    schema: bool
    sql: bool
    redis: bool
    draining: bool


class Health:
    """What the two probes of this process answer."""

    def __init__(self, database: Database, redis: RedisClient, draining: Draining) -> None:
        self._database = database
        self._redis = redis
        self._draining = draining
        self._head: str | None = None

    def routes(self) -> list[Route]:
        return [
            Route(
                method="GET", path="/healthz", access=Access.ANYONE, handler=self._alive,
                summary="The process runs", answers={200: Alive},
            ),
            Route(
                method="GET", path="/readyz", access=Access.ANYONE, handler=self._ready,
                summary="The process can do its work", answers={200: Readiness},
                problems=Unavailable.coded("not_ready"),
            ),
        ]  # fmt: skip

    async def _alive(self, _call: Call) -> Reply:
        return Reply(Alive(True))

    async def _ready(self, _call: Call) -> Reply:
        sql, redis = await asyncio.gather(self._check_sql(), self._check_redis())
        wrong = {"sql": sql} if sql else {}
        if self._draining.is_on:
            wrong["draining"] = "the process is about to end"
        if wrong:
            if not redis:
                wrong["redis"] = "does not answer"
            raise Unavailable("not_ready", retry_after_seconds=1, fields=wrong)
        return Reply(Readiness(ready=True, schema=True, sql=True, redis=redis, draining=False))

    async def _check_sql(self) -> str:
        """What is wrong with SQL; an empty text where nothing is."""
        if self._head is None:
            self._head = await asyncio.to_thread(_head_revision)
        try:
            async with asyncio.timeout(CHECK_SECONDS), self._database.reading() as session:
                row = (
                    await session.execute(text("SELECT version_num FROM alembic_version"))
                ).first()
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            return f"does not answer: {type(error).__name__}"
        current = row[0] if row else "nothing"
        return "" if current == self._head else f"schema is at {current}, not {self._head}"

    async def _check_redis(self) -> bool:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                return bool(await self._redis.ping())
        except REDIS_AWAY:
            return False


def _head_revision() -> str:
    head = ScriptDirectory.from_config(alembic_config("")).get_current_head()
    assert head is not None, "the code comes with at least one migration"
    return head
