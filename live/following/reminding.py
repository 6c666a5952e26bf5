"""Sends reminders to the phones of those who asked, when an event is about to start. A job.

Each message is claimed in SQL before the gateway is asked, so however many do this at once, one
does; and whoever dies in between leaves a claim that nobody takes up again, since the message may
be out. A phone may so miss a reminder (its owner's pages show it all the same), and never gets two.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import structlog
from sqlalchemy import and_, or_, select, update
from sqlalchemy.engine import Connection

from live.accounts.rows import ACCOUNTS
from live.clock import Clock
from live.events.rows import EVENTS
from live.following.reminder_sms import Outcome, ReminderMessage, ReminderSms
from live.following.reminders import REMINDERS
from live.storage.database import Database
from live.values import MS_PER_SECOND, EventStatus, rfc3339

BATCH_MAX = 96  # messages of one round; the others wait for the next
AT_ONCE = 16  # calls to the gateway under way
LATE_MS = 15 * 60 * MS_PER_SECOND  # after the start, nobody is told any more
CLAIM_MS = 60 * MS_PER_SECOND  # an older claim's owner is dead
DOUBLINGS_MAX = 6  # of the time between tries


log = structlog.get_logger(__name__)


class Due(NamedTuple):
    """A reminder to send.

    Args:
        attempts: made before this one.
    """

    account_id: str
    event_id: str
    attempts: int
    phone: str
    title: str
    starts_ms: int


class Reminding:
    """
    Args:
        lead_ms: before the start, people are reminded.
        retry_ms: before a message that was refused is tried again, doubling.
        public_url: of this server; empty where nobody has said.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        sms: ReminderSms,
        *,
        lead_ms: int,
        retry_ms: int,
        public_url: str = "",
    ) -> None:
        self._database = database
        self._clock = clock
        self._sms = sms
        self._lead_ms = lead_ms
        self._retry_ms = retry_ms
        self._public_url = public_url.rstrip("/")

    async def run(self) -> None:
        """One round: claim what is due, send it, and note what became of it."""
        now_ms = self._clock.now_ms()
        dues = await self._database.write(partial(claim_due, now_ms, self._lead_ms))
        for start in range(0, len(dues), AT_ONCE):
            some = dues[start : start + AT_ONCE]
            outcomes = await asyncio.gather(*[self._sms.send(self._message(due)) for due in some])
            results = list(zip(some, outcomes, strict=True))
            await self._database.write(
                partial(note_outcomes, results, self._clock.now_ms(), self._retry_ms)
            )
        if dues:
            log.info("reminders sent", count=len(dues))

    def _message(self, due: Due) -> ReminderMessage:
        return ReminderMessage(
            id=f"{due.event_id}:{due.account_id}",
            phone=due.phone,
            event_id=due.event_id,
            title=due.title,
            starts_at=rfc3339(due.starts_ms),
            url=f"{self._public_url}/events/{due.event_id}" if self._public_url else "",
        )


def claim_due(now_ms: int, lead_ms: int, connection: Connection) -> list[Due]:
    """Make those that are due our own. Each is claimed by one, whoever else asks."""
    forsaken = (REMINDERS.c.status == "sending", REMINDERS.c.claimed_ms < now_ms - CLAIM_MS)
    connection.execute(update(REMINDERS).where(*forsaken).values(status="unknown"))
    claimed = []
    for due in read_due(now_ms, lead_ms, connection):
        claim = (
            update(REMINDERS)
            .where(REMINDERS.c.account_id == due.account_id, REMINDERS.c.event_id == due.event_id)
            .where(REMINDERS.c.status == "waiting")
            .values(status="sending", claimed_ms=now_ms, attempts=due.attempts + 1)
        )
        if connection.execute(claim).rowcount == 1:
            claimed.append(due)
    return claimed


def read_due(now_ms: int, lead_ms: int, connection: Connection) -> list[Due]:
    """What is to be sent now, the soonest start first, ``BATCH_MAX`` at most."""
    is_soon = and_(
        EVENTS.c.status == EventStatus.SCHEDULED.value,
        EVENTS.c.starts_ms <= now_ms + lead_ms,
        EVENTS.c.starts_ms > now_ms - LATE_MS,
    )
    has_just_begun = and_(
        EVENTS.c.status == EventStatus.LIVE.value, EVENTS.c.started_ms > now_ms - LATE_MS
    )
    query = (
        select(
            REMINDERS.c.account_id,
            REMINDERS.c.event_id,
            REMINDERS.c.attempts,
            ACCOUNTS.c.phone,
            EVENTS.c.title,
            EVENTS.c.starts_ms,
        )
        .join_from(REMINDERS, EVENTS, EVENTS.c.id == REMINDERS.c.event_id)
        .join(ACCOUNTS, ACCOUNTS.c.id == REMINDERS.c.account_id)
        .where(or_(is_soon, has_just_begun))
        .where(REMINDERS.c.status == "waiting", REMINDERS.c.try_after_ms <= now_ms)
        .where(ACCOUNTS.c.banned_ms.is_(None))
        .order_by(EVENTS.c.starts_ms, REMINDERS.c.asked_ms, REMINDERS.c.account_id)
        .limit(BATCH_MAX)
    )
    return [Due(*row) for row in connection.execute(query)]


def note_outcomes(
    results: Sequence[tuple[Due, Outcome]], now_ms: int, retry_ms: int, connection: Connection
) -> None:
    """What the gateway said; a refused message waits for another try, the others are done with."""
    for due, outcome in results:
        wait_ms = retry_ms * 2 ** min(due.attempts, DOUBLINGS_MAX)
        values: dict[str, Any] = {
            Outcome.TAKEN: {"status": "sent", "sent_ms": now_ms},
            Outcome.REFUSED: {"status": "waiting", "try_after_ms": now_ms + wait_ms},
            Outcome.UNKNOWN: {"status": "unknown"},
        }[outcome]
        change = (
            update(REMINDERS)
            .where(REMINDERS.c.account_id == due.account_id, REMINDERS.c.event_id == due.event_id)
            .where(REMINDERS.c.status == "sending", REMINDERS.c.attempts == due.attempts + 1)
        )
        connection.execute(change.values(**values))
