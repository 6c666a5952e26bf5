"""Starts the process that writes to SQLite, and again where it ends."""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from select import select
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self

import structlog

from live.errors import StartupError

PROGRAM = "live.storage.sqlite_writer"
READY = b"ready\n"
START_SECONDS = 30.0  # until it must be ready
STOP_SECONDS = 10.0  # until it is killed
_RESTART_SECONDS = 2.0  # between two starts, at least
_BACKLOG = 256  # workers that may wait to be heard

log = structlog.get_logger(__name__)


class WriterProcess:
    """One process that writes to one database; a context manager.

    The socket is ours and outlives it, so workers that connect while it is away wait for its
    successor. It ends with us, however we end.

    Args:
        database: SQLite's file.
    """

    def __init__(self, database: Path) -> None:
        self._database = database.absolute()
        self._stopping = Event()
        self._starting = Lock()

    def start(self) -> Self:
        """Returns when it is ready. Raises: StartupError."""
        self._directory = Path(tempfile.mkdtemp(prefix="live-writer-"))  # for our user alone
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._listener.bind(str(self.socket))
            self._listener.listen(_BACKLOG)
            self._child = self._started()
            _wait_until_ready(self._child)
        except BaseException:
            self._discard()
            raise
        self._keeper = Thread(target=self._keep, name="writer's keeper", daemon=True)
        self._keeper.start()
        return self

    @property
    def socket(self) -> Path:
        return self._directory / "writer.sock"

    @property
    def pid(self) -> int:
        return self._child.pid

    def stop(self) -> None:
        with self._starting:
            self._stopping.set()
            _end(self._child)
        self._keeper.join()
        self._discard()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _started(self) -> subprocess.Popen[bytes]:
        descriptor = self._listener.fileno()
        return subprocess.Popen(
            [sys.executable, "-m", PROGRAM, str(descriptor), str(self._database)],
            stdin=subprocess.PIPE,  # its end tells it to end
            stdout=subprocess.PIPE,
            pass_fds=[descriptor],
            start_new_session=True,  # Ctrl-C comes to us, and we tell it
        )

    def _keep(self) -> None:
        while True:
            started = time.monotonic()
            code = self._child.wait()
            if self._stopping.is_set():
                return
            log.error("the process that writes to SQLite has ended", code=code)
            # At once, unless it ends again and again.
            lived = time.monotonic() - started
            if lived < _RESTART_SECONDS and self._stopping.wait(_RESTART_SECONDS - lived):
                return
            with self._starting:
                if not self._stopping.is_set():
                    _close_pipes(self._child)
                    self._child = self._started()

    def _discard(self) -> None:
        self._listener.close()
        shutil.rmtree(self._directory, ignore_errors=True)


def _wait_until_ready(child: subprocess.Popen[bytes]) -> None:
    assert child.stdout is not None
    readable, _, _ = select([child.stdout], [], [], START_SECONDS)
    if not readable or child.stdout.readline() != READY:
        _end(child)
        raise StartupError("the process that writes to SQLite does not start; see the log")


def _end(child: subprocess.Popen[bytes]) -> None:
    _close_pipes(child)
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _close_pipes(child: subprocess.Popen[bytes]) -> None:
    for pipe in (child.stdin, child.stdout):
        assert pipe is not None
        pipe.close()
