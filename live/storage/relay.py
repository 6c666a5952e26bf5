"""Hands committed facts to their reactions, at least once, in order of their numbers.

A fact waits in SQL until every reaction has taken it, so a crash between a commit and its
consequences only delays them. One process relays for all, by a lease: two would tell everybody
everything twice. It wakes at once for its own facts and looks often for those of others.

Kinds do not wait for each other: one whose reaction fails, or is slow because somebody else's
server is, is left alone while the others' facts go on.
"""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

import msgspec
import structlog
from sqlalchemy import BigInteger, String, bindparam, not_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from live.clock import Clock, is_set_within
from live.storage.among import among
from live.storage.bulk import json_rows
from live.storage.database import Database
from live.storage.facts import Fact, Reaction
from live.storage.lease import Lease
from live.storage.many_rows import ManyRows
from live.storage.redis import REDIS_AWAY
from live.storage.tables import FactRow

POLL_SECONDS = 0.1  # between looks for other processes' facts: one read of an index
PAUSE_SECONDS = 0.05  # least time between batches that are not full, so that facts gather
RETRY_SECONDS = 0.5  # before a kind that failed is tried again
SLOW_SECONDS = 1.0  # the others wait that long for a kind's reactions
STANDBY_SECONDS = 0.5  # between asking for the lease that another process has

_FACTS: Any = FactRow.__table__  # type: ignore[attr-defined]


class _WaitingFact(NamedTuple):
    id: int
    kind: str
    body: str


_WAITING = ManyRows(
    select(_FACTS.c.id, _FACTS.c.kind, _FACTS.c.body)
    .where(_FACTS.c.relayed_ms.is_(None), not_(among(_FACTS.c.kind, "excluded")))
    .order_by(_FACTS.c.id)
    .limit(bindparam("facts")),
    _WaitingFact,
)
# One parameter for all ids: an IN list of a thousand costs more than the update itself.
_MARK_SQLITE = text(
    "UPDATE facts SET relayed_ms = :now_ms WHERE id IN (SELECT value FROM json_each(:ids))"
).bindparams(bindparam("ids", type_=String))
_MARK_POSTGRES = text("UPDATE facts SET relayed_ms = :now_ms WHERE id = ANY(:ids)").bindparams(
    bindparam("ids", type_=ARRAY(BigInteger))
)

log = structlog.get_logger(__name__)


class Relay:
    """The way from facts to reactions.

    Args:
        batch_max: facts taken at once.
        holder: names this process among those that share the database.
    """

    def __init__(
        self,
        database: Database,
        reactions: Iterable[Reaction],
        clock: Clock,
        *,
        batch_max: int,
        holder: str | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._batch_max = batch_max
        self._lease = Lease(database, clock, "relay", holder or secrets.token_hex(6))
        self._wake = asyncio.Event()
        self._reactions: dict[str, list[Reaction]] = defaultdict(list)
        self._decoders: dict[str, msgspec.json.Decoder[Fact]] = {}
        for reaction in reactions:
            kind = reaction.fact.kind()
            self._reactions[kind].append(reaction)
            self._decoders[kind] = msgspec.json.Decoder(reaction.fact)
        self._under_way: dict[str, asyncio.Task[list[int]]] = {}  # kind → its reactions
        self._failed: dict[str, float] = {}  # kind → loop time from which it is tried again

    def wake(self) -> None:
        """New facts were committed by this process."""
        self._wake.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Relay until told to stop. A reaction that fails is tried again; others' facts go on."""
        loop = asyncio.get_running_loop()
        told = asyncio.create_task(stopping.wait(), name="relay told to stop")
        told.add_done_callback(lambda _: self.wake())
        try:
            while not stopping.is_set():
                began = loop.time()
                self._wake.clear()
                try:
                    if not await self._lease.hold():
                        await is_set_within(stopping, STANDBY_SECONDS)
                        continue
                    is_full = await self._relay_batch(self._unavailable_kinds())
                except (SQLAlchemyError, OSError, TimeoutError) as error:
                    log.warning("relay waits for SQL", error=repr(error))
                    await is_set_within(stopping, RETRY_SECONDS)
                    continue
                if not is_full:
                    await asyncio.sleep(max(0.0, began + PAUSE_SECONDS - loop.time()))
                    await is_set_within(self._wake, POLL_SECONDS)
        finally:
            for task in (told, *self._under_way.values()):
                task.cancel()
            await asyncio.gather(told, *self._under_way.values(), return_exceptions=True)
        await self._lease.release()

    async def relay_waiting(self) -> bool:
        """Relay one batch of all kinds to its end. Returns whether progress was made."""
        by_kind = await self._read(())
        tasks = [self._react(kind, rows) for kind, rows in by_kind.items()]
        done = [fact_id for ids in await asyncio.gather(*tasks) for fact_id in ids]
        await self._mark(done)
        return bool(done)

    def _unavailable_kinds(self) -> set[str]:
        now = asyncio.get_running_loop().time()
        self._failed = {kind: until for kind, until in self._failed.items() if until > now}
        return self._failed.keys() | self._under_way.keys()

    async def _relay_batch(self, excluded: Collection[str]) -> bool:
        """Relay one batch, leaving behind what is slow. Returns whether more may wait."""
        by_kind = await self._read(excluded)
        for kind, rows in by_kind.items():
            self._under_way[kind] = asyncio.create_task(
                self._react(kind, rows), name=f"reactions to {kind}"
            )
        if by_kind:
            await asyncio.wait([self._under_way[kind] for kind in by_kind], timeout=SLOW_SECONDS)
        finished = [kind for kind, task in self._under_way.items() if task.done()]
        done = [self._under_way.pop(kind).result() for kind in finished]
        await self._mark([fact_id for ids in done for fact_id in ids])
        return sum(map(len, by_kind.values())) == self._batch_max

    async def _read(self, excluded: Collection[str]) -> dict[str, list[tuple[int, str]]]:
        """The oldest waiting facts as kind → (id, body)."""
        asked = {"excluded": sorted(excluded), "facts": self._batch_max}
        rows = await self._database.read(lambda connection: _WAITING.read(connection, asked))
        by_kind: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for fact_id, kind, body in sorted(rows):
            by_kind[kind].append((fact_id, body))
        return by_kind

    async def _react(self, kind: str, rows: Sequence[tuple[int, str]]) -> list[int]:
        """Returns the ids of the facts that every reaction has taken: all or none."""
        try:
            if kind in self._reactions:
                decode = self._decoders[kind].decode
                facts = [decode(body) for _, body in rows]
                for reaction in self._reactions[kind]:
                    await reaction.handle(facts)
        except REDIS_AWAY as error:
            log.warning("reaction waits for Redis", kind=kind, error=repr(error))
        except Exception:
            log.exception("reaction failed; its facts stay and come again", kind=kind)
        else:
            return [fact_id for fact_id, _ in rows]
        self._failed[kind] = asyncio.get_running_loop().time() + RETRY_SECONDS
        return []

    async def _mark(self, fact_ids: Sequence[int]) -> None:
        if not fact_ids:
            return
        await self._database.write(partial(_mark, fact_ids, self._clock.now_ms()))


def _mark(fact_ids: Sequence[int], now_ms: int, connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(_MARK_SQLITE, {"now_ms": now_ms, "ids": json_rows(fact_ids)})
    else:
        connection.execute(_MARK_POSTGRES, {"now_ms": now_ms, "ids": fact_ids})
