"""``live migrate``: the database's schema, brought up to this code."""

import asyncio
import sys

import typer
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from live.catalog.counties import seed_counties
from live.config import Settings, settings_from_environment
from live.errors import StartupError
from live.storage.database import Database
from live.storage.schema import check_schema, current_revision, is_behind, upgrade


def migrate() -> None:
    """Bring the schema up to this version, and the counties with it; safe to repeat."""
    try:
        print(f"schema at {_migrate(settings_from_environment())}")
    except StartupError as error:
        print(f"live migrate: {error}", file=sys.stderr)
        raise typer.Exit(1) from None


def _migrate(settings: Settings) -> str | None:
    url = settings.effective_database_url
    if settings.database_url is None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        if asyncio.run(is_behind(url)):
            upgrade(url)
        return asyncio.run(_finish(url))
    except (SQLAlchemyError, OSError) as error:
        where = make_url(url).render_as_string(hide_password=True)
        why = str(error).splitlines()[0]
        raise StartupError(f"cannot use the database {where}: {why}") from error


async def _finish(url: str) -> str | None:
    await check_schema(url)
    database = Database(url, pool_connections=1)
    try:
        async with database.transaction() as session:
            await seed_counties(session)
    finally:
        await database.close()
    return await current_revision(url)
