"""Giveaways' rows, read and moved inside the caller's transaction.

Locks are taken in one order: the event's row, then the giveaway's. The seed is read in two places:
by the draw, and by everybody once the draw is made.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import String, bindparam, case, exists, null, select, text, update
from sqlalchemy.engine import Connection

from live.errors import NotFound
from live.events.rows import EVENTS
from live.giveaways.rules import Enterable, GiveawayStatus
from live.giveaways.tables import RUNNING, GiveawayEntryRow, GiveawayRow, GiveawayWinnerRow
from live.storage.among import among
from live.storage.many_rows import ManyRows
from live.values import EventStatus

GIVEAWAYS: Any = GiveawayRow.__table__  # type: ignore[attr-defined]
ENTRIES: Any = GiveawayEntryRow.__table__  # type: ignore[attr-defined]
WINNERS: Any = GiveawayWinnerRow.__table__  # type: ignore[attr-defined]

ENTRY_COLUMNS = ("giveaway_id", "account_id", "entry_id", "entered_ms")
WINNER_COLUMNS = ("giveaway_id", "place", "account_id", "entry_id")


class StoredGiveaway(NamedTuple):
    """A giveaway's row as anybody may see it: ``seed`` is None before the draw."""

    id: str
    event_id: str
    title: str
    prize: str
    winners_count: int
    status: str
    commitment: str
    entries: int
    entries_digest: str | None
    opened_ms: int
    closes_ms: int
    frozen_ms: int | None
    drawn_ms: int | None
    reason: str
    seed: str | None


class StoredEntry(NamedTuple):
    """The columns of ``giveaway_entries``, in the order of ``ENTRY_COLUMNS``."""

    giveaway_id: str
    account_id: str
    entry_id: str
    entered_ms: int


class Ballot(NamedTuple):
    """An entry as the draw needs it."""

    entry_id: str
    account_id: str


class DrawTerms(NamedTuple):
    """What a draw is made from; nobody but the draw reads it."""

    seed: str
    entries_digest: str
    winners_count: int


_SHOWN_SEED = case((GIVEAWAYS.c.status == "drawn", GIVEAWAYS.c.seed), else_=null()).label("seed")
COLUMNS = [*[GIVEAWAYS.c[name] for name in StoredGiveaway._fields if name != "seed"], _SHOWN_SEED]

_ENTERABLE_COLUMNS: list[Any] = [
    *[GIVEAWAYS.c[name] for name in ("id", "event_id", "status", "closes_ms", "entries")],
    EVENTS.c.status.label("event_status"),
    EVENTS.c.host_id,
]
_LOCK = (
    select(*_ENTERABLE_COLUMNS)
    .join_from(GIVEAWAYS, EVENTS, EVENTS.c.id == GIVEAWAYS.c.event_id)
    .where(among(GIVEAWAYS.c.id, "ids"))
    .order_by(GIVEAWAYS.c.id)
    .with_for_update(of=GIVEAWAYS)
)
_BALLOTS = ManyRows(
    select(ENTRIES.c.entry_id, ENTRIES.c.account_id).where(
        ENTRIES.c.giveaway_id == bindparam("giveaway_id", type_=String)
    ),
    Ballot,
)
_ENTERED = ManyRows(
    select(*[ENTRIES.c[name] for name in ENTRY_COLUMNS]).where(
        ENTRIES.c.giveaway_id == bindparam("giveaway_id", type_=String),
        among(ENTRIES.c.account_id, "accounts"),
    ),
    StoredEntry,
)


def read_giveaway(connection: Connection, giveaway_id: str) -> StoredGiveaway | None:
    row = connection.execute(select(*COLUMNS).where(GIVEAWAYS.c.id == giveaway_id)).one_or_none()
    return None if row is None else StoredGiveaway(*row)


def find_giveaway(connection: Connection, giveaway_id: str) -> StoredGiveaway:
    """Raises: NotFound."""
    giveaway = read_giveaway(connection, giveaway_id)
    if giveaway is None:
        raise NotFound(detail="There is no such giveaway.")
    return giveaway


def read_running(connection: Connection) -> list[StoredGiveaway]:
    """All that are still to be drawn, in all events."""
    return [StoredGiveaway(*row) for row in connection.execute(_running())]


def has_running(connection: Connection, event_id: str) -> bool:
    query = _running().where(GIVEAWAYS.c.event_id == event_id)
    return connection.execute(query).first() is not None


def lock_giveaways(connection: Connection, giveaway_ids: Iterable[str]) -> dict[str, Enterable]:
    """Wait for and hold these giveaways: their entries are ours until the commit."""
    rows = connection.execute(_LOCK, {"ids": sorted(set(giveaway_ids))})
    return {row.id: Enterable(*row) for row in rows}


def move(
    connection: Connection,
    /,
    giveaway_id: str,
    source: GiveawayStatus,
    target: GiveawayStatus,
    **values: Any,
) -> bool:
    """Compare-and-set. Returns whether it was in ``source``, and so has moved."""
    statement = (
        update(GIVEAWAYS)
        .where(GIVEAWAYS.c.id == giveaway_id, GIVEAWAYS.c.status == source.value)
        .values(status=target.value, **values)
    )
    return connection.execute(statement).rowcount == 1


def close_if_due(giveaway_id: str, now_ms: int, connection: Connection) -> bool:
    """Let nobody enter any more where its time or its event is over. Returns whether it did.

    Whoever is entering holds the row, so from the commit on the entries are complete.
    """
    is_event_over = exists().where(
        EVENTS.c.id == GIVEAWAYS.c.event_id, EVENTS.c.status != EventStatus.LIVE.value
    )
    statement = (
        update(GIVEAWAYS)
        .where(GIVEAWAYS.c.id == giveaway_id, GIVEAWAYS.c.status == GiveawayStatus.OPEN.value)
        .where((GIVEAWAYS.c.closes_ms <= now_ms) | is_event_over)
        .values(status=GiveawayStatus.CLOSED.value)
    )
    return connection.execute(statement).rowcount == 1


def read_ballots(giveaway_id: str, connection: Connection) -> list[Ballot]:
    """All entries, in no promised order."""
    return _BALLOTS.read(connection, {"giveaway_id": giveaway_id})


def read_draw_terms(giveaway_id: str, connection: Connection) -> DrawTerms | None:
    """None unless it is to be drawn. The only place that reads a seed before its draw."""
    columns = [GIVEAWAYS.c[name] for name in DrawTerms._fields]
    query = select(*columns).where(
        GIVEAWAYS.c.id == giveaway_id, GIVEAWAYS.c.status == GiveawayStatus.FROZEN.value
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else DrawTerms(*row)


def read_entered(
    connection: Connection, giveaway_id: str, account_ids: Iterable[str]
) -> dict[str, StoredEntry]:
    """The entries of these people, by account."""
    asked = {"giveaway_id": giveaway_id, "accounts": sorted(set(account_ids))}
    return {entry.account_id: entry for entry in _ENTERED.read(connection, asked)}


def _running() -> Any:
    return select(*COLUMNS).where(text(f"giveaways.{RUNNING}"))
