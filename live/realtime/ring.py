"""The last entries of a room's feed, as one process remembers them. Pure.

Every resume is answered from here, so a reconnect storm costs Redis nothing.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import msgspec

from live.realtime.position import UNKNOWN_POSITION, FeedPosition
from live.values import rfc3339

CHAT = "chat"  # the kind of entry of which viewers may be spared some
# An entry that takes others back: its body names their ids. It is never shown itself.
RETRACTION = "retraction"

# Ids of retracted entries that snapshots name: as many as a screen keeps entries.
RETRACTED_MAX = 200


class Retraction(msgspec.Struct, frozen=True):
    """The body of a ``RETRACTION``; ids may be of an earlier epoch."""

    ids: list[str]


_decode_retraction = msgspec.json.Decoder(Retraction).decode


class FeedEntry(msgspec.Struct, frozen=True):
    """One entry of the feed. A Struct: made for each tick of each room, six times as fast.

    Args:
        position: where it stands; its text is the entry's ``id``.
        body: a JSON object as text: the entry without ``id``, ``kind`` and ``at``.
        json: the entry as viewers get it.
        speaker: the account behind a chat message; viewers are not told.
        is_hidden: no viewer of this process ever gets it: a retraction, or chat that there was
            too much of.
        is_retracted: it was taken back.
    """

    position: FeedPosition
    kind: str
    body: str
    json: msgspec.Raw
    speaker: str | None = None
    is_hidden: bool = False
    is_retracted: bool = False

    @property
    def is_shown(self) -> bool:
        return not (self.is_hidden or self.is_retracted)

    @property
    def id(self) -> str:
        return str(self.position)

    @property
    def at_ms(self) -> int:
        """When Redis took it, ms since the epoch."""
        return self.position.ms


def feed_entry(
    position: FeedPosition, kind: str, body: bytes, speaker: str | None = None
) -> FeedEntry:
    """An entry with its JSON, composed without decoding the body (a JSON object)."""
    head = f'{{"id":"{position}","kind":"{kind}","at":"{rfc3339(position.ms)}"'.encode()
    rest = body.lstrip()[1:]
    is_bare = rest.lstrip().startswith(b"}")
    text = head + (rest if is_bare else b"," + rest)
    is_hidden = kind == RETRACTION
    return FeedEntry(position, kind, body.decode(), msgspec.Raw(text), speaker, is_hidden)


@dataclass(frozen=True, slots=True)
class Resumed:
    """What somebody missed; ``has_gap`` when there was more that nobody here remembers."""

    entries: Sequence[FeedEntry]
    has_gap: bool


class Fresh(NamedTuple):
    """What was new to the ring: entries to show, and ids of entries to show no more."""

    entries: Sequence[FeedEntry]
    retracted: Sequence[str]


def spare_chat(entries: Sequence[FeedEntry], chat_max: int) -> Sequence[FeedEntry]:
    """The same entries, of whose chat only the newest ``chat_max`` are shown.

    Returns: the very ``entries`` where nothing is spared, as nearly always.
    """
    if len(entries) <= chat_max:
        return entries
    excess = sum(entry.kind == CHAT for entry in entries) - chat_max
    if excess <= 0:
        return entries
    spared: list[FeedEntry] = []
    for entry in entries:
        is_hidden = excess > 0 and entry.kind == CHAT
        excess -= is_hidden
        spared.append(msgspec.structs.replace(entry, is_hidden=True) if is_hidden else entry)
    return spared


class FeedRing:
    """Entries in order, the newest last.

    What was retracted keeps its place, unseen, so that positions still tell what followed them.

    Args:
        entries_max: entries remembered; older ones are forgotten.
    """

    def __init__(self, entries_max: int) -> None:
        self._entries: deque[FeedEntry] = deque(maxlen=entries_max)
        self._retracted: dict[str, None] = {}  # in order
        # Of this epoch; entries of an earlier one may stand before them, to be shown only.
        self._of_epoch = 0
        self._is_whole = False  # nothing of this epoch is older than what is remembered
        self.position = UNKNOWN_POSITION

    def restart(
        self, position: FeedPosition, entries: Sequence[FeedEntry], *, is_whole: bool
    ) -> Fresh:
        """Go over to the stream of another epoch, of which these are the newest entries."""
        self._of_epoch = 0
        self._is_whole = is_whole
        return self.extend(position, entries)

    def extend(self, position: FeedPosition, entries: Iterable[FeedEntry]) -> Fresh:
        """Entries that follow the last, and where that leads."""
        before = len(self._entries)
        found = list(entries)
        added = len(found)
        retracted = [key for entry in found for key in _retracted_by(entry)]
        self._retract(retracted)
        for place, entry in enumerate(found):
            if self._retracted and entry.id in self._retracted:
                found[place] = msgspec.structs.replace(entry, is_retracted=True)
        self._entries.extend(found)
        dropped = before + added - len(self._entries)
        older = before - self._of_epoch  # entries of earlier epochs go first
        self._of_epoch += added - max(0, dropped - older)
        if dropped > older:
            self._is_whole = False
        self.position = position
        return Fresh([entry for entry in found if entry.is_shown], retracted)

    @property
    def retracted(self) -> list[str]:
        """Ids of the entries retracted last, in order."""
        return list(self._retracted)

    def forget_continuity(self) -> None:
        """Entries were missed: what is remembered no longer reaches back without a hole."""
        self._of_epoch = 0
        self._is_whole = False

    def recent(self, count: int) -> list[FeedEntry]:
        """What is still shown of the newest ``count`` entries that ever were.

        What was retracted counts, so that this never reaches back beyond what others were told.
        """
        newest = (entry for entry in reversed(self._entries) if not entry.is_hidden)
        return [entry for entry in islice(newest, count) if not entry.is_retracted][::-1]

    def unsaved(self, saved: FeedPosition) -> list[FeedEntry]:
        """For the record, spared ones too: what follows ``saved``, or all of this epoch."""
        reaches = self.reaches(saved)
        return [e for e in self._own() if is_for_record(e) and (e.position > saved or not reaches)]

    def knows(self, position: FeedPosition) -> bool:
        """Whether the position lies within what has been sampled so far."""
        return position.epoch == self.position.epoch and position <= self.position

    def reaches(self, position: FeedPosition) -> bool:
        """Whether everything after ``position`` is remembered here."""
        if not self.knows(position):
            return False
        if position == self.position or self._is_whole:
            return True
        return self._of_epoch > 0 and self._entries[-self._of_epoch].position <= position

    def since(self, position: FeedPosition, count: int) -> Resumed:
        """Everything after ``position``; where that is not known, the newest ``count``."""
        if not self.reaches(position):
            return Resumed(self.recent(count), has_gap=True)
        entries = [e for e in self._own() if e.position > position and e.is_shown]
        return Resumed(entries, has_gap=False)

    def covering(self, position: FeedPosition, count: int) -> Resumed:
        """The newest ``count`` entries, or more where more has followed ``position``."""
        missed, recent = self.since(position, count), self.recent(count)
        # Both end at the newest: the longer one holds the other.
        longer = missed.entries if len(missed.entries) > len(recent) else recent
        return Resumed(longer, missed.has_gap)

    def _own(self) -> Iterator[FeedEntry]:
        """Those of this epoch."""
        return islice(self._entries, len(self._entries) - self._of_epoch, None)

    def _retract(self, ids: Sequence[str]) -> None:
        if not ids:
            return
        for key in ids:
            self._retracted.pop(key, None)
            self._retracted[key] = None
        while len(self._retracted) > RETRACTED_MAX:
            del self._retracted[next(iter(self._retracted))]
        gone = frozenset(ids)
        for place, entry in enumerate(self._entries):
            if not entry.is_retracted and entry.id in gone:
                self._entries[place] = msgspec.structs.replace(entry, is_retracted=True)


def is_for_record(entry: FeedEntry) -> bool:
    """Whether the record keeps it: all that was said, and has not been taken back."""
    return entry.kind != RETRACTION and not entry.is_retracted


def _retracted_by(entry: FeedEntry) -> Sequence[str]:
    return _decode_retraction(entry.body).ids if entry.kind == RETRACTION else ()
