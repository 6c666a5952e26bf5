"""Whom the host lets moderate (房管): this event's chat, and nothing else."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from live.accounts.phones import normalise_phone
from live.accounts.rows import ACCOUNTS
from live.accounts.tables import AccountRow
from live.clock import Clock
from live.errors import Conflict, Forbidden, Invalid, NotFound
from live.moderation.desk import ChatDesk
from live.moderation.mirror import ChatMirror
from live.moderation.rows import (
    ASSISTANTS,
    Moderator,
    drop_silence,
    part_of_account,
    require_moderator,
)
from live.moderation.schemas import Assistant, AssistantCreate, ChatActionKind
from live.moderation.tables import ChatAssistantRow
from live.storage.database import Database
from live.values import AccountId, rfc3339
from live.web.routes import Identity


class Assistants:
    """The host's use cases; operators may do them too."""

    def __init__(
        self,
        database: Database,
        desk: ChatDesk,
        mirror: ChatMirror,
        clock: Clock,
        *,
        assistants_max: int,
    ) -> None:
        self._database = database
        self._desk = desk
        self._mirror = mirror
        self._clock = clock
        self._assistants_max = assistants_max

    async def list(self, by: Identity, event_id: str) -> Sequence[Assistant]:
        """Whoever was named first comes first.

        Raises: NotFound ``event_not_found``; Forbidden.
        """
        query = (
            select(ASSISTANTS.c.account_id, ASSISTANTS.c.named_ms, ACCOUNTS.c.name)
            .join(ACCOUNTS, ACCOUNTS.c.id == ASSISTANTS.c.account_id)
            .where(ASSISTANTS.c.event_id == event_id)
            .order_by(ASSISTANTS.c.named_ms, ASSISTANTS.c.account_id)
        )
        async with self._database.reading() as session:
            require_own(await require_moderator(session, event_id, by))
            rows = [*await session.execute(query)]
        return [_assistant(row.account_id, row.name, row.named_ms) for row in rows]

    async def name(self, by: Identity, event_id: str, asked: AssistantCreate) -> Assistant:
        """Make somebody an assistant; they may speak again, if they might not. Twice is once.

        Raises: NotFound ``event_not_found``, ``not_found`` (nobody has signed in so); Forbidden;
            Invalid; Conflict ``is_staff``, ``too_many_assistants``.
        """
        if (asked.phone is None) == (asked.account_id is None):
            raise Invalid(fields={"phone": "either this or account_id"})
        phone = None if asked.phone is None else normalise_phone(asked.phone)
        async with self._desk.changing(by, event_id) as (session, moderator):
            require_own(moderator)
            account = await _find_account(session, phone, asked.account_id)
            before = await session.get(ChatAssistantRow, (event_id, account.id))
            if before is not None:
                return _assistant(account.id, account.name, before.named_ms)
            if (await part_of_account(session, moderator.event, account.id)).is_staff:
                raise Conflict("is_staff", "This account may moderate here already.")
            await self._require_room(session, event_id)
            now_ms = self._clock.now_ms()
            session.add(ChatAssistantRow(event_id=event_id, account_id=account.id, named_ms=now_ms))
            await drop_silence(session, event_id, account.id)
            kind = ChatActionKind.NAME_ASSISTANT
            session.add(self._desk.action(kind, by, event_id, whom_id=account.id))
        await self._mirror.changed(event_id, account.id)
        return _assistant(account.id, account.name, now_ms)

    async def remove(self, by: Identity, event_id: str, account_id: str) -> None:
        """They may not moderate from the commit on, on any process. Twice is once.

        Raises: NotFound ``event_not_found``; Forbidden.
        """
        mine = (ASSISTANTS.c.event_id == event_id) & (ASSISTANTS.c.account_id == account_id)
        async with self._desk.changing(by, event_id) as (session, moderator):
            require_own(moderator)
            if await session.get(ChatAssistantRow, (event_id, account_id)) is None:
                return
            await session.execute(delete(ASSISTANTS).where(mine))
            kind = ChatActionKind.REMOVE_ASSISTANT
            session.add(self._desk.action(kind, by, event_id, whom_id=account_id))
        await self._mirror.changed(event_id, account_id)

    async def _require_room(self, session: AsyncSession, event_id: str) -> None:
        query = select(func.count()).select_from(ASSISTANTS)
        count = await session.scalar(query.where(ASSISTANTS.c.event_id == event_id))
        if int(count or 0) >= self._assistants_max:
            raise Conflict("too_many_assistants", f"At most {self._assistants_max} an event.")


def require_own(moderator: Moderator) -> None:
    """Let the event's host and operators pass. Raises: Forbidden."""
    if not moderator.part.may_lift_bans:
        raise Forbidden(detail="Only the event's host and operators may do this.")


async def _find_account(
    session: AsyncSession, phone: str | None, account_id: str | None
) -> AccountRow:
    is_meant = ACCOUNTS.c.id == account_id if phone is None else ACCOUNTS.c.phone == phone
    account = (await session.scalars(select(AccountRow).where(is_meant))).one_or_none()
    if account is None:
        raise NotFound(detail="Nobody has signed in so; they have to, once.")
    return account


def _assistant(account_id: str, name: str, named_ms: int) -> Assistant:
    return Assistant(AccountId(account_id), name, rfc3339(named_ms))
