"""The queues of all events with a waiting room, as one process holds them.

What decides about an order is in memory: the pointer, and the numbers of those who asked here. A
look every half second brings the pointer; a number is asked for once, in one call with all others
that have gathered. So an order costs no call to Redis, and a refusal none either.

Held state is at most a look behind Redis, and the pointer only moves forward: nobody is let in
early, some hear of their turn a look late.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial

import structlog

from live.config import Settings
from live.errors import Unavailable
from live.storage.batcher import Batcher
from live.storage.database import SQL_AWAY
from live.storage.redis import REDIS_AWAY
from live.values import MS_PER_SECOND
from live.waiting.pacing import Load
from live.waiting.places import Place, QueueState, Standing, place_of
from live.waiting.queue import HAS_NONE, IN_DRAW, IS_FULL, Queue

# Accounts remembered for each queue by one process, the latest: some 150 bytes each.
NUMBERS_MAX = 100_000
EVENTS_SECONDS = 2.0  # seconds until a switch turned in another process is seen in this one
BATCH_MAX = 1_000  # accounts in one script call: a few ms of Redis
ASKS_MAX = 20_000  # accounts waiting for one; beyond: 503

# The ids of events with a waiting room that are not over.
FindEvents = Callable[[], Awaitable[Iterable[str]]]
# What this process's checkout did since it was asked last.
Measure = Callable[[], Load]

log = structlog.get_logger(__name__)


class HeldQueue:
    """One event's queue in this process."""

    def __init__(
        self, event_id: str, queue: Queue, pass_ms: int, monotonic: Callable[[], float]
    ) -> None:
        self._event_id = event_id
        self._queue = queue
        self._pass_ms = pass_ms
        self._monotonic = monotonic
        self._state: QueueState | None = None
        self._seen_seconds = 0.0  # when, by the monotonic clock
        self._numbers: dict[str, int] = {}
        self._takes = self._batcher("take", self._take)
        self._asks = self._batcher("ask", self._ask)

    @property
    def state(self) -> QueueState | None:
        """As of the last look; None before the first."""
        return self._state

    def place(self, account_id: str) -> Place | None:
        """From memory; None where this process does not know.

        Of a pass that is over nobody knows: another process may have given a new place.
        """
        number = self._numbers.get(account_id)
        state = self._state
        if number is None or state is None or (number == IN_DRAW and state.is_open):
            return None
        place = place_of(number, state, self._pass_ms, self.now_ms())
        return None if place.standing is Standing.OVER else place

    def now_ms(self) -> int:
        """Redis's clock, as far as this process knows."""
        assert self._state is not None
        elapsed = self._monotonic() - self._seen_seconds
        return self._state.now_ms + round(elapsed * MS_PER_SECOND)

    async def take(self, account_id: str) -> Place:
        """This account's place; a new one where it has none, or its pass is over.

        Raises: Unavailable when too many ask; any of REDIS_AWAY.
        """
        return self.place(account_id) or await self._takes.ask(account_id)

    async def ask(self, account_id: str) -> Place:
        """This account's place, without giving it one. Raises: as ``take``."""
        return self.place(account_id) or await self._asks.ask(account_id)

    async def look(self, report: tuple[str, Load] | None = None) -> None:
        """See how far the pointer is. Raises: any of REDIS_AWAY."""
        self._see(*await self._queue.visit(self._event_id, self._state, report=report), ())

    async def close(self) -> None:
        await self._takes.close()
        await self._asks.close()

    def _batcher(
        self, name: str, run: Callable[[Sequence[str]], Awaitable[list[Place | BaseException]]]
    ) -> Batcher[str, Place]:
        name = f"{name} places of {self._event_id}"
        return Batcher(name, run, batch_max=BATCH_MAX, queue_max=ASKS_MAX)

    async def _take(self, accounts: Sequence[str]) -> list[Place | BaseException]:
        found = await self._queue.visit(self._event_id, self._state, take=accounts)
        return self._see(*found, accounts)

    async def _ask(self, accounts: Sequence[str]) -> list[Place | BaseException]:
        found = await self._queue.visit(self._event_id, self._state, ask=accounts)
        return self._see(*found, accounts)

    def _see(
        self, state: QueueState, numbers: Sequence[int], accounts: Sequence[str]
    ) -> list[Place | BaseException]:
        before = self._state
        if before is not None and before.epoch != state.epoch:
            self._numbers.clear()  # of a queue that is lost
        elif before is not None and state.now_ms < before.now_ms:
            state = before  # answers of two calls under way may cross
        self._state = state
        self._seen_seconds = self._monotonic()
        return [
            self._place(account, number, state)
            for account, number in zip(accounts, numbers, strict=True)
        ]

    def _place(self, account_id: str, number: int, state: QueueState) -> Place:
        if number == IS_FULL:
            return Place(Standing.FULL)
        if number == HAS_NONE:
            return Place(Standing.NONE)
        if len(self._numbers) >= NUMBERS_MAX:
            del self._numbers[next(iter(self._numbers))]
        self._numbers[account_id] = number
        return place_of(number, state, self._pass_ms, state.now_ms)


class WaitingRooms:
    """All of them.

    Args:
        find_events: from SQL.
        monotonic: seconds, for the time since a look.
    """

    def __init__(
        self,
        queue: Queue,
        find_events: FindEvents,
        settings: Settings,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._find_events = find_events
        self._look_seconds = settings.waiting_look_seconds
        self._process = secrets.token_hex(6)
        self._held: dict[str, HeldQueue] = {}
        self._refreshing = asyncio.Lock()
        self._new_queue = partial(
            HeldQueue,
            queue=queue,
            pass_ms=settings.waiting_pass_seconds * MS_PER_SECOND,
            monotonic=monotonic,
        )

    @property
    def event_ids(self) -> list[str]:
        """Of the events that have a waiting room now."""
        return list(self._held)

    def of(self, event_id: str) -> HeldQueue | None:
        """The queue of an event; None where ordering needs no place."""
        return self._held.get(event_id)

    async def refresh(self) -> None:
        """Learn which events have a waiting room, and look at those that are new.

        What goes wrong is only logged: it is asked again soon.
        """
        async with self._refreshing:  # an older answer must not undo a newer one
            try:
                found = set(await self._find_events())
            except SQL_AWAY as error:
                log.warning("waiting rooms not read", error=repr(error))
                return
            for event_id in self._held.keys() - found:
                del self._held[event_id]
            for event_id in found - self._held.keys():
                held = self._held[event_id] = self._new_queue(event_id)
                await _looked(event_id, held)

    async def look(self, load: Load) -> None:
        """See all queues once, and report what checkout did."""
        await asyncio.gather(
            *(_looked(event_id, held, (self._process, load)) for event_id, held in self._items())
        )

    @asynccontextmanager
    async def watching(self, measure: Measure) -> AsyncIterator[None]:
        """Look again and again until left. Enter it before anybody can order.

        Args:
            measure: asked with every round of looks.
        """
        await self.refresh()
        task = asyncio.create_task(self._watch_forever(measure), name="waiting rooms")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            for _, held in self._items():
                await held.close()

    async def _watch_forever(self, measure: Measure) -> None:
        loop = asyncio.get_running_loop()
        refreshed = loop.time()
        while True:
            await asyncio.sleep(self._look_seconds)
            try:
                if loop.time() - refreshed >= EVENTS_SECONDS:
                    refreshed = loop.time()
                    await self.refresh()
                await self.look(measure())
            except Exception:  # a bug here must not let everybody in, or nobody
                log.exception("look at waiting rooms failed")

    def _items(self) -> list[tuple[str, HeldQueue]]:
        return list(self._held.items())


async def _looked(event_id: str, held: HeldQueue, report: tuple[str, Load] | None = None) -> None:
    try:
        await held.look(report)
    except (Unavailable, *REDIS_AWAY) as error:
        log.warning("waiting room not seen", event_id=event_id, error=repr(error))
