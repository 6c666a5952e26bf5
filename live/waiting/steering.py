"""The owner's work: once a look, set each queue's pace, and open it when its sale opens.

Safe to run twice at once: the pace is a number that the last one sets, and a queue opens once.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog

from live.clock import Clock
from live.config import Settings
from live.values import MS_PER_SECOND
from live.waiting import metrics
from live.waiting.pacing import Limits, next_pace
from live.waiting.queue import Queue, Reading
from live.waiting.rooms import WaitingRooms

# When sales open: event id → ms since the epoch, of those for which that is known.
FindOpenings = Callable[[Sequence[str]], Awaitable[Mapping[str, int]]]

log = structlog.get_logger(__name__)


class Steering:
    """Steers the queues of all events that have one."""

    def __init__(
        self,
        queue: Queue,
        rooms: WaitingRooms,
        find_openings: FindOpenings,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._queue = queue
        self._rooms = rooms
        self._find_openings = find_openings
        self._clock = clock
        self._elapsed_ms = round(settings.waiting_look_seconds * MS_PER_SECOND)
        self._limits = Limits(
            start=settings.waiting_pace_start,
            most=settings.waiting_pace_max,
            reply_ms=settings.waiting_reply_ms,
        )

    async def run(self) -> None:
        """One round. Raises: any of REDIS_AWAY, SQL_AWAY; queues stand still meanwhile."""
        readings: dict[str, Reading] = {}
        for event_id in self._rooms.event_ids:
            reading = await self._queue.read(event_id)
            if reading is not None:
                readings[event_id] = reading
        closed = [event_id for event_id, reading in readings.items() if not reading.state.is_open]
        openings = await self._find_openings(closed) if closed else {}
        now_ms = self._clock.now_ms()
        metrics.WAITING.set(sum(reading.state.waiting for reading in readings.values()))
        metrics.PACE.set(sum(reading.pace.per_second for reading in readings.values()))
        for event_id, reading in readings.items():
            has_opened = event_id in openings and openings[event_id] <= now_ms
            await self._steer(event_id, reading, has_opened)

    async def _steer(self, event_id: str, reading: Reading, has_sale_opened: bool) -> None:
        state = reading.state
        loads = await self._queue.loads(event_id, state.now_ms)
        pace = next_pace(
            reading.pace,
            loads.values(),
            self._limits,
            waiting=state.waiting if state.is_open else 0,
            elapsed_ms=self._elapsed_ms,
            now_ms=state.now_ms,
        )
        drawn = await self._queue.steer(
            event_id, state.epoch, pace, has_sale_opened=has_sale_opened
        )
        if drawn is not None:
            # The record of the draw: with the accounts in Redis, places.drawn repeats it.
            log.info(
                "queue drawn", event_id=event_id, epoch=state.epoch, people=drawn, draw=state.seed
            )
