"""What an order costs beside a POST that does nothing, on the real server over real sockets.

``python -m benchmarks.checkout [--quick] [--only PART …]`` starts ``live serve`` and loads it from
this process with 256 requests in flight. Rounds of what is measured alternate with rounds of what
it is compared with. After the rounds SQL must hold exactly the orders that were accepted. Parts:

``sqlite``, ``postgres``: orders over HTTP, each with its own idempotency key and address, of an
    offer with plenty of stock, beside ``POST /api/noop``, which is signed in and does nothing.
``room``: orders over the room's WebSocket, beside that same POST; SQLite.
``soldout``: refusals over HTTP once an offer is sold out, beside that same POST; SQLite, and with
    the ending ``_postgres``. Half of the people who order have one of its units.
``profile``: where the CPU of an order goes; SQLite.
``growth``: with 1,000,000 orders in the table, and with 200 live events; SQLite.
``workers``: two worker processes beside one; PostgreSQL.
``naive``: beside shops as one would write them first (``benchmarks.naive_shop``).
``bare``: beside the least that batches (``benchmarks.bare_shop``); SQLite.

The last line is a JSON object: medians of rounds, and ratios of requests a second.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.naive_shop import OFFER as NAIVE_OFFER
from benchmarks.order_growth import fill_with_orders
from benchmarks.order_load import (
    BUYERS,
    IN_FLIGHT,
    SETTINGS,
    HttpLoad,
    Round,
    Rounds,
    check_books,
    per_second,
    ratio,
)
from benchmarks.order_profile import profiled
from benchmarks.platform_server import RunningPlatform, database, open_offer, running_platform
from benchmarks.room_orders import in_the_room
from live.crowd.api import Api
from live.crowd.http_client import HttpPool, Origin
from live.crowd.loop import run_fast
from live.storage.embedded import EmbeddedRedis
from live.storage.schema import upgrade_async

FEW_ORDERS, MANY_ORDERS = 1_000, 1_000_000
MANY_EVENTS = 200
SOLD_OUT_ORDERS = BUYERS // 2  # orders that an offer takes before it is sold out


class Effort(NamedTuple):
    rounds: int
    seconds: float  # of one round


FULL, QUICK = Effort(7, 4.0), Effort(3, 1.5)
Figures = dict[str, float | dict[str, float]]
Play = Callable[[float], Awaitable[Round]]  # one round of so many seconds


async def over_http(kind: str, effort: Effort) -> Figures:
    async with _served(kind) as (platform, load):
        noops, orders = await _alternating(effort, load.noops, load.orders)
        await check_books(platform, load.order_ids)

    def middle(rounds: Rounds, read: Callable[[Round], float]) -> float:
        return round(median(map(read, rounds)), 1)

    return {
        f"http_ratio_{kind}": ratio(orders, noops),
        f"orders_per_second_{kind}": round(per_second(orders)),
        f"noop_per_second_{kind}": round(per_second(noops)),
        f"p50_ms_at_{IN_FLIGHT}_{kind}": middle(orders, lambda r: r.p50_ms),
        f"p99_ms_at_{IN_FLIGHT}_{kind}": middle(orders, lambda r: r.p99_ms),
        f"noop_p99_ms_{kind}": middle(noops, lambda r: r.p99_ms),
        f"order_server_us_{kind}": middle(orders, lambda r: r.server_us),
        f"noop_server_us_{kind}": middle(noops, lambda r: r.server_us),
    }


async def over_sqlite(effort: Effort) -> Figures:
    figures = await over_http("sqlite", effort)
    # The short names are those of the embedded default.
    for name in ("noop_per_second", "noop_p99_ms", f"p99_ms_at_{IN_FLIGHT}"):
        figures[name] = figures[f"{name}_sqlite"]
    return figures


async def over_postgres(effort: Effort) -> Figures:
    return await over_http("postgres", effort)


async def in_room(effort: Effort) -> Figures:
    async with _served("sqlite") as (platform, load), in_the_room(platform) as room:
        await room.orders(effort.seconds / 2)
        noops, orders = await _alternating(effort, load.noops, room.orders)
        await check_books(platform, load.order_ids | room.order_ids)
    return {
        "ws_ratio_sqlite": ratio(orders, noops),
        "ws_orders_per_second_sqlite": round(per_second(orders)),
    }


async def soldout(effort: Effort) -> Figures:
    figures: Figures = {}
    for kind, ending in (("sqlite", ""), ("postgres", "_postgres")):
        async with _served(kind) as (platform, load):
            gone = await _sold_out(platform, load)
            await gone.refusals(effort.seconds)
            noops, refusals = await _alternating(effort, load.noops, gone.refusals)
            await check_books(platform, load.order_ids)
        figures |= {
            f"soldout_ratio{ending}": ratio(refusals, noops),
            f"soldout_per_second{ending}": round(per_second(refusals)),
            f"soldout_p99_ms{ending}": round(median(r.p99_ms for r in refusals), 1),
            f"soldout_server_us{ending}": round(median(r.server_us for r in refusals), 1),
            f"soldout_noop_server_us{ending}": round(median(r.server_us for r in noops), 1),
        }
    return figures


async def _sold_out(platform: RunningPlatform, load: HttpLoad) -> HttpLoad:
    """The load of an offer in the same event of which nothing is left."""
    async with HttpPool(platform.origin, 1) as pool:
        api = Api(pool, platform.host)
        offer_id = await open_offer(api, platform.sales[0].event_id, SOLD_OUT_ORDERS)
    gone = load.of_offer(offer_id)
    await gone.sell(SOLD_OUT_ORDERS)
    return gone


async def profile(effort: Effort) -> Figures:
    seconds = effort.seconds * effort.rounds
    async with _served("sqlite") as (platform, load):
        undisturbed = await load.orders(seconds)
        _, shares = await profiled(platform.pid, seconds, lambda: load.orders(seconds))
        await check_books(platform, load.order_ids)
    cost_us = undisturbed.server_us
    where = {part: round(share * cost_us, 1) for part, share in shares.items()}
    return {"cpu_us_per_order": round(cost_us, 1), "profile": where}


async def growth(effort: Effort) -> Figures:
    """Servers at rest cost the others next to nothing."""
    async with (
        _served("sqlite") as (_, few),
        _served("sqlite") as (full_platform, many),
        _served("sqlite", events=MANY_EVENTS) as (wide_platform, wide),
    ):
        await fill_with_orders(full_platform, MANY_ORDERS)
        await many.warm_up(effort.seconds)
        alone, grown, spread = await _alternating(effort, few.orders, many.orders, wide.orders)
        await check_books(full_platform, many.order_ids)
        await check_books(wide_platform, wide.order_ids)
    by_orders, by_events = ratio(grown, alone), ratio(spread, alone)
    return {
        "growth": min(by_orders, by_events),
        "growth_orders": by_orders,
        "growth_events": by_events,
    }


async def workers(effort: Effort) -> Figures:
    async with (
        _served("postgres") as (one_platform, one),
        _served("postgres", workers=2) as (two_platform, two),
    ):
        single, double = await _alternating(effort, one.orders, two.orders)
        await check_books(one_platform, one.order_ids)
        await check_books(two_platform, two.order_ids)
    return {
        "workers_2": ratio(double, single),
        "workers_2_orders_per_second": round(per_second(double)),
    }


async def naive(effort: Effort) -> Figures:
    figures: Figures = {}
    for name, kind, shop in (
        ("vs_naive_redis", "sqlite", "counter"),
        ("vs_naive_redis_postgres", "postgres", "counter"),
        ("vs_row_lock", "postgres", "lock"),
    ):
        async with (
            _served(kind) as (platform, ours),
            _other_shop(kind, "benchmarks.naive_shop", shop) as theirs,
        ):
            of_ours, of_theirs = await _alternating(effort, ours.orders, theirs.orders)
            await check_books(platform, ours.order_ids)
        figures[name] = ratio(of_ours, of_theirs)
        figures[f"{name}_per_second"] = round(per_second(of_theirs))
    return figures


async def bare(effort: Effort) -> Figures:
    async with (
        _served("sqlite") as (platform, ours),
        _other_shop("sqlite", "benchmarks.bare_shop") as least,
    ):
        noops, of_ours, of_least = await _alternating(effort, ours.noops, ours.orders, least.orders)
        await check_books(platform, ours.order_ids)
    return {
        "bare_ratio": ratio(of_least, noops),
        "bare_orders_per_second": round(per_second(of_least)),
        "vs_bare": ratio(of_ours, of_least),
    }


PARTS: Mapping[str, Callable[[Effort], Awaitable[Figures]]] = {
    "sqlite": over_sqlite,
    "postgres": over_postgres,
    "room": in_room,
    "soldout": soldout,
    "profile": profile,
    "growth": growth,
    "workers": workers,
    "naive": naive,
    "bare": bare,
}


async def _alternating(effort: Effort, *plays: Play) -> list[Rounds]:
    """The rounds of each, in turn: what the machine does meanwhile happens to all of them."""
    played = [[await play(effort.seconds) for play in plays] for _ in range(effort.rounds)]
    return [list(rounds) for rounds in zip(*played, strict=True)]


@asynccontextmanager
async def _served(
    kind: str, *, events: int = 1, workers: int = 1
) -> AsyncIterator[tuple[RunningPlatform, HttpLoad]]:
    """A server of its own and its load, warm, with FEW_ORDERS and more in the table."""
    async with AsyncExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="live-bench-"))
        platform = await stack.enter_async_context(
            running_platform(
                kind,
                Path(scratch),
                buyers=BUYERS,
                settings=SETTINGS,
                events=events,
                workers=workers,
            )
        )
        pool = await stack.enter_async_context(HttpPool(platform.origin, IN_FLIGHT))
        load = HttpLoad.of(platform, pool)
        while len(load.order_ids) < FEW_ORDERS:
            await load.warm_up(1.0)
        yield platform, load


@asynccontextmanager
async def _other_shop(kind: str, program: str, *arguments: str) -> AsyncIterator[HttpLoad]:
    """The load of a shop that is not ours, warm, on a migrated database of its own."""
    async with AsyncExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="live-other-")))
        url = stack.enter_context(database(kind, scratch))
        await upgrade_async(url)
        redis = stack.enter_context(EmbeddedRedis(scratch / "redis"))
        server = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", program, *arguments, url, redis.url),
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert server.stdout is not None
            origin = Origin.parse(f"http://127.0.0.1:{int(await server.stdout.readline())}")
            pool = await stack.enter_async_context(HttpPool(origin, IN_FLIGHT))
            load = HttpLoad(origin, server.pid, pool, [NAIVE_OFFER], [""] * BUYERS)
            await load.orders(1.0)
            yield load
        finally:
            server.kill()
            await server.wait()


async def main(parts: list[str], effort: Effort) -> None:
    line: Figures = {}
    for part in parts:
        figures = await PARTS[part](effort)
        print(f"{part}: {json.dumps(figures)}", file=sys.stderr, flush=True)
        line |= figures
    print(json.dumps(line))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART")
    arguments = parser.parse_args()
    run_fast(main(arguments.only, QUICK if arguments.quick else FULL))
