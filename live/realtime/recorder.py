"""Keeps a room's feed and totals in SQL: the record, and the bases that outlive Redis.

One process of a room does it (Redis names it, and another when it is gone); doing it twice is
harmless, since whoever takes the entries inserts only those that are new.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Protocol

import structlog

from live.realtime import metrics
from live.realtime.position import FeedPosition
from live.realtime.ring import FeedEntry


class Record(Protocol):
    """Where the record is kept. Calls may get what they got before, from any process."""

    async def save_feed(self, event_id: str, entries: Sequence[FeedEntry]) -> None:
        """Insert those that are new."""
        ...

    async def save_totals(self, event_id: str, views: int, likes: int, unique_viewers: int) -> None:
        """Keep the greater of these and what is there: an older call may come late."""
        ...

    async def save_sketch(self, event_id: str, sketch: bytes) -> None:
        """Keep what unique viewers are counted by, in place of what is there."""
        ...

    async def load_sketch(self, event_id: str) -> bytes:
        """What was saved last; empty where nothing was."""
        ...


_BATCH_MAX = 500  # entries in one transaction

log = structlog.get_logger(__name__)


class Recorder:
    """What of one room waits to be saved.

    Args:
        record: None for a room that keeps none.
        entries_max: entries waiting at most; beyond (SQL is long away) the oldest are lost.
    """

    def __init__(self, event_id: str, record: Record | None, entries_max: int) -> None:
        self._event_id = event_id
        self._record = record
        self._waiting: deque[FeedEntry] = deque(maxlen=entries_max)
        self._totals = (-1, -1, -1)
        self.saved: FeedPosition | None = None  # SQL has the feed up to here

    @property
    def is_waiting(self) -> bool:
        """Whether entries wait for SQL."""
        return bool(self._waiting)

    def take(self, entries: Iterable[FeedEntry]) -> None:
        """Entries to be saved, in order."""
        for entry in entries:
            if len(self._waiting) == self._waiting.maxlen:
                metrics.UNSAVED_LOST.inc()
            self._waiting.append(entry)

    def has_totals(self, views: int, likes: int, unique_viewers: int) -> bool:
        """Whether these are saved."""
        return self._totals == (views, likes, unique_viewers)

    async def save(
        self, views: int, likes: int, unique_viewers: int, sketch: bytes | None = None
    ) -> bool:
        """Save what waits, the sketch, and the totals if they moved.

        Returns False where SQL did not take it.

        What was not taken stays and comes again with the next call.
        """
        if self._record is None:
            return True
        try:
            while self._waiting:
                batch = [self._waiting[i] for i in range(min(_BATCH_MAX, len(self._waiting)))]
                await self._record.save_feed(self._event_id, batch)
                self._forget(batch)
            if not self.has_totals(views, likes, unique_viewers):
                await self._record.save_totals(self._event_id, views, likes, unique_viewers)
                self._totals = (views, likes, unique_viewers)
            if sketch is not None:
                await self._record.save_sketch(self._event_id, sketch)
        except Exception as error:  # the callbacks are features'; whatever it is, it comes again
            metrics.SAVE_FAILURES.inc()
            log.warning("room not saved", event_id=self._event_id, error=repr(error))
            return False
        return True

    async def saved_sketch(self) -> bytes | None:
        """What unique viewers were counted by when last saved; None where SQL does not say."""
        if self._record is None:
            return None
        try:
            return await self._record.load_sketch(self._event_id)
        except Exception as error:  # as in save
            log.warning("sketch not loaded", event_id=self._event_id, error=repr(error))
            return None

    def _forget(self, batch: Sequence[FeedEntry]) -> None:
        # By identity: while they were being saved, the oldest may have been pushed out already.
        saved = {id(entry) for entry in batch}
        while self._waiting and id(self._waiting[0]) in saved:
            self._waiting.popleft()
        self.saved = batch[-1].position
