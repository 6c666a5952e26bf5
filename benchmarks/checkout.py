"""What an order costs beside a POST that does nothing, on the real server over real sockets.

``python -m benchmarks.checkout [--quick] [--only sqlite|postgres]`` starts ``live serve`` on
SQLite and then on PostgreSQL, and loads it from this process with 256 requests in flight over
keep-alive connections. Rounds of ``POST /api/noop``, which is signed in and does nothing,
alternate with rounds of orders, each with its own idempotency key and a valid address, of an
offer with plenty of stock. After the rounds SQL must hold exactly the orders that were answered
with 201. The last line is a JSON object: medians of rounds, and orders/s as a share of no-ops/s.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.platform_server import (
    PRICE_FEN,
    RunningPlatform,
    cpu_seconds,
    running_platform,
)
from live.crowd.http_client import HttpPool, request_bytes
from live.crowd.loop import run_fast
from live.crowd.people import ship_to_json

IN_FLIGHT = 256
BUYERS = 2_000
ROUNDS, ROUND_SECONDS = 7, 4.0
QUICK_ROUNDS, QUICK_ROUND_SECONDS = 3, 1.5
KINDS = ("sqlite", "postgres")
NOOP = "/api/noop"
SETTINGS = {
    "LIVE_BENCHMARK_NOOP": "1",
    # The limit protects the shop from one person; here few people stand for a crowd.
    "LIVE_ORDERS_PER_MINUTE": "1000000",
}

# (number of the request) → its bytes
MakeRequest = Callable[[int], bytes]


class _Order(msgspec.Struct):
    id: str


_decode_order = msgspec.json.Decoder(_Order).decode


@dataclass(frozen=True, slots=True)
class Round:
    """One round: requests answered a second, reply times, CPU of the server a request."""

    per_second: float
    p50_ms: float
    p99_ms: float
    server_us: float


class Load:
    """The load of one server: the same numbers never come twice."""

    def __init__(self, platform: RunningPlatform, pool: HttpPool) -> None:
        self._platform = platform
        self._pool = pool
        self._numbers = count()
        self._bodies = [
            f'{{"units":1,"price_fen":{PRICE_FEN},"ship_to":{ship_to_json(buyer)}}}'.encode()
            for buyer in range(BUYERS)
        ]
        self.order_ids: set[str] = set()

    async def noops(self, seconds: float) -> Round:
        """The same head and body as an order's, to where nothing is done."""
        return await self._round(seconds, self._maker(NOOP), lambda _body: None, {200, 204})

    async def orders(self, seconds: float) -> Round:
        path = f"/api/offers/{self._platform.offer_id}/orders"
        return await self._round(seconds, self._maker(path), self._note, {201})

    def _note(self, body: bytes) -> None:
        self.order_ids.add(_decode_order(body).id)

    def _maker(self, path: str) -> MakeRequest:
        def make(number: int) -> bytes:
            return request_bytes(
                self._platform.origin,
                "POST",
                path,
                token=self._platform.tokens[number % BUYERS],
                body=self._bodies[number % BUYERS],
                key=f"bench-{number}",
            )

        return make

    async def _round(
        self, seconds: float, make: MakeRequest, note: Callable[[bytes], None], good: set[int]
    ) -> Round:
        taken: list[float] = []
        started = time.perf_counter()
        until = started + seconds

        async def lane() -> None:
            while (sent := time.perf_counter()) < until:
                reply = await self._pool.send(make(next(self._numbers)))
                if reply.status not in good:
                    raise SystemExit(f"status {reply.status}: {reply.body[:200]!r}")
                taken.append(time.perf_counter() - sent)
                note(reply.body)

        cpu_before = await cpu_seconds(self._platform.pid)
        async with asyncio.TaskGroup() as lanes:
            for _ in range(IN_FLIGHT):
                lanes.create_task(lane())
        elapsed = time.perf_counter() - started
        cpu = await cpu_seconds(self._platform.pid) - cpu_before
        taken.sort()
        return Round(
            per_second=len(taken) / elapsed,
            p50_ms=taken[len(taken) // 2] * 1000,
            p99_ms=taken[len(taken) * 99 // 100] * 1000,
            server_us=cpu / len(taken) * 1e6,
        )


async def measure(kind: str, rounds: int, seconds: float) -> dict[str, float]:
    """Keys as in the benchmark's last line, those of this database."""
    with tempfile.TemporaryDirectory(prefix="live-bench-") as scratch:
        directory = Path(scratch)
        async with running_platform(kind, directory, buyers=BUYERS, settings=SETTINGS) as platform:
            async with HttpPool(platform.origin, IN_FLIGHT) as pool:
                load = Load(platform, pool)
                await load.noops(seconds / 2)  # connections, tokens and caches are warm after that
                await load.orders(seconds / 2)
                pairs = [
                    (await load.noops(seconds), await load.orders(seconds)) for _ in range(rounds)
                ]
            await check_books(platform, load.order_ids)
    return dict(_figures(kind, pairs))


def _figures(kind: str, pairs: list[tuple[Round, Round]]) -> Iterator[tuple[str, float]]:
    def median(read: Callable[[Round, Round], float]) -> float:
        return statistics.median(read(noop, order) for noop, order in pairs)

    yield f"http_ratio_{kind}", round(median(lambda n, o: o.per_second / n.per_second), 3)
    yield f"orders_per_second_{kind}", round(median(lambda _, o: o.per_second))
    yield f"noop_per_second_{kind}", round(median(lambda n, _: n.per_second))
    yield f"p50_ms_at_{IN_FLIGHT}_{kind}", round(median(lambda _, o: o.p50_ms), 1)
    yield f"p99_ms_at_{IN_FLIGHT}_{kind}", round(median(lambda _, o: o.p99_ms), 1)
    yield f"noop_p99_ms_{kind}", round(median(lambda n, _: n.p99_ms), 1)
    yield f"order_server_us_{kind}", round(median(lambda _, o: o.server_us), 1)
    yield f"noop_server_us_{kind}", round(median(lambda n, _: n.server_us), 1)


async def check_books(platform: RunningPlatform, order_ids: set[str]) -> None:
    """SQL has exactly the orders that were accepted. Raises SystemExit where it has not."""
    engine = create_async_engine(platform.database_url)
    try:
        async with engine.connect() as connection:
            stored = set(await connection.scalars(text("SELECT id FROM orders")))
            reserved = await connection.scalar(text("SELECT sum(reserved) FROM offers"))
    finally:
        await engine.dispose()
    if stored != order_ids or reserved != len(order_ids):
        raise SystemExit(
            f"{len(order_ids)} orders accepted, {len(stored)} stored, {reserved} units reserved;"
            f" {len(order_ids - stored)} lost, {len(stored - order_ids)} that nobody was told of"
        )


async def main(arguments: argparse.Namespace) -> None:
    rounds, seconds = (
        (QUICK_ROUNDS, QUICK_ROUND_SECONDS) if arguments.quick else (ROUNDS, ROUND_SECONDS)
    )
    line: dict[str, float] = {}
    for kind in [arguments.only] if arguments.only else KINDS:
        line |= await measure(kind, rounds, seconds)
        print(f"{kind}: every accepted order is in SQL", file=sys.stderr)
    # The short names are those of the embedded default.
    for name in ("noop_per_second", "noop_p99_ms", f"p99_ms_at_{IN_FLIGHT}"):
        if f"{name}_sqlite" in line:
            line[name] = line[f"{name}_sqlite"]
    print(json.dumps(line))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--only", choices=KINDS, help="one database")
    run_fast(main(parser.parse_args()))
