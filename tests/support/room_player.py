"""The pages' own room state, run by Node beside the test: frames in, what a page shows out."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any

ROOT = Path(__file__).parents[2]
PROTOCOL = ROOT / "frontend" / "src" / "protocol"
ROOM_STATE = PROTOCOL / "room_state.ts"
# What applies frames, and what a mutation may be in.
SOURCES = (ROOM_STATE, PROTOCOL / "room_sections.ts")


class RoomPlayer:
    """One Node process; run it as a context manager.

    Args:
        room_state: the TypeScript module that applies frames: the pages' own, or a mutated copy.
    """

    def __init__(self, room_state: Path = ROOM_STATE) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tools.node", "node", "scripts/replay_room.mjs", room_state],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def __enter__(self) -> "RoomPlayer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pipe(self._process.stdin).close()
        self._process.wait()
        self._pipe(self._process.stdout).close()

    def replay(self, frames: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """What one viewer's page shows after each frame: ``is_hole`` and ``state``."""
        stdin = self._pipe(self._process.stdin)
        stdin.write(json.dumps(frames, ensure_ascii=False) + "\n")
        stdin.flush()
        answer = self._pipe(self._process.stdout).readline()
        assert answer, "Node has ended; what it said is above"
        shown: list[dict[str, Any]] = json.loads(answer)
        return shown

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        assert pipe is not None
        return pipe


def mutated(directory: Path, original: str, changed: str) -> Path:
    """A copy of the pages' room state in which one expression is another."""
    sources = {path.name: path.read_text(encoding="utf-8") for path in SOURCES}
    found = sum(source.count(original) for source in sources.values())
    assert found == 1, f"not once in {', '.join(sources)}: {original}"
    for name, source in sources.items():
        (directory / name).write_text(source.replace(original, changed), encoding="utf-8")
    return directory / ROOM_STATE.name
