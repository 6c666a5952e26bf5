"""What moderators do with messages and with those who wrote them.

SQL decides, under the event's row of ``chat_rooms``; Redis is told after the commit.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from live.clock import Clock
from live.errors import Conflict, Forbidden, Invalid, NotFound
from live.events.record import erase_recorded
from live.events.rows import bump_revision
from live.moderation.messages import Messages, Said
from live.moderation.mirror import ChatMirror
from live.moderation.rows import (
    ROOMS,
    Moderator,
    begin_change,
    count_silenced,
    drop_silence,
    find_deleted,
    part_of_account,
    put_silence,
    read_silence,
    require_moderator,
)
from live.moderation.schemas import ChatActionKind, SilenceCreate, SilenceKind
from live.moderation.tables import ChatActionRow, ChatSilenceRow
from live.storage.database import Database
from live.values import MS_PER_SECOND, new_id
from live.web.routes import Identity


class Target(NamedTuple):
    """Whom a silence is for, and what led to it."""

    account_id: str
    said: Said | None


class ChatDesk:
    """The use cases.

    Args:
        silenced_max: people muted or banned in one chat at a time.
    """

    def __init__(
        self,
        database: Database,
        messages: Messages,
        mirror: ChatMirror,
        clock: Clock,
        *,
        silenced_max: int,
    ) -> None:
        self._database = database
        self._messages = messages
        self._mirror = mirror
        self._clock = clock
        self._silenced_max = silenced_max

    async def slow_down(
        self, by: Identity, event_id: str, interval_seconds: int | None, reason: str
    ) -> None:
        """Set the seconds between two messages of one viewer; None for the setting's.

        Raises: NotFound ``event_not_found``; Forbidden.
        """
        async with self.changing(by, event_id) as (session, _):
            mine = ROOMS.update().where(ROOMS.c.event_id == event_id)
            await session.execute(mine.values(interval_seconds=interval_seconds))
            session.add(
                self.action(
                    ChatActionKind.SLOW_MODE, by, event_id,
                    interval_seconds=interval_seconds, reason=reason,
                )
            )  # fmt: skip
            revision = await bump_revision(session, event_id)
        await self._mirror.changed(event_id)
        await self._mirror.announce(event_id, revision)

    async def delete(self, by: Identity, event_id: str, message_id: str, reason: str) -> None:
        """Take a message off every screen and out of the record. Twice is once.

        Raises: NotFound ``event_not_found``, ``message_not_found``; Forbidden; Conflict
            ``is_staff``; Unavailable.
        """
        await self._require_moderator(by, event_id)
        said = await self._messages.find(event_id, message_id)
        async with self.changing(by, event_id) as (session, moderator):
            if await find_deleted(session, event_id, message_id) is not None:
                return
            if said.speaker_id is not None:
                author = await part_of_account(session, moderator.event, said.speaker_id)
                if not moderator.part.may_delete_of(author):
                    raise _is_staff()
            session.add(
                self.action(
                    ChatActionKind.DELETE, by, event_id,
                    whom_id=said.speaker_id, feed_id=message_id, text=said.text, reason=reason,
                )
            )  # fmt: skip
            await erase_recorded(session, event_id, said.position)
        await self._mirror.changed(event_id)

    async def silence(self, by: Identity, event_id: str, asked: SilenceCreate) -> ChatSilenceRow:
        """Mute somebody for a time or to the end, or ban them; in place of what held before.

        Raises: NotFound ``event_not_found``, ``message_not_found``, ``not_found`` (the account);
            Forbidden, also for an assistant who would make a ban milder; Invalid; Conflict
            ``is_staff``, ``too_many_silenced``; Unavailable.
        """
        await self._require_moderator(by, event_id)
        whom = await self._target(event_id, asked)
        is_ban = asked.kind is SilenceKind.BAN
        now_ms = self._clock.now_ms()
        until_ms = None
        if asked.seconds is not None and not is_ban:
            until_ms = now_ms + asked.seconds * MS_PER_SECOND
        silence = ChatSilenceRow(
            event_id=event_id,
            account_id=whom.account_id,
            is_ban=is_ban,
            until_ms=until_ms,
            by_id=by.id,
            since_ms=now_ms,
        )
        async with self.changing(by, event_id) as (session, moderator):
            part = await part_of_account(session, moderator.event, whom.account_id)
            if part.is_staff:
                raise _is_staff()
            before = await read_silence(session, event_id, whom.account_id, now_ms)
            _require_lift(moderator, before)
            if before is None and (
                await count_silenced(session, event_id, now_ms) >= self._silenced_max
            ):
                raise Conflict("too_many_silenced", "More cannot be muted or banned at a time.")
            await put_silence(session, silence)
            session.add(
                self.action(
                    ChatActionKind(asked.kind.value), by, event_id,
                    whom_id=whom.account_id,
                    feed_id=None if whom.said is None else str(whom.said.position),
                    text=None if whom.said is None else whom.said.text,
                    until_ms=until_ms, reason=asked.reason,
                )
            )  # fmt: skip
        await self._mirror.changed(event_id, whom.account_id)
        return silence

    async def lift(self, by: Identity, event_id: str, account_id: str) -> None:
        """Let somebody speak again. Who may already, still may.

        Raises: NotFound ``event_not_found``; Forbidden, also for an assistant and a ban.
        """
        now_ms = self._clock.now_ms()
        async with self.changing(by, event_id) as (session, moderator):
            before = await read_silence(session, event_id, account_id, now_ms)
            if before is None:
                return
            _require_lift(moderator, before)
            await drop_silence(session, event_id, account_id)
            session.add(self.action(ChatActionKind.UNMUTE, by, event_id, whom_id=account_id))
        await self._mirror.changed(event_id, account_id)

    # For the other use cases of this feature

    @asynccontextmanager
    async def changing(
        self, by: Identity, event_id: str
    ) -> AsyncIterator[tuple[AsyncSession, Moderator]]:
        """A transaction of a moderator, one at a time for each event.

        Raises: NotFound ``event_not_found``; Forbidden.
        """
        async with self._database.transaction() as session:
            # First, since an unknown event has no row to make; it is asked again under the lock.
            await require_moderator(session, event_id, by)
            await begin_change(session, event_id)
            yield session, await require_moderator(session, event_id, by)

    def action(
        self, kind: ChatActionKind, by: Identity, event_id: str, **about: str | int | None
    ) -> ChatActionRow:
        """An entry of the trail, to be added in the transaction that does it."""
        return ChatActionRow.model_validate(
            {
                "id": new_id("cha"),
                "event_id": event_id,
                "action": kind.value,
                "by_id": by.id,
                "at_ms": self._clock.now_ms(),
                **about,
            }
        )

    async def _require_moderator(self, by: Identity, event_id: str) -> None:
        async with self._database.reading() as session:
            await require_moderator(session, event_id, by)

    async def _target(self, event_id: str, asked: SilenceCreate) -> Target:
        if (asked.message_id is None) == (asked.account_id is None):
            raise Invalid(fields={"account_id": "either this or message_id"})
        if asked.message_id is not None:
            said = await self._messages.find(event_id, asked.message_id)
            if said.speaker_id is None:
                raise NotFound("message_not_found", "Nobody knows any more who wrote it.")
            return Target(said.speaker_id, said)
        assert asked.account_id is not None, "one of the two"
        return Target(asked.account_id, None)


def _is_staff() -> Conflict:
    return Conflict("is_staff", "The host, operators and assistants are not moderated here.")


def _require_lift(moderator: Moderator, before: ChatSilenceRow | None) -> None:
    if before is not None and before.is_ban and not moderator.part.may_lift_bans:
        raise Forbidden(detail="Only the event's host and operators may undo a ban.")
