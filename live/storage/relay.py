"""Hands committed facts to their reactions, at least once, in order of their numbers.

A fact waits in SQL until every reaction has taken it, so a crash between a commit and its
consequences only delays them. The relay wakes at once for facts of its own process and looks
every half second for those of others.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from live.clock import Clock
from live.storage.database import Database
from live.storage.facts import Fact, Reaction
from live.storage.redis import REDIS_AWAY
from live.storage.tables import FactRow

POLL_SECONDS = 0.5
RETRY_SECONDS = 0.5

log = structlog.get_logger(__name__)


class Relay:
    """The way from facts to reactions.

    Args:
        batch_max: facts taken at once.
    """

    def __init__(
        self, database: Database, reactions: Iterable[Reaction], clock: Clock, *, batch_max: int
    ) -> None:
        self._database = database
        self._clock = clock
        self._batch_max = batch_max
        self._wake = asyncio.Event()
        self._reactions: dict[str, list[Reaction]] = defaultdict(list)
        for reaction in reactions:
            self._reactions[reaction.fact.kind()].append(reaction)

    def wake(self) -> None:
        """New facts were committed by this process."""
        self._wake.set()

    async def run(self) -> None:
        """Relay until cancelled. A reaction that fails is tried again; the others' facts go on."""
        while True:
            self._wake.clear()
            try:
                has_more = await self.relay_waiting()
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                log.warning("relay waits for SQL", error=repr(error))
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if not has_more:
                await self._wait_for_news()

    async def _wait_for_news(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def relay_waiting(self) -> bool:
        """Relay one batch. Returns whether progress was made and more may wait."""
        async with self._database.reading() as session:
            query = (
                select(FactRow.id, FactRow.kind, FactRow.body)
                .where(FactRow.relayed_ms.is_(None))  # type: ignore[union-attr]
                .order_by(FactRow.id)  # type: ignore[arg-type]
                .limit(self._batch_max)
            )
            rows = (await session.execute(query)).all()
        by_kind: dict[str, list[Any]] = defaultdict(list)
        for row in rows:
            by_kind[row.kind].append(row)
        done: list[int] = []
        for kind, kind_rows in by_kind.items():
            if await self._react(kind, [row.body for row in kind_rows]):
                done.extend(row.id for row in kind_rows)
        await self._mark(done)
        if done and len(done) < len(rows):
            await asyncio.sleep(RETRY_SECONDS)
        return bool(done)

    async def _react(self, kind: str, bodies: Sequence[str]) -> bool:
        for reaction in self._reactions.get(kind, ()):
            decoder = msgspec.json.Decoder(reaction.fact)
            facts: list[Fact] = [decoder.decode(body) for body in bodies]
            try:
                await reaction.handle(facts)
            except REDIS_AWAY as error:
                log.warning("reaction waits for Redis", kind=kind, error=repr(error))
                return False
            except Exception:
                log.exception("reaction failed; its facts stay and come again", kind=kind)
                return False
        return True

    async def _mark(self, fact_ids: Sequence[int]) -> None:
        if not fact_ids:
            return
        async with self._database.transaction() as session:
            connection = await session.connection()
            await connection.execute(
                update(FactRow)
                .where(FactRow.id.in_(fact_ids))  # type: ignore[union-attr]
                .values(relayed_ms=self._clock.now_ms())
            )
