"""The commands of the room itself: chat, like, resync."""

import time

from live.config import Settings
from live.errors import Invalid, TooMany, Unavailable
from live.realtime import protocol
from live.realtime.chat import clean_text
from live.realtime.commands import Command, Speaker
from live.realtime.feed import Entry, Feed
from live.realtime.hub import Hub
from live.realtime.position import FeedPosition
from live.realtime.ring import CHAT
from live.storage.redis import REDIS_AWAY

_ROOMS_MAX = 10_000  # rooms whose chat of this second is counted here


class Speaking:
    """Handles what viewers say."""

    def __init__(self, hub: Hub, feed: Feed, settings: Settings) -> None:
        self._hub = hub
        self._feed = feed
        self._settings = settings
        self._second = 0
        self._said: dict[str, int] = {}  # event → chat messages of this process in this second

    def commands(self) -> list[Command]:
        return [
            Command("chat", protocol.Chat, self.chat),
            Command("like", protocol.Like, self.like),
            Command("resync", protocol.Resync, self.resync, needs_sign_in=False),
        ]

    async def chat(self, speaker: Speaker, message: protocol.Chat) -> None:
        """Publish one message; everybody, its author too, sees it with a tick.

        Raises: Invalid; TooMany with ``chat_busy`` (the room's limit) or ``chat_too_soon`` (this
            person's); Unavailable.
        """
        limit = self._settings.chat_chars_max
        if len(message.text) > limit:
            raise Invalid(fields={"text": f"at most {limit} characters"})
        text = clean_text(message.text)
        if not text:
            raise Invalid(fields={"text": "must not be empty"})
        who = speaker.identity
        assert who is not None, "needs_sign_in"
        self._count_chat(speaker.event_id)
        body = {"name": who.name, "role": who.role, "text": text}
        try:
            [said] = await self._feed.publish(speaker.event_id, [Entry(CHAT, body, who.id)])
        except REDIS_AWAY as error:
            raise Unavailable(retry_after_seconds=1) from error
        if said.is_busy:
            raise _busy()
        if said.feed_id is None:
            raise TooMany("chat_too_soon", "You have just spoken.", retry_after_seconds=1)

    async def like(self, speaker: Speaker, message: protocol.Like) -> None:
        """Count taps. Raises: Invalid."""
        limit = self._settings.likes_per_message_max
        if not 1 <= message.count <= limit:
            raise Invalid(fields={"count": f"must be 1 to {limit}"})
        room = self._hub.room(speaker.event_id)
        if room is not None:
            room.like(message.count)

    async def resync(self, speaker: Speaker, message: protocol.Resync) -> None:
        """Send a snapshot. Raises: Invalid."""
        since = None
        if message.since is not None:
            since = FeedPosition.parse(message.since)
            if since is None:
                raise Invalid(fields={"since": "not a feed id"})
        speaker.resync(since)

    def _count_chat(self, event_id: str) -> None:
        # What this process alone already exceeds need not be asked of Redis: a room full of
        # people typing costs one script call a message shown, not a message typed.
        second = int(time.monotonic())
        if second != self._second or len(self._said) > _ROOMS_MAX:
            self._second = second
            self._said.clear()
        said = self._said[event_id] = self._said.get(event_id, 0) + 1
        # Twice the limit: ours and Redis's seconds do not begin together.
        if said > 2 * self._settings.chat_per_second_room:
            raise _busy()


def _busy() -> TooMany:
    return TooMany("chat_busy", "Too many are speaking at once.", retry_after_seconds=1)
