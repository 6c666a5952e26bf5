"""Made-up people, many at once, for crowds and load tests.

Their phone numbers begin with a code that no subscriber has (+86 100), so nobody can sign in
as one of them by phone, and no real person's account is ever lent to a crowd.
"""

import asyncio
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from live.accounts.people import friendly_name
from live.accounts.rows import ACCOUNTS
from live.accounts.sessions import MS_PER_DAY
from live.accounts.tables import SessionRow
from live.accounts.tokens import Claims, Tokens
from live.clock import Clock
from live.storage.database import Database
from live.values import MS_PER_SECOND, AccountId, Role, new_id

PHONE_PREFIX = "+86100"
_PHONE_DIGITS = 8
_CHUNK = 5_000  # rows per transaction: other writers get their turn in between

_SESSIONS: Any = SessionRow.__table__  # type: ignore[attr-defined]


async def sign_in_simulated(
    database: Database, tokens: Tokens, clock: Clock, role: Role, count: int, *, days: int
) -> list[str]:
    """Sign in ``count`` made-up people of this role, making those that are still missing.

    Returns: a bearer token each, good for ``days``. 50,000 take a few seconds.
    """
    bearers: list[str] = []
    while len(bearers) < count:
        size = min(_CHUNK, count - len(bearers))
        async with database.transaction() as session:
            ids = await _people(session, clock, role, len(bearers), size)
            bearers += await _open_sessions(session, tokens, clock, role, ids, days)
        await asyncio.sleep(0)
    return bearers


async def _people(
    session: AsyncSession, clock: Clock, role: Role, skip: int, count: int
) -> list[AccountId]:
    """``count`` made-up people, the ``skip`` first ones left out; the missing are made."""
    is_simulated = ACCOUNTS.c.phone.startswith(PHONE_PREFIX, autoescape=True)
    query = (
        select(ACCOUNTS.c.id)
        .where(is_simulated, ACCOUNTS.c.role == role.value, ACCOUNTS.c.banned_ms.is_(None))
        .order_by(ACCOUNTS.c.phone)
        .offset(skip)
        .limit(count)
    )
    ids = [AccountId(account_id) for account_id in await session.scalars(query)]
    missing = count - len(ids)
    if not missing:
        return ids
    last = await session.scalar(select(func.max(ACCOUNTS.c.phone)).where(is_simulated))
    first_number = int(last.removeprefix(PHONE_PREFIX)) + 1 if last else 0
    now_ms = clock.now_ms()
    rows = [
        {
            "id": new_id("acc"),
            "phone": f"{PHONE_PREFIX}{number:0{_PHONE_DIGITS}d}",
            "name": friendly_name(),
            "role": role.value,
            "created_ms": now_ms,
        }
        for number in range(first_number, first_number + missing)
    ]
    await session.execute(insert(ACCOUNTS), rows)
    return ids + [AccountId(str(row["id"])) for row in rows]


async def _open_sessions(
    session: AsyncSession,
    tokens: Tokens,
    clock: Clock,
    role: Role,
    account_ids: list[AccountId],
    days: int,
) -> list[str]:
    now_ms = clock.now_ms()
    expires_ms = now_ms + days * MS_PER_DAY
    rows = [
        {
            "id": new_id("ses"),
            "account_id": account_id,
            "created_ms": now_ms,
            "expires_ms": expires_ms,
        }
        for account_id in account_ids
    ]
    await session.execute(insert(_SESSIONS), rows)
    return [
        tokens.sign(
            Claims(
                str(row["id"]), AccountId(str(row["account_id"])), role, expires_ms // MS_PER_SECOND
            )
        )
        for row in rows
    ]
