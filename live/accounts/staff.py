"""What operators do with people: roles and bans. Each takes effect on open sessions too."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from live.accounts.authenticator import SessionAuthenticator
from live.accounts.people import get_account
from live.accounts.sessions import end_sessions_of, sessions_of
from live.accounts.tables import AccountRow
from live.clock import Clock
from live.errors import Conflict
from live.storage.database import Database
from live.values import Role
from live.web.routes import Identity

_RANK = {Role.VIEWER: 0, Role.HOST: 1, Role.OPERATOR: 2}


@dataclass(frozen=True, slots=True)
class RoleChange:
    """What it means for the person's sign-ins, by session id."""

    ended: Sequence[str] = ()
    changed: Sequence[str] = ()


async def assign_role(
    session: AsyncSession, account: AccountRow, role: Role, now_ms: int
) -> RoleChange:
    """Give an account another role, within the caller's transaction.

    Who rises may do more with the next request; who falls is signed out everywhere, since rooms
    and consoles that are open would go on trusting them.
    """
    before, account.role = Role(account.role), role.value
    if _RANK[role] < _RANK[before]:
        return RoleChange(ended=await end_sessions_of(session, account.id, now_ms))
    return RoleChange(changed=await sessions_of(session, account.id, now_ms))


class Staffing:
    """The operators' use cases about people."""

    def __init__(
        self, database: Database, authenticator: SessionAuthenticator, clock: Clock
    ) -> None:
        self._database = database
        self._authenticator = authenticator
        self._clock = clock

    async def change_role(self, by: Identity, account_id: str, role: Role) -> AccountRow:
        """Give somebody another role.

        Raises: NotFound; Conflict with ``own_account``, so that an operator always remains.
        """
        _refuse_own(by, account_id)
        now_ms = self._clock.now_ms()
        async with self._database.transaction() as session:
            account = await get_account(session, account_id)
            change = await assign_role(session, account, role, now_ms)
        self._authenticator.sessions_ended(change.ended)
        self._authenticator.sessions_changed(change.changed)
        return account

    async def ban(self, by: Identity, account_id: str) -> AccountRow:
        """Sign somebody out everywhere, for good. Banning twice is banning once.

        Raises: NotFound; Conflict with ``own_account``.
        """
        _refuse_own(by, account_id)
        now_ms = self._clock.now_ms()
        async with self._database.transaction() as session:
            account = await get_account(session, account_id)
            account.banned_ms = account.banned_ms or now_ms
            ended = await end_sessions_of(session, account_id, now_ms)
        self._authenticator.sessions_ended(ended)
        return account

    async def unban(self, account_id: str) -> AccountRow:
        """Let somebody sign in again. Raises: NotFound."""
        async with self._database.transaction() as session:
            account = await get_account(session, account_id)
            account.banned_ms = None
        return account


def _refuse_own(by: Identity, account_id: str) -> None:
    if by.id == account_id:
        raise Conflict("own_account", "Nobody changes their own role, or bans themselves.")
