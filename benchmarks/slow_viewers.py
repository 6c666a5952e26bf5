"""What one viewer in ten who never reads costs the others.

``python -m benchmarks.slow_viewers [--viewers N] [--rounds R] [--seconds S]`` prints a JSON object
as its last line. Rounds without slow viewers alternate with rounds in which a tenth joins and reads
nothing, in one run on one server. For each round: how long news take from Redis to the screens of
those who read (a tick's wait included), and to what the server's memory grew.

- ``p99_ratio``: median of the rounds with / without,
- ``slow_kilobytes``: of the server's memory for each slow viewer.
"""

import argparse
import asyncio
import json
import re
import socket
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import cast

import uvloop

from benchmarks.children import Child, child, private_redis, resident_kb
from benchmarks.fanout_rig import CLIENTS, SERVERS, room_path
from benchmarks.sockets import ADDRESSES, BROWSER, HANDSHAKE, PING, PONG
from live.config import Settings
from live.realtime.feed import Entry, Feed
from live.storage.redis import connect_redis

SLOW_SHARE = 0.1
NEWS_PER_SECOND = 20
WARM_SECONDS = 2.0
JOINING_MAX = 100
EVENT_ID = "evt_benchmark"
PATH = room_path(EVENT_ID)
_SENT = re.compile(rb'"sent_us":(\d+)')


class Reader(asyncio.Protocol):
    """Reads everything, and notes how old each piece of news is."""

    def __init__(self, ages: list[float], joined: "asyncio.Future[None]") -> None:
        self._ages = ages
        self._joined = joined
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have the methods without being instances of asyncio.Transport.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if PING in data and self._transport is not None:
            self._transport.write(PONG)  # or it would be given up as silent
        if not self._joined.done():
            self._joined.set_result(None)  # the handshake, and the snapshot with old news
            return
        now_us = time.time_ns() // 1000
        self._ages += [(now_us - int(sent)) / 1000 for sent in _SENT.findall(data)]


@dataclass
class Round:
    """Figures of one."""

    p99_ms: float
    news: int
    memory_kilobytes: int


@dataclass
class Bench:
    """One server, its readers, and now and then some who do not read."""

    room: Child
    port: int
    viewers: int
    seconds: float
    ages: list[float] = field(default_factory=list)
    slow: list[socket.socket] = field(default_factory=list)

    async def bring_in(self) -> None:
        turns = asyncio.Semaphore(JOINING_MAX)
        await asyncio.gather(*(self._join(number, turns) for number in range(self.viewers)))

    async def _join(self, number: int, turns: asyncio.Semaphore) -> None:
        loop = asyncio.get_running_loop()
        async with turns:
            joined: asyncio.Future[None] = loop.create_future()
            transport, _ = await loop.create_connection(
                lambda: Reader(self.ages, joined), "127.0.0.1", self.port,
                local_addr=(f"127.0.1.{1 + number % ADDRESSES}", 0),
            )  # fmt: skip
            transport.write(self._request())
            await joined

    def _request(self) -> bytes:
        browser = BROWSER.format(port=self.port)
        return HANDSHAKE.format(path=PATH, port=self.port, browser=browser).encode()

    async def add_slow(self) -> None:
        """They shake hands, and read nothing more."""
        for number in range(round(self.viewers * SLOW_SHARE)):
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.bind((f"127.0.2.{1 + number % ADDRESSES}", 0))
            client.setblocking(False)
            await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", self.port))
            client.send(self._request())
            self.slow.append(client)

    def drop_slow(self) -> None:
        while self.slow:
            self.slow.pop().close()

    async def measure(self) -> Round:
        self.ages.clear()
        await asyncio.sleep(self.seconds)
        ages = sorted(self.ages)
        if len(ages) < 100:
            raise RuntimeError("hardly any news came: the machine is too busy to measure")
        return Round(ages[len(ages) * 99 // 100], len(ages), resident_kb(self.room.pid))


async def make_news(feed: Feed) -> None:
    while True:
        sent = {"sent_us": time.time_ns() // 1000, "names": ["王**", "陈*"]}
        await feed.publish(EVENT_ID, [Entry("orders", sent)])
        await asyncio.sleep(1 / NEWS_PER_SECOND)


async def main(viewers: int, rounds: int, seconds: float) -> dict[str, float]:
    without: list[Round] = []
    beside: list[Round] = []
    async with AsyncExitStack() as stack:
        redis_url = await stack.enter_async_context(private_redis(CLIENTS))
        module = ["-m", "benchmarks.room_server", redis_url, EVENT_ID]
        room = await stack.enter_async_context(child(*module, core=SERVERS))
        bench = Bench(room, await room.answer(), viewers, seconds)
        redis = connect_redis(redis_url, timeout_ms=5_000, connections_max=4)
        stack.push_async_callback(redis.aclose)
        await bench.bring_in()
        news = asyncio.create_task(make_news(Feed(redis, Settings())))
        stack.callback(news.cancel)
        await asyncio.sleep(WARM_SECONDS)
        for number in range(rounds):
            without.append(await bench.measure())
            await bench.add_slow()
            beside.append(await bench.measure())
            bench.drop_slow()
            await asyncio.sleep(WARM_SECONDS)
            line = f"round {number + 1}: p99 {without[-1].p99_ms:.0f} ms, "
            line += f"beside slow ones {beside[-1].p99_ms:.0f} ms"
            print(line, file=sys.stderr, flush=True)
    slow = round(viewers * SLOW_SHARE)
    grown = beside[0].memory_kilobytes - without[0].memory_kilobytes
    return {
        "viewers": viewers,
        "slow": slow,
        "p99_ms": _median([r.p99_ms for r in without]),
        "p99_ms_beside_slow": _median([r.p99_ms for r in beside]),
        "p99_ratio": round(
            statistics.median(b.p99_ms / w.p99_ms for w, b in zip(without, beside, strict=True)), 3
        ),
        # All news to all who read, whoever else does not.
        "news_ratio": round(sum(r.news for r in beside) / sum(r.news for r in without), 3),
        "memory_megabytes": round(max(r.memory_kilobytes for r in beside) / 1024, 1),
        "slow_kilobytes": round(max(0, grown) / max(1, slow), 1),
    }


def _median(figures: Sequence[float]) -> float:
    return round(statistics.median(figures), 1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=15.0)
    options = parser.parse_args()
    print(json.dumps(uvloop.run(main(options.viewers, options.rounds, options.seconds))))
