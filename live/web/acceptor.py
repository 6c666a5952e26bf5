"""Takes connections from a listening socket that several processes share, a few at a time.

uvloop takes all that wait at once. Of two workers, whoever woke first then had a whole crowd's
connections, and kept them: measured in a rush, 55 % of a core beside 17 %. Taking a few a turn
of the loop leaves more to whoever has less to do, since its turns are shorter.
"""

import asyncio
import errno
import socket
from collections.abc import Callable

import structlog

ACCEPTS_PER_TURN = 4  # connections taken in one turn of the loop
PAUSE_SECONDS = 1.0  # without taking any, where the process may open no more files

_OUT_OF_RESOURCES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}

log = structlog.get_logger(__name__)


class Acceptor:
    """Hands accepted connections to protocols.

    Args:
        listener: non-blocking, bound and listening; close it after this is closed.
        protocol: makes the protocol of one connection.
    """

    def __init__(
        self, listener: socket.socket, protocol: Callable[[], asyncio.BaseProtocol]
    ) -> None:
        self._listener = listener
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._connecting: set[asyncio.Task[None]] = set()
        self._pause: asyncio.TimerHandle | None = None
        self._resume()

    async def close(self) -> None:
        """Take those that wait, and no more; all that were taken have reached their protocols."""
        if self._pause is None:
            while self._accept():
                pass
        if self._pause is not None:
            self._pause.cancel()
        self._loop.remove_reader(self._listener)
        await asyncio.gather(*self._connecting)

    def _resume(self) -> None:
        self._pause = None
        self._loop.add_reader(self._listener, self._accept)

    def _accept(self) -> bool:
        """Take a few. Returns whether more may wait."""
        for _ in range(ACCEPTS_PER_TURN):
            try:
                connection, _address = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return False  # another process was faster, or the client has gone
            except OSError as error:
                if error.errno not in _OUT_OF_RESOURCES:
                    raise
                log.warning("no connection can be taken", error=repr(error))
                self._loop.remove_reader(self._listener)
                self._pause = self._loop.call_later(PAUSE_SECONDS, self._resume)
                return False
            connection.setblocking(False)
            task = self._loop.create_task(self._connect(connection), name="accept")
            self._connecting.add(task)
            task.add_done_callback(self._connecting.discard)
        return True

    async def _connect(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._protocol, connection)
        except OSError as error:  # gone before we looked
            log.debug("a connection ended as it began", error=repr(error))
            connection.close()
