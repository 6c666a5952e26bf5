"""The same work for many events, of which one that fails is left out and named in the log."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from live.errors import Problem
from live.stock.guard import StaleStock
from live.storage.redis import REDIS_AWAY

log = structlog.get_logger(__name__)
T = TypeVar("T")

_FORESEEN = (Problem, StaleStock, SQLAlchemyError, *REDIS_AWAY)


async def of_each(
    event_ids: Sequence[str], ask: Callable[[str], Awaitable[T]], *, at_once: int
) -> dict[str, T]:
    """The answer for each event but those that fail, so many at a time."""
    answers: dict[str, T] = {}
    failed: dict[str, BaseException] = {}
    for start in range(0, len(event_ids), at_once):
        some = event_ids[start : start + at_once]
        results = await asyncio.gather(*map(ask, some), return_exceptions=True)
        for event_id, result in zip(some, results, strict=True):
            if isinstance(result, BaseException):
                failed[event_id] = result
            else:
                answers[event_id] = result
    _log(failed)
    return answers


def _log(failed: Mapping[str, BaseException]) -> None:
    """A line for each kind of failure: where Redis is away, it is that of hundreds."""
    by_text: dict[str, list[str]] = defaultdict(list)
    for event_id, error in failed.items():
        by_text[repr(error)].append(event_id)
    for text, event_ids in by_text.items():
        error = failed[event_ids[0]]
        if isinstance(error, _FORESEEN):
            log.warning("events left out", event_ids=event_ids, error=text)
        else:
            log.error("events left out", event_ids=event_ids, exc_info=error)
