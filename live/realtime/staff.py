"""The ``sales`` message: figures from SQL for an event's host and operators, and nobody else."""

import asyncio
from collections.abc import Callable, Iterable

import msgspec
import structlog

from live.realtime.live_room import LiveRoom
from live.realtime.protocol import tagged, text_frame
from live.realtime.sections import SalesLoader

log = structlog.get_logger(__name__)


async def tell_staff_forever(
    rooms: Callable[[], Iterable[LiveRoom]], load: SalesLoader, every_seconds: float
) -> None:
    """Load and send, room after room, until cancelled. A slow database only makes it seldom."""
    encode = msgspec.json.Encoder().encode
    loop = asyncio.get_running_loop()
    while True:
        started = loop.time()
        for room in [room for room in rooms() if room.has_staff]:
            try:
                sales = await load(room.event_id)
            except Exception as error:  # SQL's own; the next round tries again
                log.warning("sales not loaded", event_id=room.event_id, error=repr(error))
                continue
            room.tell_staff(text_frame(tagged("sales", encode(sales))))
        await asyncio.sleep(max(0.0, started + every_seconds - loop.time()))
