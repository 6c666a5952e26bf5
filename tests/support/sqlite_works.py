"""Works for SQLite's writer, which another process may do: it imports them from here."""

import time
from functools import partial
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

INSERT = text("INSERT INTO leases (name, holder, until_ms) VALUES (:name, 'h', :at)")
_NAMES = text("SELECT name FROM leases ORDER BY until_ms")
_WAIT_SECONDS = 10.0


class Gate:
    """A work that keeps the writer until opened, by files, so that a process sees it too."""

    def __init__(self, directory: Path) -> None:
        self._entered = directory / "entered"
        self._opened = directory / "opened"

    def __call__(self, _connection: Connection) -> None:
        self._entered.touch()
        _wait_for(self._opened)

    def wait_until_entered(self) -> None:
        _wait_for(self._entered)

    def open(self) -> None:
        self._opened.touch()


def add(name: str, at: int, connection: Connection) -> None:
    connection.execute(INSERT, {"name": name, "at": at})


def adding(name: str, at: int = 0) -> partial[None]:
    return partial(add, name, at)


def add_twice(name: str, connection: Connection) -> None:
    add(name, 0, connection)
    add(name, 0, connection)


def add_and_count(name: str, connection: Connection) -> tuple[int, int]:
    """How many there are then, and which transaction it is."""
    add(name, 0, connection)
    return len(names(connection)), id(connection.get_transaction())


def names(connection: Connection) -> list[str]:
    return list(connection.scalars(_NAMES))


def disk_full(connection: Connection) -> None:
    """What SQLite does by itself when the disk is full."""
    connection.exec_driver_sql("ROLLBACK")
    raise OperationalError("insert", {}, Exception("database or disk is full"))


def unpicklable(_connection: Connection) -> object:
    return lambda: None


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while not path.exists():
        assert time.monotonic() < deadline, f"{path.name} never came"
        time.sleep(0.002)
