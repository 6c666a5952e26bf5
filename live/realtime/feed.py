"""What everybody in a room is told, and what one person is told: written here, read by the hub.

The feed is a capped Redis Stream. Its epoch and ids are the same for every process, so a viewer
may resume on any of them. Nothing here is truth: facts and SQL are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from live.config import Settings
from live.realtime.chat_rules import ChatRules, Silence
from live.realtime.position import FeedPosition
from live.realtime.ring import RETRACTION, FeedEntry, feed_entry
from live.storage.redis import RedisClient, Script, event_key, run_scripts

_PACKAGE = "live.realtime"
_FEED = Script(_PACKAGE, "epoch", "feed")
_RULES = Script(_PACKAGE, "rules")
_RETRACT = Script(_PACKAGE, "epoch", "retract")
_FIND = Script(_PACKAGE, "find")
_NOTIFY = Script(_PACKAGE, "notify")
_ANNOUNCE = Script(_PACKAGE, "announce")

KEYS_LIVE_MS = 30 * 24 * 3600 * 1000  # ms a room that nobody writes to stays in Redis
_BATCH_MAX = 1_000  # entries in one script call: some ms of Redis
_RETRACTED_BATCH_MAX = 100  # ids in one retraction: some 4 KB to every viewer

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
        speaker: the account behind a chat message; the room's rules and limits are applied to it.
        has_link: in the text of a chat message; only staff may say one.
        is_staff: the speaker is, whatever the room's rules say.
    """

    kind: str
    body: Any
    speaker: str | None = None
    has_link: bool = False
    is_staff: bool = False


class ChatRefusal(StrEnum):
    """Why a chat message was not taken. The script says it in these words."""

    BUSY = "busy"  # the room has had its chat of this second
    TOO_SOON = "too_soon"  # the speaker has just spoken
    SILENCED = "silenced"
    LINKS = "links"  # has one, from somebody who is not of the staff
    UNRULED = "unruled"  # Redis has lost the room's rules


@dataclass(frozen=True, slots=True)
class Published:
    """What became of one entry: its id, or why a chat message was refused.

    Args:
        wait_ms: until the speaker may speak again, where it was too soon.
        silence: where the speaker is silenced.
    """

    feed_id: str | None
    refusal: ChatRefusal | None = None
    wait_ms: int = 0
    silence: Silence | None = None


class Feed:
    """Appends to rooms. Stateless; share one."""

    def __init__(self, redis: RedisClient, settings: Settings) -> None:
        self._redis = redis
        self._settings = settings

    async def publish(
        self, event_id: str, entries: Sequence[Entry], *, rules_revision: int = 0
    ) -> list[Published]:
        """Append in order; only chat can be refused. Returns one outcome per entry.

        Args:
            rules_revision: of the chat's rules, as far as the caller knows; where Redis has older
                ones, chat is refused as ``UNRULED``.

        Raises: any of REDIS_AWAY; whether the entries were appended is then unknown.
        """
        outcomes: list[Published] = []
        for some in _chunks(entries):
            words = self._feed_words(event_id, some, rules_revision)
            epoch, *replies = await _FEED.run(self._redis, *words)
            outcomes += [_outcome(epoch.decode(), reply) for reply in replies]
        return outcomes

    def _feed_words(
        self, event_id: str, entries: Sequence[Entry], rules_revision: int = 0
    ) -> _Words:
        keys = [event_key(event_id, name) for name in ("room", "feed", "rules")]
        rows = []
        for entry in entries:
            place = 0
            if entry.speaker is not None:
                keys.append(event_key(event_id, f"speaker:{entry.speaker}"))
                place = len(keys)
            who = entry.speaker or ""
            rows.append((entry.kind, _text(entry.body), place, who, entry.has_link, entry.is_staff))
        settings = self._settings
        arguments = (
            settings.feed_entries_max,
            settings.chat_per_second_room,
            settings.chat_interval_ms,
            KEYS_LIVE_MS,
            rules_revision,
            _pack(rows),
        )
        return keys, arguments

    async def rule(self, event_id: str, rules: ChatRules) -> None:
        """Give the chat these rules on every process, unless it has newer ones.

        Raises: any of REDIS_AWAY.
        """
        keys = [event_key(event_id, "room"), event_key(event_id, "rules")]
        silenced = [
            (who, "ban" if silence.is_ban else "mute", silence.until_ms or 0)
            for who, silence in rules.silenced.items()
        ]
        interval: int | str = "" if rules.interval_ms is None else rules.interval_ms
        arguments = (
            rules.revision, interval, KEYS_LIVE_MS, _pack(silenced), _pack(sorted(rules.staff)),
        )  # fmt: skip
        await _RULES.run(self._redis, keys, arguments)

    async def retract(self, event_id: str, feed_ids: Sequence[str]) -> None:
        """Take entries back, in order: off every screen, and out of every snapshot to come.

        A repeat does nothing, unless Redis has forgotten.

        Args:
            feed_ids: positions of this or an earlier epoch.

        Raises: any of REDIS_AWAY.
        """
        keys = [event_key(event_id, name) for name in ("room", "feed", "retracted")]
        kept = self._settings.feed_entries_max
        for start in range(0, len(feed_ids), _RETRACTED_BATCH_MAX):
            ids = _pack(feed_ids[start : start + _RETRACTED_BATCH_MAX])
            await _RETRACT.run(self._redis, keys, (kept, KEYS_LIVE_MS, kept, RETRACTION, ids))

    async def find(self, event_id: str, position: FeedPosition) -> FeedEntry | None:
        """An entry, with its speaker; None where the stream does not have it any more.

        Raises: any of REDIS_AWAY.
        """
        keys = [event_key(event_id, "room"), event_key(event_id, "feed")]
        fields = await _FIND.run(self._redis, keys, (position.epoch, position.stream_id))
        if fields is None:
            return None
        named = dict(zip(fields[::2], fields[1::2], strict=True))
        speaker = named[b"a"].decode() if b"a" in named else None
        return feed_entry(position, named[b"k"].decode(), named[b"b"], speaker)

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


def _outcome(epoch: str, said: bytes) -> Published:
    match said.split():
        case [b"too_soon", ms]:
            return Published(None, ChatRefusal.TOO_SOON, wait_ms=int(ms))
        case [b"silenced", kind, until_ms]:
            silence = Silence(int(until_ms) or None, is_ban=kind == b"ban")
            return Published(None, ChatRefusal.SILENCED, silence=silence)
        case [(b"busy" | b"links" | b"unruled") as word]:
            return Published(None, ChatRefusal(word.decode()))
        case _:
            return Published(str(FeedPosition.of_stream(epoch, said)))
