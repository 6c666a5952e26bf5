"""What every command that works on the database by itself shares."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import typer
from sqlalchemy.exc import SQLAlchemyError

from live.config import Settings
from live.errors import Problem, StartupError
from live.storage.database import Database
from live.storage.schema import check_schema, current_revision, upgrade_async

T = TypeVar("T")

_LAST_WORDS_SECONDS = 0.1


def run(command: str, work: Coroutine[Any, Any, T]) -> T:
    """Do the work, in a loop of its own.

    One line and a non-zero exit, rather than a traceback, for what a person can mend.

    Args:
        command: whose line it is, such as ``live accounts``.
    """
    return asyncio.run(_guarded(command, work))


async def _guarded(command: str, work: Coroutine[Any, Any, T]) -> T:
    try:
        return await work
    except Problem as problem:
        why = "; ".join(f"{name}: {wrong}" for name, wrong in problem.fields.items())
        reason = why or str(problem)
    except StartupError as error:
        reason = str(error)
    except (SQLAlchemyError, OSError) as error:
        reason = f"cannot use the database: {error}".splitlines()[0]
        # A connection that fails leaves aiosqlite's thread about to report to this loop; were it
        # closed by then, a traceback would follow our one line.
        await asyncio.sleep(_LAST_WORDS_SECONDS)
    typer.echo(f"{command}: {reason}", err=True)
    raise typer.Exit(1)


@asynccontextmanager
async def opened_database(settings: Settings) -> AsyncIterator[Database]:
    """The database of these settings; the embedded one is made where there is none.

    Raises: StartupError where its schema is not this code's.
    """
    url = settings.effective_database_url
    if settings.database_url is None:
        # The embedded database is this program's own, and there may be no server yet.
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        if await current_revision(url) is None:
            await upgrade_async(url)
    await check_schema(url)
    database = Database(url, pool_connections=2)
    try:
        yield database
    finally:
        await database.close()
