"""People as a list, and one's own entry in it."""

from collections.abc import Callable
from typing import TypeVar

from live.accounts.authenticator import SessionAuthenticator
from live.accounts.people import account_key, get_account, list_accounts
from live.accounts.sessions import sessions_of
from live.accounts.tables import AccountRow
from live.clock import Clock
from live.errors import Invalid
from live.storage.database import Database
from live.values import Role
from live.web.pages import PageRequest, page_of
from live.web.routes import Identity, Page

T = TypeVar("T")


class Directory:
    """The use cases of looking people up, and of naming oneself."""

    def __init__(
        self, database: Database, authenticator: SessionAuthenticator, clock: Clock
    ) -> None:
        self._database = database
        self._authenticator = authenticator
        self._clock = clock

    async def search(
        self, page: PageRequest, search: str, role: Role | None, show: Callable[[AccountRow], T]
    ) -> Page[T]:
        """Accounts, newest first, whose name or phone contains ``search``."""
        async with self._database.reading() as session:
            rows = await list_accounts(session, page, search=search.strip(), role=role)
        return page_of(rows, page.limit, show, account_key)

    async def rename(self, who: Identity, name: str) -> AccountRow:
        """Change one's own name. Raises: Invalid for one that shows nothing."""
        name = "".join(letter for letter in " ".join(name.split()) if letter.isprintable())
        if not name:
            raise Invalid(fields={"name": "must not be empty"})
        async with self._database.transaction() as session:
            account = await get_account(session, who.id)
            account.name = name
            touched = await sessions_of(session, who.id, self._clock.now_ms())
        self._authenticator.sessions_changed(touched)
        return account
