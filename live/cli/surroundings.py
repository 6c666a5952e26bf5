"""What an installation that names no database and no Redis gets of its own."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from live.config import Settings
from live.storage.embedded import EmbeddedRedis
from live.storage.schema import is_behind, upgrade
from live.storage.sqlite_writer.process import WriterProcess


@contextmanager
def surroundings(settings: Settings) -> Iterator[Settings]:
    """Settings that name a database, a Redis and, for SQLite, who writes; ours run until left.

    The embedded database is brought up to the schema here. A named one never is: when to
    migrate a database that others use is its operator's decision (``live migrate``).

    Raises: StartupError.
    """
    with ExitStack() as stack:
        if settings.redis_url is None:
            private = stack.enter_context(EmbeddedRedis(settings.data_dir / "redis"))
            settings = settings.model_copy(update={"redis_url": private.url})
        if settings.database_url is None:
            settings.data_dir.mkdir(parents=True, exist_ok=True)
            if asyncio.run(is_behind(settings.effective_database_url)):
                upgrade(settings.effective_database_url)
        database = make_url(settings.effective_database_url)
        if database.get_backend_name() == "sqlite" and settings.sqlite_writer is None:
            assert database.database is not None
            writer = stack.enter_context(WriterProcess(Path(database.database)))
            settings = settings.model_copy(update={"sqlite_writer": writer.socket})
        yield settings
