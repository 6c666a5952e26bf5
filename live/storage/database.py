"""The SQL engine: one transaction per use case, on SQLite or PostgreSQL.

A transaction is opened here and nowhere else, so no feature commits on its own. On SQLite
every writer begins with BEGIN IMMEDIATE, one at a time and in order of arrival: a deferred
transaction that upgrades to a write lock half-way can fail with SQLITE_BUSY whatever the
timeout.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from live.storage.batcher import Batcher

# What a caller must expect of SQL: no server, no connection to it, or none free.
SQL_AWAY = (OperationalError, InterfaceError, NoFreeConnection, ConnectionError)

SQLITE_BUSY_SECONDS = 5
READERS = 2  # threads that read SQLite; its work holds the interpreter's lock most of the time
WORKS_MAX = 64  # units of work in one transaction
WORKS_WAITING_MAX = 10_000

T = TypeVar("T")
_Work = Callable[[Connection], Any]
P = ParamSpec("P")
_READ_ONLY = "live_read_only"


def set_sqlite_pragmas(connection: sqlite3.Connection) -> None:
    """Durable, referentially sound, and readers that never block the writer."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_SECONDS * 1000}")


class Database:
    """One process's way into SQL.

    Args:
        url: ``sqlite+aiosqlite:///path`` or ``postgresql+asyncpg://…``.
        pool_connections: connections kept open at most.
    """

    def __init__(self, url: str, *, pool_connections: int = 16) -> None:
        self.url = url
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.sqlite_path = Path(parsed.database) if self.is_sqlite and parsed.database else None
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_connections,
            max_overflow=0,
            pool_timeout=SQLITE_BUSY_SECONDS,
            hide_parameters=True,  # they hold phones and addresses, and errors end up in the log
        )
        # One writer at a time within the process, first come first served: SQLite's own busy
        # handler polls, and under a rush it starves whoever is not polling at the right moment.
        self._writer = asyncio.Lock() if self.is_sqlite else None
        self._sqlite_writer: Batcher[_Work, Any] | None = None
        self._sqlite_threads: _SqliteThreads | None = None
        self._sqlite_reader: _SqliteThreads | None = None
        if self.sqlite_path is not None:
            self._sqlite_writer = Batcher(
                "writer", self._write_all, batch_max=WORKS_MAX, queue_max=WORKS_WAITING_MAX
            )
            self._sqlite_threads = _SqliteThreads(self.sqlite_path, 1, read_only=False)
            self._sqlite_reader = _SqliteThreads(self.sqlite_path, READERS, read_only=True)
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _on_sqlite_connect)
            event.listen(self.engine.sync_engine, "begin", _on_sqlite_begin)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session in one write transaction: commits at the end, rolls back on any exception."""
        async with (
            self.writing(),
            AsyncSession(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads; never waits for a writer."""
        engine = self.engine.execution_options(**{_READ_ONLY: True})
        async with AsyncSession(engine, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """The process's turn to write on SQLite; no wait on PostgreSQL, which has row locks."""
        async with self._writer or nullcontext():
            yield

    async def write(self, work: Callable[[Connection], T]) -> T:
        """One unit of synchronous work in a write transaction: all of it happens, or nothing.

        For what runs many times a second. On SQLite the work runs on a thread, and what has
        gathered while another transaction was under way goes in one, each in a savepoint of its
        own (group commit). Through ``transaction`` every statement goes to aiosqlite's thread and
        back four times, each time behind whatever else the loop has to do, with the write lock
        held: measured in a rush, some 100 ms where this takes 10.
        """
        if self._sqlite_writer is None:
            async with self.engine.begin() as connection:
                return await connection.run_sync(work)
        result: T = await self._sqlite_writer.ask(work)
        return result

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Like ``write``, for work that only reads; never waits for a writer."""
        if self._sqlite_reader is None:
            async with self.engine.connect() as connection:
                return await connection.run_sync(work)
        return await self._sqlite_reader.run(work)

    async def _write_all(self, works: Sequence[_Work]) -> Sequence[Any]:
        assert self._sqlite_threads is not None
        async with self.writing():
            return await self._sqlite_threads.run(partial(_work_through, works))

    async def close(self) -> None:
        if self._sqlite_writer is not None:
            await self._sqlite_writer.close()
        for threads in (self._sqlite_threads, self._sqlite_reader):
            if threads is not None:
                await threads.close()
        await self.engine.dispose()


class _SqliteThreads:
    """Runs whole transactions on threads of its own."""

    def __init__(self, path: Path, count: int, *, read_only: bool) -> None:
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="sqlite")
        self._engine = create_engine(
            f"sqlite:///{path}",
            pool_size=count,
            max_overflow=0,
            hide_parameters=True,
            execution_options={_READ_ONLY: read_only},
        )
        event.listen(self._engine, "connect", _on_sqlite_connect)
        event.listen(self._engine, "begin", _on_sqlite_begin)

    async def run(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, work)

    def _run(self, work: Callable[[Connection], T]) -> T:
        with self._engine.begin() as connection:
            return work(connection)

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()


def _work_through(works: Sequence[_Work], connection: Connection) -> list[Any]:
    """The result of each, or the exception that undid it."""
    if len(works) == 1:
        return [works[0](connection)]
    results: list[Any] = []
    for work in works:
        try:
            with connection.begin_nested():
                results.append(work(connection))
        except Exception as error:
            results.append(error)
    return results


async def within(
    session: AsyncSession,
    work: Callable[Concatenate[Connection, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Do synchronous work, as ``Database.write`` takes it, inside an async transaction."""
    connection = await session.connection()
    return await connection.run_sync(work, *args, **kwargs)


def _on_sqlite_connect(connection: object, _entry: ConnectionPoolEntry) -> None:
    # aiosqlite's wrapper runs statements on its own thread; its cursor is the portable way in.
    # isolation_level None: BEGIN is ours alone (_on_sqlite_begin), not the driver's guess.
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={SQLITE_BUSY_SECONDS * 1000}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_sqlite_begin(connection: Connection) -> None:
    is_read_only = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if is_read_only else "BEGIN IMMEDIATE")
