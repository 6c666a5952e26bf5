"""What needs an event loop, kept open by a thread beside a test that has none."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, Generic, TypeVar

from tests.support.serving import WAIT_SECONDS

T = TypeVar("T")
R = TypeVar("R")


class Background(Generic[T]):
    """Something open, and the loop that it lives in."""

    def __init__(self, value: T, loop: asyncio.AbstractEventLoop) -> None:
        self.value = value
        self._loop = loop

    def run(self, work: Coroutine[Any, Any, R]) -> R:
        """Have it done there, and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(WAIT_SECONDS)


@contextmanager
def in_background(manager: AbstractAsyncContextManager[T]) -> Iterator[Background[T]]:
    """Enter ``manager`` in a loop of its own; leave it at the end."""
    entered: Future[Background[T]] = Future()
    leave = asyncio.Event()

    async def stay() -> None:
        async with manager as value:
            entered.set_result(Background(value, asyncio.get_running_loop()))
            await leave.wait()

    def live() -> None:
        try:
            asyncio.run(stay())
        except BaseException as error:
            if entered.done():
                raise
            entered.set_exception(error)

    thread = threading.Thread(target=live, name="background")
    thread.start()
    background = entered.result(WAIT_SECONDS)
    try:
        yield background
    finally:
        background.run(_set(leave))
        thread.join()


async def _set(event: asyncio.Event) -> None:
    event.set()
