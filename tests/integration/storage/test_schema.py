"""Migrations go up and down, and end at what the models say."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from live.errors import StartupError
from live.storage.database import Database
from live.storage.schema import (
    check_schema,
    current_revision,
    downgrade,
    is_behind,
    upgrade,
    upgrade_async,
)
from live.tables import metadata


async def test_the_migrated_schema_is_the_models(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_every_check_of_the_models_is_in_the_database(database: Database) -> None:
    # Alembic does not compare CHECK constraints, and they stand behind every invariant.
    def checks(connection: Connection) -> set[tuple[str, str]]:
        found = inspect(connection)
        return {
            (table, str(check["name"]))
            for table in found.get_table_names()
            for check in found.get_check_constraints(table)
        }

    expected = {
        (table.name, str(constraint.name))
        for table in metadata.tables.values()
        for constraint in table.constraints
        if type(constraint).__name__ == "CheckConstraint"
    }
    assert expected
    async with database.engine.connect() as connection:
        assert await connection.run_sync(checks) == expected


async def test_down_and_up_again(database_url: str) -> None:
    def tables(connection: Connection) -> set[str]:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}

    head = await current_revision(database_url)
    database = Database(database_url)
    try:
        async with database.engine.connect() as connection:
            before = await connection.run_sync(tables)
        await asyncio.to_thread(downgrade, database_url, "base")
        async with database.engine.connect() as connection:
            assert await connection.run_sync(tables) == set()
        await asyncio.to_thread(upgrade, database_url)
        async with database.engine.connect() as connection:
            assert await connection.run_sync(tables) == before
    finally:
        await database.close()
    assert await current_revision(database_url) == head


async def test_a_schema_that_fits_passes(database_url: str) -> None:
    await check_schema(database_url)
    assert not await is_behind(database_url)


async def test_a_schema_behind_the_code(database_url: str) -> None:
    await asyncio.to_thread(downgrade, database_url, "base")
    with pytest.raises(StartupError, match=r"schema_behind.*run: live migrate"):
        await check_schema(database_url)
    assert await is_behind(database_url)
    await upgrade_async(database_url)
    await check_schema(database_url)


async def test_a_schema_ahead_of_the_code(database: Database, database_url: str) -> None:
    async with database.transaction() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StartupError, match="schema_ahead"):
        await check_schema(database_url)
    assert not await is_behind(database_url), "an unknown schema is nobody's to upgrade"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE offers SET sold = allotment + 1",
        "UPDATE offers SET reserved = -1",
        "UPDATE offers SET reserved = allotment, sold = 1",
        "UPDATE offers SET status = 'gone'",
        "UPDATE offers SET price_fen = 0",
        "UPDATE events SET status = 'gone'",
        "UPDATE events SET status = 'live'",
        "UPDATE events SET views_total = -1",
    ],
)
async def test_the_database_itself_refuses_what_must_never_be(
    database: Database, change: str
) -> None:
    insert = (
        (
            "INSERT INTO counties (code, name, name_en, province_code, province_name)"
            " VALUES ('440825', '徐闻县', 'Xuwen', '440000', '广东省')"
        ),
        (
            "INSERT INTO accounts (id, phone, name, role, created_ms)"
            " VALUES ('acc_1', '+8613800000000', '', 'host', 0)"
        ),
        (
            "INSERT INTO events (id, host_id, county_code, title, place, description, status,"
            " starts_ms, revision, views_total, likes_total, created_ms)"
            " VALUES ('evt_1', 'acc_1', '440825', '', '', '', 'scheduled', 0, 0, 0, 0, 0)"
        ),
        (
            "INSERT INTO offers (id, event_id, kind, title, unit_grams, price_fen,"
            " list_price_basis, shipping_fen, undeliverable, allotment, reserved, sold,"
            " per_buyer_limit, status, position, created_ms) VALUES ('off_1', 'evt_1',"
            " 'flash_sale', '', 1500, 100, '', 0, '', 10, 2, 3, 5, 'open', 0, 0)"
        ),
    )
    async with database.transaction() as session:
        for statement in insert:
            await session.execute(text(statement))
    with pytest.raises(IntegrityError, match=r"(?i)check"):
        async with database.transaction() as session:
            await session.execute(text(change))
