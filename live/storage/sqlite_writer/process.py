"""Starts the process that writes to SQLite, and again where it ends."""

import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from select import select
from types import TracebackType
from typing import Self

from live.errors import StartupError
from live.storage.kept_process import KeptProcess

PROGRAM = "live.storage.sqlite_writer"
READY = b"ready\n"
START_SECONDS = 30.0  # until it must be ready
_BACKLOG = 256  # workers that may wait to be heard


class WriterProcess:
    """One process that writes to one database; a context manager.

    The socket is ours and outlives it, so workers that connect while it is away wait for its
    successor. It ends with us, however we end.

    Args:
        database: SQLite's file.
    """

    def __init__(self, database: Path) -> None:
        self._database = database.absolute()
        self._process: KeptProcess | None = None

    def start(self) -> Self:
        """Returns when it is ready. Raises: StartupError."""
        self._directory = Path(tempfile.mkdtemp(prefix="live-writer-"))  # for our user alone
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._listener.bind(str(self.socket))
            self._listener.listen(_BACKLOG)
            self._process = KeptProcess("writer to SQLite", self._begin)
            _wait_until_ready(self._process.child)
        except BaseException:
            self.stop()
            raise
        self._process.keep()
        return self

    @property
    def socket(self) -> Path:
        return self._directory / "writer.sock"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.child.pid

    def stop(self) -> None:
        if self._process is not None:
            self._process.stop()
        self._listener.close()
        shutil.rmtree(self._directory, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _begin(self) -> subprocess.Popen[bytes]:
        descriptor = self._listener.fileno()
        return subprocess.Popen(
            [sys.executable, "-m", PROGRAM, str(descriptor), str(self._database)],
            stdin=subprocess.PIPE,  # its end tells it to end
            stdout=subprocess.PIPE,
            pass_fds=[descriptor],
            start_new_session=True,  # Ctrl-C comes to us, and we tell it
        )


def _wait_until_ready(child: subprocess.Popen[bytes]) -> None:
    assert child.stdout is not None
    readable, _, _ = select([child.stdout], [], [], START_SECONDS)
    if not readable or child.stdout.readline() != READY:
        raise StartupError("the process that writes to SQLite does not start; see the log")
