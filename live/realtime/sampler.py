"""One look at a room in Redis: what this process reports, and what it reads from the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from live.config import Settings
from live.realtime.definition import Numbers
from live.realtime.feed import KEYS_LIVE_MS
from live.realtime.position import NO_EPOCH, FeedPosition
from live.realtime.ring import FeedEntry, feed_entry
from live.realtime.room import Sample
from live.storage.redis import Script, ScriptCall, event_key

_SAMPLE = Script("live.realtime", "sample")
_KEY_NAMES = ("room", "processes", "reported", "feed", "notices")


@dataclass(frozen=True, slots=True)
class PersonalNotice:
    """For the connections of one account. ``body`` is a JSON object."""

    account_id: str
    body: bytes


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What one call brought besides the sample: things of this process, not of the room."""

    sample: Sample
    notices: Sequence[PersonalNotice]
    is_saver: bool
    saved_id: str  # stream id up to which SQL has the feed; "" where nobody has saved yet


class Sampler:
    """Reports one room of one process, and remembers what Redis has acknowledged.

    Args:
        incarnation: a name that no other sampler ever has: running totals start at 0 with it.
        can_save: whether this process can save feed and totals to SQL.
    """

    def __init__(
        self, event_id: str, incarnation: str, settings: Settings, *, can_save: bool
    ) -> None:
        self._keys = [event_key(event_id, name) for name in _KEY_NAMES]
        self._incarnation = incarnation
        self._settings = settings
        self._can_save = can_save
        self._acknowledged = (0, 0)  # views, likes
        self._asked = (0, 0)
        self._notice_id = ""
        self._saved_asked = ""
        self.views = 0  # joins in this process so far
        self.likes = 0
        self.saved_id = ""  # to be told to Redis with the next look; "" for no news

    @property
    def has_unreported(self) -> bool:
        """Whether Redis has yet to acknowledge something counted or saved here."""
        return self._acknowledged != (self.views, self.likes) or self.saved_id != ""

    def ask(
        self, viewers: int | None, views_floor: int, likes_floor: int, position: FeedPosition
    ) -> ScriptCall:
        """The call that reports and asks.

        Args:
            viewers: connected here now; None when this process leaves the room.
            views_floor, likes_floor: totals known to have been reached, from SQL or shown.
            position: where the feed is here.
        """
        self._asked = (self.views, self.likes)
        self._saved_asked = self.saved_id
        settings = self._settings
        is_first = position.epoch == NO_EPOCH
        return _SAMPLE.call(
            self._keys,
            (
                self._incarnation,
                "" if viewers is None else viewers,
                *self._asked,
                *self._acknowledged,
                views_floor,
                likes_floor,
                settings.lease_ms,
                KEYS_LIVE_MS,
                "" if is_first else position.epoch,
                "" if is_first else position.stream_id,
                settings.sample_entries_max,
                settings.feed_entries_max,
                self._notice_id,
                settings.sample_notices_max,
                int(self._can_save),
                self.saved_id,
            ),
        )

    def read(
        self,
        reply: Any,
        position: FeedPosition,
        sections: Mapping[str, Mapping[str, Numbers] | None],
        *,
        is_partial: bool,
    ) -> Look:
        """The answer to the last ``ask``.

        Args:
            position: where the feed was when asking.
            sections, is_partial: as in ``Sample``.
        """
        self._acknowledged = self._asked
        if self.saved_id == self._saved_asked:
            self.saved_id = ""
        epoch = reply[7].decode()
        entries, length = reply[9], reply[10]
        if length >= 0:
            entries.reverse()  # read from the newest
        oldest = reply[11]
        sample = Sample(
            viewers=reply[0],
            views=reply[1],
            likes=reply[2],
            revision=reply[3],
            is_renewed=bool(reply[4]),
            position=FeedPosition.of_stream(epoch, reply[8]),
            entries=[_entry(epoch, row) for row in entries],
            is_whole=length == len(entries) < self._settings.feed_entries_max,
            has_gap=bool(oldest) and FeedPosition.of_stream(epoch, oldest) > position,
            sections=sections,
            is_partial=is_partial,
            rules_revision=reply[14],
        )
        self._notice_id = reply[12].decode()
        return Look(
            sample=sample,
            notices=[_notice(fields) for _, fields in reply[13]],
            is_saver=bool(reply[5]),
            saved_id=reply[6].decode(),
        )


def _entry(epoch: str, row: Any) -> FeedEntry:
    stream_id, fields = row
    named = _named(fields)
    speaker = named.get(b"a")
    return feed_entry(
        FeedPosition.of_stream(epoch, stream_id),
        named[b"k"].decode(),
        named[b"b"],
        speaker.decode() if speaker else None,
    )


def _notice(fields: Sequence[bytes]) -> PersonalNotice:
    named = _named(fields)
    return PersonalNotice(named[b"a"].decode(), named[b"b"])


def _named(fields: Sequence[bytes]) -> dict[bytes, bytes]:
    return dict(zip(fields[::2], fields[1::2], strict=True))
