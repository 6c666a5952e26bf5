"""Part ``sale`` of ``benchmarks.fanout``: from an order's reply to the stock on the last screen."""

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import msgspec
from websockets.asyncio.client import connect

from benchmarks.children import pin
from benchmarks.fanout_rig import CLIENTS, SERVERS, WARM_SECONDS, room_path, viewers_of
from benchmarks.order_load import SETTINGS, order_body
from benchmarks.platform_server import RunningPlatform, running_platform, server_processes
from live.crowd.http_client import HttpPool, request_bytes

PAUSE_SECONDS = (0.05, 0.45)  # between two orders: not in step with ticks
PATIENCE_SECONDS = 10.0

Figures = dict[str, float | dict[str, float]]


class _Offer(msgspec.Struct):
    available: int | None = None


class _Frame(msgspec.Struct):
    offers: list[_Offer] | None = None


_decode = msgspec.json.Decoder(_Frame).decode


class Screen:
    """A viewer who notes when which stock was seen."""

    def __init__(self) -> None:
        self._seen = asyncio.Condition()
        self._available: int | None = None
        self._at = 0.0

    async def watch(self, url: str) -> None:
        async with connect(url, compression=None, proxy=None, max_size=None) as socket:
            async for message in socket:
                at = time.perf_counter()
                [offer] = _decode(message).offers or [_Offer()]
                if offer.available is not None:
                    async with self._seen:
                        self._available, self._at = offer.available, at
                        self._seen.notify_all()

    async def stock(self) -> int:
        """What it shows, once it shows something."""
        async with self._seen:
            await self._seen.wait_for(lambda: self._available is not None)
            assert self._available is not None
            return self._available

    async def seen(self, available: int) -> float:
        """When so many or fewer were shown."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._seen:
            await self._seen.wait_for(
                lambda: self._available is not None and self._available <= available
            )
            return self._at


async def sale(viewers: int, orders: int) -> Figures:
    """The last screen is that of who came last: a tick goes out in order of coming."""
    taken: list[float] = []
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="live-bench-")))
        platform = await stack.enter_async_context(
            running_platform("sqlite", directory, buyers=1, settings=SETTINGS)
        )
        for pid in server_processes(platform.pid):
            pin(pid, SERVERS if pid == platform.pid else CLIENTS)
        event_id = platform.sales[0].event_id
        crowd = await stack.enter_async_context(viewers_of(platform.origin.port))
        await crowd.join(room_path(event_id), viewers)
        last = await stack.enter_async_context(_watching(platform, event_id))
        pool = await stack.enter_async_context(HttpPool(platform.origin, 1))
        await asyncio.sleep(WARM_SECONDS)
        left = await last.stock()
        dice = random.Random(1)  # noqa: S311 (pauses)
        for number in range(orders):
            await asyncio.sleep(dice.uniform(*PAUSE_SECONDS))
            replied = await _order(platform, pool, number)
            left -= 1
            taken.append(max(0.0, await last.seen(left) - replied) * 1000)
        await crowd.received()
    taken.sort()
    return {
        "sale_viewers": viewers,
        "sale_to_screen_ms": {
            "p50": round(taken[len(taken) // 2], 1),
            "p99": round(taken[len(taken) * 99 // 100], 1),
        },
    }


@asynccontextmanager
async def _watching(platform: RunningPlatform, event_id: str) -> AsyncIterator[Screen]:
    screen = Screen()
    url = f"ws://{platform.origin.authority}{room_path(event_id)}"
    watching = asyncio.create_task(screen.watch(url))
    try:
        await screen.stock()
        yield screen
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def _order(platform: RunningPlatform, pool: HttpPool, number: int) -> float:
    """Returns when it was answered."""
    request = request_bytes(
        platform.origin,
        "POST",
        f"/api/offers/{platform.sales[0].offer_id}/orders",
        token=platform.tokens[0],
        body=order_body(0),
        key=f"sale-{number}",
    )
    reply = await pool.send(request)
    if reply.status != 201:
        raise SystemExit(f"status {reply.status}: {reply.body[:200]!r}")
    return time.perf_counter()
