"""Looks many sign-ins up at once, each time a rush brings people this process has not seen.

On SQLite that goes past SQLAlchemy: one hop to one reader thread, one statement, one row.
Python gives up its interpreter lock at every row and must win it back from a busy event loop,
so the rows come as one JSON text. A first sight costs 20 µs that way, 50 µs through aiosqlite
(``python -m benchmarks.dispatch``).
"""

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import msgspec
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from live.storage.database import SQLITE_BUSY_SECONDS, Database
from live.values import AccountId, Role
from live.web.routes import Identity


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A sign-in that is good until ``expires_ms``, unless it is ended."""

    identity: Identity
    expires_ms: int


class SessionLookup(Protocol):
    async def find(self, session_ids: Sequence[str], now_ms: int) -> dict[str, OpenSession]:
        """Those of these sessions that are good now, and whose they are.

        Raises: SQLAlchemy's errors where SQL is away.
        """
        ...

    async def close(self) -> None: ...


def session_lookup(database: Database) -> SessionLookup:
    """The look-up for this database."""
    if database.sqlite_path is not None:
        return _SqliteLookup(database)
    return _PostgresLookup(database)


_Row = tuple[str, int, AccountId, Role, str]  # session, expires_ms, account, role, name

# One array of ids rather than a placeholder each: one prepared statement serves any number.
_FIND_IN_POSTGRES = text(
    """
    SELECT s.id, s.expires_ms, a.id, a.role, a.name
    FROM unnest(CAST(:ids AS text[])) AS asked (id)
    JOIN sessions AS s ON s.id = asked.id
    JOIN accounts AS a ON a.id = s.account_id
    WHERE s.ended_ms IS NULL AND s.expires_ms > :now_ms AND a.banned_ms IS NULL
    """
)
# CROSS JOIN fixes the order: without statistics SQLite would rather scan all sessions.
_FIND_IN_SQLITE = """
    SELECT json_group_array(json_array(s.id, s.expires_ms, a.id, a.role, a.name))
    FROM json_each(?) AS asked
    CROSS JOIN sessions AS s ON s.id = asked.value
    JOIN accounts AS a ON a.id = s.account_id
    WHERE s.ended_ms IS NULL AND s.expires_ms > ? AND a.banned_ms IS NULL
"""


class _PostgresLookup:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, session_ids: Sequence[str], now_ms: int) -> dict[str, OpenSession]:
        asked = {"ids": list(session_ids), "now_ms": now_ms}
        async with self._database.reading() as session:
            rows = (await session.execute(_FIND_IN_POSTGRES, asked)).all()
        return _by_id([(row[0], row[1], row[2], Role(row[3]), row[4]) for row in rows])

    async def close(self) -> None:
        return None


class _SqliteLookup:
    """Owns one connection and the thread that uses it."""

    def __init__(self, database: Database) -> None:
        assert database.sqlite_path is not None
        self._path = database.sqlite_path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sessions")
        self._connection: sqlite3.Connection | None = None
        self._decode = msgspec.json.Decoder(list[_Row]).decode

    async def find(self, session_ids: Sequence[str], now_ms: int) -> dict[str, OpenSession]:
        loop = asyncio.get_running_loop()
        ids = json.dumps(list(session_ids))
        try:
            found = await loop.run_in_executor(self._thread, self._find, ids, now_ms)
        except sqlite3.Error as error:
            raise OperationalError("look up sessions", {}, error) from error
        return _by_id(self._decode(found))

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown()

    # Everything below runs on the reader thread.

    def _find(self, ids: str, now_ms: int) -> str:
        if self._connection is None:
            # mode=rw, never creating: an empty file must not pass for an empty database.
            self._connection = sqlite3.connect(
                f"{self._path.resolve().as_uri()}?mode=rw", uri=True,
                timeout=SQLITE_BUSY_SECONDS, isolation_level=None,
            )  # fmt: skip
            self._connection.execute("PRAGMA query_only=ON")
        found: str = self._connection.execute(_FIND_IN_SQLITE, (ids, now_ms)).fetchone()[0]
        return found

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _by_id(rows: Sequence[_Row]) -> dict[str, OpenSession]:
    return {
        session_id: OpenSession(Identity(account_id, role, name, session_id), expires_ms)
        for session_id, expires_ms, account_id, role, name in rows
    }
