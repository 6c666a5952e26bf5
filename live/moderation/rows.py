"""Moderation in SQL. Every function runs inside the caller's transaction."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from live.accounts.rows import ACCOUNTS
from live.errors import Forbidden, NotFound
from live.events.rows import read_event
from live.events.tables import EventRow
from live.moderation.parts import Part, part_of
from live.moderation.schemas import ChatActionKind
from live.moderation.tables import (
    ChatActionRow,
    ChatAssistantRow,
    ChatRoomRow,
    ChatSilenceRow,
)
from live.values import Role
from live.web.routes import Identity

ROOMS: Any = ChatRoomRow.__table__  # type: ignore[attr-defined]
ASSISTANTS: Any = ChatAssistantRow.__table__  # type: ignore[attr-defined]
SILENCES: Any = ChatSilenceRow.__table__  # type: ignore[attr-defined]
ACTIONS: Any = ChatActionRow.__table__  # type: ignore[attr-defined]


class Moderator(NamedTuple):
    """Somebody who may moderate an event's chat."""

    event: EventRow
    part: Part


async def begin_change(session: AsyncSession, event_id: str) -> None:
    """Before anything is ruled: its revision, and with that the turn before others."""
    insert = insert_for(session)
    fresh = insert(ROOMS).values(event_id=event_id, revision=0).on_conflict_do_nothing()
    await session.execute(fresh)
    mine = update(ROOMS).where(ROOMS.c.event_id == event_id)
    await session.execute(mine.values(revision=ROOMS.c.revision + 1))


async def require_moderator(session: AsyncSession, event_id: str, caller: Identity) -> Moderator:
    """Raises: NotFound ``event_not_found``; Forbidden."""
    event = await read_event(session, event_id)
    part = part_of(
        caller.id,
        caller.role,
        host_id=event.host_id,
        is_assistant=await is_assistant(session, event_id, caller.id),
    )
    if not part.is_staff:
        raise Forbidden(detail="Only the event's host, its assistants and operators may do this.")
    return Moderator(event, part)


async def part_of_account(session: AsyncSession, event: EventRow, account_id: str) -> Part:
    """What somebody is in the event's chat, by the role that they have now. Raises: NotFound."""
    role = await session.scalar(select(ACCOUNTS.c.role).where(ACCOUNTS.c.id == account_id))
    if role is None:
        raise NotFound(detail="There is no such account.")
    return part_of(
        account_id,
        Role(role),
        host_id=event.host_id,
        is_assistant=await is_assistant(session, event.id, account_id),
    )


async def is_assistant(session: AsyncSession, event_id: str, account_id: str) -> bool:
    # Not by ``get``: the session may hold one from before it had the lock.
    mine = (ASSISTANTS.c.event_id == event_id) & (ASSISTANTS.c.account_id == account_id)
    return await session.scalar(select(ASSISTANTS.c.account_id).where(mine)) is not None


async def read_silence(
    session: AsyncSession, event_id: str, account_id: str, now_ms: int
) -> ChatSilenceRow | None:
    """One that still holds."""
    found = await session.get(ChatSilenceRow, (event_id, account_id))
    is_over = found is None or (found.until_ms is not None and found.until_ms <= now_ms)
    return None if is_over else found


def still_silenced(event_id: str, now_ms: int) -> Any:
    """The condition on ``SILENCES``."""
    holds = or_(SILENCES.c.until_ms.is_(None), SILENCES.c.until_ms > now_ms)
    return (SILENCES.c.event_id == event_id) & holds


async def count_silenced(session: AsyncSession, event_id: str, now_ms: int) -> int:
    query = select(func.count()).select_from(SILENCES).where(still_silenced(event_id, now_ms))
    return int(await session.scalar(query) or 0)


async def put_silence(session: AsyncSession, silence: ChatSilenceRow) -> None:
    """In place of the one before, where there is one."""
    insert = insert_for(session)
    values = silence.model_dump()
    key = [SILENCES.c.event_id, SILENCES.c.account_id]
    statement = insert(SILENCES).values(values)
    await session.execute(statement.on_conflict_do_update(index_elements=key, set_=values))


async def drop_silence(session: AsyncSession, event_id: str, account_id: str) -> None:
    mine = (SILENCES.c.event_id == event_id) & (SILENCES.c.account_id == account_id)
    await session.execute(delete(SILENCES).where(mine))


async def find_deleted(session: AsyncSession, event_id: str, feed_id: str) -> ChatActionRow | None:
    """What is on record of a message that was deleted."""
    query = select(ChatActionRow).where(
        ACTIONS.c.event_id == event_id,
        ACTIONS.c.feed_id == feed_id,
        ACTIONS.c.action == ChatActionKind.DELETE.value,
    )
    return (await session.scalars(query)).one_or_none()


async def deleted_ids(session: AsyncSession, event_id: str, count: int) -> Sequence[str]:
    """Of the messages deleted last, oldest first."""
    query = (
        select(ACTIONS.c.feed_id)
        .where(ACTIONS.c.event_id == event_id, ACTIONS.c.action == ChatActionKind.DELETE.value)
        .order_by(ACTIONS.c.at_ms.desc(), ACTIONS.c.id.desc())
        .limit(count)
    )
    return list(await session.scalars(query))[::-1]


def insert_for(session: AsyncSession) -> Any:
    """The insert that knows ``ON CONFLICT``, of whichever database this is."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite_insert if is_sqlite else postgres_insert
