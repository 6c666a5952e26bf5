"""The waiting room, put together in two steps: its gate goes into sales, sales' measure into it."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from live.clock import Clock
from live.config import Settings
from live.feature import Feature, Job
from live.storage.database import Database
from live.storage.redis import RedisClient
from live.waiting.api import QueueApi
from live.waiting.gate import WaitingGate
from live.waiting.queue import Queue
from live.waiting.rooms import Measure, WaitingRooms
from live.waiting.section import QueueSection
from live.waiting.steering import FindOpenings, Steering
from live.waiting.watched import WatchedEvents


@dataclass(frozen=True, slots=True)
class Waiting:
    """The waiting rooms of one process.

    Attributes:
        gate: for whoever takes orders.
        rooms: await its ``refresh`` after an event has changed.
    """

    database: Database
    clock: Clock
    settings: Settings
    queue: Queue
    rooms: WaitingRooms
    gate: WaitingGate

    def feature(self, *, measure: Measure, find_openings: FindOpenings) -> Feature:
        """What runs.

        Args:
            measure: what this process's checkout did since it was asked last.
            find_openings: when the sales of events open.
        """
        steering = Steering(self.queue, self.rooms, find_openings, self.clock, self.settings)
        api = QueueApi(self.rooms, WatchedEvents(self.database).require)

        def watching() -> AbstractAsyncContextManager[None]:
            return self.rooms.watching(measure)

        lifespans: list[Callable[[], AbstractAsyncContextManager[None]]] = [watching]
        return Feature(
            name="waiting",
            routes=api.routes(),
            commands=api.commands(),
            sections=[QueueSection(self.rooms)],
            jobs=[Job("steer queues", self.settings.waiting_look_seconds, steering.run)],
            lifespans=lifespans,
        )


def waiting_rooms(
    database: Database, redis: RedisClient, clock: Clock, settings: Settings
) -> Waiting:
    """Build the waiting rooms of one process; nothing is looked at yet."""
    queue = Queue(redis, settings)
    rooms = WaitingRooms(queue, WatchedEvents(database).find, settings)
    return Waiting(database, clock, settings, queue, rooms, WaitingGate(rooms))
