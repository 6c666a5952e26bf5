"""Asking to be reminded of an event's start: the use cases."""

from typing import Any

from sqlalchemy import Select, delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from live.accounts.rows import ACCOUNTS
from live.clock import Clock
from live.errors import Conflict
from live.events.lifecycle import edit_refusal
from live.events.rows import EVENTS, read_event
from live.following.schemas import Reminder
from live.following.tables import ReminderRow
from live.storage.database import Database
from live.values import EventId, EventStatus, rfc3339
from live.web.pages import PageRequest, page_of
from live.web.routes import Identity, Page

REMINDERS: Any = ReminderRow.__table__  # type: ignore[attr-defined]
_COMING = (EventStatus.SCHEDULED.value, EventStatus.LIVE.value)


class Reminders:
    """
    Args:
        lead_ms: before the start, people are reminded.
        reminders_max: of events to come, for one account.
    """

    def __init__(
        self, database: Database, clock: Clock, *, lead_ms: int, reminders_max: int
    ) -> None:
        self._database = database
        self._clock = clock
        self._lead_ms = lead_ms
        self._reminders_max = reminders_max

    async def ask(self, who: Identity, event_id: str) -> Reminder:
        """Remind the caller of an event that is still to come; a repeat changes nothing.

        Raises: NotFound; Conflict ``already_live``, ``already_ended``, ``already_cancelled``,
            ``too_many_reminders``.
        """
        async with self._database.transaction() as session:
            event = await read_event(session, event_id)
            if event.status != EventStatus.SCHEDULED:
                raise edit_refusal(EventStatus(event.status))
            await self._check_room(session, who, event_id)
            dialect = session.get_bind().dialect.name
            insert = sqlite_insert if dialect == "sqlite" else postgres_insert
            row = ReminderRow(
                account_id=who.id, event_id=event_id, asked_ms=self._clock.now_ms()
            ).model_dump()
            await session.execute(insert(REMINDERS).values(row).on_conflict_do_nothing())
            found = await session.execute(_of(who).where(REMINDERS.c.event_id == event_id))
            return self._view(found.one())

    async def drop(self, who: Identity, event_id: str) -> None:
        """Do not remind the caller; where they had not asked, nothing changes."""
        mine = (REMINDERS.c.account_id == who.id, REMINDERS.c.event_id == event_id)
        async with self._database.transaction() as session:
            # What is being sent, or was, stays: asked for again it would come a second time.
            await session.execute(delete(REMINDERS).where(*mine, REMINDERS.c.status == "waiting"))

    async def list(self, page: PageRequest, who: Identity) -> Page[Reminder]:
        """The caller's, of events that are to come or live, the latest asked for first."""
        query = (
            _of(who)
            .where(EVENTS.c.status.in_(_COMING))
            .order_by(REMINDERS.c.asked_ms.desc(), REMINDERS.c.event_id.desc())
        )
        if page.after is not None:
            query = query.where(tuple_(REMINDERS.c.asked_ms, REMINDERS.c.event_id) < page.after)
        async with self._database.reading() as session:
            rows = list(await session.execute(query.limit(page.limit + 1)))
        return page_of(rows, page.limit, self._view, lambda row: (row.asked_ms, row.event_id))

    async def _check_room(self, session: AsyncSession, who: Identity, event_id: str) -> None:
        query = (
            select(func.count())
            .join_from(REMINDERS, EVENTS, EVENTS.c.id == REMINDERS.c.event_id)
            .where(REMINDERS.c.account_id == who.id, REMINDERS.c.event_id != event_id)
            .where(EVENTS.c.status.in_(_COMING))
        )
        if (await session.scalar(query) or 0) >= self._reminders_max:
            raise Conflict(
                "too_many_reminders", f"Nobody is reminded of more than {self._reminders_max}."
            )

    def _view(self, row: Any) -> Reminder:
        return Reminder(
            event_id=EventId(row.event_id),
            event_title=row.title,
            event_status=EventStatus(row.status),
            host_name=row.host_name,
            starts_at=rfc3339(row.starts_ms),
            remind_at=rfc3339(row.starts_ms - self._lead_ms),
            sent_at=None if row.sent_ms is None else rfc3339(row.sent_ms),
        )


def _of(who: Identity) -> Select[Any]:
    return (
        select(
            REMINDERS.c.event_id,
            REMINDERS.c.asked_ms,
            REMINDERS.c.sent_ms,
            EVENTS.c.title,
            EVENTS.c.status,
            EVENTS.c.starts_ms,
            ACCOUNTS.c.name.label("host_name"),
        )
        .join_from(REMINDERS, EVENTS, EVENTS.c.id == REMINDERS.c.event_id)
        .join(ACCOUNTS, ACCOUNTS.c.id == EVENTS.c.host_id)
        .where(REMINDERS.c.account_id == who.id)
    )
