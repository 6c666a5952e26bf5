"""Redis's copy of what is ruled of a chat, from SQL: after each change, and after a loss."""

from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from live.clock import Clock
from live.errors import Invalid
from live.moderation.links import has_link
from live.moderation.rows import (
    ASSISTANTS,
    ROOMS,
    SILENCES,
    deleted_ids,
    still_silenced,
)
from live.moderation.word_file import WordFile
from live.realtime.chat_rules import ChatRules, Silence
from live.realtime.feed import Feed
from live.realtime.ring import RETRACTED_MAX
from live.storage.database import Database
from live.storage.redis import REDIS_AWAY
from live.values import MS_PER_SECOND

log = structlog.get_logger(__name__)


class ChatMirror:
    """The rooms' ``ChatPolicy``."""

    def __init__(self, database: Database, feed: Feed, words: WordFile, clock: Clock) -> None:
        self._database = database
        self._feed = feed
        self._words = words
        self._clock = clock

    def screen(self, text: str) -> bool:
        """Whether the message has a link. Raises: Invalid ``words_not_allowed``."""
        if self._words.filter.finds(text):
            # Without saying which: whoever wants to say it would only spell it another way.
            raise Invalid("words_not_allowed", "The message has words that are not allowed here.")
        return has_link(text)

    async def restore(self, event_id: str) -> None:
        """Put it all into Redis, whatever is there.

        Raises: any of REDIS_AWAY, SQL_AWAY.
        """
        async with self._database.reading() as session:
            rules = await _read_rules(session, event_id, self._clock.now_ms())
            deleted = await deleted_ids(session, event_id, RETRACTED_MAX)
        if rules is None:
            return
        # The rules' revision last: until it is there, whoever looks knows that something is not.
        await self._feed.retract(event_id, deleted)
        await self._feed.rule(event_id, rules)

    async def changed(self, event_id: str, *account_ids: str) -> None:
        """After the commit: have it hold on every process, and tell these people of it.

        Where Redis is away every process that has viewers does it, once Redis is back.
        """
        try:
            await self.restore(event_id)
            told = [(account_id, {"kind": "chat"}) for account_id in account_ids]
            await self._feed.tell_rooms({}, {event_id: told})
        except REDIS_AWAY as error:
            log.warning("chat rules not told", event_id=event_id, error=repr(error))

    async def announce(self, event_id: str, revision: int) -> None:
        """After the commit: what the room shows of its chat is another."""
        try:
            await self._feed.announce(event_id, revision)
        except REDIS_AWAY as error:
            log.warning("chat not announced", event_id=event_id, error=repr(error))


async def _read_rules(session: AsyncSession, event_id: str, now_ms: int) -> ChatRules | None:
    """None for a chat that was never moderated."""
    # Its revision before all else: what follows may be newer, never older.
    query = select(ROOMS.c.revision, ROOMS.c.interval_seconds).where(ROOMS.c.event_id == event_id)
    room = (await session.execute(query)).one_or_none()
    if room is None:
        return None
    assistants = await session.scalars(
        select(ASSISTANTS.c.account_id).where(ASSISTANTS.c.event_id == event_id)
    )
    silenced: list[Any] = [
        *await session.execute(
            select(SILENCES.c.account_id, SILENCES.c.until_ms, SILENCES.c.is_ban).where(
                still_silenced(event_id, now_ms)
            )
        )
    ]
    seconds = room.interval_seconds
    return ChatRules(
        revision=room.revision,
        interval_ms=None if seconds is None else seconds * MS_PER_SECOND,
        silenced={row.account_id: Silence(row.until_ms, is_ban=row.is_ban) for row in silenced},
        staff=frozenset(assistants),
    )
