"""What our dispatcher adds to a POST: sign-in, access, origin, body, counts; beside bare aiohttp.

``python -m benchmarks.dispatch`` prints a JSON object as its last line: CPU microseconds of the
server per request, medians of interleaved rounds, and ratios. Both servers read the same
requests; the bare one answers as soon as it has read the body.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from benchmarks.listening import listen
from live.accounts.feature import accounts_feature
from live.accounts.secrets import Keys
from live.accounts.simulated import sign_in_simulated
from live.accounts.sms import LogSms
from live.clock import SystemClock
from live.config import Settings
from live.crowd.http_client import HttpPool, Origin, request_bytes
from live.crowd.loop import run_fast
from live.crowd.people import ship_to_json
from live.feature import Feature
from live.sales.schemas import OrderCreate
from live.storage.database import Database
from live.storage.redis import connect_redis
from live.storage.schema import upgrade_async
from live.values import Role
from live.web.application import NOOP, build_application
from live.web.routes import Access, Call, Reply, Route

ROUNDS = 7
REQUESTS = 10_000  # per round
CONNECTIONS = 64
BUYERS = 5_000  # distinct tokens, each for the first time in the round of first sights
ORDERS = "/api/offers/off_abcdefghijklmnop/orders"
BODY = f'{{"units":1,"price_fen":1990,"ship_to":{ship_to_json(0)}}}'.encode()
REPLY = {"id": "ord_abcdefghijklmnopqrstuvwx", "status": "reserved", "amount_fen": 1990}
# As many neighbours as the real offers have: a route is found among others.
NEIGHBOURS = ("open", "close", "pin", "unpin")


async def serve_ours(directory: Path) -> web.Application:
    settings = Settings(data_dir=directory)
    await upgrade_async(settings.effective_database_url)
    database = Database(settings.effective_database_url)
    redis = connect_redis("redis://127.0.0.1:1", timeout_ms=100, connections_max=1)  # never asked
    keys = Keys(b"benchmark" * 4)
    accounts = accounts_feature(database, redis, SystemClock(), settings, keys, LogSms())
    tokens = await sign_in_simulated(
        database, accounts.tokens, SystemClock(), Role.VIEWER, BUYERS, days=1
    )
    (directory / "tokens").write_text("\n".join(tokens))

    async def answer(_call: Call) -> Reply:
        return Reply(REPLY, 201)

    routes = [
        Route(
            method="POST", path=f"/api/offers/{{offer_id}}/{word}", access=Access.SIGNED_IN,
            handler=answer, summary=word, body=OrderCreate if word == "orders" else None,
        )
        for word in (*NEIGHBOURS, "orders")
    ]  # fmt: skip
    feature = Feature(name="orders", routes=routes)
    return build_application(
        [feature, accounts.feature],
        authenticator=accounts.authenticator,
        settings=settings,
        noop=True,
    )


async def serve_bare(_directory: Path) -> web.Application:
    encoded = json.dumps(REPLY).encode()

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=encoded, status=201, content_type="application/json")

    application = web.Application()
    application.router.add_post(NOOP, answer)
    for word in (*NEIGHBOURS, "orders"):
        application.router.add_post(f"/api/offers/{{offer_id}}/{word}", answer)
    return application


async def serve(kind: str, directory: Path) -> None:
    """One server in a process of its own: prints its port, then its CPU seconds when asked."""
    application = await (serve_ours if kind == "ours" else serve_bare)(directory)
    print(await listen(web.AppRunner(application, access_log=None)), flush=True)
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.readline():
        print(time.process_time(), flush=True)


@dataclass
class Server:
    process: asyncio.subprocess.Process
    pool: HttpPool
    origin: Origin

    async def cpu_seconds(self) -> float:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"\n")
        return float(await self.process.stdout.readline())

    async def measure(self, path: str, tokens: list[str], requests: int) -> float:
        """CPU microseconds of the server per request."""
        sent = [
            request_bytes(self.origin, "POST", path, token=token, body=BODY, key="key-1")
            for token in tokens
        ]
        numbers = iter(range(requests))

        async def lane() -> None:
            for number in numbers:
                reply = await self.pool.send(sent[number % len(sent)])
                assert reply.status in (200, 201), reply.body

        before = await self.cpu_seconds()
        await asyncio.gather(*(lane() for _ in range(CONNECTIONS)))
        return (await self.cpu_seconds() - before) / requests * 1e6


@asynccontextmanager
async def started(kind: str, directory: Path) -> AsyncIterator[Server]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.dispatch", "serve", kind, str(directory)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    assert process.stdout is not None
    try:
        origin = Origin.parse(f"http://127.0.0.1:{int(await process.stdout.readline())}")
        async with HttpPool(origin, CONNECTIONS) as pool:
            yield Server(process, pool, origin)
    finally:
        process.kill()
        await process.wait()


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="live-bench-") as scratch:
        directory = Path(scratch)
        async with started("ours", directory) as ours, started("bare", directory) as bare:
            tokens = (directory / "tokens").read_text().split()
            first_sight = await ours.measure(NOOP, tokens, len(tokens))
            rounds: dict[str, list[float]] = {}
            for _ in range(ROUNDS):
                for name, server, path in (
                    ("noop_us", ours, NOOP),
                    ("bare_noop_us", bare, NOOP),
                    ("order_us", ours, ORDERS),
                    ("bare_order_us", bare, ORDERS),
                ):
                    taken = await server.measure(path, tokens[:CONNECTIONS], REQUESTS)
                    rounds.setdefault(name, []).append(taken)
    medians = {name: statistics.median(taken) for name, taken in rounds.items()}
    line = {name: round(taken, 1) for name, taken in medians.items()}
    line["noop_first_sight_us"] = round(first_sight, 1)
    line["noop_ratio"] = round(medians["noop_us"] / medians["bare_noop_us"], 2)
    line["order_ratio"] = round(medians["order_us"] / medians["bare_order_us"], 2)
    print(json.dumps(line))


if __name__ == "__main__":
    if "serve" in sys.argv:
        run_fast(serve(sys.argv[-2], Path(sys.argv[-1])))
    else:
        run_fast(main())
