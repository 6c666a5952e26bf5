"""The different viewers of one room, as one process reports and learns them.

Fingerprints of those who joined go out with the next look, all in one call; Redis counts them. The
process that saves the room's record asks for the count, and now and then for the whole sketch: SQL
keeps both, and a Redis that has lost its own gets that back, together with everybody who is
connected. So a loss of Redis costs those who came and went since the sketch was last saved.
"""

import asyncio
from collections.abc import Iterable
from itertools import islice
from typing import Any

import structlog

from live.config import Settings
from live.realtime.feed import KEYS_LIVE_MS
from live.storage.redis import Script, ScriptCall, event_key

_UNIQUES = Script("live.realtime", "uniques")
_KEY_NAMES = ("uniques", "uniques_whole", "uniques_saved")
_ASK_NOTHING, _ASK_COUNT, _ASK_SKETCH = "", "count", "sketch"

log = structlog.get_logger(__name__)


class UniqueViewers:
    """Of one room in one process.

    Attributes:
        total: viewers as last counted; 0 until then.
        sketch: newly got from Redis, to be saved to SQL; None where there is no news.
        is_whole: what SQL has is in what Redis counts.
    """

    def __init__(self, event_id: str, settings: Settings) -> None:
        self._keys = [event_key(event_id, name) for name in _KEY_NAMES]
        self._settings = settings
        self._waiting: dict[bytes, None] = {}  # not yet acknowledged, the oldest first
        self._asked: list[bytes] = []
        self._saved: bytes | None = None  # from SQL, to be handed to Redis
        self._wanted = _ASK_NOTHING
        self._sketched = 0  # total of the last sketch
        self._sketched_seconds = float("-inf")
        self.total = 0
        self.sketch: bytes | None = None
        self.is_whole = False

    @property
    def is_waiting(self) -> bool:
        """Whether Redis has yet to hear of somebody."""
        return bool(self._waiting)

    @property
    def is_saved(self) -> bool:
        """Whether SQL has the sketch of everybody that was counted."""
        return self.sketch is None and self._sketched == self.total

    def add(self, fingerprints: Iterable[bytes]) -> None:
        """They are here; twice is harmless."""
        for fingerprint in fingerprints:
            self._waiting[fingerprint] = None
        # Redis is long away: whoever has left again is forgotten first.
        while len(self._waiting) > self._settings.uniques_waiting_max:
            del self._waiting[next(iter(self._waiting))]

    def restart(self, fingerprints: Iterable[bytes]) -> None:
        """Redis has lost what it knew, or some of it: tell it of all who are here."""
        self.is_whole = False
        self._sketched_seconds = float("-inf")
        self.add(fingerprints)

    def restore(self, saved: bytes) -> None:
        """What SQL has goes to Redis with the next call; empty where it has nothing."""
        self._saved = saved

    def want(self, *, is_last: bool) -> None:
        """Ask for the count with the next call, and for the sketch where it is time for one.

        Args:
            is_last: nobody is here, so this may be the last chance.
        """
        age = asyncio.get_running_loop().time() - self._sketched_seconds
        is_time = age >= self._settings.sketch_seconds and self._sketched != self.total
        is_owed = is_last and (self.is_waiting or not self.is_saved)
        self._wanted = _ASK_SKETCH if is_time or is_owed else _ASK_COUNT

    def ask(self) -> ScriptCall | None:
        """The call to make with the next look; None where there is nothing to say or to ask."""
        if not (self._waiting or self._wanted or self._saved is not None):
            return None
        self._asked = list(islice(self._waiting, self._settings.sample_uniques_max))
        has_saved = self._saved is not None
        arguments = (
            b"".join(self._asked), self._wanted, "1" if has_saved else "", self._saved or b"",
            KEYS_LIVE_MS,
        )  # fmt: skip
        return _UNIQUES.call(self._keys, arguments)

    def read(self, reply: Any) -> None:
        """The answer to the last ``ask``; an exception where it failed."""
        if isinstance(reply, Exception):
            log.warning("unique viewers not counted", error=repr(reply))
            return
        for fingerprint in self._asked:
            self._waiting.pop(fingerprint, None)
        is_whole, counted, sketch = reply
        self.is_whole = bool(is_whole)
        if self.is_whole:
            self._saved = None
        wanted, self._wanted = self._wanted, _ASK_NOTHING
        if counted < 0:
            return
        self.total = counted
        if wanted == _ASK_SKETCH:
            self.sketch = sketch
            self._sketched = counted
            self._sketched_seconds = asyncio.get_running_loop().time()
