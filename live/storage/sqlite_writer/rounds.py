"""One round of writing: many works, one transaction.

SQLite has one writer at a time, so what gathers while a transaction is under way goes together
in the next (group commit). Hardly any work fails, so a round is done without savepoints first:
each is two more statements. Where one work raises, the round is undone and done again with a
savepoint for each.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.engine import Connection

WORKS_MAX = 64  # units of work in one transaction

Work = Callable[[Connection], Any]


class _WorkFailed(Exception):
    """One work of a round raised, so that all of it is undone."""


class Rounds:
    """Does rounds, on one thread.

    Args:
        engine: whose transactions begin with BEGIN IMMEDIATE.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = _FileLock(Path(f"{engine.url.database}-writer"))

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The turn to write, among all processes that share the file."""
        self._lock.take()
        try:
            yield
        finally:
            self._lock.give()

    def results(self, works: Sequence[Work]) -> list[Any]:
        """Within one's turn: do the works. For each its result, or the exception that undid it."""
        try:
            try:
                return self._committed(_together, works)
            except _WorkFailed:
                return self._committed(_each_alone, works)
        except Exception as error:  # nothing of the round is in SQL, or nobody knows
            return [error] * len(works)

    def close(self) -> None:
        self._lock.close()

    def _committed(
        self, how: Callable[[Sequence[Work], Connection], list[Any]], works: Sequence[Work]
    ) -> list[Any]:
        with self._engine.begin() as connection:
            return how(works, connection)


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


class _FileLock:
    """Orders the processes that write to one file: a server, and commands beside it.

    SQLite's own lock is what excludes. But SQLite lets who waits for that sleep and try again,
    up to 100 ms at a time: in a rush some waited seconds. Where the lock file cannot be had,
    that has to do.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> None:
        with suppress(OSError):
            if self._descriptor is None:
                self._descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def give(self) -> None:
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
