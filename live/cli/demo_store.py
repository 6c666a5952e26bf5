"""Where a demo keeps its data: a directory of its own, wiped at every start.

A database that LIVE_DATABASE_URL names belongs to somebody: the demo only ever uses an empty
one, and never clears anything there.
"""

import fcntl
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from live.config import Settings
from live.errors import StartupError
from live.storage.schema import upgrade_async

_MARK = ".live-demo"  # in a directory that a demo made, and may therefore wipe


@dataclass(frozen=True, slots=True)
class DemoStore:
    """One demo's place for data.

    Args:
        settings: the ``LIVE_*`` variables that lead a server to it.
    """

    directory: Path
    database_url: str
    settings: Mapping[str, str]

    @property
    def log_path(self) -> Path:
        return self.directory / "server.log"

    async def prepare(self) -> None:
        """Bring an empty database up to the schema.

        Raises: StartupError where the database is not empty, or cannot be reached.
        """
        try:
            accounts = await _count_accounts(self.database_url)
        except (SQLAlchemyError, OSError) as error:
            raise StartupError(f"cannot reach the database: {error}") from error
        if accounts:
            raise StartupError(
                f"LIVE_DATABASE_URL names a database with {accounts} accounts; the demo only uses"
                " an empty one. Unset it, or name another"
            )
        await upgrade_async(self.database_url)


@contextmanager
def demo_store(settings: Settings) -> Iterator[DemoStore]:
    """The demo's directory, wiped and locked against a second demo until left.

    Raises: StartupError where another demo runs in it, or where it holds somebody else's files.
    """
    directory = (settings.data_dir / "demo").resolve()
    lock_path = directory.with_name("demo.lock")
    directory.parent.mkdir(parents=True, exist_ok=True)
    with lock_path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartupError(f"another demo is running in {directory}") from None
        _wipe(directory)
        own = settings.model_copy(update={"data_dir": directory})
        yield DemoStore(
            directory,
            own.effective_database_url,
            {"LIVE_DATA_DIR": str(directory)},
        )


def _wipe(directory: Path) -> None:
    if directory.exists():
        if any(directory.iterdir()) and not (directory / _MARK).exists():
            raise StartupError(f"{directory} holds files that no demo made; move them away")
        shutil.rmtree(directory)
    directory.mkdir()
    (directory / _MARK).touch()


async def _count_accounts(url: str) -> int:
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_accounts_in)
    finally:
        await engine.dispose()


def _accounts_in(connection: Connection) -> int:
    if not inspect(connection).has_table("accounts"):
        return 0
    return int(connection.scalar(text("SELECT count(*) FROM accounts")) or 0)
