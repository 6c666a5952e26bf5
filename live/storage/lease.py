"""One owner for periodic work among all processes.

A lease is a row that its holder renews; past its end anyone takes it over, so a job outlives
the process that ran it. It saves double work; correctness never rests on it.
"""

from contextlib import suppress
from functools import partial
from typing import Any

from sqlalchemy import or_, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection

from live.clock import Clock
from live.storage.database import SQL_AWAY, Database
from live.storage.tables import LeaseRow

LEASE_MS = 3_000
# A lease that ends later than any could was written by a clock that has been put back since.
_AHEAD_MS_MAX = 2 * LEASE_MS

_LEASES: Any = LeaseRow.__table__  # type: ignore[attr-defined]


class Lease:
    """This process's claim on one named job."""

    def __init__(self, database: Database, clock: Clock, name: str, holder: str) -> None:
        self._database = database
        self._clock = clock
        self._name = name
        self._holder = holder
        self._until_ms = 0

    async def hold(self) -> bool:
        """Whether the job is ours now; renews at half time, so most calls ask nobody."""
        now_ms = self._clock.now_ms()
        if LEASE_MS // 2 < self._until_ms - now_ms <= LEASE_MS:
            return True
        until_ms = now_ms + LEASE_MS
        is_taken = await self._database.write(
            partial(_take, self._name, self._holder, now_ms, until_ms)
        )
        self._until_ms = until_ms if is_taken else 0
        return is_taken

    async def release(self) -> None:
        """Let somebody else have it at once; harmless where it is not ours."""
        self._until_ms = 0
        with suppress(*SQL_AWAY):  # it ends by itself
            await self._database.write(partial(_free, self._name, self._holder))


def _take(name: str, holder: str, now_ms: int, until_ms: int, connection: Connection) -> bool:
    insert = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    connection.execute(
        insert(_LEASES).values(name=name, holder=holder, until_ms=0).on_conflict_do_nothing()
    )
    taken = connection.execute(
        update(_LEASES)
        .where(_LEASES.c.name == name)
        .where(
            or_(
                _LEASES.c.holder == holder,
                _LEASES.c.until_ms < now_ms,
                _LEASES.c.until_ms > now_ms + _AHEAD_MS_MAX,
            )
        )
        .values(holder=holder, until_ms=until_ms)
    )
    return bool(taken.rowcount)


def _free(name: str, holder: str, connection: Connection) -> None:
    connection.execute(
        update(_LEASES).where(_LEASES.c.name == name, _LEASES.c.holder == holder).values(until_ms=0)
    )
