"""One's own standing in a chat, who is silenced in it, and the trail."""

from typing import Any

from sqlalchemy import Row, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from live.accounts.rows import ACCOUNTS
from live.clock import Clock
from live.events.rows import read_event
from live.moderation.assistants import require_own
from live.moderation.parts import part_of
from live.moderation.rows import (
    ACTIONS,
    ROOMS,
    SILENCES,
    is_assistant,
    read_silence,
    require_moderator,
    still_silenced,
)
from live.moderation.schemas import (
    ChatAction,
    ChatActionKind,
    ChatStanding,
    SilencedPerson,
    SilenceKind,
    Silencing,
)
from live.storage.database import Database
from live.values import MS_PER_SECOND, AccountId, rfc3339
from live.web.pages import CursorKey, PageRequest, page_of
from live.web.routes import Identity, Page

_BY: Any = ACCOUNTS.alias("by_account")
_WHOM: Any = ACCOUNTS.alias("whom_account")


class ChatReads:
    """
    Args:
        interval_ms: between one person's messages, where nobody has said otherwise.
    """

    def __init__(self, database: Database, clock: Clock, *, interval_ms: int) -> None:
        self._database = database
        self._clock = clock
        self._interval_seconds = -(-interval_ms // MS_PER_SECOND)

    async def standing(self, caller: Identity, event_id: str) -> ChatStanding:
        """Raises: NotFound ``event_not_found``."""
        async with self._database.reading() as session:
            event = await read_event(session, event_id)
            part = part_of(
                caller.id,
                caller.role,
                host_id=event.host_id,
                is_assistant=await is_assistant(session, event_id, caller.id),
            )
            found = None
            if not part.is_staff:
                found = await read_silence(session, event_id, caller.id, self._clock.now_ms())
            _, interval = await read_room(session, event_id)
        silence = None
        if found is not None:
            silence = Silencing(_kind(found.is_ban), _moment(found.until_ms))
        seconds = self._interval_seconds if interval is None else interval
        return ChatStanding(part, seconds, interval is not None, silence)

    async def silenced(
        self, caller: Identity, event_id: str, page: PageRequest
    ) -> Page[SilencedPerson]:
        """Whoever must not speak now, the latest first.

        Raises: NotFound ``event_not_found``; Forbidden.
        """
        query = (
            select(*SILENCES.c, ACCOUNTS.c.name, _BY.c.name.label("by_name"))
            .join(ACCOUNTS, ACCOUNTS.c.id == SILENCES.c.account_id)
            .join(_BY, _BY.c.id == SILENCES.c.by_id)
            .where(still_silenced(event_id, self._clock.now_ms()))
            .order_by(SILENCES.c.since_ms.desc(), SILENCES.c.account_id.desc())
            .limit(page.limit + 1)
        )
        if page.after is not None:
            query = query.where(tuple_(SILENCES.c.since_ms, SILENCES.c.account_id) < page.after)
        async with self._database.reading() as session:
            await require_moderator(session, event_id, caller)
            rows: list[Any] = [*await session.execute(query)]
        return page_of(rows, page.limit, _person, lambda row: (row.since_ms, row.account_id))

    async def trail(self, caller: Identity, event_id: str, page: PageRequest) -> Page[ChatAction]:
        """What was done in the event's chat, the latest first.

        Raises: NotFound ``event_not_found``; Forbidden.
        """
        query = (
            select(*ACTIONS.c, _BY.c.name.label("by_name"), _WHOM.c.name.label("whom_name"))
            .join(_BY, _BY.c.id == ACTIONS.c.by_id)
            .outerjoin(_WHOM, _WHOM.c.id == ACTIONS.c.whom_id)
            .where(ACTIONS.c.event_id == event_id)
            .order_by(ACTIONS.c.at_ms.desc(), ACTIONS.c.id.desc())
            .limit(page.limit + 1)
        )
        if page.after is not None:
            query = query.where(tuple_(ACTIONS.c.at_ms, ACTIONS.c.id) < page.after)
        async with self._database.reading() as session:
            require_own(await require_moderator(session, event_id, caller))
            rows: list[Any] = [*await session.execute(query)]
        return page_of(rows, page.limit, _action, _action_key)


async def read_room(session: AsyncSession, event_id: str) -> tuple[int, int | None]:
    """Revision and interval in seconds; 0 and None where nothing was ever ruled."""
    query = select(ROOMS.c.revision, ROOMS.c.interval_seconds).where(ROOMS.c.event_id == event_id)
    row = (await session.execute(query)).one_or_none()
    return (0, None) if row is None else (row.revision, row.interval_seconds)


def _kind(is_ban: bool) -> SilenceKind:
    return SilenceKind.BAN if is_ban else SilenceKind.MUTE


def _moment(ms: int | None) -> str | None:
    return None if ms is None else rfc3339(ms)


def _person(row: Row[Any]) -> SilencedPerson:
    return SilencedPerson(
        kind=_kind(row.is_ban),
        until=_moment(row.until_ms),
        account_id=AccountId(row.account_id),
        name=row.name,
        by_name=row.by_name,
        since=rfc3339(row.since_ms),
    )


def _action(row: Row[Any]) -> ChatAction:
    return ChatAction(
        id=row.id,
        action=ChatActionKind(row.action),
        at=rfc3339(row.at_ms),
        by_id=AccountId(row.by_id),
        by_name=row.by_name,
        whom_id=None if row.whom_id is None else AccountId(row.whom_id),
        whom_name=row.whom_name,
        message_id=row.feed_id,
        text=row.text,
        until=_moment(row.until_ms),
        interval_seconds=row.interval_seconds,
        reason=row.reason,
    )


def _action_key(row: Row[Any]) -> CursorKey:
    return row.at_ms, row.id
