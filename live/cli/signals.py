"""Ctrl-C and SIGTERM as an event to wait for, so that what runs can end in its own order."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def interrupts_as_event() -> Iterator[asyncio.Event]:
    """Within, either signal sets the event instead of ending the process."""
    loop = asyncio.get_running_loop()
    interrupted = asyncio.Event()
    for number in _SIGNALS:
        loop.add_signal_handler(number, interrupted.set)
    try:
        yield interrupted
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
