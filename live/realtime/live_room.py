"""One room in one process: its state, its audience, and what it has yet to report and save."""

import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from redis.exceptions import ClusterError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from live.clock import Clock
from live.config import Settings
from live.realtime import metrics
from live.realtime.audience import Audience
from live.realtime.definition import Numbers, RoomDefinition
from live.realtime.position import NO_EPOCH, FeedPosition
from live.realtime.protocol import tagged, text_frame
from live.realtime.recorder import Recorder
from live.realtime.ring import is_for_record
from live.realtime.room import Room, Sample
from live.realtime.sampler import Look, PersonalNotice, Sampler
from live.realtime.sections import Section
from live.realtime.sink import Sink
from live.realtime.uniques import UniqueViewers
from live.storage.redis import ScriptCall

log = structlog.get_logger(__name__)
_AWAY = (OSError, RedisConnectionError, RedisTimeoutError, ClusterError)


class LiveRoom:
    """Ties the pure room to those who watch it here. The hub ticks it.

    Attributes:
        entering: connections on their way in; the room stays while there are any.
        awaited: connections on their way in that wait for the next look to be taken in.
        empty_ms: since when nobody is here.
    """

    def __init__(
        self,
        event_id: str,
        definition: RoomDefinition,
        sections: Sequence[Section],
        sampler: Sampler,
        recorder: Recorder,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self.event_id = event_id
        self.sampler = sampler
        self.recorder = recorder
        self.uniques = UniqueViewers(event_id, settings)
        self.audience = Audience(settings)
        self.entering = 0
        self.awaited = 0
        self.empty_ms = clock.now_ms()
        self._sections = sections
        self._settings = settings
        self._clock = clock
        self._room = Room(definition, [s.name for s in sections], settings, clock.now_ms())
        self._by_account: defaultdict[str, set[Sink]] = defaultdict(set)
        self._staff: set[Sink] = set()
        self._asked_position = self._room.position
        self._asked_sections: Sequence[Section] = ()
        self._has_asked_uniques = False
        self._is_saver = False

    # Viewers

    def join(self, sink: Sink, since: FeedPosition | None) -> None:
        """Write the snapshot and register, in this very turn of the loop."""
        self.audience.join(sink)
        # Whatever is in the buffer, the handshake's answer first of all: this comes after it.
        sink.say(self._room.snapshot(self._clock.now_ms(), since=since), sys.maxsize)
        self.sampler.views += 1
        if sink.fingerprint:
            self.uniques.add([sink.fingerprint])
        if since is not None:
            metrics.RESUMES.labels("no" if self._room.ring.reaches(since) else "yes").inc()
        if sink.identity is not None:
            self._by_account[sink.identity.id].add(sink)
            if self._is_staff(sink):
                self._staff.add(sink)

    def leave(self, sink: Sink) -> None:
        """Take a connection out; nothing is written to it any more. Twice is harmless."""
        self.audience.leave(sink)
        self._staff.discard(sink)
        if sink.identity is not None:
            sinks = self._by_account[sink.identity.id]
            sinks.discard(sink)
            if not sinks:
                del self._by_account[sink.identity.id]
        self.empty_ms = self._clock.now_ms()

    def resync(self, sink: Sink, since: FeedPosition | None) -> None:
        """The viewer saw a hole."""
        self.audience.resync(sink, since, self._snapshot)

    def like(self, count: int) -> None:
        self.sampler.likes += count

    @property
    def has_viewers(self) -> bool:
        return len(self.audience) > 0 or self.entering > 0

    @property
    def has_staff(self) -> bool:
        return bool(self._staff)

    def tell_staff(self, frame: bytes) -> None:
        """A frame to the event's host and to operators; who has not read the last one skips it."""
        for sink in self._staff:
            sink.say(frame, 0)

    # State

    def calls(self, *, is_leaving: bool) -> list[ScriptCall]:
        """What to ask Redis: our report, each section that this room has, who is new here."""
        room, definition = self._room, self._room.definition
        self._asked_position = room.position
        ask = self.sampler.ask(
            None if is_leaving else max(len(self.audience), self.entering),
            max(definition.views_total, room.views),
            max(definition.likes_total, room.likes),
            room.position,
        )
        asked = [(section, section.sample(self.event_id)) for section in self._sections]
        self._asked_sections = [section for section, call in asked if call is not None]
        uniques = self.uniques.ask()
        self._has_asked_uniques = uniques is not None
        calls = [ask, *(call for _, call in asked if call is not None)]
        return calls if uniques is None else [*calls, uniques]

    def read(self, replies: Sequence[Any] | None) -> Look | None:
        """The answers to ``calls``; None where they did not come."""
        if replies is None or isinstance(replies[0], Exception):
            if replies is not None:
                # Told aloud where Redis answered, with an error; that it is away is a metric.
                is_away = isinstance(replies[0], _AWAY)
                tell = log.debug if is_away else log.warning
                tell("room not sampled", event_id=self.event_id, error=repr(replies[0]))
            return None
        if self._has_asked_uniques:
            *replies, counted = replies
            self.uniques.read(counted)
        sections: dict[str, Mapping[str, Numbers] | None] = {}
        is_partial = False
        for section, reply in zip(self._asked_sections, replies[1:], strict=True):
            if isinstance(reply, Exception):
                log.warning("section not sampled", section=section.name, error=repr(reply))
                sections[section.name], is_partial = None, True
            else:
                sections[section.name] = section.read(reply)
        return self.sampler.read(replies[0], self._asked_position, sections, is_partial=is_partial)

    def cannot_wait(self, look: Look | None) -> bool:
        """Whether the look must be told at once (or could not be dropped) while ticks are slow."""
        if look is None:
            return not self.is_degraded
        if self.awaited:
            return True
        return not look.sample.is_renewed or self._room.is_urgent(look.sample)

    async def advance(
        self, look: Look | None, *, tick_hz: float | None = None, chat_max: int | None = None
    ) -> int:
        """Apply one look (None: Redis is away) and send what it changed.

        Args:
            tick_hz, chat_max: see ``Room.apply``.

        Returns: connections written to.
        """
        room, before, spared = self._room, self._room.position, self._room.chat_spared
        sample = look.sample if look is not None else None
        update = room.apply(sample, self._clock.now_ms(), tick_hz=tick_hz, chat_max=chat_max)
        if room.chat_spared > spared:
            metrics.CHAT_SPARED.inc(room.chat_spared - spared)
        if look is not None:
            self._keep(look, before)
        if before.epoch not in (NO_EPOCH, room.position.epoch):
            self.uniques.restart(sink.fingerprint for sink in self.audience.sinks())
        written = 0
        if update is not None:
            frame = update.frame()
            if frame is None:
                frame = room.snapshot(self._clock.now_ms(), missed_after=before)
            written = await self.audience.send(frame, before)
        self.audience.catch_up(self._snapshot)
        return written

    def hand_over(self, notices: Sequence[PersonalNotice]) -> None:
        """Personal notices to whoever of their owners is here."""
        for notice in notices:
            sinks = self._by_account.get(notice.account_id)
            if sinks:
                frame = text_frame(tagged("notice", notice.body))
                for sink in sinks:
                    sink.say(frame, self._settings.unread_bytes_max)

    # Definition

    @property
    def definition(self) -> RoomDefinition:
        return self._room.definition

    def define(self, definition: RoomDefinition) -> bool:
        """Take a newly loaded definition; the next tick tells what it changed.

        Returns: whether that tick should not wait.
        """
        has_new_staff = definition.staff != self._room.definition.staff
        self._room.define(definition)
        if has_new_staff:
            self._staff = {sink for sink in self.audience.sinks() if self._is_staff(sink)}
        return self._room.is_redefinition_urgent

    def wants_definition(self, sample: Sample) -> bool:
        """Whether Redis speaks of things that the definition does not know yet."""
        return sample.revision > self.definition.revision or self._room.has_unknown_items(sample)

    def has_lost_rules(self, sample: Sample) -> bool:
        """Whether Redis has older rules of the chat than SQL had."""
        return sample.rules_revision < self.definition.rules_revision

    @property
    def position(self) -> FeedPosition:
        return self._room.position

    @property
    def is_degraded(self) -> bool:
        return self._room.is_degraded

    def knows(self, position: FeedPosition) -> bool:
        """Whether a resume from there can be answered without another look at Redis."""
        return self._room.ring.knows(position)

    # Record

    @property
    def is_settled(self) -> bool:
        """Whether this process could forget the room and lose nothing."""
        if self._is_saver and not (self._has_saved_totals() and self.uniques.is_saved):
            return False
        has_unreported = self.sampler.has_unreported or self.uniques.is_waiting
        return not self.recorder.is_waiting and not has_unreported

    def _has_saved_totals(self) -> bool:
        room = self._room
        return self.recorder.has_totals(room.views, room.likes, self.uniques.total)

    async def ask_for_last_totals(self) -> None:
        """With the next look; this process is about to go."""
        if self._is_saver:
            await self._ask_for_uniques()

    async def save(self) -> None:
        """Save to SQL what this process is to save, and have Redis told with the next look."""
        if not (self._is_saver or self.recorder.is_waiting):
            return
        sketch = self.uniques.sketch
        room, unique_viewers = self._room, self.uniques.total
        is_done = await self.recorder.save(room.views, room.likes, unique_viewers, sketch)
        if is_done and self.uniques.sketch is sketch:
            self.uniques.sketch = None
        if self._is_saver:
            await self._ask_for_uniques()
        saved = self.recorder.saved
        if saved is not None and saved.epoch == self.position.epoch:
            self.sampler.saved_id = saved.stream_id
            self.recorder.saved = None

    async def _ask_for_uniques(self) -> None:
        if not self.uniques.is_whole:
            saved = await self.recorder.saved_sketch()
            if saved is not None:
                self.uniques.restore(saved)
        self.uniques.want(is_last=not self.has_viewers)

    def _keep(self, look: Look, before: FeedPosition) -> None:
        was_saver, self._is_saver = self._is_saver, look.is_saver
        if not look.is_saver:
            return
        epoch = self.position.epoch
        if was_saver and before.epoch == epoch:
            self.recorder.take(filter(is_for_record, look.sample.entries))
            return
        # Newly ours, or a new life of the stream: go on where the last one to save left off.
        saved_id = look.saved_id.encode() or b"0-0"
        self.recorder.take(self._room.ring.unsaved(FeedPosition.of_stream(epoch, saved_id)))

    def _snapshot(self, since: FeedPosition | None, missed_after: FeedPosition | None) -> bytes:
        now_ms = self._clock.now_ms()
        return self._room.snapshot(now_ms, since=since, missed_after=missed_after)

    def _is_staff(self, sink: Sink) -> bool:
        who = sink.identity
        return who is not None and (who.is_operator or who.id in self.definition.staff)
