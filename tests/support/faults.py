"""Fault points around the real guard and the real committer: where a test makes one fail, or wait.

Nothing is replaced: between two points the real thing does its real work.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from live.sales.commit import EventBatch, OrderCommitter, Outcome
from live.stock.guard import Admitted, Move, Position, Settled, StockGuard, StockReading
from live.stock.rules import Hold, OfferTerms, UnitsIntent

Point = Literal[
    "after_reserve", "before_commit", "after_commit", "before_install", "after_install",
    "before_settle", "after_settle", "before_held",
]  # fmt: skip
Hook = Callable[[], Awaitable[None]]


class WorkerDied(ConnectionError):
    """The end of a worker, as those who wait for it see it: a connection that breaks."""


@dataclass
class Faults:
    """What happens at each point; nothing, until a test sets it."""

    hooks: dict[Point, Hook] = field(default_factory=dict)

    async def at(self, point: Point) -> None:
        hook = self.hooks.get(point)
        if hook is not None:
            await hook()

    def die(self, point: Point) -> None:
        """From now on the worker gets no further than this."""

        async def die() -> None:
            raise WorkerDied(point)

        self.hooks[point] = die

    def once(self, point: Point, hook: Hook) -> None:
        """Do this the next time only."""

        async def do_once() -> None:
            del self.hooks[point]
            await hook()

        self.hooks[point] = do_once

    def heal(self) -> None:
        self.hooks.clear()


class FaultyCommitter:
    """See ``OrderCommitter``."""

    def __init__(self, committer: OrderCommitter, faults: Faults) -> None:
        self._committer = committer
        self._faults = faults

    async def commit(self, batches: Sequence[EventBatch]) -> list[list[Outcome]]:
        await self._faults.at("before_commit")
        outcomes = await self._committer.commit(batches)
        await self._faults.at("after_commit")
        return outcomes


class FaultyGuard:
    """See ``StockGuard``."""

    def __init__(self, guard: StockGuard, faults: Faults) -> None:
        self._guard = guard
        self._faults = faults

    async def reserve(
        self, event_id: str, at: Position, intents: Sequence[UnitsIntent]
    ) -> Admitted:
        admitted = await self._guard.reserve(event_id, at, intents)
        await self._faults.at("after_reserve")
        return admitted

    async def settle(self, event_id: str, moves: Sequence[Move]) -> Settled:
        await self._faults.at("before_settle")
        settled = await self._guard.settle(event_id, moves)
        await self._faults.at("after_settle")
        return settled

    async def adopt(self, event_id: str, epoch: str, holds: Sequence[Hold]) -> int:
        return await self._guard.adopt(event_id, epoch, holds)

    async def put_offer(self, event_id: str, terms: OfferTerms) -> None:
        await self._guard.put_offer(event_id, terms)

    async def install(
        self, event_id: str, epoch: str, offers: Sequence[OfferTerms], holds: Sequence[Hold]
    ) -> None:
        await self._faults.at("before_install")
        await self._guard.install(event_id, epoch, offers, holds)
        await self._faults.at("after_install")

    async def read(self, event_id: str) -> StockReading | None:
        return await self._guard.read(event_id)

    async def unverified(self, event_id: str, older_than_ms: int, limit: int) -> list[Hold]:
        return await self._guard.unverified(event_id, older_than_ms, limit)

    async def verified(self, event_id: str, order_ids: Sequence[str]) -> None:
        await self._guard.verified(event_id, order_ids)

    async def held(self, event_id: str, at: Position, order_ids: Sequence[str]) -> set[str]:
        await self._faults.at("before_held")
        return await self._guard.held(event_id, at, order_ids)

    async def missing(self, event_id: str, order_ids: Sequence[str]) -> list[str]:
        return await self._guard.missing(event_id, order_ids)
