"""The one thread of a process that writes to SQLite: everybody's work, in order of arrival.

SQLite has one writer at a time, so what gathers while a transaction is under way goes together
in the next (group commit). The thread takes its next round from the queue by itself: measured in
a rush, rounds that went through the event loop held the write lock idle for a quarter of the
time, because just then the loop has other things to do.

Hardly any work fails, so a round is done without savepoints first: each is two more statements,
at which the thread lets go of the interpreter's lock and must win it back from a busy event loop.
Where one work raises, the round is undone and done again with a savepoint for each.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from live.errors import Unavailable

WORKS_MAX = 64  # units of work in one transaction
WORKS_WAITING_MAX = 10_000  # beyond: 503

T = TypeVar("T")
Work = Callable[[Connection], Any]
# What became of one work: its result, or the exception that undid it.
_Answer = tuple["asyncio.Future[Any]", Any]


class _Ask:
    """A work and who waits for it."""

    __slots__ = ("future", "work")

    def __init__(self, work: Work, future: "asyncio.Future[Any]") -> None:
        self.work = work
        self.future = future


class _WorkFailed(Exception):
    """One work of a round raised, so that all of it is undone."""


class _Turn:
    """Somebody else writes, on a connection of their own, while the thread waits."""

    __slots__ = ("begun", "ended")

    def __init__(self, begun: "asyncio.Future[Any]") -> None:
        self.begun = begun
        self.ended = Event()


class _Stop:
    """Nobody asks any more."""


class _Queue:
    """The turn to write among the processes that share the file.

    It only orders them; SQLite's own lock is what excludes. But SQLite lets who waits for that
    sleep and try again, up to 100 ms at a time: in a rush on two workers some waited seconds.
    Where the lock file cannot be had, that has to do.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def __enter__(self) -> None:
        with suppress(OSError):
            if self._descriptor is None:
                self._descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def __exit__(self, *_exc: object) -> None:
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


_Entry = _Ask | _Turn | _Stop


class SqliteWriter:
    """Writes for one event loop; its thread starts with the first ask.

    Args:
        engine: whose transactions begin with BEGIN IMMEDIATE.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._asks: SimpleQueue[_Entry] = SimpleQueue()
        self._waiting_count = 0
        self._thread: Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queue = _Queue(Path(f"{engine.url.database}-writer"))

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Do one unit of work: all of it, committed, or nothing.

        Cancelling the caller does not undo the work.

        Raises: Unavailable ``busy``; whatever the work raises, or what the commit does.
        """
        if self._waiting_count >= WORKS_WAITING_MAX:
            raise Unavailable("busy", "Too many are waiting to write.", retry_after_seconds=1)
        future = self._started_loop().create_future()
        self._waiting_count += 1
        self._asks.put(_Ask(work, future))
        result: T = await future
        return result

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold everybody else's writing off, in one's own turn, until left."""
        turn = _Turn(self._started_loop().create_future())
        self._asks.put(turn)
        try:
            await turn.begun
            yield
        finally:
            turn.ended.set()

    async def close(self) -> None:
        """Finish everything that was asked, then stop."""
        if self._thread is not None:
            self._asks.put(_Stop())
            await asyncio.to_thread(self._thread.join)

    def _started_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            # A daemon: where a loop ends without close(), its process must still end.
            self._thread = Thread(target=self._run, name="sqlite writer", daemon=True)
            self._thread.start()
        return self._loop

    # The thread's side

    def _run(self) -> None:
        while True:
            entry: _Entry | None = self._asks.get()
            if isinstance(entry, _Ask):
                entry = self._round(entry)
            if isinstance(entry, _Turn):
                with self._queue:
                    self._tell(_begin, entry.begun)
                    entry.ended.wait()
            elif isinstance(entry, _Stop):
                self._queue.close()
                return

    def _round(self, first: _Ask) -> _Entry | None:
        """Do what has gathered. Returns what came behind it and is no work."""
        asks = []
        entry: _Entry | None = first
        with self._queue:
            # What comes while others of the file's processes write goes along.
            while isinstance(entry, _Ask):
                asks.append(entry)
                entry = self._next() if len(asks) < WORKS_MAX else None
            answers = self._answers(asks)
        self._tell(self._answer_all, answers)
        return entry

    def _next(self) -> _Entry | None:
        """Who else has come for this round."""
        try:
            return self._asks.get_nowait()
        except Empty:
            return None

    def _answers(self, asks: Sequence[_Ask]) -> list[_Answer]:
        works = [ask.work for ask in asks]
        try:
            try:
                results = self._committed(_together, works)
            except _WorkFailed:
                results = self._committed(_each_alone, works)
        except Exception as error:  # nothing of the round is in SQL, or nobody knows
            results = [error] * len(works)
        return [(ask.future, result) for ask, result in zip(asks, results, strict=True)]

    def _committed(
        self, how: Callable[[Sequence[Work], Connection], list[Any]], works: Sequence[Work]
    ) -> list[Any]:
        with self._engine.begin() as connection:
            return how(works, connection)

    def _tell(self, heard: Callable[[Any], None], what: object) -> None:
        assert self._loop is not None
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(heard, what)

    def _answer_all(self, answers: Sequence[_Answer]) -> None:
        self._waiting_count -= len(answers)
        for future, result in answers:
            if future.done():  # the asker is gone
                continue
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)


def _begin(begun: "asyncio.Future[Any]") -> None:
    if not begun.done():
        begun.set_result(None)


def _together(works: Sequence[Work], connection: Connection) -> list[Any]:
    """The result of each. Raises: _WorkFailed."""
    try:
        return [work(connection) for work in works]
    except Exception as error:
        raise _WorkFailed from error


def _each_alone(works: Sequence[Work], connection: Connection) -> list[Any]:
    """The result of each, or the exception that undid it."""
    results: list[Any] = []
    for work in works:
        connection.exec_driver_sql("SAVEPOINT work")
        try:
            results.append(work(connection))
        except Exception as error:
            # Fails where SQLite has undone the whole transaction (disk full): then all failed.
            connection.exec_driver_sql("ROLLBACK TO work")
            results.append(error)
        connection.exec_driver_sql("RELEASE work")
    return results
