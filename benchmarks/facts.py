"""What a sale costs after its commit: the reactions to its facts, and the figures staff watch.

``python -m benchmarks.facts [--orders N]`` prints a JSON object as its last line. On SQLite with
a private Redis, in one process. The relay's baseline is the relay with nobody to tell; that of
the figures is to count all orders anew, as a plain GROUP BY.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, update

from live.accounts.tables import AccountRow
from live.catalog.counties import seed_counties
from live.clock import ManualClock
from live.config import Settings
from live.crowd.loop import run_fast
from live.events.tables import EventRow
from live.realtime.feed import Feed
from live.sales.announcements import Announcements
from live.sales.counters import Counters
from live.sales.facts import OrderFact, OrderPaid, OrderReserved
from live.sales.order_rows import ORDERS
from live.sales.sales_figures import SalesFigures
from live.sales.stock_reactions import StockReactions
from live.sales.stored_order import StoredOrder
from live.sales.tables import OfferRow
from live.stock.guard import StockGuard
from live.stock.redis_guard import RedisStockGuard
from live.storage.database import Database, within
from live.storage.embedded import EmbeddedRedis
from live.storage.facts import Reaction, record
from live.storage.redis import connect_redis
from live.storage.relay import Relay
from live.storage.schema import upgrade
from live.storage.tables import FactRow

EVENT, PRICE_FEN, GRAMS = "evt_bench", 1_990, 3_000
OFFERS = 3
SHOW_MS = 3 * 3_600_000
ROWS_AT_ONCE = 5_000
RUSH_ORDERS = 2_000  # sold between two looks at the figures
LOOKS = 20
_FACTS: Any = FactRow.__table__  # type: ignore[attr-defined]


def made_up(number: int, count: int, start_ms: int) -> StoredOrder:
    """One of ``count`` paid orders, spread over the show."""
    at_ms = start_ms + number * SHOW_MS // count
    return StoredOrder(
        id=f"ord_{number:024d}", event_id=EVENT, offer_id=f"off_{number % OFFERS}",
        buyer_id=f"acc_{number * 7 % count:08d}", request_digest="digest", units=1,
        price_fen=PRICE_FEN, shipping_fen=0, amount_fen=PRICE_FEN, grams=GRAMS, status="paid",
        hold_no=0, ship_name="李晓雨", ship_phone="+8613812341234",
        ship_province_code=f"{11 + number % 5}0000", ship_address="湖北省武汉市洪山区珞喻路1号",
        created_ms=at_ms, pay_by_ms=at_ms + 900_000, paid_ms=at_ms + 30_000, closed_ms=None,
    )  # fmt: skip


async def sell(database: Database, orders: Sequence[StoredOrder]) -> None:
    """Orders and their facts, as checkout and settlement leave them."""
    for start in range(0, len(orders), ROWS_AT_ONCE):
        some = orders[start : start + ROWS_AT_ONCE]
        facts: list[OrderFact] = []
        for order in some:
            facts.append(OrderReserved.of(order, order.created_ms, pay_by_ms=order.pay_by_ms))
            facts.append(OrderPaid.of(order, order.created_ms + 30_000))
        async with database.transaction() as session:
            connection = await session.connection()
            await connection.execute(insert(ORDERS), [order._asdict() for order in some])
            await within(session, record, facts)


async def prepare(database: Database, count: int, start_ms: int) -> None:
    async with database.transaction() as session:
        await seed_counties(session)
        people = [
            {
                "id": f"acc_{n:08d}", "phone": f"+86100{n:08d}", "name": "李晓雨",
                "role": "viewer", "created_ms": start_ms,
            }
            for n in range(count)
        ]  # fmt: skip
        await (await session.connection()).execute(insert(AccountRow), people)
        session.add(
            EventRow(
                id=EVENT, host_id="acc_00000000", county_code="440825", title="徐闻菠萝",
                status="live", starts_ms=start_ms, started_ms=start_ms, created_ms=start_ms,
            )
        )  # fmt: skip
        await session.flush()
        for number in range(OFFERS):
            session.add(
                OfferRow(
                    id=f"off_{number}", event_id=EVENT, kind="fixed_price", title="菠萝",
                    unit_grams=GRAMS, price_fen=PRICE_FEN, allotment=10**7, status="open",
                    per_buyer_limit=1_000, position=number, created_ms=start_ms,
                )
            )  # fmt: skip
    await sell(database, [made_up(number, count, start_ms) for number in range(count)])


async def relay_us(database: Database, clock: ManualClock, reactions: list[Reaction]) -> float:
    """CPU µs of the loop's thread a fact, all waiting facts relayed."""
    async with database.transaction() as session:
        await session.execute(update(_FACTS).values(relayed_ms=None))
        count = int(await session.scalar(select(func.count()).select_from(_FACTS)) or 0)
    relay = Relay(database, reactions, clock, batch_max=1_000)
    began = time.thread_time()
    while await relay.relay_waiting():
        pass
    return (time.thread_time() - began) / count * 1e6


async def timed_ms(do: Callable[[], Awaitable[Any]]) -> tuple[float, float]:
    """(wall, CPU of the loop's thread), milliseconds."""
    wall, cpu = time.perf_counter(), time.thread_time()
    await do()
    return (time.perf_counter() - wall) * 1e3, (time.thread_time() - cpu) * 1e3


async def recount(database: Database) -> None:
    """The plain way: totals, minutes and provinces from all orders."""
    per_minute = ORDERS.c.created_ms // 60_000
    sums = (func.count(), func.sum(ORDERS.c.units), func.sum(ORDERS.c.amount_fen))
    async with database.reading() as session:
        for keys in (
            (per_minute, ORDERS.c.offer_id, ORDERS.c.status),
            (ORDERS.c.ship_province_code, ORDERS.c.status),
        ):
            query = select(*keys, *sums).where(ORDERS.c.event_id == EVENT).group_by(*keys)
            (await session.execute(query)).all()


async def measure(directory: Path, redis_url: str, count: int) -> dict[str, float]:
    url = f"sqlite+aiosqlite:///{directory / 'live.db'}"
    await asyncio.to_thread(upgrade, url)
    database = Database(url)
    redis = connect_redis(redis_url, timeout_ms=5_000, connections_max=8)
    clock = ManualClock()
    start_ms = clock.now_ms()
    await prepare(database, count, start_ms)
    clock.advance(ms=SHOW_MS)

    guard: StockGuard = RedisStockGuard(redis)
    counters = Counters(database, guard)
    await counters.position(EVENT)
    reactions = [
        *StockReactions(guard, counters).reactions(),
        *Announcements(database, Feed(redis, Settings())).reactions(),
    ]
    bare = await relay_us(database, clock, [])
    full = await relay_us(database, clock, reactions)

    figures = SalesFigures(database, clock)
    first, _ = await timed_ms(lambda: figures.load_sales(EVENT))
    quiet = [await timed_ms(lambda: figures.load_sales(EVENT)) for _ in range(LOOKS)]
    again = [await timed_ms(lambda: recount(database)) for _ in range(5)]
    rushes = []
    for rush in range(5):
        numbers = range(count + rush * RUSH_ORDERS, count + (rush + 1) * RUSH_ORDERS)
        sold = [
            made_up(number, count, start_ms)._replace(buyer_id="acc_00000000") for number in numbers
        ]
        await sell(database, sold)
        rushes.append(await timed_ms(lambda: figures.load_sales(EVENT)))
    await redis.aclose()
    await database.close()
    return {
        "orders": count,
        "relay_us": round(full, 1),
        "bare_relay_us": round(bare, 1),
        "relay_ratio": round(full / bare, 1),
        "figures_first_ms": round(first),
        "figures_quiet_ms": round(statistics.median(wall for wall, _ in quiet), 1),
        "figures_rush_ms": round(statistics.median(wall for wall, _ in rushes), 1),
        "figures_rush_loop_ms": round(statistics.median(cpu for _, cpu in rushes), 1),
        "recount_ms": round(statistics.median(wall for wall, _ in again), 1),
        "figures_ratio": round(
            statistics.median(wall for wall, _ in rushes)
            / statistics.median(wall for wall, _ in again),
            2,
        ),
    }


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="live-bench-") as scratch:
        directory = Path(scratch)
        with EmbeddedRedis(directory / "redis") as redis:
            print(json.dumps(await measure(directory, redis.url, count)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=50_000)
    run_fast(main(parser.parse_args().orders))
