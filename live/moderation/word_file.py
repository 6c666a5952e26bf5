"""The list of words that must not be said, from a file that may change while we run."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from live.errors import StartupError
from live.moderation.words import WordFilter

log = structlog.get_logger(__name__)

# (inode, modified ns, bytes): another file, or another content.
_Stamp = tuple[int, int, int]


class WordFile:
    """The words of a file: UTF-8, one a line; empty lines and those that begin with ``#`` are none.

    Args:
        path: None for no words.
        words_max: lines at most; a longer file is refused.
    """

    def __init__(self, path: Path | None, *, words_max: int) -> None:
        self._path = path
        self._words_max = words_max
        self._stamp: _Stamp | None = None
        self.filter = WordFilter()

    def load(self) -> bool:
        """Read the file where it has changed. Returns whether it had.

        Raises: StartupError where it cannot be read, or is too long.
        """
        if self._path is None:
            return False
        try:
            found = self._path.stat()
            stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
            if stamp == self._stamp:
                return False
            text = self._path.read_text(encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            raise StartupError(f"LIVE_CHAT_WORDS_FILE: {error}") from error
        lines = [line.strip() for line in text.splitlines()]
        words = [line for line in lines if line and not line.startswith("#")]
        if len(words) > self._words_max:
            raise StartupError(f"LIVE_CHAT_WORDS_FILE: more than {self._words_max} words")
        self.filter = WordFilter(words)
        self._stamp = stamp
        return True

    @asynccontextmanager
    async def watching(self, every_seconds: float) -> AsyncIterator[None]:
        """Load it now, and again whenever it has changed, until left.

        Raises: StartupError. Later failures are logged, and the words stay as they were.
        """
        await asyncio.to_thread(self.load)
        task = asyncio.create_task(self._watch_forever(every_seconds), name="chat words")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _watch_forever(self, every_seconds: float) -> None:
        while True:
            await asyncio.sleep(every_seconds)
            try:
                if await asyncio.to_thread(self.load):
                    log.info("chat words read again", words=len(self.filter))
            except StartupError as error:
                log.warning("chat words not read", error=str(error))
