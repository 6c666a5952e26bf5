"""A room and nothing else on a port: what ``fanout`` measures until it is told of a whole server.

``python -m benchmarks.room_server REDIS_URL EVENT_ID`` prints its port.
"""

import asyncio
import sys
from collections.abc import Callable

import uvloop
from aiohttp import web

from benchmarks.listening import listen
from live.clock import SystemClock
from live.config import Settings
from live.realtime.definition import RoomDefinition
from live.realtime.feature import RoomSources, realtime_feature
from live.realtime.feed import Feed
from live.storage.redis import connect_redis
from live.web.application import build_application
from live.web.routes import Identity


class Nobody:
    """Nobody is signed in."""

    async def identify(self, _request: web.BaseRequest) -> Identity | None:
        return None

    async def redeem_ticket(self, _ticket: str) -> Identity | None:
        return None

    def on_ended(self, _callback: Callable[[str], None]) -> None:
        return


async def main(redis_url: str, event_id: str) -> None:
    settings = Settings()
    redis = connect_redis(redis_url, timeout_ms=2000, connections_max=8)
    definition = RoomDefinition(
        revision=1,
        event={"id": event_id, "title": "徐闻菠萝", "status": "live"},
        staff=frozenset(),
        items={"offers": {f"off_{i}": {"title": "菠萝 6 斤", "available": 9} for i in range(4)}},
        views_total=0,
        likes_total=0,
    )

    async def load(_event_id: str) -> RoomDefinition:
        return definition

    realtime = realtime_feature(
        redis,
        settings,
        SystemClock(),
        feed=Feed(redis, settings),
        authenticator=Nobody(),
        viewer_key=b"benchmark",
        sources=RoomSources(load_definition=load),
    )
    app = build_application([realtime.feature], authenticator=Nobody(), settings=settings)
    [life] = realtime.feature.lifespans
    async with life():
        print(await listen(web.AppRunner(app, access_log=None)), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
