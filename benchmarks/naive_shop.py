"""Shops as one would write them first, to compare the checkout with.

``python -m benchmarks.naive_shop counter|lock DATABASE_URL REDIS_URL`` prints its port and serves
``POST /api/offers/{offer_id}/orders`` until it is killed. It is spared a lot: no sign-in, no facts,
no buyer's limit, no price, no answer that outlives a crash between Redis and SQL.

``counter``: one ``EVALSHA`` that takes a unit, then one INSERT, for each request.
``lock``: one transaction with ``SELECT … FOR UPDATE`` for each request; PostgreSQL.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import redis.asyncio
import uvloop
from aiohttp import web
from sqlalchemy import BigInteger, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks.listening import listen
from benchmarks.platform_server import ALLOTMENT

SQL_CONNECTIONS = 20
REDIS_CONNECTIONS = 50
OFFER = "naive"

_TAKE = """
local left = redis.call('DECRBY', KEYS[1], ARGV[1])
if left < 0 then redis.call('INCRBY', KEYS[1], ARGV[1]) return 0 end
return 1
"""


class NaiveOffer(SQLModel, table=True):
    __tablename__ = "naive_offers"
    id: str = Field(primary_key=True)
    available: int


class NaiveOrder(SQLModel, table=True):
    __tablename__ = "naive_orders"
    id: str = Field(primary_key=True)
    key: str = Field(unique=True)
    offer_id: str
    units: int
    price_fen: int
    ship_name: str
    ship_phone: str
    ship_province_code: str
    ship_address: str
    created_ms: int = Field(sa_type=BigInteger)


# An order that has been asked for → whether there was enough.
Place = Callable[[NaiveOrder], Awaitable[bool]]


def _order(request: web.Request, asked: dict[str, object]) -> NaiveOrder:
    to = asked["ship_to"]
    assert isinstance(to, dict)
    return NaiveOrder.model_validate(
        {
            "id": uuid4().hex,
            "key": request.headers["Idempotency-Key"],
            "offer_id": request.match_info["offer_id"],
            "units": asked["units"],
            "price_fen": asked["price_fen"],
            "ship_name": to["name"],
            "ship_phone": to["phone"],
            "ship_province_code": to["province_code"],
            "ship_address": to["address"],
            "created_ms": time.time_ns() // 1_000_000,
        }
    )


def _application(place: Place) -> web.Application:
    async def handle(request: web.Request) -> web.Response:
        order = _order(request, await request.json())
        reply = order.model_dump() | {"status": "reserved"}
        if not await place(order):
            return web.json_response({"code": "sold_out"}, status=409)
        return web.json_response(reply, status=201)

    application = web.Application()
    application.router.add_post("/api/offers/{offer_id}/orders", handle)
    return application


@asynccontextmanager
async def _by_counter(engine: AsyncEngine, redis_url: str) -> AsyncIterator[Place]:
    pool = redis.asyncio.BlockingConnectionPool.from_url(
        redis_url, max_connections=REDIS_CONNECTIONS
    )
    client = redis.asyncio.Redis(connection_pool=pool)
    await client.set(OFFER, ALLOTMENT)
    take = client.register_script(_TAKE)

    async def place(order: NaiveOrder) -> bool:
        if not await take(keys=[order.offer_id], args=[order.units]):
            return False
        async with AsyncSession(engine) as session:
            session.add(order)
            await session.commit()
        return True

    yield place
    await client.aclose()


@asynccontextmanager
async def _by_lock(engine: AsyncEngine) -> AsyncIterator[Place]:
    async with AsyncSession(engine) as session:
        session.add(NaiveOffer(id=OFFER, available=ALLOTMENT))
        await session.commit()

    async def place(order: NaiveOrder) -> bool:
        async with AsyncSession(engine) as session:
            query = select(NaiveOffer).where(NaiveOffer.id == order.offer_id).with_for_update()
            offer = (await session.exec(query)).one()
            if offer.available < order.units:
                return False
            offer.available -= order.units
            session.add(order)
            await session.commit()
        return True

    yield place


def _engine(url: str) -> AsyncEngine:
    if url.startswith("postgresql"):
        return create_async_engine(url, pool_size=SQL_CONNECTIONS, max_overflow=0)
    engine = create_async_engine(url, pool_size=SQL_CONNECTIONS, max_overflow=0)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


async def main(kind: str, database_url: str, redis_url: str) -> None:
    engine = _engine(database_url)
    async with engine.begin() as connection:
        tables = [SQLModel.metadata.tables[name] for name in ("naive_offers", "naive_orders")]
        await connection.run_sync(lambda sync: SQLModel.metadata.create_all(sync, tables=tables))
    open_shop = _by_counter(engine, redis_url) if kind == "counter" else _by_lock(engine)
    async with open_shop as place:
        print(await listen(web.AppRunner(_application(place), access_log=None)), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:4]))
