"""Somebody who watches quietly while others misbehave, and sees whether the room goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

from live.realtime.feed import Entry
from tests.integration.realtime.rooms import RoomServer, Viewer, eventually
from tests.support.raw_websocket import RawClient, handshake, raw_client


class Witness:
    """One viewer of one room, and what the server's loop looked like when nobody else was there."""

    def __init__(self, server: RoomServer, event_id: str, viewer: Viewer) -> None:
        self.server = server
        self.event_id = event_id
        self._viewer = viewer
        self._tasks = _tasks()
        self._next = count()

    @asynccontextmanager
    async def raw(self, *head: str, early: bytes = b"") -> AsyncIterator[RawClient]:
        """Another viewer in the room, of bytes.

        Args:
            head: further lines of the request.
            early: sent with it, before there is an answer.
        """
        who = "Authorization: Bearer viewer-ann"
        async with raw_client(self.server.port) as client:
            await client.shake_hands(handshake(self.server.port, self.event_id, who, *head) + early)
            yield client

    async def sees_the_room_go_on(self) -> None:
        """What is said now arrives with a tick; of the others nothing is left, here nor there."""
        said = f"entry {next(self._next)}"
        entry = Entry("notice", {"text": said})  # of chat a room shows only so much
        await self.server.feed.publish(self.event_id, [entry])
        await self._viewer.until(
            lambda m: any(shown.get("text") == said for shown in m.get("feed", ()))
        )
        gateway = self.server.realtime.gateway
        await eventually(lambda: len(gateway._connections) == 1)
        await eventually(lambda: _tasks() <= self._tasks)


def _tasks() -> int:
    return len(asyncio.all_tasks())


@asynccontextmanager
async def witnessing(server: RoomServer, event_id: str) -> AsyncIterator[Witness]:
    async with server.viewer(event_id) as viewer:
        await viewer.until_type("snapshot")
        await viewer.until_type("tick")
        yield Witness(server, event_id, viewer)
