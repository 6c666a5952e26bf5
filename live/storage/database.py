"""The SQL engine: one transaction per use case, on SQLite or PostgreSQL.

A transaction is opened here and nowhere else, so no feature commits on its own. On SQLite
every writer begins with BEGIN IMMEDIATE, one at a time and in order of arrival: a deferred
transaction that upgrades to a write lock half-way can fail with SQLITE_BUSY whatever the
timeout.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from live.storage import postgres_engine
from live.storage.sqlite_engine import READ_ONLY, SQLITE_BUSY_SECONDS, equip, sqlite_engine
from live.storage.sqlite_writer.thread import InThread
from live.storage.sqlite_writer.writer import AtSocket, Writer

# What a caller must expect of SQL: no server, no connection to it, or none free.
SQL_AWAY = (OperationalError, InterfaceError, NoFreeConnection, ConnectionError)

READERS = 2  # threads that read SQLite; its work holds the interpreter's lock most of the time

T = TypeVar("T")
P = ParamSpec("P")


class Database:
    """One process's way into SQL.

    Args:
        url: ``sqlite+aiosqlite:///path`` or ``postgresql+asyncpg://…``.
        pool_connections: connections kept open at most.
        writer_socket: of the process that writes to SQLite for all; None: a thread of this one.
    """

    def __init__(
        self, url: str, *, pool_connections: int = 16, writer_socket: Path | None = None
    ) -> None:
        self.url = url
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_connections,
            max_overflow=0,
            pool_timeout=SQLITE_BUSY_SECONDS,
            hide_parameters=True,  # they hold phones and addresses, and errors end up in the log
        )
        self._writer: Writer | None = None
        self._reader: _SqliteReader | None = None
        if self.is_sqlite:
            if not parsed.database:
                raise ValueError("an in-memory SQLite database cannot be shared by connections")
            path = Path(parsed.database)
            self._writer = Writer(AtSocket(writer_socket) if writer_socket else InThread(path))
            self._reader = _SqliteReader(path)
            equip(self.engine.sync_engine)
        else:
            postgres_engine.equip(self.engine.sync_engine)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session in one write transaction: commits at the end, rolls back on any exception."""
        async with (
            # Within the process in order of arrival: SQLite's own busy handler polls, and in a rush
            # it starves whoever is not polling at the right moment.
            self._writer.turn() if self._writer else nullcontext(),
            AsyncSession(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads; never waits for a writer."""
        engine = self.engine.execution_options(**{READ_ONLY: True})
        async with AsyncSession(engine, expire_on_commit=False) as session:
            yield session

    async def write(self, work: Callable[[Connection], T]) -> T:
        """One unit of synchronous work in a write transaction: all of it happens, or nothing.

        It may be done, undone and done again, so it must change nothing but the database.

        For what runs many times a second. On SQLite the writer does it, in one transaction with
        whatever else has gathered (``sqlite_writer/``); where that is another process, the work
        is pickled, so it must be a function that can be imported, with plain values. Through
        ``transaction`` every statement goes to aiosqlite's thread and back four times, each time
        behind whatever else the loop has to do, with the write lock held: measured in a rush,
        some 100 ms where this takes 10.
        """
        if self._writer is not None:
            return await self._writer.write(work)
        async with self.engine.begin() as connection:
            return await connection.run_sync(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Like ``write``, for work that only reads; never waits for a writer."""
        if self._reader is not None:
            return await self._reader.read(work)
        async with self.engine.connect() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        if self._writer is not None:
            await self._writer.close()
        if self._reader is not None:
            await self._reader.close()
        await self.engine.dispose()


class _SqliteReader:
    """Runs whole read transactions on threads of its own."""

    def __init__(self, path: Path) -> None:
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite reader")
        self._engine = sqlite_engine(path, connections=READERS, read_only=True)

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, work)

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._engine.begin() as connection:
            return work(connection)

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()


async def within(
    session: AsyncSession,
    work: Callable[Concatenate[Connection, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Do synchronous work, as ``Database.write`` takes it, inside an async transaction."""
    connection = await session.connection()
    return await connection.run_sync(work, *args, **kwargs)
