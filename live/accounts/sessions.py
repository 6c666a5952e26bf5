"""Sign-ins in SQL. Every function runs inside the caller's transaction."""

from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from live.accounts.tables import SessionRow
from live.values import AccountId, new_id

_SESSIONS: Any = SessionRow.__table__  # type: ignore[attr-defined]

MS_PER_DAY = 86_400_000


async def open_session(
    session: AsyncSession, account_id: AccountId, now_ms: int, days: int
) -> tuple[str, int]:
    """A new sign-in. Returns its id and its end in ms."""
    session_id, expires_ms = new_id("ses"), now_ms + days * MS_PER_DAY
    await session.execute(
        insert(_SESSIONS).values(
            id=session_id, account_id=account_id, created_ms=now_ms, expires_ms=expires_ms
        )
    )
    return session_id, expires_ms


async def end_session(session: AsyncSession, session_id: str, now_ms: int) -> None:
    """End one sign-in; one that has ended stays as it is."""
    await session.execute(
        update(_SESSIONS)
        .where(_SESSIONS.c.id == session_id, _SESSIONS.c.ended_ms.is_(None))
        .values(ended_ms=now_ms)
    )


async def end_sessions_of(session: AsyncSession, account_id: str, now_ms: int) -> list[str]:
    """End every sign-in of one person. Returns the ids of those ended now."""
    is_open = (_SESSIONS.c.account_id == account_id) & _SESSIONS.c.ended_ms.is_(None)
    ended = list(await session.scalars(select(_SESSIONS.c.id).where(is_open)))
    await session.execute(update(_SESSIONS).where(is_open).values(ended_ms=now_ms))
    return ended


async def sessions_of(session: AsyncSession, account_id: str, now_ms: int) -> list[str]:
    """The ids of one person's open sign-ins."""
    query = select(_SESSIONS.c.id).where(
        _SESSIONS.c.account_id == account_id,
        _SESSIONS.c.ended_ms.is_(None),
        _SESSIONS.c.expires_ms > now_ms,
    )
    return list(await session.scalars(query))


async def sessions_ended_between(session: AsyncSession, from_ms: int, to_ms: int) -> list[str]:
    """The ids of the sign-ins that were ended, or expired, from ``from_ms`` to ``to_ms``."""
    query = select(_SESSIONS.c.id).where(
        or_(
            _SESSIONS.c.ended_ms.between(from_ms, to_ms),
            _SESSIONS.c.expires_ms.between(from_ms, to_ms),
        )
    )
    return list(await session.scalars(query))
