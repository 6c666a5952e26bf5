"""Gathers single asks into batches.

What has gathered goes as soon as the previous batch is done: an ask is alone under low load
and with hundreds of others in a rush, so batching costs no latency when nobody else is there.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from live.errors import Unavailable
from live.storage.answers import answer_each

T = TypeVar("T")
R = TypeVar("R")


class Batcher(Generic[T, R]):
    """Runs ``run`` over what has gathered, one batch at a time, first in first out.

    Args:
        run: answers a batch, one result per ask in order; a result that is an exception is
            raised to its asker alone. If ``run`` raises, every asker of the batch gets that.
        batch_max: asks in one batch.
        queue_max: asks waiting; beyond, ``ask`` raises Unavailable at once.
    """

    def __init__(
        self,
        name: str,
        run: Callable[[Sequence[T]], Awaitable[Sequence[R | BaseException]]],
        *,
        batch_max: int,
        queue_max: int,
    ) -> None:
        self._name = name
        self._run = run
        self._batch_max = batch_max
        self._queue_max = queue_max
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._worker: asyncio.Task[None] | None = None

    async def ask(self, ask: T) -> R:
        """Wait for this ask's own result. Cancelling the waiter does not undo the ask."""
        if len(self._waiting) >= self._queue_max:
            raise Unavailable("busy", f"{self._name}: too many are waiting", retry_after_seconds=1)
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((ask, future))
        if self._worker is None:
            self._worker = asyncio.create_task(self._work(), name=f"batcher {self._name}")
        return await future

    async def close(self) -> None:
        """Wait until everything that was asked has been answered."""
        if self._worker is not None:
            await self._worker

    async def _work(self) -> None:
        try:
            while self._waiting:
                size = min(len(self._waiting), self._batch_max)
                batch = [self._waiting.popleft() for _ in range(size)]
                await self._answer(batch)
        finally:
            self._worker = None

    async def _answer(self, batch: list[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            results: Sequence[R | BaseException] = await self._run([ask for ask, _ in batch])
        except Exception as error:
            results = [error] * len(batch)
        answer_each([future for _, future in batch], results)
