"""``live`` itself, as a process: the command, and the server."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
READY_SECONDS = 60.0
CODE_SECONDS = 10.0
STOP_SECONDS = 20.0
_CODE = re.compile(r"sms_code\W+(\d{6})\W.*sms_to\W+(\+\d+)|sms_to\W+(\+\d+).*sms_code\W+(\d{6})")


def live_environment(**settings: str) -> dict[str, str]:
    """This environment without its ``LIVE_*`` variables, with the sandbox, and ``settings``."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("LIVE_")}
    return {**others, "LIVE_ALLOW_SANDBOX": "1", **settings}


def live(
    *arguments: str, environment: dict[str, str], seconds: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run ``live`` with these arguments to its end."""
    return subprocess.run(
        [sys.executable, "-m", "live", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class LiveServer:
    """``live serve`` on a port and a directory of its own, and the codes that it sends.

    Args:
        settings: further ``LIVE_*`` variables.
    """

    def __init__(self, directory: Path, *, workers: int = 1, **settings: str) -> None:
        defaults = {"LIVE_DATA_DIR": str(directory), "LIVE_DRAIN_SECONDS": "0.1"}
        self.environment = live_environment(**{**defaults, **settings})
        self._workers = workers
        self._lines: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._listener: threading.Thread | None = None
        self.port = free_port()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def add_person(self, phone: str, role: str, name: str) -> None:
        """An account, as an operator of the machine would add it."""
        self._live("accounts", "add", "--phone", phone, "--role", role, "--name", name)

    def token(self) -> str:
        """Of a made-up viewer who needs no browser."""
        return self._live("accounts", "tokens", "--count", "1").strip()

    def start(self) -> None:
        command = [sys.executable, "-m", "live", "serve", "--host", "127.0.0.1", "--port"]
        self._process = subprocess.Popen(
            [*command, str(self.port), "--workers", str(self._workers)],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        deadline = time.monotonic() + READY_SECONDS
        while not self._is_ready():
            assert self._process.poll() is None, "\n".join(self._lines[-20:])
            assert time.monotonic() < deadline, "the server does not get ready"
            time.sleep(0.1)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def output(self) -> str:
        return "\n".join(self._lines)

    def stop(self) -> int:
        """Drain it. Returns its exit code."""
        if self._process is None:
            return 0
        self._process.terminate()
        return self.wait()

    def wait(self) -> int:
        """Until it has ended, which it has been told already. Returns its exit code."""
        assert self._process is not None
        try:
            return self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
        finally:
            if self._listener is not None:
                self._listener.join()

    def code_for(self, phone: str) -> str:
        """The last sign-in code sent to a phone."""
        deadline = time.monotonic() + CODE_SECONDS
        while time.monotonic() < deadline:
            for line in reversed(self._lines):
                match = _CODE.search(line)
                if match and (match[2] or match[3]).endswith(phone):
                    return match[1] or match[4]
            time.sleep(0.05)
        raise AssertionError(f"no code for {phone}:\n" + "\n".join(self._lines[-20:]))

    def _live(self, *arguments: str) -> str:
        done = live(*arguments, environment=self.environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _listen(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            self._lines.extend(iter(lines.readline, ""))

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.origin}/readyz", timeout=2) as reply:
                return bool(reply.status == 200)
        except (urllib.error.URLError, OSError):
            return False
