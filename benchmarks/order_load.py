"""The load of ``benchmarks.checkout``: rounds of requests, many buyers in flight, each timed."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from statistics import median

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.platform_server import PRICE_FEN, RunningPlatform, cpu_seconds
from live.crowd.http_client import HttpPool, Origin, request_bytes
from live.crowd.people import ship_to_json

IN_FLIGHT = 256
BUYERS = 2_000
NOOP = "/api/noop"
SETTINGS = {
    "LIVE_BENCHMARK_NOOP": "1",
    # These limits protect the shop from one person; here few people stand for a crowd.
    "LIVE_ORDERS_PER_MINUTE": "1000000",
    "LIVE_FRAMES_PER_SECOND_MAX": "1000000",
}


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


Rounds = list[Round]


async def timed_round(
    pid: int, seconds: float, ask: Callable[[int, int], Awaitable[None]], numbers: Iterable[int]
) -> Round:
    """Keep IN_FLIGHT asks under way for so long.

    Args:
        pid: of the server whose CPU is counted.
        ask: (lane, number of the request) → answered as it should be.
    """
    remaining = iter(numbers)
    taken: list[float] = []
    started = time.perf_counter()
    until = started + seconds

    async def lane(place: int) -> None:
        while (sent := time.perf_counter()) < until:
            await ask(place, next(remaining))
            taken.append(time.perf_counter() - sent)

    cpu_before = await cpu_seconds(pid)
    async with asyncio.TaskGroup() as lanes:
        for place in range(IN_FLIGHT):
            lanes.create_task(lane(place))
    elapsed = time.perf_counter() - started
    cpu = await cpu_seconds(pid) - cpu_before
    taken.sort()
    return Round(
        per_second=len(taken) / elapsed,
        p50_ms=taken[len(taken) // 2] * 1000,
        p99_ms=taken[len(taken) * 99 // 100] * 1000,
        server_us=cpu / len(taken) * 1e6,
    )


class HttpLoad:
    """The load of one server over HTTP: the same idempotency key never comes twice.

    Args:
        pid: the server's.
        offer_ids: ordered of in turn.
        tokens: of the buyers, who order in turn.
    """

    def __init__(
        self, origin: Origin, pid: int, pool: HttpPool, offer_ids: Sequence[str], tokens: list[str]
    ) -> None:
        self._origin = origin
        self._pid = pid
        self._pool = pool
        self._paths = [f"/api/offers/{offer_id}/orders" for offer_id in offer_ids]
        self._tokens = tokens
        self._numbers = count()
        self._bodies = [order_body(buyer) for buyer in range(len(tokens))]
        self.order_ids: set[str] = set()

    @classmethod
    def of(cls, platform: RunningPlatform, pool: HttpPool) -> "HttpLoad":
        offer_ids = [sale.offer_id for sale in platform.sales]
        return cls(platform.origin, platform.pid, pool, offer_ids, platform.tokens)

    def of_offer(self, offer_id: str) -> "HttpLoad":
        """The same people's load of another offer."""
        return HttpLoad(self._origin, self._pid, self._pool, [offer_id], self._tokens)

    async def noops(self, seconds: float) -> Round:
        """The same head and body as an order's, to where nothing is done."""

        async def ask(_lane: int, number: int) -> None:
            await self._sent(NOOP, number, {200, 204})

        return await timed_round(self._pid, seconds, ask, self._numbers)

    async def orders(self, seconds: float) -> Round:
        async def ask(_lane: int, number: int) -> None:
            path = self._paths[number % len(self._paths)]
            self.order_ids.add(_decode_order(await self._sent(path, number, {201})).id)

        return await timed_round(self._pid, seconds, ask, self._numbers)

    async def sell(self, orders: int) -> None:
        """So many orders, whatever they take."""
        for _ in range(orders):
            await self._sent(self._paths[0], next(self._numbers), {201})

    async def refusals(self, seconds: float) -> Round:
        """Orders of what is sold out."""

        async def ask(_lane: int, number: int) -> None:
            path = self._paths[number % len(self._paths)]
            reply = await self._sent(path, number, {409})
            if b'"sold_out"' not in reply:
                raise SystemExit(f"refused otherwise: {reply!r}")

        return await timed_round(self._pid, seconds, ask, self._numbers)

    async def warm_up(self, seconds: float) -> None:
        """Connections, tokens and caches are warm after that."""
        await self.noops(seconds)
        await self.orders(seconds)

    async def _sent(self, path: str, number: int, good: set[int]) -> bytes:
        buyer = number % len(self._tokens)
        request = request_bytes(
            self._origin,
            "POST",
            path,
            token=self._tokens[buyer],
            body=self._bodies[buyer],
            key=f"bench-{number}",
        )
        reply = await self._pool.send(request)
        if reply.status not in good:
            raise SystemExit(f"status {reply.status}: {reply.body[:200]!r}")
        return reply.body


def order_body(buyer: int) -> bytes:
    return f'{{"units":1,"price_fen":{PRICE_FEN},"ship_to":{ship_to_json(buyer)}}}'.encode()


def per_second(rounds: Rounds) -> float:
    return median(each.per_second for each in rounds)


def ratio(these: Rounds, those: Rounds) -> float:
    """Median over rounds that stood side by side of requests a second."""
    pairs = zip(these, those, strict=True)
    return round(median(this.per_second / that.per_second for this, that in pairs), 3)


async def check_books(platform: RunningPlatform, order_ids: set[str]) -> None:
    """SQL has exactly the orders that were accepted. Raises SystemExit where it has not."""
    engine = create_async_engine(platform.database_url)
    stored, reserved = set[str](), 0
    try:
        async with engine.connect() as connection:
            for sale in platform.sales:
                asked = {"offer_id": sale.offer_id}
                stored |= set(
                    await connection.scalars(
                        text("SELECT id FROM orders WHERE offer_id = :offer_id"), asked
                    )
                )
                reserved += await connection.scalar(
                    text("SELECT reserved FROM offers WHERE id = :offer_id"), asked
                )
    finally:
        await engine.dispose()
    if stored != order_ids or reserved != len(order_ids):
        raise SystemExit(
            f"{len(order_ids)} orders accepted, {len(stored)} stored, {reserved} units reserved;"
            f" {len(order_ids - stored)} lost, {len(stored - order_ids)} that nobody was told of"
        )
