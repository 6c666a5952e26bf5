"""Entering: tens of thousands in the same seconds, each once, and answered after the commit.

What has gathered in a process is stored in one transaction that holds the giveaway's row. So
the entries of two processes come one batch after the other, whoever closes the giveaway waits for
those under way, and a repeat sees the entry that is there. That there are never two is the key of
``giveaway_entries``.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from sqlalchemy import update
from sqlalchemy.engine import Connection

from live.clock import Clock
from live.errors import Conflict, NotFound
from live.giveaways.draw import entry_id_for
from live.giveaways.facts import GiveawayEntered
from live.giveaways.rows import (
    ENTRIES,
    ENTRY_COLUMNS,
    GIVEAWAYS,
    StoredEntry,
    lock_giveaways,
    read_entered,
)
from live.giveaways.rules import Enterable, entry_refusal
from live.storage.answers import answer_in_groups
from live.storage.batcher import Batcher
from live.storage.bulk import insert_rows
from live.storage.database import Database
from live.storage.facts import record

NAMES_MAX = 5  # people that a batch's fact names, the latest


class EntryAsk(NamedTuple):
    """Somebody wants to enter."""

    giveaway_id: str
    account_id: str
    is_operator: bool


class Entered(NamedTuple):
    """
    Args:
        is_new: False where this person had entered before.
    """

    entry: StoredEntry
    is_new: bool


Outcome = Entered | BaseException


class Entering:
    """Takes the entries of one process.

    Args:
        on_commit: called after each commit that recorded facts.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        on_commit: Callable[[], None],
        *,
        entries_max: int,
        batch_max: int,
        queue_max: int,
    ) -> None:
        self._database = database
        self._clock = clock
        self._on_commit = on_commit
        self._entries_max = entries_max
        self._batcher: Batcher[EntryAsk, Entered] = Batcher(
            "giveaway entries", self._enter_all, batch_max=batch_max, queue_max=queue_max
        )

    async def enter(self, ask: EntryAsk) -> Entered:
        """Enter; whoever has entered gets the same entry again, as long as there is one.

        Raises: NotFound; Conflict ``own_giveaway``, ``giveaway_closed``, ``giveaway_full``;
            Unavailable ``busy``; any of SQL_AWAY, after which a repeat finds out.
        """
        return await self._batcher.ask(ask)

    async def close(self) -> None:
        await self._batcher.close()

    async def _enter_all(self, asks: Sequence[EntryAsk]) -> Sequence[Outcome]:
        work = partial(enter_in_sql, asks, self._clock.now_ms(), self._entries_max)
        outcomes, is_anything_new = await self._database.write(work)
        if is_anything_new:
            self._on_commit()
        return outcomes


def enter_in_sql(
    asks: Sequence[EntryAsk], now_ms: int, entries_max: int, connection: Connection
) -> tuple[list[Outcome], bool]:
    """What each asker hears, and whether anybody is new."""
    locked = lock_giveaways(connection, {ask.giveaway_id for ask in asks})

    def answer(giveaway_id: str, some: Sequence[EntryAsk]) -> Sequence[Outcome]:
        giveaway = locked.get(giveaway_id)
        if giveaway is None:
            return [NotFound(detail="There is no such giveaway.") for _ in some]
        return _enter(connection, giveaway, some, now_ms, entries_max)

    outcomes = answer_in_groups(asks, lambda ask: ask.giveaway_id, answer)
    return outcomes, any(isinstance(one, Entered) and one.is_new for one in outcomes)


def _enter(
    connection: Connection,
    giveaway: Enterable,
    asks: Sequence[EntryAsk],
    now_ms: int,
    entries_max: int,
) -> list[Outcome]:
    known = read_entered(connection, giveaway.id, (ask.account_id for ask in asks))
    new: list[StoredEntry] = []
    outcomes: list[Outcome] = []
    for ask in asks:
        entry = known.get(ask.account_id)
        if entry is not None:
            outcomes.append(Entered(entry, is_new=False))
            continue
        refusal = entry_refusal(
            giveaway, ask.account_id, is_operator=ask.is_operator, now_ms=now_ms
        )
        if refusal is None and giveaway.entries + len(new) >= entries_max:
            refusal = Conflict("giveaway_full", f"It has {entries_max} entries.")
        if refusal is not None:
            outcomes.append(refusal)
            continue
        entry_id = entry_id_for(giveaway.id, ask.account_id)
        entry = StoredEntry(giveaway.id, ask.account_id, entry_id, now_ms)
        known[ask.account_id] = entry  # whoever asks twice in one batch
        new.append(entry)
        outcomes.append(Entered(entry, is_new=True))
    if new:
        _store(connection, giveaway, new, now_ms)
    return outcomes


def _store(
    connection: Connection, giveaway: Enterable, new: Sequence[StoredEntry], now_ms: int
) -> None:
    insert_rows(connection, ENTRIES, ENTRY_COLUMNS, new)
    connection.execute(
        update(GIVEAWAYS)
        .where(GIVEAWAYS.c.id == giveaway.id)
        .values(entries=GIVEAWAYS.c.entries + len(new))
    )
    latest = [entry.account_id for entry in new[-NAMES_MAX:]]
    fact = GiveawayEntered(
        event_id=giveaway.event_id,
        at_ms=now_ms,
        giveaway_id=giveaway.id,
        count=len(new),
        account_ids=latest[::-1],
    )
    record(connection, [fact])
