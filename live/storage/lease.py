"""One owner for periodic work among all processes.

A lease is a row that its holder renews; past its end anyone takes it over, so a job outlives
the process that ran it. It saves double work; correctness never rests on it.
"""

from contextlib import suppress
from typing import Any, cast

from sqlalchemy import CursorResult, or_, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from live.clock import Clock
from live.storage.database import SQL_AWAY, Database
from live.storage.tables import LeaseRow

LEASE_MS = 3_000


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
        if self._until_ms - now_ms > LEASE_MS // 2:
            return True
        until_ms = now_ms + LEASE_MS
        async with self._database.transaction() as session:
            connection = await session.connection()
            insert = sqlite_insert if self._database.is_sqlite else postgres_insert
            await connection.execute(
                insert(LeaseRow)
                .values(name=self._name, holder=self._holder, until_ms=0)
                .on_conflict_do_nothing()
            )
            taken = cast(
                CursorResult[Any],
                await connection.execute(
                    update(LeaseRow)
                    .where(LeaseRow.name == self._name)  # type: ignore[arg-type]
                    .where(or_(LeaseRow.holder == self._holder, LeaseRow.until_ms < now_ms))  # type: ignore[arg-type]
                    .values(holder=self._holder, until_ms=until_ms)
                ),
            )
        self._until_ms = until_ms if taken.rowcount else 0
        return bool(taken.rowcount)

    async def release(self) -> None:
        """Let somebody else have it at once; harmless where it is not ours."""
        self._until_ms = 0
        with suppress(*SQL_AWAY):  # it ends by itself
            await self._give_up()

    async def _give_up(self) -> None:
        async with self._database.transaction() as session:
            await (await session.connection()).execute(
                update(LeaseRow)
                .where(LeaseRow.name == self._name, LeaseRow.holder == self._holder)  # type: ignore[arg-type]
                .values(until_ms=0)
            )
