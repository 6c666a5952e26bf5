"""Ready means: schema right, SQL answers, not draining. Redis is a field of the answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from live.config import Settings
from live.storage.database import Database
from live.storage.redis import RedisClient, connect_redis
from live.web.application import build_application
from live.web.draining import Draining
from live.web.health import Health
from tests.support.people import KnownPeople
from tests.support.serving import Caller, serving

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def probed(url: str, redis: RedisClient) -> AsyncIterator[tuple[Caller, Draining, Database]]:
    database = Database(url, pool_connections=2)
    draining = Draining()
    health = Health(database, redis, draining)
    application = build_application(
        [],
        authenticator=KnownPeople(),
        settings=Settings(),
        draining=draining,
        routes=health.routes(),
    )
    async with serving(application) as caller:
        yield caller, draining, database
    await database.close()


async def test_ready(database_url: str, redis: Redis) -> None:
    async with probed(database_url, redis) as (caller, _, _):
        assert (await caller.get("/healthz")).body == {"alive": True}
        answer = await caller.get("/readyz")
        assert answer.body == {
            "ready": True, "schema": True, "sql": True, "redis": True, "draining": False,
        }  # fmt: skip


async def test_without_redis_it_stays_in_the_balancer(database_url: str, tmp_path: Path) -> None:
    away = connect_redis(f"unix://{tmp_path}/none", timeout_ms=100, connections_max=1)
    async with probed(database_url, away) as (caller, _, _):
        answer = await caller.get("/readyz")
        assert (answer.status, answer.body["redis"]) == (200, False)
    await away.aclose()


async def test_another_schema_is_not_ready(database_url: str, redis: Redis) -> None:
    async with probed(database_url, redis) as (caller, _, database):
        async with database.transaction() as session:
            await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        answer = await caller.get("/readyz")
        assert (answer.status, answer.code) == (503, "not_ready")
        assert "9999" in answer.body["fields"]["sql"]
        assert (await caller.get("/healthz")).status == 200


async def test_without_sql_it_is_not_ready(tmp_path: Path, redis: Redis) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/nowhere/live.db"
    async with probed(url, redis) as (caller, _, _):
        answer = await caller.get("/readyz")
        assert (answer.status, answer.code) == (503, "not_ready")
        assert "Retry-After" in answer.headers


async def test_draining_it_is_alive_but_not_ready(database_url: str, redis: Redis) -> None:
    async with probed(database_url, redis) as (caller, draining, _):
        draining.start()
        assert (await caller.get("/readyz")).status == 503
        assert (await caller.get("/healthz")).status == 200


async def test_draining_each_answer_is_the_last_of_its_connection(
    database_url: str, redis: Redis
) -> None:
    paths = ("/healthz", "/readyz", "/api/nothing", "/nothing")
    async with probed(database_url, redis) as (caller, draining, _):
        before = [(await caller.get(path)).headers.get("Connection") for path in paths]
        draining.start()
        after = [(await caller.get(path)).headers.get("Connection") for path in paths]
    assert before == [None] * 4
    assert after == ["close"] * 4
