"""Giveaways as anybody sees them, with all that is needed to check a draw."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from functools import partial

from sqlalchemy import select, tuple_
from sqlalchemy.engine import Connection

from live.accounts.masks import mask_name
from live.accounts.rows import ACCOUNTS
from live.errors import Conflict, NotFound
from live.events.rows import EVENTS
from live.giveaways.draw import entries_text
from live.giveaways.rows import (
    COLUMNS,
    GIVEAWAYS,
    WINNERS,
    StoredEntry,
    StoredGiveaway,
    find_giveaway,
    read_ballots,
    read_entered,
)
from live.giveaways.rules import GiveawayStatus
from live.giveaways.schemas import Giveaway, GiveawayEntry, GiveawayWinner
from live.storage.among import among
from live.storage.database import Database
from live.values import EventId, GiveawayId, rfc3339
from live.web.pages import CursorKey, PageRequest, page_of
from live.web.routes import Page

TEXTS_MAX = 4  # lists of entries that a process keeps: some MB each at most

_WINNERS = (
    select(WINNERS.c.giveaway_id, WINNERS.c.place, WINNERS.c.entry_id, ACCOUNTS.c.name)
    .join_from(WINNERS, ACCOUNTS, ACCOUNTS.c.id == WINNERS.c.account_id)
    .where(among(WINNERS.c.giveaway_id, "ids"))
    .order_by(WINNERS.c.giveaway_id, WINNERS.c.place)
)
_NEWEST_FIRST = (GIVEAWAYS.c.opened_ms.desc(), GIVEAWAYS.c.id.desc())


class Audit:
    """Reads what is public. Nothing here knows a seed before its draw."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._texts: OrderedDict[str, bytes] = OrderedDict()

    async def read(self, giveaway_id: str) -> Giveaway:
        """Raises: NotFound."""
        return (await self._database.read(partial(_read, giveaway_id)))[0]

    async def latest(self, event_id: str) -> Giveaway | None:
        """What a room shows: the one that was opened last."""
        found = await self._database.read(partial(_latest, event_id))
        return found[0] if found else None

    async def of_event(self, page: PageRequest, event_id: str) -> Page[Giveaway]:
        """Newest first. Raises: NotFound ``event_not_found``."""
        shown, keys = await self._database.read(partial(_of_event, page, event_id))
        pairs = list(zip(shown, keys, strict=True))
        return page_of(pairs, page.limit, lambda pair: pair[0], lambda pair: pair[1])

    async def entries(self, giveaway_id: str) -> bytes:
        """The published list of entries: what ``entries_digest`` is the SHA-256 of.

        Raises: NotFound; Conflict ``entries_open`` before it is frozen.
        """
        text = self._texts.get(giveaway_id)
        if text is None:
            entries = await self._database.read(partial(_published, giveaway_id))
            text = await asyncio.to_thread(entries_text, entries)
            self._texts[giveaway_id] = text  # it changes no more
            if len(self._texts) > TEXTS_MAX:
                self._texts.popitem(last=False)
        return text

    async def own_entry(self, giveaway_id: str, account_id: str) -> GiveawayEntry:
        """Raises: NotFound where this person has not entered."""
        return await self._database.read(partial(_own_entry, giveaway_id, account_id))


def giveaway_view(giveaway: StoredGiveaway, winners: Sequence[GiveawayWinner] = ()) -> Giveaway:
    return Giveaway(
        id=GiveawayId(giveaway.id),
        event_id=EventId(giveaway.event_id),
        title=giveaway.title,
        prize=giveaway.prize,
        winners_count=giveaway.winners_count,
        status=GiveawayStatus(giveaway.status),
        opened_at=rfc3339(giveaway.opened_ms),
        closes_at=rfc3339(giveaway.closes_ms),
        entries=giveaway.entries,
        commitment=giveaway.commitment,
        entries_digest=giveaway.entries_digest,
        seed=giveaway.seed,
        drawn_at=None if giveaway.drawn_ms is None else rfc3339(giveaway.drawn_ms),
        reason=giveaway.reason,
        winners=[*winners],
    )


def entry_view(entry: StoredEntry, place: int | None = None) -> GiveawayEntry:
    giveaway_id = GiveawayId(entry.giveaway_id)
    return GiveawayEntry(entry.entry_id, giveaway_id, rfc3339(entry.entered_ms), place)


# Everything below runs on the database's threads.


def _read(giveaway_id: str, connection: Connection) -> list[Giveaway]:
    return _views(connection, [find_giveaway(connection, giveaway_id)])


def _latest(event_id: str, connection: Connection) -> list[Giveaway]:
    query = select(*COLUMNS).where(GIVEAWAYS.c.event_id == event_id)
    row = connection.execute(query.order_by(*_NEWEST_FIRST).limit(1)).one_or_none()
    return [] if row is None else _views(connection, [StoredGiveaway(*row)])


def _of_event(
    page: PageRequest, event_id: str, connection: Connection
) -> tuple[list[Giveaway], list[CursorKey]]:
    if connection.scalar(select(EVENTS.c.id).where(EVENTS.c.id == event_id)) is None:
        raise NotFound("event_not_found", "There is no such event.")
    query = select(*COLUMNS).where(GIVEAWAYS.c.event_id == event_id)
    if page.after is not None:
        query = query.where(tuple_(GIVEAWAYS.c.opened_ms, GIVEAWAYS.c.id) < page.after)
    rows = connection.execute(query.order_by(*_NEWEST_FIRST).limit(page.limit + 1))
    found = [StoredGiveaway(*row) for row in rows]
    return _views(connection, found), [(row.opened_ms, row.id) for row in found]


def _views(connection: Connection, found: Sequence[StoredGiveaway]) -> list[Giveaway]:
    drawn = [giveaway.id for giveaway in found if giveaway.status == GiveawayStatus.DRAWN]
    winners: dict[str, list[GiveawayWinner]] = defaultdict(list)
    if drawn:
        for row in connection.execute(_WINNERS, {"ids": drawn}):
            shown = GiveawayWinner(row.place, row.entry_id, mask_name(row.name))
            winners[row.giveaway_id].append(shown)
    return [giveaway_view(giveaway, winners[giveaway.id]) for giveaway in found]


def _published(giveaway_id: str, connection: Connection) -> list[str]:
    if find_giveaway(connection, giveaway_id).entries_digest is None:
        raise Conflict("entries_open", "The entries are published when it has closed.")
    return [ballot.entry_id for ballot in read_ballots(giveaway_id, connection)]


def _own_entry(giveaway_id: str, account_id: str, connection: Connection) -> GiveawayEntry:
    entry = read_entered(connection, giveaway_id, [account_id]).get(account_id)
    if entry is None:
        raise NotFound(detail="You have not entered it.")
    won = select(WINNERS.c.place).where(
        WINNERS.c.giveaway_id == giveaway_id, WINNERS.c.account_id == account_id
    )
    return entry_view(entry, connection.scalar(won))
