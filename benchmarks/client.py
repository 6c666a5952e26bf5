"""What the crowd's HTTP client costs beside aiohttp's, against a server that does nothing.

``python -m benchmarks.client`` prints a JSON object as its last line: CPU microseconds of the
client per request, medians of interleaved rounds, and the ratio.
"""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Awaitable, Callable

import aiohttp
from aiohttp import web

from benchmarks.listening import listen
from live.crowd.http_client import HttpPool, Origin, request_bytes
from live.crowd.loop import run_fast
from live.crowd.people import ship_to_json

ROUNDS = 5
REQUESTS = 10_000  # per round
CONNECTIONS = 256
PATH = "/api/offers/off_abcdefghijklmnop/orders"
TOKEN = "t" * 120
BODY = f'{{"units":1,"price_fen":1990,"ship_to":{ship_to_json(0)}}}'.encode()
REPLY = b'{"id":"ord_abcdefghijklmnopqrstuvwx","status":"reserved","amount_fen":1990}'

Ask = Callable[[int], Awaitable[None]]


async def measure(ask: Ask) -> float:
    """CPU microseconds of this process per request."""
    numbers = iter(range(REQUESTS))

    async def lane() -> None:
        for number in numbers:
            await ask(number)

    started = time.process_time()
    await asyncio.gather(*(lane() for _ in range(CONNECTIONS)))
    return (time.process_time() - started) / REQUESTS * 1e6


async def run_clients(port: int) -> dict[str, float]:
    origin = Origin.parse(f"http://127.0.0.1:{port}")
    url = f"http://{origin.authority}{PATH}"
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with (
        HttpPool(origin, CONNECTIONS) as pool,
        aiohttp.ClientSession(connector=connector) as session,
    ):

        async def ask_lean(number: int) -> None:
            request = request_bytes(
                origin, "POST", PATH, token=TOKEN, body=BODY, key=f"key-{number}"
            )
            reply = await pool.send(request)
            assert reply.status == 201

        async def ask_aiohttp(number: int) -> None:
            headers = {
                "Authorization": f"Bearer {TOKEN}",
                "Content-Type": "application/json",
                "Idempotency-Key": f"key-{number}",
            }
            async with session.post(url, data=BODY, headers=headers) as reply:
                await reply.read()
                assert reply.status == 201

        lean, full = [], []
        for _ in range(ROUNDS):
            lean.append(await measure(ask_lean))
            full.append(await measure(ask_aiohttp))
    lean_us, full_us = statistics.median(lean), statistics.median(full)
    return {
        "lean_us": round(lean_us, 1),
        "aiohttp_us": round(full_us, 1),
        "ratio": round(full_us / lean_us, 2),
    }


async def serve() -> None:
    """The server that does nothing, in a process of its own; prints its port."""

    async def answer(request: web.BaseRequest) -> web.Response:
        await request.read()
        return web.Response(body=REPLY, status=201, content_type="application/json")

    print(await listen(web.ServerRunner(web.Server(answer))), flush=True)
    await asyncio.Event().wait()


async def main() -> None:
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.client", "serve"), stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    try:
        print(json.dumps(await run_clients(int(await server.stdout.readline()))))
    finally:
        server.kill()
        await server.wait()


if __name__ == "__main__":
    run_fast(serve() if "serve" in sys.argv else main())
