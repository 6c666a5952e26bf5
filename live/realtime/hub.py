"""The tick loop: every room of this process sampled in one pipeline, a few times a second.

Nobody is subscribed to anything, so nothing can be missed: whatever Redis says next is the
state. While Redis is away viewers stay, see the last numbers, and are told so.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import islice
from typing import Any

import structlog

from live.clock import Clock
from live.config import Settings
from live.realtime import metrics
from live.realtime.definitions import Definitions
from live.realtime.live_room import LiveRoom
from live.realtime.pace import Metered, Rhythm
from live.realtime.position import FeedPosition
from live.realtime.recorder import Record, Recorder
from live.realtime.restoring import RestoreRules, Restoring
from live.realtime.sampler import Look, Sampler
from live.realtime.sections import DefinitionLoader, SalesLoader, Section
from live.realtime.staff import tell_staff_forever
from live.storage.redis import REDIS_AWAY, RedisClient, run_scripts

# However busy: seconds between looks at most. What cannot wait goes out with the look that finds
# it: an offer that opens or sells out is on every screen within 0.4 s.
URGENT_SECONDS = 0.3

log = structlog.get_logger(__name__)


class Hub:
    """All rooms of one process. Enter it as a context manager; leaving reports and saves.

    Args:
        sections: what features show in a room, sampled with every tick.
        load_definition: from SQL; None for an unknown event.
        load_sales: the ``sales`` message of an event, from SQL; None for a hub without.
        record: keeps feed and totals in SQL; None for a hub that keeps no record.
        restore_rules: gives a room the rules of its chat again, which Redis has lost.
    """

    def __init__(
        self,
        redis: RedisClient,
        settings: Settings,
        clock: Clock,
        sections: Sequence[Section],
        *,
        load_definition: DefinitionLoader,
        load_sales: SalesLoader | None = None,
        record: Record | None = None,
        restore_rules: RestoreRules | None = None,
    ) -> None:
        self._redis = redis
        self._settings = settings
        self._clock = clock
        self._sections = tuple(sections)
        self._wake = asyncio.Event()  # something cannot wait for the next look
        self._definitions = Definitions(load_definition, settings, self._wake.set)
        self._load_sales = load_sales
        self._record = record
        self._restoring = Restoring(restore_rules)
        self._process = secrets.token_hex(6)
        self._rooms_opened = 0
        self._rooms: dict[str, LiveRoom] = {}
        self._opening: dict[str, asyncio.Task[LiveRoom]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._is_closing = False
        self._ticks_started = 0
        self._ticks_finished = 0
        self._tick_waiters: list[asyncio.Future[None]] = []
        self._rhythm = Rhythm(
            settings.tick_hz,
            settings.tick_interval_max_ms / 1000,
            settings.tick_load_max,
            URGENT_SECONDS,
        )

    # Rooms

    @asynccontextmanager
    async def entering(
        self, event_id: str, since: FeedPosition | None = None
    ) -> AsyncIterator[LiveRoom]:
        """The room, held open for somebody who is about to join it.

        Args:
            since: where that viewer resumes; known to the room by then, if to anybody.

        Raises: NotFound; Unavailable where SQL does not answer.
        """
        room = await self._room(event_id)
        room.entering += 1
        try:
            if since is not None and not room.knows(since) and not room.is_degraded:
                # Got from a process that looked later than we did, or of a stream that we do
                # not yet know to be gone. Without our next look it would see entries twice.
                room.awaited += 1
                try:
                    await self._next_look()
                finally:
                    room.awaited -= 1
            yield room
        finally:
            room.entering -= 1

    def room(self, event_id: str) -> LiveRoom | None:
        """The room, where it is open in this process."""
        return self._rooms.get(event_id)

    async def _room(self, event_id: str) -> LiveRoom:
        room = self._rooms.get(event_id)
        if room is not None:
            return room
        task = self._opening.get(event_id)
        if task is None:
            task = asyncio.create_task(self._open(event_id), name=f"open room {event_id}")
            self._opening[event_id] = task
            task.add_done_callback(lambda task: self._opened(event_id, task))
        # Shielded: the first to come may leave again, others wait for the same room.
        return await asyncio.shield(task)

    async def _open(self, event_id: str) -> LiveRoom:
        definition = await self._definitions.first(event_id)
        self._rooms_opened += 1
        # Never the same twice: its running totals start at 0.
        incarnation = f"{self._process}.{self._rooms_opened}"
        settings = self._settings
        room = LiveRoom(
            event_id,
            definition,
            self._sections,
            Sampler(event_id, incarnation, settings, can_save=self._record is not None),
            Recorder(event_id, self._record, settings.save_entries_max),
            settings,
            self._clock,
        )
        room.entering += 1  # whoever waits for it
        try:
            [look] = await self._look([room], leaving=())
        finally:
            room.entering -= 1
        await room.advance(look)  # nobody is here yet, so it only takes the look in
        self._rooms[event_id] = room
        return room

    def _opened(self, event_id: str, task: asyncio.Task[LiveRoom]) -> None:
        del self._opening[event_id]
        if not task.cancelled():
            task.exception()  # told to whoever waits; nobody need be left to hear it

    # Life

    async def __aenter__(self) -> "Hub":
        loops: list[Coroutine[Any, Any, None]] = [self._tick_forever(), self._save_forever()]
        if self._load_sales is not None:
            every_seconds = self._settings.sales_seconds
            loops.append(tell_staff_forever(self._rooms_now, self._load_sales, every_seconds))
        self._tasks = [asyncio.create_task(loop) for loop in loops]
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Stop ticking, save, and take this process out of its rooms' totals."""
        # The flag too: below Python 3.12, asyncio.wait_for (which redis-py puts around every
        # send) can swallow a cancellation that comes just as it is done.
        self._is_closing = True
        tasks = [*self._tasks, *self._opening.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._definitions.close()
        await self._restoring.close()
        rooms = self._rooms_now()
        for room in rooms:
            await room.ask_for_last_totals()
        for room, look in zip(rooms, await self._look(rooms, leaving=()), strict=True):
            await room.advance(look)  # what happened since the last tick
            await room.save()
        await self._look(rooms, leaving=rooms)
        self._rooms.clear()

    def _rooms_now(self) -> list[LiveRoom]:
        return list(self._rooms.values())

    async def _save_forever(self) -> None:
        while not self._is_closing:
            await asyncio.sleep(self._settings.save_seconds)
            for room in self._rooms_now():
                await room.save()

    # Ticks

    async def _tick_forever(self) -> None:
        loop, rhythm = asyncio.get_running_loop(), self._rhythm
        while not self._is_closing:
            self._wake.clear()
            if not rhythm.looks(loop.time()):
                metrics.TICKS_LATE.inc()
            try:
                await self._tick()
            except Exception:  # a bug in one feature's section must not end all rooms
                log.exception("tick failed")
            await self._rest()

    async def _rest(self) -> None:
        """Until the next look is due, or something that cannot wait is there."""
        loop = asyncio.get_running_loop()
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._rhythm.look_due):
                await self._wake.wait()
        await asyncio.sleep(max(0.0, self._rhythm.hurry_due - loop.time()))

    async def _tick(self) -> None:
        """Sample every room, and send each what changed."""
        self._ticks_started += 1
        number = self._ticks_started
        rooms = self._rooms_now()
        leaving = [room for room in rooms if self._may_close(room)]
        metrics.ROOMS.set(len(rooms))
        if not rooms:
            metrics.DEGRADED.set(0)  # nobody is shown anything
        else:
            looking = Metered(self._look(rooms, leaving=leaving))
            looks = await looking
            self._rhythm.looked(looking.cpu_seconds)
            metrics.LOOK_CPU.inc(looking.cpu_seconds)
            metrics.DEGRADED.set(any(look is None for look in looks))
            await self._fan_out(rooms, looks)
            gone = [r for r, look in zip(rooms, looks, strict=True) if look and r in leaving]
            self._close_rooms(gone)
        self._ticks_finished = number
        waiters, self._tick_waiters = self._tick_waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def _look(
        self, rooms: Sequence[LiveRoom], *, leaving: Sequence[LiveRoom]
    ) -> list[Look | None]:
        """One look at Redis for all these rooms; None for those that it did not answer."""
        calls = [room.calls(is_leaving=room in leaving) for room in rooms]
        replies: list[Any] | None = None
        seconds = self._settings.sample_timeout_ms / 1000
        try:
            replies = await run_scripts(
                self._redis, [call for part in calls for call in part], seconds=seconds
            )
        except REDIS_AWAY as error:
            metrics.LOOKS_FAILED.inc()
            log.debug("Redis is away", error=repr(error))
        if replies is None:
            return [room.read(None) for room in rooms]
        remaining = iter(replies)
        parts = [list(islice(remaining, len(part))) for part in calls]
        return [room.read(part) for room, part in zip(rooms, parts, strict=True)]

    async def _fan_out(self, rooms: Sequence[LiveRoom], looks: Sequence[Look | None]) -> None:
        loop, rhythm = asyncio.get_running_loop(), self._rhythm
        started = loop.time()
        is_time = rhythm.is_tick_due
        due: list[tuple[LiveRoom, Look | None]] = []
        for room, look in zip(rooms, looks, strict=True):
            if look is not None:
                room.hand_over(look.notices)
            is_asked = look is not None and room.wants_definition(look.sample)
            self._definitions.refresh(room, is_asked=is_asked)
            if look is not None and room.has_lost_rules(look.sample):
                self._restoring.begin(room.event_id)
            if is_time or room.cannot_wait(look):
                due.append((room, look))
        if is_time:
            rhythm.ticks()
        if not due:
            return
        sending = Metered(self._send(due))
        await sending
        if is_time:  # what a few rooms cost that could not wait says nothing of all
            rhythm.ticked(sending.cpu_seconds)
        metrics.FANOUT_CPU.inc(sending.cpu_seconds)
        metrics.FANOUT_SECONDS.observe(loop.time() - started)
        metrics.TICK_INTERVAL.set(rhythm.interval_seconds)
        metrics.TICK_HZ.set(rhythm.told_hz)

    async def _send(self, due: Sequence[tuple[LiveRoom, Look | None]]) -> None:
        settings, tick_hz = self._settings, self._rhythm.told_hz
        is_near = self._rhythm.is_near_its_share
        chat_max = settings.tick_chat_busy_max if is_near else settings.tick_chat_max
        ticks = frames = 0
        for room, look in due:
            written = await room.advance(look, tick_hz=tick_hz, chat_max=chat_max)
            ticks += written > 0
            frames += written
        metrics.TICKS.inc(ticks)
        metrics.TICK_FRAMES.inc(frames)

    async def _next_look(self) -> None:
        """Wait until a look that begins after now has been taken in; seconds at most."""
        target = self._ticks_started + 1
        try:
            async with asyncio.timeout(2 * self._settings.sample_timeout_ms / 1000):
                while self._ticks_finished < target:
                    waiter = asyncio.get_running_loop().create_future()
                    self._tick_waiters.append(waiter)
                    await waiter
        except TimeoutError:
            log.debug("no look in time")

    # Closing

    def _may_close(self, room: LiveRoom) -> bool:
        if room.has_viewers or not room.is_settled:
            return False
        return self._clock.now_ms() - room.empty_ms >= self._settings.room_linger_seconds * 1000

    def _close_rooms(self, rooms: Sequence[LiveRoom]) -> None:
        """Forget rooms that have told Redis good-bye, unless somebody came in meanwhile."""
        for room in rooms:
            if not room.has_viewers:
                del self._rooms[room.event_id]
                self._definitions.forget(room.event_id)
