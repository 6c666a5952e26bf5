"""Pings every connection now and then, and gives up those that have gone silent.

One timer for all: aiohttp's own heartbeat has one for each connection, and costs a task a ping.
TCP alone does not do: behind a proxy it is the proxy that acknowledges.
"""

import asyncio
from itertools import count
from typing import Protocol

from websockets.frames import Frame, Opcode

PING = Frame(Opcode.PING, b"").serialize(mask=False)
_SLICE_SECONDS = 1.0


class Pulse(Protocol):
    """A connection, as the heartbeat sees it."""

    is_silent: bool  # set with each ping, cleared by whatever the client sends

    def ping(self) -> bool:
        """Write a ping. Returns False where the connection has yet to read what came before."""
        ...

    def give_up(self) -> None:
        """Nothing came since the last ping."""
        ...


class Heartbeat:
    """Visits each connection once in ``every_seconds``, a slice of them each second."""

    def __init__(self, every_seconds: float) -> None:
        slices = max(1, round(every_seconds / _SLICE_SECONDS))
        self._pause_seconds = every_seconds / slices
        self._slices: list[set[Pulse]] = [set() for _ in range(slices)]
        self._next = count()

    def add(self, pulse: Pulse) -> int:
        """Returns the slice it is in, for ``discard``."""
        place = next(self._next) % len(self._slices)
        self._slices[place].add(pulse)
        return place

    def discard(self, pulse: Pulse, place: int) -> None:
        self._slices[place].discard(pulse)

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            for pulses in self._slices:
                await asyncio.sleep(self._pause_seconds)
                for pulse in list(pulses):
                    self._visit(pulse)

    def _visit(self, pulse: Pulse) -> None:
        if pulse.is_silent:
            pulse.give_up()
        elif pulse.ping():
            # Whoever has yet to read is not silent but slow, which the audience deals with.
            pulse.is_silent = True
