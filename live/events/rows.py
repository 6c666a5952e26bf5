"""Events in SQL. Every function runs inside the caller's transaction.

Invariant: whatever a viewer can see of an event changes together with its ``revision``, so a
room that knows the newest revision knows the newest event.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, tuple_, update
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncSession

from live.errors import NotFound
from live.events.tables import EventRow
from live.values import EventStatus
from live.web.pages import CursorKey, PageRequest

EVENTS: Any = EventRow.__table__  # type: ignore[attr-defined]


async def read_event(session: AsyncSession, event_id: str) -> EventRow:
    """Raises: NotFound ``event_not_found``."""
    event = await session.get(EventRow, event_id, populate_existing=True)
    if event is None:
        raise _not_found()
    return event


async def bump_revision(session: AsyncSession, event_id: str, **values: Any) -> int:
    """Say that viewers should see something else: of the event itself, or of its offers.

    Locks the event against other writers until the transaction ends.

    Args:
        values: columns of the event to set as well, such as ``pinned_offer_id``.

    Returns: the new revision.
    Raises: NotFound ``event_not_found``.
    """
    event = await change_event(session, event_id, EventStatus, **values)
    if event is None:
        raise _not_found()
    return event.revision


async def change_event(
    session: AsyncSession, event_id: str, only_in: Iterable[EventStatus], **values: Any
) -> EventRow | None:
    """Compare-and-set: an event in one of these statuses gets these values and a new revision.

    Returns: the event as it now is; None where there is none, or it is in another status.
    """
    statuses = sorted(status.value for status in only_in)
    statement = (
        update(EventRow)
        .where(EVENTS.c.id == event_id, EVENTS.c.status.in_(statuses))
        .values(revision=EVENTS.c.revision + 1, **values)
        .returning(EventRow)
    )
    # populate_existing: the caller may hold this event from an earlier read.
    options = {"synchronize_session": False, "populate_existing": True}
    return (await session.scalars(statement, execution_options=options)).one_or_none()


def lock_event(connection: Connection, event_id: str) -> None:
    """Wait for and hold an event, as whoever changes what its room shows must."""
    connection.execute(select(EVENTS.c.id).where(EVENTS.c.id == event_id).with_for_update())


def next_revision(connection: Connection, event_id: str) -> int:
    """``bump_revision`` of an event that is there, for the writer's works. Returns the new one."""
    statement = (
        update(EVENTS)
        .where(EVENTS.c.id == event_id)
        .values(revision=EVENTS.c.revision + 1)
        .returning(EVENTS.c.revision)
    )
    return int(connection.execute(statement).scalar_one())


async def list_events(
    session: AsyncSession,
    page: PageRequest,
    *,
    status: EventStatus | None = None,
    host_id: str | None = None,
) -> list[EventRow]:
    """By their scheduled hour, latest first; one more than fit the page where more follow."""
    query = select(EventRow).order_by(EVENTS.c.starts_ms.desc(), EVENTS.c.id.desc())
    if status is not None:
        query = query.where(EVENTS.c.status == status.value)
    if host_id is not None:
        query = query.where(EVENTS.c.host_id == host_id)
    if page.after is not None:
        query = query.where(tuple_(EVENTS.c.starts_ms, EVENTS.c.id) < page.after)
    return list(await session.scalars(query.limit(page.limit + 1)))


def event_key(event: EventRow) -> CursorKey:
    """What ``list_events`` sorts by."""
    return event.starts_ms, event.id


def _not_found() -> NotFound:
    return NotFound("event_not_found", "There is no such event.")
