"""The commands of the room itself: chat, like, resync."""

import time

from live.clock import Clock
from live.config import Settings
from live.errors import Forbidden, Invalid, Problem, TooMany, Unavailable
from live.realtime import protocol
from live.realtime.chat import clean_text
from live.realtime.chat_rules import ChatPolicy, Silence
from live.realtime.commands import Command, Speaker
from live.realtime.feed import ChatRefusal, Entry, Feed, Published
from live.realtime.hub import Hub
from live.realtime.position import FeedPosition
from live.realtime.ring import CHAT
from live.storage.redis import REDIS_AWAY
from live.values import MS_PER_SECOND, Role, rfc3339

_ROOMS_MAX = 10_000  # rooms whose chat of this second is counted here


class Speaking:
    """Handles what viewers say.

    Args:
        policy: of chat.
    """

    def __init__(
        self, hub: Hub, feed: Feed, policy: ChatPolicy, settings: Settings, clock: Clock
    ) -> None:
        self._hub = hub
        self._feed = feed
        self._policy = policy
        self._clock = clock
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

        Raises: Invalid, also with ``links_not_allowed`` and the policy's codes; Forbidden with
            ``muted`` or ``banned_from_chat``; TooMany with ``chat_busy`` (the room's limit) or
            ``chat_too_soon`` (this person's); Unavailable.
        """
        limit = self._settings.chat_chars_max
        if len(message.text) > limit:
            raise Invalid(fields={"text": f"at most {limit} characters"})
        text = clean_text(message.text)
        if not text:
            raise Invalid(fields={"text": "must not be empty"})
        who = speaker.identity
        assert who is not None, "needs_sign_in"
        has_link = self._policy.screen(text)
        self._count_chat(speaker.event_id)
        body = {"name": who.name, "role": who.role, "text": text}
        room = self._hub.room(speaker.event_id)
        definition = room.definition if room is not None else None
        is_host = definition is not None and who.id in definition.staff and who.role is Role.HOST
        is_staff = who.is_operator or is_host
        entry = Entry(CHAT, body, who.id, has_link=has_link, is_staff=is_staff)
        try:
            said = await self._say(
                speaker.event_id, entry, definition.rules_revision if definition else 0
            )
        except REDIS_AWAY as error:
            raise Unavailable(retry_after_seconds=1) from error
        if said.refusal is not None:
            raise self._refused(said)

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

    async def _say(self, event_id: str, entry: Entry, revision: int) -> Published:
        [said] = await self._feed.publish(event_id, [entry], rules_revision=revision)
        if said.refusal is ChatRefusal.UNRULED:
            await self._policy.restore(event_id)
            [said] = await self._feed.publish(event_id, [entry], rules_revision=revision)
        return said

    def _refused(self, said: Published) -> Problem:
        match said.refusal:
            case ChatRefusal.BUSY:
                return _busy()
            case ChatRefusal.LINKS:
                return Invalid("links_not_allowed", "Only the room's staff may say links.")
            case ChatRefusal.SILENCED if said.silence is not None:
                return silenced(said.silence, self._clock.now_ms())
            case ChatRefusal.TOO_SOON:
                seconds = max(1, -(-said.wait_ms // MS_PER_SECOND))
                return TooMany(
                    "chat_too_soon", "You have just spoken.", retry_after_seconds=seconds
                )
            case _:
                return Unavailable(retry_after_seconds=1)

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


def silenced(silence: Silence, now_ms: int) -> Forbidden:
    """The refusal of somebody who must not speak."""
    if silence.is_ban:
        return Forbidden("banned_from_chat", "You may not speak in this room any more.")
    until_ms = silence.until_ms
    if until_ms is None:
        return Forbidden("muted", "You may not speak until the end.")
    seconds = max(1, -(-(until_ms - now_ms) // MS_PER_SECOND))
    return Forbidden(
        "muted",
        "You may not speak for a while.",
        retry_after_seconds=seconds,
        more={"until": rfc3339(until_ms)},
    )
