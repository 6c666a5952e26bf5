"""Several server processes on one listening socket.

The socket is shared rather than opened by each: a connection that waits to be accepted belongs
to all of them, so none is lost when one of them goes.

Workers are forked from a process that has imported everything and done nothing else, so the
successor of one that dies is there in tenths of a second: importing takes more than one.
"""

import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

import structlog

from live.cli import worker

STOP_SECONDS = 60.0  # from SIGTERM until a worker is killed
_RESTART_SECONDS = 2.0  # between two starts in one place, at least
_POLL_SECONDS = 0.1

log = structlog.get_logger(__name__)


class Workers:
    """Starts workers, replaces those that die, and stops them.

    Args:
        settings: ``LIVE_*`` variables laid over this process's environment.
        url: where the server can be reached from this machine.
    """

    def __init__(
        self, count: int, listener: socket.socket, settings: Mapping[str, str], url: str
    ) -> None:
        self._count = count
        self._listener = listener
        self._url = url
        self._stopping = threading.Event()
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([worker.__name__])
        os.environ.update(settings)  # what is forked from inherits it

    def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())
        workers = [self._start() for _ in range(self._count)]
        try:
            while not self._stopping.wait(_POLL_SECONDS):
                for index, each in enumerate(workers):
                    if each.has_ended and time.monotonic() >= each.next_start_seconds:
                        each.life.close()
                        workers[index] = self._start()
        finally:
            # Else who comes when the last worker has left would wait here, and in vain.
            self._listener.close()
            _stop([each.process for each in workers])

    def _start(self) -> "_Worker":
        # A worker stops when this pipe closes: it never outlives us, however we end.
        theirs, ours = self._context.Pipe(duplex=False)
        process = self._context.Process(
            target=worker.work, args=(self._listener, self._url, theirs), name="worker"
        )
        process.start()
        theirs.close()
        return _Worker(process, ours, time.monotonic() + _RESTART_SECONDS)


@dataclass
class _Worker:
    """One worker.

    Args:
        life: our end of the pipe that it lives by.
        next_start_seconds: monotonic time before which it gets no successor. What has lived
            longer gets one at once; what cannot even start must not take all of a core.
    """

    process: ForkServerProcess
    life: Connection
    next_start_seconds: float
    _is_mourned: bool = False

    @property
    def has_ended(self) -> bool:
        code = self.process.exitcode
        if code is not None and not self._is_mourned:
            self._is_mourned = True
            log.error("a worker has ended", pid=self.process.pid, code=code)
        return code is not None


def _stop(workers: list[ForkServerProcess]) -> None:
    for process in workers:
        process.terminate()
    for process in workers:
        process.join(STOP_SECONDS)
        if process.exitcode is None:
            process.kill()
            process.join()
