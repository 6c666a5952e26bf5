"""What a room shows, and how that changes. Pure: values and the time in, messages out.

Invariant: a viewer who holds a snapshot and applies every tick after it shows exactly what a
fresh snapshot shows. Of the feed it may show more, but nothing that was retracted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from live.config import Settings
from live.realtime.definition import Numbers, RoomDefinition
from live.realtime.position import NO_EPOCH, FeedPosition
from live.realtime.protocol import (
    Item,
    Snapshot,
    SnapshotFrame,
    Tick,
    encode,
    text_frame,
)
from live.realtime.ring import CHAT, RETRACTION, FeedEntry, FeedRing, Resumed, spare_chat

# A change of this number does not wait for a slowed tick: an offer opens, or is sold out.
URGENT_NUMBER = "status"

_SNAPSHOTS_KEPT_MAX = 64  # distinct positions resumed from whose snapshots of one n are kept


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """What one look at Redis found.

    Args:
        viewers: connected now, over the processes heard from lately.
        views, likes: cumulative, over all processes there ever were.
        revision: of the event's definition.
        is_renewed: our own lease still held, so ``viewers`` counts everybody.
        position: where the feed is after ``entries``.
        entries: what follows the last position; in another epoch, the newest there are.
        is_whole: in another epoch: ``entries`` are all that the stream ever held.
        has_gap: entries between the last position and these were already trimmed.
        sections: name → items by id; None where the section has nothing trustworthy.
        is_partial: some section could not be sampled.
        rules_revision: of the chat's rules that Redis has; 0 for none.
    """

    viewers: int
    views: int
    likes: int
    revision: int
    is_renewed: bool
    position: FeedPosition
    entries: Sequence[FeedEntry] = ()
    is_whole: bool = False
    has_gap: bool = False
    sections: Mapping[str, Mapping[str, Numbers] | None] = {}
    is_partial: bool = False
    rules_revision: int = 0


@dataclass(frozen=True, slots=True)
class Update:
    """One step of a room. ``tick`` is None where only a snapshot can tell it."""

    tick: Tick | None
    sections: Mapping[str, Sequence[Item]]

    def frame(self) -> bytes | None:
        """The tick as the bytes that every viewer gets."""
        return text_frame(encode(self.tick, self.sections)) if self.tick is not None else None


class Room:
    """The state of one room, as this process shows it.

    Args:
        section_names: what snapshots always carry, be it empty.
    """

    def __init__(
        self,
        definition: RoomDefinition,
        section_names: Sequence[str],
        settings: Settings,
        now_ms: int,
    ) -> None:
        self._settings = settings
        self._definition = definition
        self._event = definition.event  # as shown; the definition may be ahead by one apply
        self._ring = FeedRing(settings.feed_entries_max)
        self._numbers: dict[str, Mapping[str, Numbers]] = {}
        self._shown: dict[str, dict[str, Item]] = {
            name: {} for name in [*section_names, *definition.items]
        }
        for name in self._shown:
            self._shown[name] = self._whole_items(name)
        self._is_redefined = False
        self._is_sampled = False
        self._viewers_hold_until_ms = 0
        self._moved_ms = now_ms
        self._snapshots: dict[tuple[FeedPosition | None, ...], SnapshotFrame] = {}
        self.n = 1
        self.viewers = 0
        self.views = definition.views_total
        self.likes = definition.likes_total
        self.is_degraded = False
        self.tick_hz = settings.tick_hz
        self.chat_spared = 0  # chat messages that nobody was shown

    @property
    def definition(self) -> RoomDefinition:
        """The newest one given."""
        return self._definition

    @property
    def position(self) -> FeedPosition:
        """Where the feed of this process is."""
        return self._ring.position

    @property
    def ring(self) -> FeedRing:
        return self._ring

    def define(self, definition: RoomDefinition) -> None:
        """Take a newly loaded definition; the next ``apply`` tells what it changed."""
        self._definition = definition
        self._is_redefined = True

    def is_urgent(self, sample: Sample) -> bool:
        """Whether the sample, or a new definition, holds what a slowed tick must not delay."""
        if self._is_redefined and self.is_redefinition_urgent:
            return True
        if any(entry.kind == RETRACTION for entry in sample.entries):
            return True
        for name, items in sample.sections.items():
            if items is None:
                continue
            known = self._shown.get(name, {})
            for item_id, numbers in items.items():
                shown = known.get(item_id)
                if shown is not None and shown.get(URGENT_NUMBER) != numbers.get(URGENT_NUMBER):
                    return True
        return False

    @property
    def is_redefinition_urgent(self) -> bool:
        """Whether the definition given last opens or closes something, or brings something new."""
        if self._definition.event.get(URGENT_NUMBER) != self._event.get(URGENT_NUMBER):
            return True
        for name, items in self._definition.items.items():
            shown, known = self._shown.get(name, {}), self._numbers.get(name, {})
            for item_id, fields in items.items():
                if item_id not in shown:
                    return True
                status = {**fields, **known.get(item_id, {})}.get(URGENT_NUMBER)
                if status != shown[item_id].get(URGENT_NUMBER):
                    return True
        return False

    def has_unknown_items(self, sample: Sample) -> bool:
        """Whether Redis has items that the definition lacks: it must be older than they are."""
        if not sample.sections:
            return False
        return any(
            not items.keys() <= self._definition.items.get(name, {}).keys()
            for name, items in sample.sections.items()
            if items
        )

    def apply(
        self,
        sample: Sample | None,
        now_ms: int,
        *,
        tick_hz: float | None = None,
        chat_max: int | None = None,
    ) -> Update | None:
        """Take one sample in (None: Redis is away) and number what changed.

        Args:
            tick_hz: the rate to tell; None leaves it.
            chat_max: chat messages to show of this sample, the newest; None shows all. The others
                are shown by no snapshot either, so nobody is told of a hole; the record has them.

        Returns: None when nothing changed and the room has not been quiet for long.
        """
        told: dict[str, Any] = {}
        is_degraded = sample is None or sample.is_partial
        if is_degraded != self.is_degraded:
            self.is_degraded = told["degraded"] = is_degraded
        if self._definition.event != self._event:
            self._event = told["event"] = self._definition.event
        sections, is_reshaped = self._apply_items(sample.sections if sample else {})
        if sample is not None:
            told |= self._apply_counts(sample, now_ms)
            told |= self._apply_feed(sample, chat_max)
            self._is_sampled = True
        is_quiet = not (told or sections or is_reshaped)
        if is_quiet and now_ms - self._moved_ms < self._settings.quiet_tick_seconds * 1000:
            return None
        if tick_hz is not None and tick_hz != self.tick_hz:
            # Goes along, and is no reason for a tick: whose cost would change the rate once more.
            self.tick_hz = told["tick_hz"] = tick_hz
        self._moved_ms = now_ms
        self._snapshots.clear()
        self.n += 1
        if is_reshaped:
            return Update(None, {})
        return Update(Tick(n=self.n, prev=self.n - 1, **told), sections)

    def snapshot(
        self,
        now_ms: int,
        *,
        since: FeedPosition | None = None,
        missed_after: FeedPosition | None = None,
    ) -> bytes:
        """The whole state as a frame; encoded at most once for each n (and position).

        Args:
            since: for who resumes and keeps the older entries: the feed holds what follows.
            missed_after: for who was left behind: the newest entries, or more where more was
                missed. Without either, the newest entries.
        """
        key = (since, missed_after)
        frame = self._snapshots.get(key)
        if frame is None:
            if len(self._snapshots) >= _SNAPSHOTS_KEPT_MAX:
                self._snapshots.clear()
            frame = self._snapshots[key] = self._encode_snapshot(self._feed_for(*key))
        return frame.stamped(now_ms)

    def _feed_for(self, since: FeedPosition | None, missed_after: FeedPosition | None) -> Resumed:
        count = self._settings.snapshot_feed_max
        if since is not None:
            return self._ring.since(since, count)
        if missed_after is not None:
            return self._ring.covering(missed_after, count)
        return Resumed(self._ring.recent(count), has_gap=False)

    def _encode_snapshot(self, feed: Resumed) -> SnapshotFrame:
        snapshot = Snapshot(
            n=self.n,
            viewers=self.viewers,
            views=self.views,
            likes=self.likes,
            event=self._event,
            feed=[entry.json for entry in feed.entries],
            feed_id=str(self._ring.position),
            retracted=self._ring.retracted,
            gap=feed.has_gap,
            degraded=self.is_degraded,
            reconnect_seconds=self._settings.reconnect_seconds,
            tick_hz=self.tick_hz,
        )
        sections = {name: list(items.values()) for name, items in self._shown.items()}
        return SnapshotFrame(snapshot, sections)

    # What a sample changes

    def _apply_counts(self, sample: Sample, now_ms: int) -> dict[str, int]:
        told: dict[str, int] = {}
        viewers = sample.viewers
        if not sample.is_renewed and self._is_sampled:
            # Our lease had lapsed, and so may those of others: until they have had time to
            # report, the sum is of the first few only.
            self._viewers_hold_until_ms = now_ms + self._settings.lease_ms
        if now_ms < self._viewers_hold_until_ms:
            viewers = max(viewers, self.viewers)
        if viewers != self.viewers:
            self.viewers = told["viewers"] = viewers
        if sample.views > self.views:
            self.views = told["views"] = sample.views
        if sample.likes > self.likes:
            self.likes = told["likes"] = sample.likes
        return told

    def _apply_feed(self, sample: Sample, chat_max: int | None) -> dict[str, Any]:
        before = self._ring.position
        if sample.position == before and not sample.entries:
            return {}
        has_gap = sample.has_gap
        if sample.position.epoch != before.epoch:
            fresh = self._ring.restart(sample.position, sample.entries, is_whole=sample.is_whole)
            count = sum(entry.kind != RETRACTION for entry in sample.entries)
            entries = self._ring.recent(min(count, self._settings.snapshot_feed_max))
            has_gap = before.epoch != NO_EPOCH
        else:
            if has_gap:
                self._ring.forget_continuity()
            found = sample.entries if chat_max is None else spare_chat(sample.entries, chat_max)
            if found is not sample.entries:
                self.chat_spared += sum(e.is_hidden for e in found if e.kind == CHAT)
            fresh = self._ring.extend(sample.position, found)
            entries = list(fresh.entries)
        told: dict[str, Any] = {"feed_id": str(sample.position)}
        if entries:
            told["feed"] = [entry.json for entry in entries]
        if fresh.retracted:
            told["retracted"] = fresh.retracted
        if has_gap:
            told["gap"] = True
        return told

    def _apply_items(
        self, sampled: Mapping[str, Mapping[str, Numbers] | None]
    ) -> tuple[dict[str, list[Item]], bool]:
        """Changed items by section, and whether the change is one that ticks cannot tell."""
        changes: dict[str, list[Item]] = {}
        is_reshaped = False
        is_redefined, self._is_redefined = self._is_redefined, False
        if is_redefined:
            for name in self._definition.items:
                self._shown.setdefault(name, {})
        for name, before in self._shown.items():
            known = self._numbers.get(name, {})
            # Laid over the old ones: an item that Redis dropped keeps its last numbers.
            numbers = {**known, **(sampled.get(name) or {})}
            if numbers == known and not is_redefined:
                continue
            self._numbers[name] = numbers
            after = self._shown[name] = self._whole_items(name)
            if not _can_ticks_tell(before, after):
                is_reshaped = True
                continue
            found = [c for key in after if (c := self._change(name, before.get(key), after[key]))]
            if found:
                changes[name] = found
        return changes, is_reshaped

    def _whole_items(self, name: str) -> dict[str, Item]:
        numbers = self._numbers.get(name, {})
        return {
            key: {"id": key, **fields, **numbers.get(key, {})}
            for key, fields in self._definition.items.get(name, {}).items()
        }

    def _change(self, name: str, before: Item | None, after: Item) -> Item | None:
        if before == after:
            return None
        numbers = self._numbers[name].get(after["id"])
        if before is None or numbers is None:
            return after
        if any(after[field] != before.get(field) for field in after.keys() - numbers.keys()):
            return after
        return {"id": after["id"], **numbers}


def _can_ticks_tell(before: Mapping[str, Item], after: Mapping[str, Item]) -> bool:
    """Ticks can change items and append new ones; not remove, reorder or strip them of fields."""
    return list(after)[: len(before)] == list(before) and all(
        item.keys() <= after[key].keys() for key, item in before.items()
    )
