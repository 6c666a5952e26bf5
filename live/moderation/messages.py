"""Finds what was said by its id: in the running feed, on record, or in the trail."""

from typing import NamedTuple

import msgspec

from live.errors import NotFound, Unavailable
from live.events.record import read_recorded
from live.moderation.rows import find_deleted
from live.realtime.feed import Feed
from live.realtime.position import FeedPosition
from live.realtime.ring import CHAT, FeedEntry
from live.storage.database import Database
from live.storage.redis import REDIS_AWAY


class Said(NamedTuple):
    """A chat message.

    Args:
        speaker_id: None for one on record from before speakers were.
        is_deleted: it is gone already; these are the trail's words.
    """

    position: FeedPosition
    speaker_id: str | None
    text: str
    is_deleted: bool = False


class _Body(msgspec.Struct):
    text: str = ""


_text_of = msgspec.json.Decoder(_Body).decode


class Messages:
    def __init__(self, database: Database, feed: Feed) -> None:
        self._database = database
        self._feed = feed

    async def find(self, event_id: str, message_id: str) -> Said:
        """The message.

        Raises: NotFound ``message_not_found``; Unavailable where it may be in a feed that does not
            answer now.
        """
        position = FeedPosition.parse(message_id)
        # A number that no stream has, and 1e15 ms is beyond what any clock says.
        if position is None or str(position) != message_id:
            raise _not_found()
        async with self._database.reading() as session:
            entry = await read_recorded(session, event_id, position)
            deleted = await find_deleted(session, event_id, message_id)
        if deleted is not None:
            return Said(position, deleted.whom_id, deleted.text or "", is_deleted=True)
        entry = entry or await self._running(event_id, position)
        if entry is None or entry.kind != CHAT:
            raise _not_found()
        return Said(position, entry.speaker, _text_of(entry.body).text)

    async def _running(self, event_id: str, position: FeedPosition) -> FeedEntry | None:
        # It takes some seconds from a screen to the record.
        try:
            return await self._feed.find(event_id, position)
        except REDIS_AWAY as error:
            raise Unavailable(retry_after_seconds=1) from error


def _not_found() -> NotFound:
    return NotFound("message_not_found", "There is no such message.")
