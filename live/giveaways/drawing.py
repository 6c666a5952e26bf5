"""From the close to the winners: three steps, each a compare-and-set, so each happens once.

open ─close─► closed ─freeze─► frozen ─draw─► drawn

Whoever dies in between leaves a state from which anybody goes on; two who try at once do the work
twice, and one of them commits it. What is drawn depends on nothing but what is stored by then.
An event that ends closes its giveaway, which is then drawn: people were promised a prize.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

import structlog
from sqlalchemy.engine import Connection

from live.clock import Clock
from live.events.rows import lock_event, next_revision
from live.giveaways.draw import entries_digest, winning_entries
from live.giveaways.facts import GiveawayDrawn, GiveawayFrozen
from live.giveaways.rows import (
    WINNER_COLUMNS,
    WINNERS,
    Ballot,
    DrawTerms,
    StoredGiveaway,
    close_if_due,
    move,
    read_ballots,
    read_draw_terms,
    read_running,
)
from live.giveaways.rules import GiveawayStatus
from live.storage.bulk import insert_rows
from live.storage.database import Database
from live.storage.facts import record

log = structlog.get_logger(__name__)


class TamperedEntries(Exception):
    """The entries are not those that were published: nobody is drawn before a person has looked."""


class Drawing:
    """Brings giveaways to their end.

    Args:
        draw_ms: from the publishing of the entries to the draw, so that people see them before
            they see the seed.
        on_commit: called after each commit that recorded facts.
    """

    def __init__(
        self, database: Database, clock: Clock, on_commit: Callable[[], None], *, draw_ms: int
    ) -> None:
        self._database = database
        self._clock = clock
        self._on_commit = on_commit
        self._draw_ms = draw_ms

    async def run(self) -> None:
        """Take every giveaway as far as it is due. Raises: any of SQL_AWAY; all goes on later."""
        for giveaway in await self._database.read(read_running):
            try:
                await self._advance(giveaway)
            except TamperedEntries:
                log.exception("giveaway not drawn", giveaway_id=giveaway.id)

    async def _advance(self, giveaway: StoredGiveaway) -> None:
        status = GiveawayStatus(giveaway.status)
        if status is GiveawayStatus.OPEN and await self.close(giveaway):
            status = GiveawayStatus.CLOSED
        if status is GiveawayStatus.CLOSED:
            await self.freeze(giveaway)
            if self._draw_ms == 0:
                status = GiveawayStatus.FROZEN
        if status is GiveawayStatus.FROZEN and self._is_draw_due(giveaway):
            await self.draw(giveaway)

    def _is_draw_due(self, giveaway: StoredGiveaway) -> bool:
        frozen_ms = giveaway.frozen_ms
        return frozen_ms is None or frozen_ms + self._draw_ms <= self._clock.now_ms()

    async def close(self, giveaway: StoredGiveaway) -> bool:
        """Let nobody enter any more, where that is due. Returns whether this did it."""
        return await self._database.write(partial(close_if_due, giveaway.id, self._clock.now_ms()))

    async def freeze(self, giveaway: StoredGiveaway) -> bool:
        """Publish the digest of a closed giveaway's entries. Returns whether this did it."""
        ballots = await self._database.read(partial(read_ballots, giveaway.id))
        digest = await asyncio.to_thread(entries_digest, [b.entry_id for b in ballots])
        work = partial(freeze_in_sql, giveaway, digest, self._clock.now_ms())
        return self._told(await self._database.write(work))

    async def draw(self, giveaway: StoredGiveaway) -> bool:
        """Draw the winners of a frozen giveaway. Returns whether this did it.

        Raises: TamperedEntries.
        """
        terms = await self._database.read(partial(read_draw_terms, giveaway.id))
        if terms is None:
            return False
        ballots = await self._database.read(partial(read_ballots, giveaway.id))
        winners = await asyncio.to_thread(_winners, terms, ballots)
        work = partial(draw_in_sql, giveaway, winners, len(ballots), self._clock.now_ms())
        return self._told(await self._database.write(work))

    def _told(self, is_done: bool) -> bool:
        if is_done:
            self._on_commit()
        return is_done


def freeze_in_sql(
    giveaway: StoredGiveaway, digest: str, now_ms: int, connection: Connection
) -> bool:
    """Compare-and-set: closed, and now frozen with this digest."""
    lock_event(connection, giveaway.event_id)
    is_moved = move(
        connection, giveaway.id, GiveawayStatus.CLOSED, GiveawayStatus.FROZEN,
        entries_digest=digest, frozen_ms=now_ms,
    )  # fmt: skip
    if is_moved:
        fact = GiveawayFrozen(
            event_id=giveaway.event_id,
            at_ms=now_ms,
            giveaway_id=giveaway.id,
            revision=next_revision(connection, giveaway.event_id),
            title=giveaway.title,
        )
        record(connection, [fact])
    return is_moved


def draw_in_sql(
    giveaway: StoredGiveaway,
    winners: Sequence[Ballot],
    entries: int,
    now_ms: int,
    connection: Connection,
) -> bool:
    """Compare-and-set: frozen, and now drawn with these winners; the seed is public with it."""
    lock_event(connection, giveaway.event_id)
    is_moved = move(
        connection, giveaway.id, GiveawayStatus.FROZEN, GiveawayStatus.DRAWN, drawn_ms=now_ms
    )
    if is_moved:
        rows = [
            (giveaway.id, place, winner.account_id, winner.entry_id)
            for place, winner in enumerate(winners, start=1)
        ]
        insert_rows(connection, WINNERS, WINNER_COLUMNS, rows)
        fact = GiveawayDrawn(
            event_id=giveaway.event_id,
            at_ms=now_ms,
            giveaway_id=giveaway.id,
            revision=next_revision(connection, giveaway.event_id),
            title=giveaway.title,
            prize=giveaway.prize,
            entries=entries,
            winners=[winner.account_id for winner in winners],
        )
        record(connection, [fact])
    return is_moved


def _winners(terms: DrawTerms, ballots: Sequence[Ballot]) -> list[Ballot]:
    """Raises: TamperedEntries."""
    accounts = {ballot.entry_id: ballot.account_id for ballot in ballots}
    if entries_digest(accounts) != terms.entries_digest:
        raise TamperedEntries
    drawn = winning_entries(terms.seed, accounts, terms.winners_count)
    return [Ballot(entry_id, accounts[entry_id]) for entry_id in drawn]
