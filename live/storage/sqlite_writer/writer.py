"""Asks the thread that writes to SQLite, from an event loop, wherever that thread is."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy.engine import Connection

from live.errors import Unavailable
from live.storage.sqlite_writer.wire import Answer, Ask, Messages, Over, TurnAsk, pack

WORKS_WAITING_MAX = 10_000  # of one process; beyond: 503

T = TypeVar("T")


class Link(asyncio.Protocol):
    """One connection to the thread that writes."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._messages = Messages()
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._numbers = count()
        self._lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def is_open(self) -> bool:
        return self._transport is not None

    @property
    def waiting_count(self) -> int:
        return len(self._waiting)

    def next_number(self) -> int:
        return next(self._numbers)

    async def ask(self, message: Ask | TurnAsk) -> Any:
        """The answer. Where the asker is cancelled, the process is told that it is over."""
        packed = pack(message)
        if self._transport is None:
            raise _ended()
        future = self._waiting[message.number] = asyncio.get_running_loop().create_future()
        self._transport.write(packed)
        try:
            return await future
        except asyncio.CancelledError:
            self.end(message.number)
            raise

    def end(self, number: int) -> None:
        self._waiting.pop(number, None)
        if self._transport is not None:
            self._transport.write(pack(Over(number)))

    async def close(self) -> None:
        """Once everybody is answered."""
        if self._waiting:
            await asyncio.wait(list(self._waiting.values()))
        if self._transport is not None:
            self._transport.close()
            await self._lost

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have the methods without being instances of asyncio.Transport.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, received: bytes) -> None:
        for answers in self._messages.feed(received):
            for answer in answers:
                self._hear(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        waiting, self._waiting = self._waiting, {}
        for future in waiting.values():
            if not future.done():
                future.set_exception(_ended())
        if not self._lost.done():
            self._lost.set_result(None)

    def _hear(self, answer: Answer) -> None:
        future = self._waiting.pop(answer.number, None)
        if future is None or future.done():  # the asker is gone
            return
        if answer.trace is None:
            future.set_result(answer.result)
        else:
            answer.result.add_note(answer.trace)
            future.set_exception(answer.result)


class Way(Protocol):
    """How to reach the thread that writes."""

    async def open(self) -> Link:
        """A new connection. Raises: ConnectionError."""
        ...

    async def close(self) -> None:
        """After the connection is closed."""
        ...


class AtSocket:
    """See ``Way``: another process's thread.

    Args:
        path: where it listens.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    async def open(self) -> Link:
        loop = asyncio.get_running_loop()
        try:
            _, link = await loop.create_unix_connection(Link, str(self._path))
        except OSError as error:
            raise ConnectionRefusedError("nobody writes to SQLite any more") from error
        return link

    async def close(self) -> None:
        pass


class Writer:
    """One event loop's way to write to SQLite.

    Works are pickled: functions that can be imported, with plain values. It connects with the
    first ask, and again after it was lost.
    """

    def __init__(self, way: Way) -> None:
        self._way = way
        self._link: Link | None = None
        self._opening = asyncio.Lock()

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Do one unit of work: all of it, committed, or nothing.

        Where the caller is cancelled, a work that has not begun is not done; one that has is not
        undone.

        Raises: Unavailable ``busy``; whatever the work raises, or what the commit does;
            ConnectionError where nobody knows whether it was done.
        """
        link = await self._opened()
        if link.waiting_count >= WORKS_WAITING_MAX:
            raise Unavailable("busy", "Too many are waiting to write.", retry_after_seconds=1)
        result: T = await link.ask(Ask(link.next_number(), work))
        return result

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold everybody else's writing off, in one's own turn, until left."""
        link = await self._opened()
        number = link.next_number()
        await link.ask(TurnAsk(number))
        try:
            yield
        finally:
            link.end(number)

    async def close(self) -> None:
        """Finish everything that was asked, then stop."""
        if self._link is not None:
            await self._link.close()
        await self._way.close()

    async def _opened(self) -> Link:
        if self._link is None or not self._link.is_open:
            async with self._opening:
                if self._link is None or not self._link.is_open:
                    self._link = await self._way.open()
        return self._link


def _ended() -> ConnectionError:
    return ConnectionResetError("the process that writes to SQLite has ended")
