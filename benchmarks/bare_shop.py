"""The least that batches: how much of a checkout's cost nobody could save.

``python -m benchmarks.bare_shop DATABASE_URL REDIS_URL`` prints its port and serves
``POST /api/offers/{offer_id}/orders`` until it is killed. aiohttp, one script call a batch, one
commit a batch into the platform's own tables, with ``synchronous=FULL``, from a thread.

Nothing else: no sign-in, no limit of any kind, no price, no look at what SQL has, no foreign keys,
no coupon, no deadline, no metrics; nobody relays its facts or finds what a crash has left behind.
"""

import asyncio
import sqlite3
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from pathlib import Path

import msgspec
import redis.asyncio
import uvloop
from aiohttp import web
from sqlalchemy.engine import make_url

from benchmarks.listening import listen
from benchmarks.order_load import BUYERS
from benchmarks.order_rows import insert, insert_orders
from live.sales.schemas import OrderCreate, OrderStatus
from live.sales.stored_order import StoredOrder
from live.storage.sqlite_engine import sqlite_engine

HOLD_MS = 900_000

_TAKE = """
local words = {}
for i, order_id in ipairs(ARGV) do
  words[i] = redis.call('HSETNX', KEYS[2], order_id, 1)
  if words[i] == 1 then redis.call('HINCRBY', KEYS[1], 'reserved', 1) end
end
return words
"""
_ADD_TO_BUYERS = (
    f"{insert('buyer_units', ('offer_id', 'buyer_id', 'units'))}"
    " ON CONFLICT DO UPDATE SET units = units + excluded.units"
)

_decode = msgspec.json.Decoder(OrderCreate).decode
_encode = msgspec.json.Encoder().encode

_Waiting = tuple[StoredOrder, "asyncio.Future[None]"]


class BareShop:
    """Orders gather while the batch before them is on its way."""

    def __init__(self, database: sqlite3.Connection, client: redis.asyncio.Redis) -> None:
        self._database = database
        self._take = client.register_script(_TAKE)
        self._thread = ThreadPoolExecutor(1)
        self._asked: list[_Waiting] = []
        self._admitted: list[_Waiting] = []
        self._admission: asyncio.Task[None] | None = None
        self._commit: asyncio.Task[None] | None = None
        self._count = 0

    async def handle(self, request: web.Request) -> web.Response:
        asked = _decode(await request.read())
        order = self._order(request.match_info["offer_id"], asked)
        placed = asyncio.get_running_loop().create_future()
        self._asked.append((order, placed))
        if self._admission is None:
            self._admission = asyncio.create_task(self._admit_all())
        await placed
        reply = {"id": order.id, "status": order.status, "amount_fen": order.amount_fen}
        return web.Response(body=_encode(reply), status=201, content_type="application/json")

    def _order(self, offer_id: str, asked: OrderCreate) -> StoredOrder:
        self._count += 1
        now_ms = time.time_ns() // 1_000_000
        to = asked.ship_to
        assert to is not None
        digest = blake2b(f"{self._count}".encode(), digest_size=12).hexdigest()
        return StoredOrder(
            id=f"ord_{digest}",
            event_id="evt_bare",
            offer_id=offer_id,
            buyer_id=f"acc_{self._count % BUYERS}",
            request_digest=digest[:16],
            units=asked.units,
            price_fen=asked.price_fen,
            shipping_fen=0,
            amount_fen=asked.units * asked.price_fen,
            grams=asked.units * 3_000,
            status=OrderStatus.RESERVED.value,
            hold_no=0,
            ship_name=to.name,
            ship_phone=to.phone,
            ship_province_code=to.province_code,
            ship_address=to.address,
            created_ms=now_ms,
            pay_by_ms=now_ms + HOLD_MS,
            paid_ms=None,
            closed_ms=None,
        )

    async def _admit_all(self) -> None:
        while self._asked:
            asked, self._asked = self._asked, []
            words = await self._take(keys=["stock", "holds"], args=[order.id for order, _ in asked])
            self._admitted += [each for each, word in zip(asked, words, strict=True) if word]
            if self._commit is None:
                self._commit = asyncio.create_task(self._commit_all())
        self._admission = None

    async def _commit_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._admitted:
            batch, self._admitted = self._admitted, []
            orders = [order for order, _ in batch]
            await loop.run_in_executor(self._thread, self._write, orders)
            for _, placed in batch:
                placed.set_result(None)
        self._commit = None

    def _write(self, orders: Sequence[StoredOrder]) -> None:
        units = [(o.offer_id, o.buyer_id, o.units) for o in orders]
        self._database.execute("BEGIN IMMEDIATE")
        insert_orders(self._database, orders)
        self._database.executemany(_ADD_TO_BUYERS, units)
        self._database.execute("COMMIT")


def _connect(url: str) -> sqlite3.Connection:
    """Told what the platform's own are, but for foreign keys."""
    path = make_url(url).database
    assert path is not None
    pooled = sqlite_engine(Path(path)).raw_connection()
    connection = pooled.driver_connection
    pooled.detach()
    assert isinstance(connection, sqlite3.Connection)
    connection.execute("PRAGMA foreign_keys=OFF")
    return connection


async def main(database_url: str, redis_url: str) -> None:
    shop = BareShop(_connect(database_url), redis.asyncio.Redis.from_url(redis_url))
    application = web.Application()
    application.router.add_post("/api/offers/{offer_id}/orders", shop.handle)
    print(await listen(web.AppRunner(application, access_log=None)), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:3]))
