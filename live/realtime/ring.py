"""The last entries of a room's feed, as one process remembers them. Pure.

Every resume is answered from here, so a reconnect storm costs Redis nothing.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import msgspec

from live.realtime.position import UNKNOWN_POSITION, FeedPosition
from live.values import rfc3339

CHAT = "chat"  # the kind of entry of which viewers may be spared some


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry of the feed.

    Args:
        position: where it stands; its text is the entry's ``id``.
        body: a JSON object as text: the entry without ``id``, ``kind`` and ``at``.
        json: the entry as viewers get it.
        is_hidden: no viewer of this process gets it: chat that there was too much of.
    """

    position: FeedPosition
    kind: str
    body: str
    json: msgspec.Raw
    is_hidden: bool = False

    @property
    def id(self) -> str:
        return str(self.position)

    @property
    def at_ms(self) -> int:
        """When Redis took it, ms since the epoch."""
        return self.position.ms


def feed_entry(position: FeedPosition, kind: str, body: bytes) -> FeedEntry:
    """An entry with its JSON, composed without decoding the body (a JSON object)."""
    head = f'{{"id":"{position}","kind":"{kind}","at":"{rfc3339(position.ms)}"'.encode()
    rest = body.lstrip()[1:]
    is_bare = rest.lstrip().startswith(b"}")
    text = head + (rest if is_bare else b"," + rest)
    return FeedEntry(position, kind, body.decode(), msgspec.Raw(text))


@dataclass(frozen=True, slots=True)
class Resumed:
    """What somebody missed; ``has_gap`` when there was more that nobody here remembers."""

    entries: Sequence[FeedEntry]
    has_gap: bool


def spare_chat(entries: Sequence[FeedEntry], chat_max: int) -> list[FeedEntry]:
    """The same entries, of whose chat only the newest ``chat_max`` are shown."""
    excess = sum(entry.kind == CHAT for entry in entries) - chat_max
    spared: list[FeedEntry] = []
    for entry in entries:
        is_hidden = excess > 0 and entry.kind == CHAT
        excess -= is_hidden
        spared.append(replace(entry, is_hidden=True) if is_hidden else entry)
    return spared


class FeedRing:
    """Entries in order, the newest last.

    Args:
        entries_max: entries remembered; older ones are forgotten.
    """

    def __init__(self, entries_max: int) -> None:
        self._entries: deque[FeedEntry] = deque(maxlen=entries_max)
        # Of this epoch; entries of an earlier one may stand before them, to be shown only.
        self._of_epoch = 0
        self._is_whole = False  # nothing of this epoch is older than what is remembered
        self.position = UNKNOWN_POSITION

    def restart(
        self, position: FeedPosition, entries: Sequence[FeedEntry], *, is_whole: bool
    ) -> None:
        """Go over to the stream of another epoch, of which these are the newest entries."""
        self._of_epoch = 0
        self._is_whole = is_whole
        self.extend(position, entries)

    def extend(self, position: FeedPosition, entries: Iterable[FeedEntry]) -> None:
        """Entries that follow the last, and where that leads."""
        before = len(self._entries)
        added = 0
        for entry in entries:
            self._entries.append(entry)
            added += 1
        dropped = before + added - len(self._entries)
        older = before - self._of_epoch  # entries of earlier epochs go first
        self._of_epoch += added - max(0, dropped - older)
        if dropped > older:
            self._is_whole = False
        self.position = position

    def forget_continuity(self) -> None:
        """Entries were missed: what is remembered no longer reaches back without a hole."""
        self._of_epoch = 0
        self._is_whole = False

    def recent(self, count: int) -> list[FeedEntry]:
        """The newest entries that are shown, at most ``count``."""
        shown = (entry for entry in reversed(self._entries) if not entry.is_hidden)
        return list(islice(shown, count))[::-1]

    def unsaved(self, saved: FeedPosition) -> list[FeedEntry]:
        """For the record, hidden ones too: what follows ``saved``, or all of this epoch."""
        own = islice(self._entries, len(self._entries) - self._of_epoch, None)
        return [entry for entry in own if entry.position > saved or not self.reaches(saved)]

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
        own = islice(self._entries, len(self._entries) - self._of_epoch, None)
        entries = [e for e in own if e.position > position and not e.is_hidden]
        return Resumed(entries, has_gap=False)

    def covering(self, position: FeedPosition, count: int) -> Resumed:
        """The newest ``count`` entries, or more where more has followed ``position``."""
        missed = self.since(position, count)
        if len(missed.entries) > count:
            return missed
        return Resumed(self.recent(count), missed.has_gap)
