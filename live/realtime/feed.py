"""What everybody in a room is told, and what one person is told: written here, read by the hub.

The feed is a capped Redis Stream. Its epoch and ids are the same for every process, so a viewer
may resume on any of them. Nothing here is truth: facts and SQL are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from live.config import Settings
from live.realtime.position import FeedPosition
from live.storage.redis import RedisClient, Script, event_key

_PACKAGE = "live.realtime"
_FEED = Script(_PACKAGE, "feed")
_NOTIFY = Script(_PACKAGE, "notify")
_ANNOUNCE = Script(_PACKAGE, "announce")

KEYS_LIVE_MS = 30 * 24 * 3600 * 1000  # ms a room that nobody writes to stays in Redis
_BATCH_MAX = 1_000  # entries in one script call: some ms of Redis

_pack = msgspec.msgpack.Encoder().encode
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Entry:
    """What to append to the feed.

    Args:
        kind: ``chat``, ``orders``, ``pin``, ``notice`` …: lower-case words.
        body: its further fields: a mapping or a struct that becomes a JSON object.
        speaker: the account behind a chat message; each may speak once in ``chat_interval_ms``.
    """

    kind: str
    body: Any
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What became of one entry: its id, or why a chat message was refused."""

    feed_id: str | None
    is_busy: bool = False  # the room has had its chat of this second
    is_too_soon: bool = False  # the speaker has just spoken


class Feed:
    """Appends to rooms. Stateless; share one."""

    def __init__(self, redis: RedisClient, settings: Settings) -> None:
        self._redis = redis
        self._settings = settings

    async def publish(self, event_id: str, entries: Sequence[Entry]) -> list[Published]:
        """Append in order; only chat can be refused. Returns one outcome per entry.

        Raises: any of REDIS_AWAY; whether the entries were appended is then unknown.
        """
        outcomes: list[Published] = []
        for start in range(0, len(entries), _BATCH_MAX):
            outcomes += await self._publish(event_id, entries[start : start + _BATCH_MAX])
        return outcomes

    async def _publish(self, event_id: str, entries: Sequence[Entry]) -> list[Published]:
        keys = [event_key(event_id, "room"), event_key(event_id, "feed")]
        rows = []
        for entry in entries:
            place = 0
            if entry.speaker is not None:
                keys.append(event_key(event_id, f"speaker:{entry.speaker}"))
                place = len(keys)
            rows.append((entry.kind, _text(entry.body), place))
        settings = self._settings
        arguments = (
            settings.feed_entries_max,
            settings.chat_per_second_room,
            settings.chat_interval_ms,
            KEYS_LIVE_MS,
            _pack(rows),
        )
        epoch, *words = await _FEED.run(self._redis, keys, arguments)
        return [_outcome(epoch.decode(), word) for word in words]

    async def notify(self, event_id: str, account_id: str, body: Any) -> None:
        """Tell one person, on all their connections to this room. Raises: any of REDIS_AWAY."""
        await self.notify_all(event_id, [(account_id, body)])

    async def notify_all(self, event_id: str, notices: Sequence[tuple[str, Any]]) -> None:
        """Tell many (account id, body), each only their own. A body is a JSON object with ``kind``.

        Notices are hints: nobody is told what was said while they were away.
        Raises: any of REDIS_AWAY.
        """
        keys = [event_key(event_id, "room"), event_key(event_id, "notices")]
        for start in range(0, len(notices), _BATCH_MAX):
            rows = [(who, _text(body)) for who, body in notices[start : start + _BATCH_MAX]]
            arguments = (self._settings.notices_max, KEYS_LIVE_MS, _pack(rows))
            await _NOTIFY.run(self._redis, keys, arguments)

    async def announce(self, event_id: str, revision: int) -> None:
        """After the commit that changed what a room shows: every process loads it again.

        Raises: any of REDIS_AWAY. A live room heals without being told, a few seconds later.
        """
        keys = [event_key(event_id, "room")]
        await _ANNOUNCE.run(self._redis, keys, (revision, KEYS_LIVE_MS))


def _text(body: Any) -> str:
    # Not bytes: Redis's cmsgpack knows no binary type.
    return _encode(body).decode()


def _outcome(epoch: str, word: bytes) -> Published:
    match word:
        case b"busy":
            return Published(None, is_busy=True)
        case b"too_soon":
            return Published(None, is_too_soon=True)
        case _:
            return Published(str(FeedPosition.of_stream(epoch, word)))
