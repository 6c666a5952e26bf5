"""Nobody waits for an answer for ever: what takes too long ends, and the asker hears 503.

One timer for all who wait, since waits of one length end in the order in which they began: that
costs an answer a fifth of what ``asyncio.timeout`` does.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from live.errors import Unavailable

T = TypeVar("T")


class AnswerDeadline:
    """One length of patience, for everybody.

    Args:
        seconds: that one answer may take.
    """

    __slots__ = ("_begun", "_late", "_seconds", "_watch")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._begun: dict[asyncio.Task[Any], float] = {}  # in order of beginning
        self._late = set[asyncio.Task[Any]]()  # cancelled, and not ended yet
        self._watch: asyncio.TimerHandle | None = None

    async def keep(self, answer: Awaitable[T]) -> T:
        """The answer, made by the current task.

        Raises: Unavailable once it takes too long; whatever it was waiting for may happen all
            the same.
        """
        task = asyncio.current_task()
        assert task is not None
        loop = asyncio.get_running_loop()
        self._begun[task] = loop.time()
        if self._watch is None:
            self._watch = loop.call_later(self._seconds, self._end_late)
        try:
            return await answer
        except asyncio.CancelledError:
            if task in self._late:
                raise Unavailable(
                    detail="This takes too long now.", retry_after_seconds=1
                ) from None
            raise
        finally:
            self._begun.pop(task, None)
            if task in self._late:
                self._late.remove(task)
                task.uncancel()

    def _end_late(self) -> None:
        now = asyncio.get_running_loop().time()
        self._watch = None
        for task, began in list(self._begun.items()):
            until = began + self._seconds
            if until > now:
                self._watch = asyncio.get_running_loop().call_at(until, self._end_late)
                return
            del self._begun[task]
            self._late.add(task)
            task.cancel()
