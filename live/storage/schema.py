"""The schema: migrating it, and knowing whether it fits this code."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine

from live.errors import StartupError

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def alembic_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema up to ``revision``. Blocking; not for a running event loop."""
    command.upgrade(alembic_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Bring the schema back to ``revision``. Blocking; not for a running event loop."""
    command.downgrade(alembic_config(url), revision)


async def check_schema(url: str) -> None:
    """Raise StartupError unless the database has exactly the schema this code was written for."""
    head, known = _revisions()
    current = await current_revision(url)
    if current == head:
        return
    if current is not None and current not in known:
        raise StartupError(
            f"schema_ahead: the database is at {current}, which this version does not know;"
            " deploy newer code"
        )
    raise StartupError(
        f"schema_behind: the database is at {current or 'nothing'}, the code needs {head};"
        " run: live migrate"
    )


async def is_behind(url: str) -> bool:
    """Whether the database has no schema yet, or an older one of ours."""
    head, known = _revisions()
    current = await current_revision(url)
    return current != head and (current is None or current in known)


def _revisions() -> tuple[str | None, set[str]]:
    """The newest revision, and all that this code knows."""
    script = ScriptDirectory.from_config(alembic_config(""))
    return script.get_current_head(), {r.revision for r in script.walk_revisions()}


async def current_revision(url: str) -> str | None:
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(
                lambda sync: MigrationContext.configure(sync).get_current_revision()
            )
    finally:
        await engine.dispose()


async def upgrade_async(url: str) -> None:
    """``upgrade`` from within an event loop."""
    await asyncio.to_thread(upgrade, url)
