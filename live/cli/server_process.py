"""The server as a child process: started, waited for, listened to, and never left behind."""

import asyncio
import ctypes
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from live.crowd.http_client import HttpPool, Origin, Unanswered, request_bytes
from live.errors import StartupError

READY_SECONDS = 60.0  # seconds from start until /readyz must answer
READY_POLL_SECONDS = 0.1
STOP_SECONDS = 20.0  # seconds for a graceful stop before the server is killed
LOG_LINE_BYTES_MAX = 1 << 20
_LAST_WORDS = 15  # lines of the log shown when the server does not start
_LISTENING = '"serving"'  # in the line with which a server says that the port is its own
_PR_SET_PDEATHSIG = 1


def check_port_is_free(host: str, port: int) -> None:
    """Raises StartupError where something listens there already, or the address is not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise StartupError(f"cannot listen on {host}:{port}: {error.strerror}") from error


class ServerProcess:
    """``live serve`` in a process of its own; an async context manager.

    Args:
        settings: ``LIVE_*`` variables laid over this process's environment.
        log_path: gets everything the server prints.
        on_line: hears every line of it too.
        workers: processes that serve.
    """

    def __init__(
        self,
        host: str,
        port: int,
        settings: Mapping[str, str],
        log_path: Path,
        on_line: Callable[[str], None],
        *,
        workers: int = 1,
    ) -> None:
        self._host = host
        self._port = port
        self._settings = settings
        self._log_path = log_path
        self._on_line = on_line
        self._workers = workers
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._last_lines: list[str] = []
        self._is_listening = asyncio.Event()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def __aenter__(self) -> "ServerProcess":
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "live", "serve", "--host", self._host, "--port", str(self._port)),
            *("--workers", str(self._workers)),
            env={**os.environ, **self._settings},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LOG_LINE_BYTES_MAX,
            # Ctrl-C goes to the parent alone, which then stops the server in its own order.
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        self._reader = asyncio.create_task(self._read(), name="server log")
        try:
            await self._wait_until_ready()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self._stop()

    def check(self) -> None:
        """Raises StartupError if the server has ended."""
        assert self._process is not None
        if self._process.returncode is not None:
            raise StartupError(f"the server has ended: {self._last_words()}")

    async def _wait_until_ready(self) -> None:
        origin = Origin.parse(f"http://{reachable(self._host)}:{self._port}")
        request = request_bytes(origin, "GET", "/readyz")
        async with asyncio.timeout(READY_SECONDS), HttpPool(origin, 1) as pool:
            while True:
                self.check()
                # Its own word first: whoever took the port before it would answer as well.
                if self._is_listening.is_set():
                    with suppress(Unanswered):
                        if (await pool.send(request)).status == 200:
                            return
                await asyncio.sleep(READY_POLL_SECONDS)

    async def _stop(self) -> None:
        assert self._process is not None
        assert self._reader is not None
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        await self._reader

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        with self._log_path.open("ab") as log:
            async for raw in self._process.stdout:
                log.write(raw)
                log.flush()
                line = raw.decode(errors="replace").rstrip()
                self._last_lines = [*self._last_lines[-_LAST_WORDS:], line]
                if _LISTENING in line:
                    self._is_listening.set()
                self._on_line(line)

    def _last_words(self) -> str:
        return "\n".join(self._last_lines[-_LAST_WORDS:]) or f"see {self._log_path}"


def reachable(host: str) -> str:
    """The address under which a listener on ``host`` is reached from this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 (a comparison)


def _die_with_parent() -> None:
    # However the parent dies, no server is left on its port. Linux only; elsewhere a parent
    # that is killed leaves its server running.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
