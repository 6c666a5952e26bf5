"""Accounts in SQL: found, made, listed. Every function runs inside the caller's transaction."""

import secrets

from sqlalchemy import or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from live.accounts.rows import ACCOUNTS
from live.accounts.tables import AccountRow
from live.errors import NotFound
from live.values import AccountId, Role, new_id
from live.web.pages import PageRequest

# Letters that nobody mistakes for each other.
_NAME_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_NAME_LETTERS_COUNT = 4


def friendly_name() -> str:
    """A name for somebody who has not chosen one: ``果友k7m2``, a friend of fruit."""
    return "果友" + "".join(secrets.choice(_NAME_LETTERS) for _ in range(_NAME_LETTERS_COUNT))


async def find_or_make_account(
    session: AsyncSession,
    phone: str,
    now_ms: int,
    *,
    name: str | None = None,
) -> AccountRow:
    """The account of a phone number (E.164), locked against other writers.

    One that has to be made is a viewer's, with ``name`` or else a friendly one.
    """
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert
    await session.execute(
        insert(ACCOUNTS)
        .values(
            id=new_id("acc"),
            phone=phone,
            name=name or friendly_name(),
            role=Role.VIEWER.value,
            created_ms=now_ms,
        )
        .on_conflict_do_nothing(index_elements=["phone"])
    )
    query = select(AccountRow).where(ACCOUNTS.c.phone == phone).with_for_update()
    account = await session.scalar(query)
    assert account is not None, "it was there, or has just been made"
    return account


async def get_account(session: AsyncSession, account_id: str) -> AccountRow:
    """Locked against other writers. Raises: NotFound."""
    query = select(AccountRow).where(ACCOUNTS.c.id == account_id).with_for_update()
    account = await session.scalar(query)
    if account is None:
        raise NotFound(detail="There is no such account.")
    return account


async def list_accounts(
    session: AsyncSession, page: PageRequest, *, search: str = "", role: Role | None = None
) -> list[AccountRow]:
    """Accounts, newest first, one more than fit the page where more follow.

    Args:
        search: part of a name or of a phone number.
    """
    query = select(AccountRow)
    if search:
        query = query.where(
            or_(
                ACCOUNTS.c.name.contains(search, autoescape=True),
                ACCOUNTS.c.phone.contains(search.replace(" ", ""), autoescape=True),
            )
        )
    if role is not None:
        query = query.where(ACCOUNTS.c.role == role.value)
    if page.after is not None:
        query = query.where(tuple_(ACCOUNTS.c.created_ms, ACCOUNTS.c.id) < page.after)
    query = query.order_by(ACCOUNTS.c.created_ms.desc(), ACCOUNTS.c.id.desc())
    return list(await session.scalars(query.limit(page.limit + 1)))


def account_key(account: AccountRow) -> tuple[int, str]:
    """What ``list_accounts`` sorts by."""
    return account.created_ms, account.id


def account_id_of(account: AccountRow) -> AccountId:
    return AccountId(account.id)
