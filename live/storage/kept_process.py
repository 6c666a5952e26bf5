"""A child process that is started again where it ends, and that ends with us."""

import subprocess
import time
from collections.abc import Callable
from threading import Event, Lock, Thread

import structlog

RESTART_SECONDS = 2.0  # between two starts, at least: what cannot start must not take a core
STOP_SECONDS = 10.0  # until it is killed

log = structlog.get_logger(__name__)


class KeptProcess:
    """One child. It must end when its standard input does, so that it never outlives us.

    Args:
        name: in the log.
        begin: starts it, with a pipe as standard input.
    """

    def __init__(self, name: str, begin: Callable[[], subprocess.Popen[bytes]]) -> None:
        self._name = name
        self._begin = begin
        self._child = begin()
        self._began_seconds = time.monotonic()
        self._stopping = Event()
        self._beginning = Lock()
        self._keeper: Thread | None = None

    @property
    def child(self) -> subprocess.Popen[bytes]:
        """The one that lives now, or is about to be replaced."""
        return self._child

    def keep(self) -> None:
        """From now on a successor follows: at once, unless it dies young."""
        self._keeper = Thread(target=self._keep, name=f"keeper of {self._name}", daemon=True)
        self._keeper.start()

    def stop(self) -> None:
        """End it, and have no successor follow."""
        with self._beginning:
            self._stopping.set()
            _close_pipes(self._child)
            try:
                self._child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        if self._keeper is not None:
            self._keeper.join()

    def _keep(self) -> None:
        while True:
            code = self._child.wait()
            if self._stopping.is_set():
                return
            log.error("a process has ended and is started again", name=self._name, code=code)
            young = self._began_seconds + RESTART_SECONDS - time.monotonic()
            if young > 0 and self._stopping.wait(young):
                return
            with self._beginning:
                if self._stopping.is_set():
                    return
                _close_pipes(self._child)
                self._began_seconds = time.monotonic()
                self._child = self._begin()


def _close_pipes(child: subprocess.Popen[bytes]) -> None:
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()
