"""What everybody in a room is told, and what one person is told: written here, read by the hub.

The feed is a capped Redis Stream. Its epoch and ids are the same for every process, so a viewer
may resume on any of them. Nothing here is truth: facts and SQL are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from live.config import Settings
from live.realtime.position import FeedPosition
from live.storage.redis import RedisClient, Script, event_key, run_scripts

CHAT = "chat"

_PACKAGE = "live.realtime"
_FEED = Script(_PACKAGE, "feed")
_NOTIFY = Script(_PACKAGE, "notify")
_ANNOUNCE = Script(_PACKAGE, "announce")

KEYS_LIVE_MS = 30 * 24 * 3600 * 1000  # ms a room that nobody writes to stays in Redis
_BATCH_MAX = 1_000  # entries in one script call: some ms of Redis

_pack = msgspec.msgpack.Encoder().encode
_encode = msgspec.json.Encoder().encode

T = TypeVar("T")
Notice = tuple[str, Any]  # (account id, body: a JSON object with ``kind``)
_Words = tuple[list[str], tuple[Any, ...]]  # of a script call: keys, arguments


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
        for some in _chunks(entries):
            epoch, *words = await _FEED.run(self._redis, *self._feed_words(event_id, some))
            outcomes += [_outcome(epoch.decode(), word) for word in words]
        return outcomes

    def _feed_words(self, event_id: str, entries: Sequence[Entry]) -> _Words:
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
        return keys, arguments

    async def notify(self, event_id: str, account_id: str, body: Any) -> None:
        """Tell one person, on all their connections to this room.

        Raises: any of REDIS_AWAY.
        """
        await _NOTIFY.run(self._redis, *self._notify_words(event_id, [(account_id, body)]))

    def _notify_words(self, event_id: str, notices: Sequence[Notice]) -> _Words:
        keys = [event_key(event_id, "room"), event_key(event_id, "notices")]
        rows = [(who, _text(body)) for who, body in notices]
        arguments = (self._settings.notices_max, KEYS_LIVE_MS, _pack(rows))
        return keys, arguments

    async def tell_rooms(
        self, entries: Mapping[str, Sequence[Entry]], notices: Mapping[str, Sequence[Notice]]
    ) -> None:
        """Tell many rooms at once, by event id: entries that are no chat, and personal notices.

        Each account hears its own notices only. They are hints: nobody is told what was said while
        they were away. A room costs this process 0.6 of what a call of its own in a pipeline does.

        Raises: any of REDIS_AWAY, where a room could not be told; the others were.
        """
        calls = [
            _FEED.call(*self._feed_words(event_id, some))
            for event_id, of_event in entries.items()
            for some in _chunks(of_event)
        ]
        calls += [
            _NOTIFY.call(*self._notify_words(event_id, some))
            for event_id, of_event in notices.items()
            for some in _chunks(of_event)
        ]
        for reply in await run_scripts(self._redis, calls, seconds=None):
            if isinstance(reply, Exception):
                raise reply

    async def announce(self, event_id: str, revision: int) -> None:
        """After the commit that changed what a room shows: every process loads it again.

        Raises: any of REDIS_AWAY. A live room heals without being told, a few seconds later.
        """
        keys = [event_key(event_id, "room")]
        await _ANNOUNCE.run(self._redis, keys, (revision, KEYS_LIVE_MS))


def _chunks(many: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(many), _BATCH_MAX):
        yield many[start : start + _BATCH_MAX]


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
