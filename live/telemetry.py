"""What the process tells about itself: the log, and how late its event loop is.

The log is structured, one line an occurrence, and free of secrets.

Lines for a person where the output is a terminal, JSON lines elsewhere. Everything goes
through one list of processors, the standard library's logging (aiohttp, SQLAlchemy, Alembic)
included.
"""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import IO, Any

import structlog
from prometheus_client import Histogram
from structlog.types import EventDict, Processor, WrappedLogger

from live.clock import Clock, SystemClock
from live.values import rfc3339

# Whatever a field of this name holds, nobody reads it in a log. Field names, not patterns:
# searching every text for what looks like a phone number would cost more than logging it.
SECRET_FIELDS = frozenset(
    {
        "address",
        "authorization",
        "cookie",
        "password",
        "phone",
        "secret",
        "ship_to",
        "ticket",
        "token",
    }
)
LAG_SAMPLE_SECONDS = 0.25

LOOP_LAG = Histogram(
    "live_loop_lag_seconds",
    "How late the event loop came round: everybody in this process waits that long",
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
)

_REDACTED = "[redacted]"
# These say at INFO what only they want to know.
_QUIET = ("alembic", "asyncio", "aiosqlite", "httpx")


def configure_log(
    stream: IO[str] | None = None, *, level: str = "INFO", clock: Clock | None = None
) -> None:
    """Set the process's log up; a later call replaces an earlier one.

    Args:
        stream: where lines go; standard error if not given, so that a command's result on
            standard output stays clean.
        level: the least severe that is shown, such as ``INFO``.
    """
    out = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _Timestamp(clock or SystemClock()),
        redact,
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,  # loggers made at import must follow this call
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(is_terminal=out.isatty()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Takes secrets and people's data out, one level of nesting included."""
    for name, value in event.items():
        if name in SECRET_FIELDS:
            event[name] = _REDACTED
        elif isinstance(value, dict):
            event[name] = {
                key: _REDACTED if key in SECRET_FIELDS else inner for key, inner in value.items()
            }
    return event


class _Timestamp:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, _logger: Any, _method: str, event: EventDict) -> EventDict:
        event["at"] = rfc3339(self._clock.now_ms())
        return event


def _renderers(*, is_terminal: bool) -> list[Processor]:
    # Never the renderers' own pretty tracebacks: they print every local variable, and so
    # whatever secret is in one.
    if is_terminal:
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(timestamp_key="at", exception_formatter=plain)]
    return [
        structlog.processors.format_exc_info,
        _in_reading_order,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]


def _in_reading_order(_logger: Any, _method: str, event: EventDict) -> EventDict:
    first = {name: event[name] for name in ("at", "level", "event") if name in event}
    return first | {name: value for name, value in event.items() if name not in first}


@asynccontextmanager
async def loop_lag_measured() -> AsyncIterator[None]:
    """Watch how late the event loop is, until left; see ``live_loop_lag_seconds``."""
    watch = asyncio.create_task(_measure_loop_lag(), name="loop lag")
    try:
        yield
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)


async def _measure_loop_lag() -> None:
    loop = asyncio.get_running_loop()
    while True:
        asleep = loop.time()
        await asyncio.sleep(LAG_SAMPLE_SECONDS)
        LOOP_LAG.observe(max(0.0, loop.time() - asleep - LAG_SAMPLE_SECONDS))
