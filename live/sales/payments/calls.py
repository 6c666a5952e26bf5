"""Calls to one provider: at most so many at once, each with a time limit.

A provider that is slow or away costs its own buyers a 503, and nobody else anything.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import structlog

from live.errors import Problem, Unavailable

log = structlog.get_logger(__name__)

RETRY_AFTER_SECONDS = 3
WAITING_PER_CALL_MAX = 8  # for each call under way, so many may wait; beyond: 503 at once

T = TypeVar("T")


class ProviderCalls:
    """
    Args:
        name: of the provider, for the log.
        at_once: calls under way.
        timeout_seconds: for one call, with what it waits for its turn.
    """

    def __init__(self, name: str, *, at_once: int, timeout_seconds: float) -> None:
        self._name = name
        self._timeout_seconds = timeout_seconds
        self._turns = asyncio.Semaphore(at_once)
        self._asked = 0
        self._asked_max = at_once * (1 + WAITING_PER_CALL_MAX)
        # Of its own: in the loop's common one, slow calls would hold up everybody's reads of SQL.
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix=name)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Calls are possible while this is open."""
        try:
            yield
        finally:
            # Threads that still wait for the provider end by their own socket's time limit.
            self._threads.shutdown(wait=False, cancel_futures=True)

    async def run(self, call: Callable[[], Awaitable[T]]) -> T:
        """Raises: Unavailable ``provider_unavailable``, ``provider_busy``; Problems pass."""
        if self._asked >= self._asked_max:
            raise Unavailable("provider_busy", retry_after_seconds=RETRY_AFTER_SECONDS)
        self._asked += 1
        try:
            async with asyncio.timeout(self._timeout_seconds), self._turns:
                return await call()
        except Problem:
            raise
        except Exception as error:  # the SDKs raise whatever their transports do, and more
            log.warning("payment provider does not answer", provider=self._name, error=repr(error))
            raise self.unavailable() from error
        finally:
            self._asked -= 1

    async def run_blocking(self, call: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """Like ``run``, on a thread. One that is given up still ends before another takes its
        place, so there are never more threads than calls at once."""

        async def on_thread() -> T:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, lambda: call(*arguments, **named))

        return await self.run(on_thread)

    @staticmethod
    def unavailable() -> Unavailable:
        return Unavailable("provider_unavailable", retry_after_seconds=RETRY_AFTER_SECONDS)
