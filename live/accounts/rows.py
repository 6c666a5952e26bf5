"""The table of accounts, and whose name is whose."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from live.accounts.tables import AccountRow
from live.storage.among import among

ACCOUNTS: Any = AccountRow.__table__  # type: ignore[attr-defined]

_NAMES = select(ACCOUNTS.c.id, ACCOUNTS.c.name).where(among(ACCOUNTS.c.id, "ids"))


def read_names(account_ids: Iterable[str], connection: Connection) -> dict[str, str]:
    """Names by account, of those that exist."""
    rows = connection.execute(_NAMES, {"ids": list(account_ids)})
    return {row.id: row.name for row in rows}
