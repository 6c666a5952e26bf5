"""Several server processes on one listening socket.

The socket is shared rather than opened by each: a connection that waits to be accepted belongs
to all of them, so none is lost when one of them goes.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

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
        self._environment = {**os.environ, **settings}
        self._url = url
        self._stopping = threading.Event()

    def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())
        workers = [self._start() for _ in range(self._count)]
        try:
            while not self._stopping.wait(_POLL_SECONDS):
                for index, worker in enumerate(workers):
                    if worker.has_ended and time.monotonic() >= worker.next_start_seconds:
                        workers[index] = self._start()
        finally:
            # Else who comes when the last worker has left would wait here, and in vain.
            self._listener.close()
            _stop([worker.process for worker in workers])

    def _start(self) -> "_Worker":
        descriptor = self._listener.fileno()
        process = subprocess.Popen(
            [sys.executable, "-m", "live", "worker", str(descriptor), self._url],
            env=self._environment,
            # A worker stops when this pipe closes: it never outlives us, however we end.
            stdin=subprocess.PIPE,
            pass_fds=[descriptor],
            start_new_session=True,  # Ctrl-C comes to us, and we tell them
        )
        return _Worker(process, time.monotonic() + _RESTART_SECONDS)


@dataclass
class _Worker:
    """One worker.

    Args:
        next_start_seconds: monotonic time before which it gets no successor. What has lived
            longer gets one at once; what cannot even start must not take all of a core.
    """

    process: subprocess.Popen[bytes]
    next_start_seconds: float
    _is_mourned: bool = False

    @property
    def has_ended(self) -> bool:
        code = self.process.poll()
        if code is not None and not self._is_mourned:
            self._is_mourned = True
            log.error("a worker has ended", pid=self.process.pid, code=code)
        return code is not None


def _stop(workers: list[subprocess.Popen[bytes]]) -> None:
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    for worker in workers:
        try:
            worker.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
